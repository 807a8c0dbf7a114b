"""The channel between our service and Rasa: Rasa's REST channel that keeps quiet about texts and honest about failures."""

import asyncio
import json
from types import SimpleNamespace

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.core.channels.rest import RestInput
from structlog.testing import capture_logs

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


@pytest.mark.parametrize("document", [None, [], {}, {"sender": "p1"}, {"message": "x"}, {"sender": 1, "message": "x"}])
def test_a_request_without_sender_and_message_is_refused(document):
    assert ask(document, answer)[0] == 400
