"""What identifies a patient is in the vault and nowhere else: two hundred identifiers go through the webhook and are then searched for."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest

from bot.stack import Stack
from tests.planted import Planted, planted, traces
from tests.stack_client import StackClient, client_of, new_patient, replaced, stopped

ROOT = Path(__file__).parents[2]
COUNT = 200
REDACTED = "[PHONE]"
"""What stands in the place of a planted number; that a search finds it shows that the search would have found the number."""
WHILE_BROKEN = 20
"""How many are written while the action server is stopped, and as many while its actions raise: exceptions must not leak either."""
EACH = 5
"""Messages of one patient."""


class Plants:
    """What was planted, and by whom."""

    def __init__(self, messages: list[Planted], patients: list[str], ids: list[int]) -> None:
        self.messages, self.patients, self.ids = messages, patients, ids

    def needles(self) -> dict[str, str]:
        """Give everything to search for, and what it would give away."""
        found = {trace: f"{one.kind} in {one.text!r}" for one in self.messages for trace in traces(one)}
        return found | dict.fromkeys(self.patients, "the platform's id of a patient")


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[StackClient]:
    async with client_of(stack) as client:
        yield client


_PLANTED: list[Plants] = []


@pytest.fixture
async def plants(client: StackClient) -> Plants:
    """Two hundred identifiers, written once for all tests of this module and worked on to the end."""
    if not _PLANTED:
        _PLANTED.append(await plant(client))
    return _PLANTED[0]


async def plant(client: StackClient) -> Plants:
    """Write the messages, some of them while the action server is stopped or fails."""
    messages = planted(COUNT)
    groups = [messages[place : place + EACH] for place in range(0, COUNT, EACH)]
    patients = [new_patient() for _ in groups]
    (before,) = await client.rows("select coalesce(max(id), 0) as last from inbox")
    broken = WHILE_BROKEN // EACH
    actions = client.stack.parts["actions"]

    async def write(first: int, last: int) -> None:
        pairs = list(zip(patients, groups, strict=True))[first:last]
        await asyncio.gather(*(client.write(patient, *(one.text for one in group)) for patient, group in pairs))
        await client.settle(120)

    await write(0, len(groups) - 2 * broken)
    async with stopped(actions):
        await write(len(groups) - 2 * broken, len(groups) - broken)
    async with replaced(actions, command=[sys.executable, str(ROOT / "tests" / "broken_actions.py")]):
        await write(len(groups) - broken, len(groups))
    rows = await client.rows("select id from inbox where id > %s order by id", before["last"])
    return Plants(messages, patients, [row["id"] for row in rows])


def leaks(plants: Plants, where: str, content: str) -> list[str]:
    """List what of the planted things stands in a content; digits count only as a number of their own."""
    found = [(needle, what) for needle, what in plants.needles().items() if needle in content]
    return [
        f"{where}: {what}"
        for needle, what in found
        if not needle.isdigit() or re.search(rf"(?<!\d){needle}(?!\d)", content)
    ]


async def test_every_one_of_the_messages_got_a_reply(client: StackClient, plants: Plants) -> None:
    assert len(plants.ids) == COUNT
    replied = await client.rows(
        "select distinct message_id from outbox where message_id = any(%s) and sent_at is not null", plants.ids
    )
    assert len(replied) == COUNT


async def test_most_of_them_are_handed_off_and_their_originals_are_in_the_vault(
    client: StackClient, plants: Plants
) -> None:
    """Otherwise the searches below would be of an empty house."""
    rows = await client.rows("select result, item from inbox where id = any(%s)", plants.ids)
    assert all(row["item"] is not None for row in rows)
    assert sum(row["result"] in ("handed_off", "safe_reply") for row in rows) > COUNT // 2


async def test_nothing_planted_stands_in_any_table_but_the_vault(client: StackClient, plants: Plants) -> None:
    tables = await client.rows(
        "select table_schema as schema, table_name as name from information_schema.tables"
        " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
    )
    names = {f'"{table["schema"]}"."{table["name"]}"' for table in tables}
    assert {'"vault"."item"', '"public"."inbox"', '"public"."tracker"', '"public"."case_message"'} <= names
    contents = {}
    for name in sorted(names - {'"vault"."item"'}):
        rows = await client.rows(f"select t.*, t::text as whole_row from {name} t")
        contents[name] = "\n".join(one for row in rows for one in written(row.values()))
    assert [name for name in ('"public"."tracker"', '"public"."case_message"') if REDACTED not in contents[name]] == []
    assert [leak for name, content in contents.items() for leak in leaks(plants, name, content)] == []


def written(values: Iterable[Any]) -> Iterable[str]:
    """Write values as text, bytes both as they are and as what they spell."""
    for value in values:
        yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def test_the_vault_itself_is_sealed(client: StackClient, plants: Plants) -> None:
    rows = await client.rows("select sealed from vault.item")
    assert len(rows) >= COUNT
    content = b"\n".join(row["sealed"] for row in rows)
    assert [what for needle, what in plants.needles().items() if needle.encode() in content] == []


async def test_nothing_planted_stands_in_rasas_memory(client: StackClient, plants: Plants) -> None:
    rows = await client.rows(
        "select events::text as events from tracker where conversation in"
        " (select conversation_id from inbox where id = any(%s))",
        plants.ids,
    )
    memory = "\n".join(row["events"] for row in rows)
    assert REDACTED in memory, "Rasa has heard of them"
    assert leaks(plants, "tracker", memory) == []


async def test_nothing_planted_stands_in_any_log(client: StackClient, plants: Plants) -> None:
    logs = sorted((client.stack.settings.var / "log").glob("*"))
    contents = {log.name: await asyncio.to_thread(log.read_text, "utf-8", "replace") for log in logs}
    assert {"rasa.log", "frontdesk.log", "actions.log"} <= set(contents)
    assert REDACTED in contents["rasa.log"], "Rasa writes its most talkative log here, messages and all"
    found: list[str] = []
    for name, content in contents.items():
        found += leaks(plants, name, content)
        found += leaks(plants, name, content.replace(" ", "").replace("-", ""))
    assert found == []


async def test_nothing_planted_stands_in_any_file_of_the_data_folder(
    client: StackClient, plants: Plants, tmp_path: Path
) -> None:
    """PostgreSQL's own files and logs included; only fixed texts are searched for, in bytes."""
    needles = tmp_path / "needles"
    await asyncio.to_thread(needles.write_text, "\n".join(plants.needles()) + "\n", "utf-8")
    var = client.stack.settings.var

    async def grep(*pattern: str) -> subprocess.CompletedProcess[str]:
        command = ["grep", "-r", "-a", "-l", "-F", *pattern, str(var)]
        return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, env={"LC_ALL": "C"})

    assert "rasa.log" in (await grep("-e", REDACTED)).stdout
    done = await grep("-f", str(needles))
    assert done.returncode == 1, done.stdout or done.stderr


async def test_nothing_planted_stands_in_the_metrics(client: StackClient, plants: Plants) -> None:
    for url in (
        client.stack.settings.internal.url,
        str(client.stack.actions_address and client.stack.actions_address.url),
    ):
        async with client.session.get(f"{url}/metrics") as response:
            assert response.status == 200
            assert leaks(plants, url, await response.text()) == []


async def test_no_reply_repeats_what_was_planted(client: StackClient, plants: Plants) -> None:
    replies = [text for patient in plants.patients for text in await client.hear(patient, 1)]
    assert len(replies) >= COUNT
    needles = {trace for one in plants.messages for trace in traces(one)}
    assert [reply for reply in replies if any(needle in reply for needle in needles)] == []
