"""The fake Graph API: takes what the assistant sends, checks it as the platform does, and keeps it for tests and the simulator."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from actions.clock import Clock, system_clock
from bot.settings import Messenger
from bot.simulator.refusals import Refusal, refuse_body, refuse_caller

SIMULATOR_GRAPH_PATH = "/simulator/graph"
"""Where the fake Graph API stands on the public listener."""
LONGEST_WAIT = 25.0
"""Seconds that a request for news may wait for some."""
_KEPT = 50_000
"""Messages kept; the oldest make room."""


class SimulatorRefusedError(Exception):
    """The simulator was asked for beside real Messenger credentials: it runs only with the development ones that `make run` makes."""


def require_development(messenger: Messenger | None) -> Messenger:
    """Give the development secrets; raises SimulatorRefusedError for any others."""
    if messenger is None or not messenger.development:
        raise SimulatorRefusedError(
            "the simulator runs only with development secrets: unset FRONTDESK_MESSENGER_* and start again"
        )
    return messenger


@dataclass(frozen=True, slots=True)
class Received:
    """One request that the API took: `number` counts them, `message_id` is None for a sender action."""

    number: int
    at: datetime
    recipient: str
    message_id: str | None
    body: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "recipient": self.recipient,
            "message_id": self.message_id,
            "body": self.body,
        }


@dataclass(frozen=True, slots=True)
class _Failure:
    """How one message shall fail; without a refusal the connection is dropped after the message was taken."""

    refusal: Refusal | None


class FakeGraph:
    """Plays the Graph API's send endpoint."""

    def __init__(self, messenger: Messenger | None, clock: Clock = system_clock) -> None:
        """Take requests made with `messenger`'s secrets; raises SimulatorRefusedError unless they are development ones."""
        self._messenger = require_development(messenger)
        self._clock = clock
        self._received: deque[Received] = deque(maxlen=_KEPT)
        self._failures: deque[_Failure] = deque()
        self._news = asyncio.Condition()
        self._listeners: list[Callable[[Received], None]] = []
        self._number = 0

    def routes(self, path: str = SIMULATOR_GRAPH_PATH) -> list[web.RouteDef]:
        """Give the API's routes under `path`, with or without a version in it."""
        return [
            web.post(path + "/me/messages", self._send),
            web.post(path + r"/{version:v\d+\.\d+}/me/messages", self._send),
            web.get(path + "/received", self._show_received),
            web.post(path + "/failures", self._take_failures),
        ]

    def received(self, recipient: str | None = None, after: int = 0) -> list[Received]:
        """List what was received after number `after`, oldest first; of one recipient, or of all."""
        found: list[Received] = []
        for one in reversed(self._received):
            if one.number <= after:
                break
            if recipient is None or one.recipient == recipient:
                found.append(one)
        return found[::-1]

    async def wait_for(self, recipient: str | None, after: int, seconds: float) -> list[Received]:
        """List what was received after number `after`, waiting up to `seconds` until there is something."""
        async with self._news:
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait_for(lambda: self.received(recipient, after))
            except TimeoutError:
                pass
            return self.received(recipient, after)

    def on_received(self, listener: Callable[[Received], None]) -> None:
        """Call `listener` with everything received from now on."""
        self._listeners.append(listener)

    def fail_next(self, messages: int, *, status: int, code: int) -> None:
        """Answer the next `messages` messages with this status and error code; sender actions still succeed."""
        refusal = Refusal(f"(#{code}) Refused on request", code=code, status=status)
        self._failures.extend([_Failure(refusal)] * messages)

    def drop_next(self, messages: int) -> None:
        """Take the next `messages` messages, and drop the connection instead of answering."""
        self._failures.extend([_Failure(None)] * messages)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except ValueError:
            body = None
        refusal = refuse_caller(request.query, self._messenger) or refuse_body(body)
        is_message = refusal is None and "message" in body
        failure = self._failures.popleft() if is_message and self._failures else None
        refusal = failure.refusal if failure and failure.refusal else refusal
        if refusal:
            return web.json_response(refusal.document(secrets.token_urlsafe(8)), status=refusal.status)
        received = await self._keep(body, is_message)
        if failure and request.transport:
            request.transport.abort()
        answer = {"recipient_id": received.recipient}
        return web.json_response(answer | ({"message_id": received.message_id} if received.message_id else {}))

    async def _keep(self, body: dict[str, Any], is_message: bool) -> Received:
        self._number += 1
        recipient = body["recipient"]
        received = Received(
            number=self._number,
            at=self._clock(),
            recipient=recipient.get("id") or recipient.get("comment_id") or recipient["post_id"],
            message_id="m_" + secrets.token_urlsafe(24) if is_message else None,
            body=body,
        )
        self._received.append(received)
        for listener in self._listeners:
            listener(received)
        async with self._news:
            self._news.notify_all()
        return received

    async def _show_received(self, request: web.Request) -> web.Response:
        """Answer `?recipient=…&after=NUMBER&wait=SECONDS`."""
        try:
            after = int(request.query.get("after", "0"))
            seconds = min(max(float(request.query.get("wait", "0")), 0.0), LONGEST_WAIT)
        except ValueError:
            raise web.HTTPBadRequest(text="after: expected a number; wait: expected seconds") from None
        found = await self.wait_for(request.query.get("recipient"), after, seconds)
        return web.json_response(
            {"received": [one.document() for one in found], "last": found[-1].number if found else after}
        )

    async def _take_failures(self, request: web.Request) -> web.Response:
        """Take `{"messages": N, "status": …, "code": …}` or `{"messages": N, "drop": true}`."""
        try:
            order = await request.json()
            messages = int(order["messages"])
            if order.get("drop"):
                self.drop_next(messages)
            else:
                self.fail_next(messages, status=int(order["status"]), code=int(order["code"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise web.HTTPBadRequest(
                text='expected {"messages": N, "status": S, "code": C} or {"messages": N, "drop": true}'
            ) from None
        return web.json_response({"waiting": len(self._failures)})
