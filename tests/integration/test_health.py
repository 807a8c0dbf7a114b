"""The health page and the metrics: what ops is told of whoever waits."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.calls import Reply
from actions.database import Database
from actions.handoff.vault import Vault
from actions.hospital import HospitalFile
from bot import outbox
from bot.channels.events import Delivery, Incoming, Kind
from bot.dialogue import Rasa
from bot.health import health_routes
from bot.inbox import Inbox
from tests.conftest import ROOT

Client = TestClient[web.Request, web.Application]
Health = Callable[[], Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def facts(tmp_path: Path) -> HospitalFile:
    """A hospital.yml that a test may spoil; it is looked at every time."""
    shutil.copy(ROOT / "hospital.yml", tmp_path)
    return HospitalFile(tmp_path / "hospital.yml", monotonic=count(step=10).__next__)


@pytest.fixture
async def client(
    database: Database, session: aiohttp.ClientSession, facts: HospitalFile, clock: Any
) -> AsyncIterator[Client]:
    """The internal listener, with a Rasa that listens."""

    async def listen(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    rasa_app = web.Application()
    rasa_app.add_routes([web.get("/{path:.*}", listen)])
    async with TestServer(rasa_app) as rasa:
        app = web.Application()
        app.add_routes(health_routes(database, Rasa(session, str(rasa.make_url("")).rstrip("/")), facts, clock))
        async with TestClient(TestServer(app)) as client:
            yield client


@pytest.fixture
def health(client: Client) -> Health:
    """Asks for the health: status and document."""

    async def ask() -> tuple[int, dict[str, Any]]:
        async with client.get("/health") as response:
            return response.status, await response.json()

    return ask


async def receive(inbox: Inbox, clock: Any) -> None:
    message = Incoming("page", "ann", "m1", Kind.TEXT, "where can I park?", clock())
    await inbox.store("messenger", Delivery((message,), ()), clock())


async def test_with_nobody_waiting_all_is_well(health: Health) -> None:
    status, document = await health()
    assert (status, document["status"]) == (200, "ok")
    assert document["oldest_waiting_seconds"] == document["oldest_unsent_seconds"] == 0


async def test_a_message_that_nobody_works_on_shows(health: Health, inbox: Inbox, clock: Any) -> None:
    await receive(inbox, clock)
    clock.pass_time(seconds=31)
    status, document = await health()
    assert (status, document["status"], document["oldest_waiting_seconds"]) == (503, "degraded", 31)


async def test_a_reply_that_the_platform_does_not_take_shows(
    health: Health, client: Client, database: Database, inbox: Inbox, vault: Vault, clock: Any
) -> None:
    await receive(inbox, clock)
    message = await inbox.take(clock())
    assert message is not None
    async with database.transaction() as connection:
        await inbox.finish(connection, message, "answered", clock())
        await outbox.store(connection, message.conversation, message.id, [Reply("one")], clock())
    clock.pass_time(seconds=29)
    assert (await health())[0] == 200
    clock.pass_time(seconds=2)
    status, document = await health()
    assert (status, document["status"], document["oldest_unsent_seconds"]) == (503, "degraded", 31)
    assert "frontdesk_outbox_oldest_seconds 31.0" in await (await client.get("/metrics")).text()


async def test_a_hospital_file_that_is_refused_shows(health: Health, client: Client, facts: HospitalFile) -> None:
    assert (await health())[1]["hospital"] == "ok"
    facts.path.write_text("name: only this\n", "utf-8")
    status, document = await health()
    assert document["hospital"] == f"refused, {len(facts.problems)} problems"
    assert len(facts.problems) > 3
    assert (status, document["status"]) == (200, "ok"), "the last good version answers"
    assert f"frontdesk_hospital_problems {len(facts.problems)}.0" in await (await client.get("/metrics")).text()
    shutil.copy(ROOT / "hospital.yml", facts.path)
    assert (await health())[1]["hospital"] == "ok"


async def test_what_nobody_could_read_is_counted(health: Health, client: Client, inbox: Inbox, clock: Any) -> None:
    assert (await health())[1]["dead_letters"] == 0
    await inbox.keep_unreadable("messenger", b"{", "not JSON", clock())
    assert (await health())[1]["dead_letters"] == 1
    assert "frontdesk_dead_letters 1.0" in await (await client.get("/metrics")).text()
