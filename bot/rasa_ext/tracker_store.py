"""Rasa's memory of a conversation in PostgreSQL: one row, read once and written once a turn.

endpoints.yml names the store. The database is that of DATABASE_URL; without it (`rasa shell`) conversations are kept in memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterable
from importlib import resources
from typing import Any, Final, Protocol, cast

import psycopg
import structlog
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_ext import stored_events

_SCHEMA_LOCK: Final = 4_201_971
"""The advisory lock under which actions/database.py applies the schema."""
_PATIENCE_SECONDS: Final = 1.0
"""Wait for a connection. Rasa then goes on with an empty conversation, and the patient still gets an answer in time."""
_QUERY_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)

_log = structlog.get_logger(__name__)


class TrackerStoreError(Exception):
    """The conversations' table cannot be read or written: see the error code, and whether the database of DATABASE_URL is up."""


class Rows(Protocol):
    """Where the conversations are: one list of events each."""

    async def read(self, conversation: str) -> list[dict[str, Any]] | None:
        """Give a conversation's events, or None."""
        ...

    async def write(self, conversation: str, events: str) -> None:
        """Keep a conversation's events, given as JSON, in place of those before."""
        ...

    async def conversations(self) -> list[str]:
        """List the conversations."""
        ...


class MemoryRows:
    """Conversations that end with the process."""

    def __init__(self) -> None:
        """Begin with none."""
        self._rows: dict[str, str] = {}

    async def read(self, conversation: str) -> list[dict[str, Any]] | None:
        """Give a conversation's events, or None."""
        row = self._rows.get(conversation)
        return None if row is None else cast("list[dict[str, Any]]", json.loads(row))

    async def write(self, conversation: str, events: str) -> None:
        """Keep a conversation's events."""
        self._rows[conversation] = events

    async def conversations(self) -> list[str]:
        """List the conversations."""
        return sorted(self._rows)


class PostgresRows:
    """Conversations in the table `tracker`, which is created where it is missing.

    TrackerStoreError for whatever goes wrong. Its text holds PostgreSQL's error code only: the server's own messages quote the row.
    """

    def __init__(self, url: str, pool_size: int) -> None:
        """Prepare a pool; it connects at the first use, in the event loop of that use."""
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            connection_class=cast("type[psycopg.AsyncConnection[DictRow]]", psycopg.AsyncConnection),
            kwargs={"row_factory": dict_row, "autocommit": True},
            min_size=1,
            max_size=pool_size,
            timeout=_PATIENCE_SECONDS,
            open=False,
        )
        self._opening = asyncio.Lock()
        self._ready = False
        parts = _QUERY_NAME.split(resources.files(__package__).joinpath("tracker_store.sql").read_text("utf-8"))[1:]
        self._queries = dict(zip(parts[::2], parts[1::2], strict=True))

    async def read(self, conversation: str) -> list[dict[str, Any]] | None:
        """Give a conversation's events, or None."""
        rows = await self._run("read", conversation=conversation)
        return rows[0]["events"] if rows else None

    async def write(self, conversation: str, events: str) -> None:
        """Keep a conversation's events."""
        await self._run("write", conversation=conversation, events=events)

    async def conversations(self) -> list[str]:
        """List the conversations."""
        return [row["conversation"] for row in await self._run("conversations")]

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    async def _run(self, query: str, **parameters: Any) -> list[DictRow]:
        """Run a query; once more on a new connection when the first turns out to be lost."""
        try:
            await self._open()
            try:
                return await self._once(query, parameters)
            except psycopg.OperationalError:
                return await self._once(query, parameters)
        except (psycopg.Error, PoolTimeout) as error:
            code = getattr(error, "sqlstate", None)
            raise TrackerStoreError(f"{query} failed: {type(error).__name__}, code {code}") from None

    async def _once(self, query: str, parameters: dict[str, Any]) -> list[DictRow]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(self._queries[query].encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    async def _open(self) -> None:
        """Connect, and create the table where Rasa runs without the service."""
        if self._ready:
            return
        async with self._opening:
            if self._ready:
                return
            await self._pool.open(wait=False)
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(self._queries["lock"].encode(), {"key": _SCHEMA_LOCK})
                cursor = await connection.execute(self._queries["exists"].encode())
                row = await cursor.fetchone()
                if row is None or not row["there"]:
                    schema = resources.files("actions").joinpath("schema", "0004_tracker.sql")
                    await connection.execute(schema.read_bytes())
            self._ready = True


class PostgresTrackerStore(TrackerStore):
    """Keeps the current session of each conversation, over restarts of Rasa and on whichever Rasa process takes the next message.

    One conversation must be worked on by one process at a time, as the service does: the last to write wins.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        pool_size: int = 4,
        **kwargs: Any,
    ) -> None:
        """Choose the database of `host` (`url:` in endpoints.yml), else of DATABASE_URL, else memory."""
        super().__init__(domain, event_broker, **kwargs)
        url = host or os.environ.get("DATABASE_URL")
        self.rows: Rows = PostgresRows(url, pool_size) if url else MemoryRows()
        if not url:
            _log.warning(
                "tracker_store.in_memory", reason="DATABASE_URL is not set", effect="conversations end with the process"
            )

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation's current session."""
        await self.stream_events(tracker)
        if tracker.events:  # Rasa saves a new conversation before anything happened in it
            await self.rows.write(tracker.sender_id, stored_events.to_json(tracker.events, self.domain))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the conversation's current session, or None."""
        stored = await self.rows.read(sender_id)
        if stored is None:
            return None
        events = stored_events.from_json(stored, self.domain)
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """List the conversations."""
        return await self.rows.conversations()
