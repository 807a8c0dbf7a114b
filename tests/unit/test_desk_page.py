"""The desk's page."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.booking import reservations
from actions.database import Database
from actions.handoff import cases
from actions.handoff.vault import Vault, keep
from actions.hospital import HospitalFile
from bot.desk.page import age, desk_routes
from tests.conftest import SetClock


@pytest.fixture
async def client(
    database: Database, hospital_file: HospitalFile, clock: SetClock
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser in front of the desk."""
    app = web.Application()
    app.add_routes(desk_routes(database, hospital_file, clock))
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_an_empty_desk_says_that_nobody_waits(client: TestClient) -> None:
    response = await client.get("/")
    assert response.status == 200
    assert "No open cases" in await response.text()


async def test_open_cases_stand_with_the_most_urgent_first_and_closed_ones_not_at_all(
    client: TestClient, database: Database, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        for conversation, category in (("c1", "booking"), ("c2", "emergency"), ("c3", "clinical")):
            await cases.open_case(
                connection,
                conversation=conversation,
                category=category,
                channel="messenger",
                message_id=None,
                redacted="",
                now=clock(),
            )
        await cases.close(connection, 3, "nina", clock())
    clock.pass_time(minutes=75)
    page = await (await client.get("/")).text()
    assert page.index(">emergency<") < page.index(">booking<")
    assert ">clinical<" not in page
    assert page.count("1 h 15 min") == 2
    assert "As of Tue 24 Nov, 11:15" in page


async def test_the_appointment_that_a_case_is_about_stands_with_it(
    client: TestClient, database: Database, clock: SetClock, hospital_file: HospitalFile
) -> None:
    hospital = hospital_file.current()
    start = datetime(2026, 11, 30, 10, 0, tzinfo=hospital.timezone)
    async with database.transaction() as connection:
        case = await cases.open_case(
            connection,
            conversation="c1",
            category="booking",
            channel="messenger",
            message_id=None,
            redacted="",
            now=clock(),
        )
        held = await reservations.hold(
            connection, hospital, conversation="c1", department="dermatology", start=start, now=clock()
        )
        await reservations.attach_case(connection, held, case)
        await reservations.settle_identity(connection, case, clock())
    assert "Dermatology, Mon 30 Nov 10:00: to be confirmed" in await (await client.get("/")).text()


async def test_the_latest_words_stand_redacted_and_the_original_nowhere(
    client: TestClient, database: Database, vault: Vault, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        case = await cases.open_case(
            connection,
            conversation="c1",
            category="identifying",
            channel="messenger",
            message_id=None,
            redacted="",
            now=clock(),
        )
        for original, redacted in (("I am Jo Fox", "I am [NAME]"), ("<i>it is Jo</i>", "<i>it is [NAME]</i>")):
            item = await keep(connection, vault, original, clock())
            await cases.add_written(connection, case, author="patient", item=item, redacted=redacted, now=clock())
    page = await (await client.get("/")).text()
    assert "&lt;i&gt;it is [NAME]&lt;/i&gt;" in page
    assert "(2 messages)" in page
    assert "Jo" not in page


async def test_the_page_is_private_and_unscripted(client: TestClient) -> None:
    response = await client.get("/")
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "<script" not in await response.text()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "just now"), (0.9, "just now"), (1, "1 min"), (59, "59 min"), (61, "1 h 1 min"), (3 * 1440, "3 days")],
)
def test_ages_are_said_in_the_unit_that_fits(clock: SetClock, minutes: float, said: str) -> None:
    assert age(clock() - timedelta(minutes=minutes), clock()) == said
