"""What a test sees of the running product: the webhook, what the platform got, the database and the logs."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, LiteralString, cast
from uuid import uuid4

import aiohttp
import psycopg
from psycopg.rows import dict_row

from bot.channels.messenger import sign
from bot.simulator import deliveries
from bot.stack import Part, Stack

PATIENCE_SECONDS = 60.0


@dataclass
class StackClient:
    """Writes as patients do and waits for what they get."""

    stack: Stack
    session: aiohttp.ClientSession
    seen: dict[str, int] = field(default_factory=dict)
    last_at: dict[str, datetime] = field(default_factory=dict)
    """When the Graph API got the last message that each patient heard."""

    async def post(self, body: bytes) -> int:
        """Deliver a signed body; give the status."""
        messenger = self.stack.settings.messenger
        assert messenger is not None
        headers = {"X-Hub-Signature-256": sign(body, messenger.app_secret), "Content-Type": "application/json"}
        url = f"{self.stack.settings.public.url}/webhooks/messenger"
        async with self.session.post(url, data=body, headers=headers) as response:
            return response.status

    async def write(self, patient: str, *texts: str) -> None:
        """Have a patient write texts, delivered together."""
        parts = [deliveries.text_message(f"m_{uuid4().hex}", text) for text in texts]
        assert await self.post(deliveries.delivery(patient, datetime.now(timezone.utc), *parts)) == 200

    async def hear(self, patient: str, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Wait until a patient got messages that were not heard before; give their texts, or nothing after `seconds`."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            query = {"recipient": patient, "after": str(self.seen.get(patient, 0)), "wait": f"{min(left, 20):.2f}"}
            url = f"{self.stack.settings.public.url}/simulator/graph/received"
            async with self.session.get(url, params=query) as response:
                document = await response.json()
            self.seen[patient] = document["last"]
            messages = [one for one in document["received"] if "message" in one["body"]]
            if messages:
                self.last_at[patient] = datetime.fromisoformat(messages[-1]["at"])
                return [one["body"]["message"]["text"] for one in messages]
        return []

    async def ask(self, patient: str, text: str, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Write a text and give everything that comes of it."""
        await self.write(patient, text)
        heard = await self.hear(patient, seconds)
        await self.settle()
        return heard + await self.hear(patient, 0.3)

    async def settle(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until every message has been worked on and every reply has been sent."""
        url = f"{self.stack.settings.internal.url}/simulator/unfinished"
        deadline = time.monotonic() + seconds
        while True:
            async with self.session.get(url) as response:
                unfinished = await response.json()
            if unfinished == {"inbox": 0, "outbox": 0}:
                return
            assert time.monotonic() < deadline, f"still unfinished: {unfinished}"
            await asyncio.sleep(0.1)

    async def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Run a query on the stack's database."""
        url = self.stack.environment["DATABASE_URL"]
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row) as connection:
            cursor = await connection.execute(cast(LiteralString, query), parameters)
            return await cursor.fetchall() if cursor.description else []

    async def conversation_of(self, patient_text: str) -> str:
        """Give the conversation whose tracker holds a text."""
        (row,) = await self.rows("select conversation from tracker where events::text like %s", f"%{patient_text}%")
        return str(row["conversation"])


@asynccontextmanager
async def client_of(stack: Stack) -> AsyncIterator[StackClient]:
    """Connect to a stack."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield StackClient(stack, session)


def new_patient() -> str:
    """Give the platform's id of somebody who never wrote before."""
    return f"7{uuid4().int % 10**16:016d}"


@asynccontextmanager
async def stopped(part: Part) -> AsyncIterator[None]:
    """Stop a part of the stack for a while."""
    await asyncio.to_thread(part.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(_start, part)


@asynccontextmanager
async def frozen(part: Part) -> AsyncIterator[None]:
    """Freeze a part of the stack for a while."""
    part.pause()
    try:
        yield
    finally:
        part.resume()


@asynccontextmanager
async def replaced(part: Part, *, command: list[str] | None = None, **environment: str) -> AsyncIterator[None]:
    """Run a part of the stack with another command or environment for a while."""
    usual_command, usual_environment = part.command, part.environment
    await asyncio.to_thread(part.stop)
    part.command, part.environment = command or usual_command, {**usual_environment, **environment}
    try:
        await asyncio.to_thread(_start, part)
        yield
    finally:
        await asyncio.to_thread(part.stop)
        part.command, part.environment = usual_command, usual_environment
        await asyncio.to_thread(_start, part)


def _start(part: Part) -> None:
    part.start()
    part.wait_until_ready()


def categories(rows: list[Mapping[str, Any]]) -> list[str]:
    """List the categories of cases."""
    return [str(row["category"]) for row in rows]
