"""When a part fails, the patient gets the safe reply within eight seconds and a person hears of it, against the real processes."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.stack import Stack
from tests.stack_client import StackClient, client_of, frozen, new_patient, replaced, stopped

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 8.0
ROUTINE = "where can I park?"
SAID = {
    "failure": ROUTINE,
    "clinical": "I was diagnosed with diabetes last year, can I eat before my test?",
    "emergency": "I want to kill myself",
    "identifying": "my social security number is 078-05-1120",
}
PATIENTS_AT_ONCE = 40

Breakage = Callable[[Stack], AbstractAsyncContextManager[None]]
BREAKAGES: dict[str, Breakage] = {
    "the action server is stopped": lambda stack: stopped(stack.parts["actions"]),
    "the action server hangs": lambda stack: frozen(stack.parts["actions"]),
    "Rasa is stopped": lambda stack: stopped(stack.parts["rasa"]),
    "Rasa hangs": lambda stack: frozen(stack.parts["rasa"]),
}


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[StackClient]:
    async with client_of(stack) as client:
        yield client


async def last_reply(client: StackClient, patient: str, text: str) -> tuple[list[str], float]:
    """Write a text; give what came until the private-room link, and after how many seconds the Graph API had it."""
    started = datetime.now(timezone.utc)
    await client.write(patient, text)
    replies: list[str] = []
    while "/room/" not in "".join(replies):
        heard = await client.hear(patient, LIMIT_SECONDS * 3)
        assert heard, f"nothing came for {text!r}, only {replies}"
        replies += heard
    return replies, (client.last_at[patient] - started).total_seconds()


async def newest_category(client: StackClient) -> str:
    (row,) = await client.rows("select category from cases order by number desc limit 1")
    return str(row["category"])


async def answered(client: StackClient, seconds: float = 10) -> bool:
    """Ask a routine question until it is answered, for a while: that a part is back is noticed within seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        replies = await client.ask(new_patient(), ROUTINE)
        if "garage" in " ".join(replies).lower():
            return True
        await asyncio.sleep(0.5)
    return False


@pytest.mark.parametrize("breakage", BREAKAGES)
async def test_the_safe_reply_comes_in_time_a_case_is_open_and_afterwards_everything_works(
    client: StackClient, breakage: str
) -> None:
    (before,) = await client.rows("select coalesce(max(number), 0) as last from cases")
    async with BREAKAGES[breakage](client.stack):
        heard = await asyncio.gather(*(last_reply(client, new_patient(), text) for text in SAID.values()))
        opened = await client.rows("select category, state from cases where number > %s", before["last"])
    for category, (replies, seconds) in zip(SAID, heard, strict=True):
        assert seconds < LIMIT_SECONDS, category
        assert "911" in " ".join(replies)
        if category == "emergency":
            assert replies[0].startswith("Call 911 now")
    assert sorted(row["category"] for row in opened) == sorted(SAID)
    assert {row["state"] for row in opened} == {"open"}
    await client.settle()
    assert await answered(client)


async def test_an_action_that_raises_ends_in_the_safe_reply_and_not_in_silence(client: StackClient) -> None:
    actions = client.stack.parts["actions"]
    async with replaced(actions, command=[sys.executable, str(ROOT / "tests" / "broken_actions.py")]):
        replies, seconds = await last_reply(client, new_patient(), ROUTINE)
        assert seconds < LIMIT_SECONDS
        assert "911" in " ".join(replies)
        assert await newest_category(client) == "failure"
        replies, _ = await last_reply(client, new_patient(), SAID["clinical"])
        assert await newest_category(client) == "clinical"
    assert await answered(client)


@pytest.mark.parametrize("breakage", ["Rasa hangs", "the action server hangs"])
async def test_many_patients_at_once_all_get_the_safe_reply_in_time(client: StackClient, breakage: str) -> None:
    async with BREAKAGES[breakage](client.stack):
        results = await asyncio.gather(*(last_reply(client, new_patient(), ROUTINE) for _ in range(PATIENTS_AT_ONCE)))
        slowest = max(seconds for _, seconds in results)
        assert slowest < LIMIT_SECONDS, f"the last of {PATIENTS_AT_ONCE} waited {slowest:.1f} s"
    await client.settle()
    assert await answered(client)


async def test_a_conversation_goes_on_where_it_was_after_rasa_was_restarted(client: StackClient) -> None:
    assert await answered(client)
    patient = new_patient()
    await client.ask(patient, "I would like to book an appointment in dermatology")
    async with stopped(client.stack.parts["rasa"]):
        pass
    rows = await client.rows("select events from tracker order by updated_at desc limit 1")
    before = len(rows[0]["events"])
    assert await client.ask(patient, "stop")
    rows = await client.rows("select events from tracker order by updated_at desc limit 1")
    assert len(rows[0]["events"]) > before
    assert [event.get("name") for event in rows[0]["events"] if event["event"] == "active_loop"][-1] is None
