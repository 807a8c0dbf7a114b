"""The channel between our service and Rasa: Rasa's REST channel that keeps quiet about texts and honest about failures."""

import asyncio
import json
from types import SimpleNamespace

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.core.channels.rest import RestInput
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from structlog.testing import capture_logs

from bot.rasa_ext import stored_events
from bot.rasa_ext.channel import InternalInput

SECRET = "my number is 555 555 0123"


def ask(document, on_new_message):
    response = asyncio.run(InternalInput()._receive(SimpleNamespace(json=document), on_new_message))
    return response.status, json.loads(response.body)


async def answer(message):
    await message.output_channel.send_response(
        message.sender_id, {"text": f"{message.text}!", "buttons": [{"title": "a", "payload": "b"}]}
    )
    await message.output_channel.send_response(message.sender_id, {"custom": message.metadata})


def test_it_stands_where_rasas_rest_channel_stands():
    assert InternalInput().url_prefix() == RestInput().url_prefix() == "rest"


def test_a_message_is_answered_with_texts_buttons_and_custom_values_in_order():
    status, said = ask({"sender": "p1", "message": "hello", "metadata": {"message_id": 5}}, answer)
    assert status == 200
    assert said == [
        {"recipient_id": "p1", "text": "hello!", "buttons": [{"title": "a", "payload": "b"}]},
        {"recipient_id": "p1", "custom": {"message_id": 5}},
    ]


def test_a_failure_is_an_error_even_after_something_was_said_and_the_log_has_no_text():
    async def fail(message):
        await answer(message)
        raise RuntimeError(message.text) from ValueError(message.text)

    with capture_logs() as logs:
        status, said = ask({"sender": "p1", "message": SECRET, "metadata": {"message_id": 5}}, fail)
    assert status == 500
    assert logs[0]["event"] == "message.failed"
    assert logs[0]["message_id"] == 5
    assert logs[0]["error"] == "ValueError"
    assert "555" not in str(logs) + str(said)


def test_a_message_that_is_no_longer_waited_for_is_logged_without_its_text():
    async def cancel(message):
        raise asyncio.CancelledError

    with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
        ask({"sender": "p1", "message": SECRET, "metadata": {"message_id": 5}}, cancel)
    assert logs == [{"event": "message.cancelled", "message_id": 5, "log_level": "warning"}]


HEARD = UserUttered("book it", metadata={"message_id": 5})
BOOKED = BotUttered("Booked.", {"buttons": [{"title": "a", "payload": "b"}]})
ROOM = BotUttered(None, {"custom": {"room": "x"}})
ANSWERED = [{"recipient_id": "p1", "text": "Booked.", "buttons": BOOKED.data["buttons"]}]
ANSWERED += [{"recipient_id": "p1", "custom": {"room": "x"}}]


class Conversations:
    """A tracker store with one conversation, written and read as the service's own does."""

    def __init__(self, *events):
        domain = Domain.empty()
        written = stored_events.to_json([ActionExecuted("action_listen"), *events], domain)
        self.tracker = DialogueStateTracker.from_events("p1", stored_events.from_json(json.loads(written), domain))

    async def retrieve(self, sender):
        return self.tracker if sender == "p1" else None


def ask_again(conversations, message_id=5, attempt=2, sender="p1"):
    """Ask as the service does on another attempt; give the response and how often the message was handled."""
    handled = []

    async def handle(message):
        handled.append(message)
        await answer(message)

    metadata = {"message_id": message_id, "attempt": attempt}
    request = SimpleNamespace(
        json={"sender": sender, "message": "book it", "metadata": metadata},
        app=SimpleNamespace(ctx=SimpleNamespace(agent=SimpleNamespace(tracker_store=conversations))),
    )
    response = asyncio.run(InternalInput()._receive(request, handle))
    return json.loads(response.body), len(handled)


def test_a_message_that_was_answered_already_is_answered_the_same_and_nothing_is_done_twice():
    earlier = UserUttered("hello", metadata={"message_id": 4}), BotUttered("Hi.")
    said, handled = ask_again(Conversations(*earlier, HEARD, ActionExecuted("action_book"), BOOKED, ROOM))
    assert said == ANSWERED
    assert handled == 0


@pytest.mark.parametrize(
    ("conversation", "asked"),
    [
        (Conversations(HEARD, BOOKED), {"message_id": 6}),
        (Conversations(HEARD, BOOKED), {"sender": "p2"}),
        (Conversations(HEARD, BOOKED), {"attempt": 1}),
        (Conversations(HEARD), {}),
        (Conversations(), {}),
        (Conversations(HEARD, BOOKED, UserUttered("more", metadata={"message_id": 6})), {}),
    ],
    ids=["another message", "another patient", "a first attempt", "no answer", "no message", "not the last one"],
)
def test_any_other_message_is_handled(conversation, asked):
    _, handled = ask_again(conversation, **asked)
    assert handled == 1


@pytest.mark.parametrize("document", [None, [], {}, {"sender": "p1"}, {"message": "x"}, {"sender": 1, "message": "x"}])
def test_a_request_without_sender_and_message_is_refused(document):
    assert ask(document, answer)[0] == 400
