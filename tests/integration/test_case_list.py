"""`frontdesk cases`: who waits, and a look at an original that leaves its trace."""

import asyncio
from pathlib import Path
from typing import Any

import click
import pytest

from actions.database import Connection, Database
from actions.handoff.cases import open_case
from actions.handoff.vault import open_vault
from bot.case_list import claim_case, close_case, list_cases, show_case
from bot.channels.events import Delivery, Incoming, Kind
from bot.inbox import Inbox
from bot.settings import Settings, read_settings

SAID = "I am Ann Example and I was diagnosed with diabetes"
REDACTED = "I am [NAME] and I was diagnosed with diabetes"


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> Settings:
    return read_settings({"DATABASE_URL": postgres_url, "FRONTDESK_VAR": str(tmp_path)})


@pytest.fixture
async def waiting(database: Database, settings: Settings, clock: Any) -> list[int]:
    """Two open cases: the numbers of a clinical one with a message and of an emergency."""
    inbox = Inbox(database, open_vault(settings.vault_key_file, create=True))
    message = Incoming("page", "ann", "m1", Kind.TEXT, SAID, clock())
    await inbox.store("messenger", Delivery((message,), ()), clock())
    taken = await inbox.take(clock())
    assert taken is not None
    async with database.transaction() as connection:
        await _open(connection, taken.conversation, "clinical", clock, taken.id)
        await _open(connection, "somebody else", "emergency", clock, None)
        rows = await (await connection.execute("select number from cases order by number")).fetchall()
    return [row["number"] for row in rows]


async def _open(connection: Connection, conversation: str, category: str, clock: Any, message_id: int | None) -> None:
    await open_case(
        connection,
        conversation=conversation,
        category=category,
        channel="messenger",
        message_id=message_id,
        redacted=REDACTED,
        now=clock(),
    )


async def run(work: Any, *arguments: Any, **options: Any) -> str:
    """Run a command in a thread, as it runs a loop of its own; give its lines."""
    return "\n".join(await asyncio.to_thread(work, *arguments, **options))


async def test_an_empty_list_says_so(database: Database, settings: Settings) -> None:
    assert await run(list_cases, settings) == "No open cases."


async def test_the_list_shows_the_most_urgent_first_and_no_original(waiting: list[int], settings: Settings) -> None:
    clinical, emergency = waiting
    _header, first, second = (await run(list_cases, settings)).splitlines()
    assert (first.split()[:2], second.split()[:2]) == ([str(emergency), "emergency"], [str(clinical), "clinical"])
    assert REDACTED in second
    assert "Ann" not in first + second


async def test_a_case_is_shown_redacted(waiting: list[int], settings: Settings, database: Database) -> None:
    shown = await run(show_case, settings, waiting[0], "nurse", reveal=False)
    assert REDACTED in shown
    assert "Ann" not in shown
    assert await revealed(database) == []


async def revealed(database: Database) -> list[str]:
    async with database.transaction() as connection:
        rows = await (await connection.execute("select actor from audit where act = 'case revealed'")).fetchall()
    return [row["actor"] for row in rows]


async def test_an_original_is_shown_on_request_and_the_trail_says_to_whom(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    shown = await run(show_case, settings, waiting[0], "nurse", reveal=True)
    assert SAID in shown
    assert await revealed(database) == ["nurse"]


async def test_nobody_sees_an_original_without_a_name(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    with pytest.raises(click.UsageError, match="--agent"):
        await run(show_case, settings, waiting[0], "", reveal=True)
    assert await revealed(database) == []


async def test_without_the_vaults_key_nothing_is_revealed_and_no_new_key_is_made(
    waiting: list[int], settings: Settings
) -> None:
    settings.vault_key_file.unlink()
    with pytest.raises(click.ClickException, match="key is missing"):
        await run(show_case, settings, waiting[0], "nurse", reveal=True)
    assert not settings.vault_key_file.exists()
    assert REDACTED in await run(show_case, settings, waiting[0], "nurse", reveal=False)


async def test_a_claimed_case_belongs_to_one_person(waiting: list[int], settings: Settings) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    await run(claim_case, settings, waiting[0], "nurse")
    with pytest.raises(click.ClickException, match="claimed by nurse"):
        await run(claim_case, settings, waiting[0], "doctor")
    assert "claimed by nurse" in await run(show_case, settings, waiting[0], "doctor", reveal=False)


async def test_a_closed_case_leaves_the_list(waiting: list[int], settings: Settings) -> None:
    await run(close_case, settings, waiting[1], "nurse")
    listed = await run(list_cases, settings)
    assert "emergency" not in listed
    assert "clinical" in listed
    with pytest.raises(click.ClickException, match="is closed"):
        await run(claim_case, settings, waiting[1], "nurse")


async def test_a_number_that_no_case_has_is_told_with_what_to_do(database: Database, settings: Settings) -> None:
    for work in (claim_case, close_case):
        with pytest.raises(click.ClickException, match=r"case 4711.*frontdesk cases"):
            await run(work, settings, 4711, "nurse")


async def test_every_step_of_a_case_is_in_the_audit_trail(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    await run(close_case, settings, waiting[0], "nurse")
    async with database.transaction() as connection:
        rows = await (await connection.execute("select actor, act from audit order by id")).fetchall()
    assert [(row["actor"], row["act"]) for row in rows] == [
        ("bot", "case opened"),
        ("bot", "case opened"),
        ("nurse", "case claimed"),
        ("nurse", "case closed"),
    ]
