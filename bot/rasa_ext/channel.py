"""Rasa's REST channel, without what a patient wrote in the log, and with an error where Rasa's says that all is well.

Rasa's own answers 200 with whatever was said before a failure, and logs the text together with the local variables of every frame.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.faults import where_raised

OnMessage = Callable[[UserMessage], Awaitable[Any]]

_log = structlog.get_logger(__name__)


class InternalInput(RestInput):
    """The channel of our own service: `POST /webhooks/rest/webhook`, the requests and responses of Rasa's REST channel.

    A message that comes again after it was answered is answered as before, and nothing is done twice.
    It answers 500 to a message that failed, 400 to a request without sender and message. It does not stream.
    https://rasa.com/docs/rasa/connectors/your-own-website#restinput
    """

    @classmethod
    def name(cls) -> str:
        """Give the name in the path: that of the channel it replaces."""
        return "rest"

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """Give the channel's endpoints."""
        webhook = Blueprint("internal_webhook", __name__)

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            return await self._receive(request, on_new_message)

        return webhook

    async def _receive(self, request: Request, on_new_message: OnMessage) -> HTTPResponse:
        """Take one message, and answer with what the assistant says to it."""
        document = request.json
        if not isinstance(document, dict) or not all(
            isinstance(document.get(key), str) for key in ("sender", "message")
        ):
            return response.json({"error": "expected a JSON object with the texts sender and message"}, status=400)
        metadata = document.get("metadata")
        collector = CollectingOutputChannel()
        message = UserMessage(
            document["message"], collector, document["sender"], input_channel=self.name(), metadata=metadata
        )
        try:
            for said in await _said_before(request, document["sender"], metadata):
                await collector.send_response(document["sender"], said)
            if not collector.messages:
                await on_new_message(message)
        except CancelledError:  # the service has stopped waiting
            _log.warning("message.cancelled", **_which(metadata))
            raise
        except Exception as error:
            _log.error("message.failed", **_which(metadata), **_what(error))
            return response.json({"error": "the message could not be processed"}, status=500)
        return response.json(collector.messages)


async def _said_before(request: Request, sender: str, metadata: Any) -> list[dict[str, Any]]:
    """Give what was said to this very message, if it comes again and was the conversation's last: its service died before storing it."""
    if not isinstance(metadata, dict) or metadata.get("attempt", 1) == 1:
        return []
    tracker = await request.app.ctx.agent.tracker_store.retrieve(sender)
    said: list[dict[str, Any]] = []
    for event in reversed(tracker.events if tracker else ()):
        if isinstance(event, BotUttered):
            said.insert(0, event.message())
        elif isinstance(event, UserUttered):
            return said if event.metadata.get("message_id") == metadata.get("message_id") else []
    return []


def _which(metadata: Any) -> dict[str, Any]:
    """Say which message it was, by the service's own number."""
    return {"message_id": metadata.get("message_id")} if isinstance(metadata, dict) else {}


def _what(error: BaseException) -> dict[str, Any]:
    """Say what was raised first, and where; an exception's own text may quote the message."""
    while error.__cause__ is not None:
        error = error.__cause__
    return {"error": type(error).__name__, "at": where_raised(error)}
