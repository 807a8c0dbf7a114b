"""Rasa and the Graph API as tests need them: real HTTP servers that do what they are told and keep what they got."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import TestServer

from actions.calls import Reply
from actions.clock import Clock
from actions.database import Database
from actions.handoff.hand_off import hand_off, most_urgent
from actions.hospital import HospitalFile
from actions.screening.findings import Category

Answer = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


def document_of(replies: Sequence[Reply]) -> list[dict[str, Any]]:
    """Write replies as Rasa's REST channel does."""
    document: list[dict[str, Any]] = []
    for reply in replies:
        said: dict[str, Any] = {"recipient_id": "x", "text": reply.text}
        if reply.quick_replies:
            said["buttons"] = [{"title": one.title, "payload": one.payload} for one in reply.quick_replies]
        document.append(said)
        if reply.room:
            document.append({"recipient_id": "x", "custom": {"room": str(reply.room)}})
    return document


@dataclass
class FakeRasa:
    """Answers as it was told and hands off what screening found."""

    database: Database
    hospital: HospitalFile
    clock: Clock
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Answer | None = None
    """What is done with every message; None: as the real one does."""

    def says(self, *texts: str) -> None:
        """Answer everything with these texts, also what is sensitive."""
        self.responds(document_of([Reply(text) for text in texts]))

    def responds(self, document: Any, status: int = 200) -> None:
        """Answer everything with this JSON."""

        async def answer(_asked: dict[str, Any]) -> web.StreamResponse:
            return web.json_response(document, status=status)

        self.answer = answer

    def returns(self, body: bytes, status: int = 200) -> None:
        """Answer everything with these bytes."""

        async def answer(_asked: dict[str, Any]) -> web.StreamResponse:
            return web.Response(body=body, status=status, content_type="application/json")

        self.answer = answer

    def hangs(self, seconds: float) -> None:
        """Do what the real one does, but only after a while."""

        async def answer(asked: dict[str, Any]) -> web.StreamResponse:
            await asyncio.sleep(seconds)
            return await self.works(asked)

        self.answer = answer

    async def works(self, asked: dict[str, Any]) -> web.StreamResponse:
        """Hand off what is sensitive, through the hospital's own hand-off, and answer the rest."""
        screening = asked["metadata"]["screening"]
        if screening["decision"] == "answer":
            return web.json_response(document_of([Reply(f"Answer to: {asked['message']}")]))
        async with self.database.transaction() as connection:
            replies = await hand_off(
                connection,
                self.hospital.current(),
                conversation=asked["sender"],
                category=most_urgent(Category(name) for name in screening["categories"]),
                channel=asked["metadata"]["channel"],
                message_id=asked["metadata"]["message_id"],
                redacted=asked["message"],
                now=self.clock(),
            )
        return web.json_response(document_of(replies))

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Take one message."""
        asked = await request.json()
        self.asked.append(asked)
        return await (self.answer or self.works)(asked)


@dataclass(frozen=True)
class Refusal:
    """One answer of the Graph API that is no 200; without a status the connection is dropped."""

    status: int | None
    code: int | None = None
    taken: bool = False
    """Whether the message was taken all the same, and only the answer got lost."""


@dataclass
class GraphApi:
    """Takes messages, or refuses the next ones as it was told."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    refusals: deque[Refusal] = field(default_factory=deque)
    tried: int = 0
    token: str | None = None
    delay: float = 0.0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a message has arrived, before it is answered."""

    def texts(self, recipient: str | None = None) -> list[str]:
        """List the texts that were taken, of one recipient or of all."""
        return [
            body["message"]["text"] for body in self.taken if recipient is None or body["recipient"]["id"] == recipient
        ]

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Play the send endpoint."""
        body = await request.json()
        if "sender_action" in body:
            self.typing.append(body["recipient"]["id"])
            return web.json_response({"recipient_id": body["recipient"]["id"]})
        self.tried += 1
        self.arrived.set()
        await asyncio.sleep(self.delay)
        if self.token is not None and request.query.get("access_token") != self.token:
            return web.json_response({"error": {"code": 190, "message": "expired"}}, status=401)
        refusal = self.refusals.popleft() if self.refusals else None
        if refusal is None or refusal.taken:
            self.taken.append(body)
        if refusal is None:
            return web.json_response({"recipient_id": body["recipient"]["id"], "message_id": f"m_{len(self.taken)}"})
        if refusal.status is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        error = {"error": {"code": refusal.code, "message": "refused", "type": "OAuthException"}}
        return web.json_response(error if refusal.code is not None else {}, status=refusal.status)


@asynccontextmanager
async def serving(path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """Serve one POST route on a free port and give the base URL."""
    app = web.Application()
    app.add_routes([web.post(path, handler)])
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)  # what hangs on purpose is not waited for
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


def room_of(link: str) -> UUID:
    """Give the case that a private-room link is about."""
    return UUID(link.rpartition("/")[2].partition(".")[0])
