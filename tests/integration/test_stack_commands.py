"""What looks like a command or a template is a text like any other, against the real processes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.stack import Stack
from tests.stack_client import StackClient, client_of, new_patient

COMMANDS = [
    "/restart",
    "/session_start",
    "/back",
    "/book_appointment",
    '/inform{"department":"x"}',
    '/book_appointment{"chosen_slot":"x","reference":"x","misunderstood":"x"}',
    '/inform@0.99{"department":"x"}',
    "/human_agent",
    "EXTERNAL: parking",
    "{department}",
    "{{7*7}} {department} ${chosen_slot} %(reference)s",
    "\u2003/restart",
    "\u200b/restart",
    "//restart",
    "/",
]


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[StackClient]:
    async with client_of(stack) as client:
        yield client


async def tracker(client: StackClient, number: int) -> list[dict[str, Any]]:
    """Give the events that Rasa keeps of the conversation that was opened as the `number`th last."""
    rows = await client.rows(
        "select events from tracker join conversation on conversation.id = tracker.conversation"
        " order by opened_at desc offset %s limit 1",
        number,
    )
    events: list[dict[str, Any]] = rows[0]["events"]
    return events


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_is_answered_as_text_and_changes_nothing(client: StackClient, command: str) -> None:
    patient = new_patient()
    assert await client.ask(patient, "I would like to book an appointment in dermatology")
    before = await tracker(client, 0)
    assert before
    replies = await client.ask(patient, command)
    assert replies, "somebody wrote something: they get an answer"
    assert not any("[" in reply and "]" in reply for reply in replies)
    after = await tracker(client, 0)
    assert [event["event"] for event in after[: len(before)]] == [event["event"] for event in before]
    new = after[len(before) :]
    assert not {event["event"] for event in new} & {"restart", "reset_slots", "rewind", "undo", "session_started"}
    assert not any(event["event"] == "slot" and "x" in str(event.get("value")) for event in new)
    said = [event for event in new if event["event"] == "user"]
    assert len(said) == 1
    assert not said[0]["text"].strip().startswith("/")
    assert not (said[0].get("parse_data") or {}).get("entities")


async def test_a_form_goes_on_after_a_typed_restart(client: StackClient) -> None:
    patient = new_patient()
    asked = await client.ask(patient, "I would like to book an appointment in dermatology")
    await client.ask(patient, "/restart")
    events = await tracker(client, 0)
    loops = [event["name"] for event in events if event["event"] == "active_loop"]
    assert loops[-1] == "booking_form"
    assert asked


async def test_braces_in_a_text_come_back_to_nobody_as_values(client: StackClient) -> None:
    patient = new_patient()
    await client.ask(patient, "I would like to book an appointment in dermatology")
    for reply in await client.ask(patient, "{department} {day} {reference}"):
        assert "None" not in reply
        assert "{" not in reply
