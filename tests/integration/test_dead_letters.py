"""What nobody could read: kept sealed, counted, listed without its content, and shown to whoever says who they are."""

import asyncio
from pathlib import Path
from typing import Any

import click
import pytest

from actions.database import Database
from actions.handoff.vault import open_vault
from bot.dead_letters import list_dead_letters, reveal_dead_letter
from bot.inbox import Inbox
from bot.settings import Settings, read_settings

BODY = b'{"entry": "Ann Example writes'


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> Settings:
    return read_settings({"DATABASE_URL": postgres_url, "FRONTDESK_VAR": str(tmp_path)})


@pytest.fixture
async def kept(database: Database, settings: Settings, clock: Any) -> None:
    inbox = Inbox(database, open_vault(settings.vault_key_file, create=True))
    await inbox.keep_unreadable("messenger", BODY, "not JSON", clock())


async def run(work: Any, *arguments: Any) -> str:
    """Run a command in a thread, as it runs a loop of its own; give its lines."""
    return "\n".join(await asyncio.to_thread(work, *arguments))


async def looks(database: Database) -> list[tuple[str, str]]:
    async with database.transaction() as connection:
        rows = await (await connection.execute("select actor, subject from audit")).fetchall()
    return [(row["actor"], row["subject"]) for row in rows]


async def test_an_empty_list_says_so(database: Database, settings: Settings) -> None:
    assert await run(list_dead_letters, settings) == "No dead letters."


async def test_the_list_says_when_why_and_where_and_not_what(
    kept: None, settings: Settings, database: Database
) -> None:
    _, line = (await run(list_dead_letters, settings)).splitlines()
    assert line.split() == ["1", "2026-11-24", "15:00", "messenger", "not", "JSON"]
    assert await looks(database) == []


async def test_the_content_is_shown_to_whoever_says_who_they_are(
    kept: None, settings: Settings, database: Database
) -> None:
    with pytest.raises(click.UsageError, match="--agent"):
        await run(reveal_dead_letter, settings, 1, "")
    assert await run(reveal_dead_letter, settings, 1, "nurse") == BODY.decode()
    assert await looks(database) == [("nurse", "dead letter 1")]


async def test_a_number_that_there_is_not_is_told_with_what_to_do(
    kept: None, settings: Settings, database: Database
) -> None:
    with pytest.raises(click.ClickException, match=r"dead letter 9.*frontdesk dead-letters"):
        await run(reveal_dead_letter, settings, 9, "nurse")
    assert await looks(database) == []
