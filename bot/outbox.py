"""The outbox: replies, stored with the turn that made them, sent until the platform has taken or refused them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from psycopg.types.json import Jsonb

from actions.calls import Reply
from actions.clock import Clock
from actions.database import Connection, Database, Queries, Row, fetch_one
from actions.handoff.cases import CaseCategory, add_note, open_case
from actions.handoff.vault import SealBrokenError, Vault
from bot import metrics
from bot.channels.events import SendError
from bot.channels.graph import GraphSender
from bot.channels.messenger import EXPIRED, TEXT_LIMIT, build_message, build_typing, split_text
from bot.completion import completed
from bot.inbox import split_address
from bot.private_room.link import room_link

_QUERIES = Queries("bot", "outbox.sql")
CHANNEL = "outbox"
"""The notification that wakes the senders."""
LEASE = timedelta(seconds=30)
_RETRIES = [timedelta(seconds=seconds) for seconds in (1, 2, 5, 15, 60, 300, 900)]
_GIVE_UP = timedelta(hours=24)
"""After a day the platform's window for replies has closed: https://developers.facebook.com/docs/messenger-platform/policy"""
_LINK_LIMIT = 300
"""Characters kept free for a private-room link, which is added when the message is sent."""
_RENEW = "make a new page token in the Messenger app, set FRONTDESK_MESSENGER_PAGE_TOKEN to it and restart; replies wait for a day"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Links:
    """Makes private-room links at the moment of sending, so that none is ever stored."""

    vault: Vault
    public_url: str

    def room(self, case: UUID) -> str:
        """Give the link of a case's private room."""
        return room_link(self.public_url, case, self.vault)


async def store(
    connection: Connection, conversation: str, message_id: int | None, replies: Sequence[Reply], now: datetime
) -> None:
    """Store replies in order, in the caller's transaction."""
    for reply in replies:
        parts = split_text(reply.text, TEXT_LIMIT - _LINK_LIMIT if reply.room else TEXT_LIMIT)
        for part in parts:
            last = part is parts[-1]
            await connection.execute(
                _QUERIES["store"],
                {
                    "conversation": conversation,
                    "message_id": message_id,
                    "text": part,
                    "quick_replies": Jsonb([[one.title, one.payload] for one in reply.quick_replies] if last else []),
                    "room": reply.room if last else None,
                    "now": now,
                },
            )
    if replies:
        await connection.execute(_QUERIES["notify"])


class Outbox:
    """Sends what is stored, one conversation at a time, in order."""

    def __init__(self, database: Database, vault: Vault, sender: GraphSender, links: Links, clock: Clock) -> None:
        """Send through `sender`."""
        self._database = database
        self._vault = vault
        self._sender = sender
        self._links = links
        self._clock = clock
        self._typing: set[asyncio.Task[None]] = set()

    async def send_next(self) -> bool:
        """Send the oldest unsent message of a conversation that no other sender holds; False when there is none."""
        now = self._clock()
        async with self._database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["hold"], now=now, until=now + LEASE)
        if row is None:
            return False
        try:
            await self._sender.send(self._body(row))
        except SendError as error:
            await self._not_taken(row, error)
        except SealBrokenError:  # with the right key restored it can still go out
            await self._not_taken(row, SendError("seal broken", permanent=False))
        else:
            await self._taken(row)
        return True

    def start_typing(self, conversation: str) -> None:
        """Show the typing indicator without waiting for it."""
        task = asyncio.create_task(self.show_typing(conversation))
        self._typing.add(task)  # the event loop itself would let it be collected half-way
        task.add_done_callback(self._typing.discard)

    async def show_typing(self, conversation: str) -> None:
        """Show the typing indicator; whether it arrives is of no consequence."""
        try:
            async with self._database.transaction() as connection:
                row = await fetch_one(connection, _QUERIES["address"], conversation=conversation)
            if row is not None:
                await self._sender.send(build_typing(self._recipient(row)))
        except (SendError, SealBrokenError, psycopg.Error) as error:
            _log.info("typing.not_shown", error=type(error).__name__)

    def _body(self, row: Row) -> dict[str, object]:
        text = row["text"]
        if row["room"]:
            text = f"{text}\n{self._links.room(row['room'])}"
        return build_message(self._recipient(row), text, [(title, payload) for title, payload in row["quick_replies"]])

    def _recipient(self, row: Row) -> str:
        return split_address(self._vault.unseal(row["sealed"]))[1]

    async def _taken(self, row: Row) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(_QUERIES["sent"], {"id": row["id"], "now": self._clock()})
            await connection.execute(_QUERIES["release"], {"conversation": row["conversation_id"]})
        metrics.SENT.labels("sent").inc()

    async def _not_taken(self, row: Row, error: SendError) -> None:
        now = self._clock()
        refused = error.permanent or now - row["created_at"] > _GIVE_UP
        wait = _RETRIES[min(row["attempts"] - 1, len(_RETRIES) - 1)]
        async with self._database.transaction() as connection:
            if refused:
                await connection.execute(_QUERIES["refuse"], {"id": row["id"], "refusal": error.code, "now": now})
                await self._tell_staff(connection, row, error.code, now)
            else:
                await connection.execute(_QUERIES["postpone"], {"id": row["id"], "until": now + wait})
            await connection.execute(_QUERIES["release"], {"conversation": row["conversation_id"]})
        metrics.SENT.labels("refused" if refused else "retried").inc()
        if error.code == EXPIRED:
            _log.error("outbox.token_refused", outbox_id=row["id"], code=error.code, to_do=_RENEW)
        _log.warning(
            "outbox.refused" if refused else "outbox.retried",
            outbox_id=row["id"],
            code=error.code,
            attempts=row["attempts"],
        )

    async def _tell_staff(self, connection: Connection, row: Row, refusal: str, now: datetime) -> None:
        """Note in a case that a reply will never arrive: the patient must not be left in silence."""
        case = await open_case(
            connection,
            conversation=row["conversation_id"],
            category=CaseCategory.FAILURE.value,
            channel=row["channel"],
            message_id=row["message_id"],
            redacted="[SEE THE REPLY BELOW]",
            now=now,
        )
        note = f"[REPLY NOT DELIVERED, code {refusal}] {row['text']}"
        await add_note(connection, case, note, now)


async def send_forever(outbox: Outbox, wake: asyncio.Event, idle_seconds: float = 1.0) -> None:
    """Send whatever there is, and sleep until more is announced."""
    while True:
        if not await completed(outbox.send_next()):
            wake.clear()
            try:
                await asyncio.wait_for(wake.wait(), idle_seconds)
            except asyncio.TimeoutError:
                continue
