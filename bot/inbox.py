"""The inbox: what patients sent, stored before the platform gets its 200, worked on in order, one worker a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from actions.database import Connection, Database, Queries, fetch_all, fetch_one
from actions.handoff.vault import SealBrokenError, Vault, keep
from bot.channels.events import Delivery, Incoming, Kind, Withdrawn

_QUERIES = Queries("bot", "inbox.sql")
CHANNEL = "inbox"
"""The notification that wakes the workers."""
LEASE = timedelta(seconds=30)
"""How long a worker holds a conversation; a worker that dies is replaced after it."""

_log = structlog.get_logger()


class TakenOverError(Exception):
    """Another worker has taken the message over after this one's lease ran out: what this one did about it does not count."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken for work, its original unsealed."""

    id: int
    conversation: str
    channel: str
    kind: Kind
    text: str | None
    earlier: tuple[str, ...]
    """The conversation's last messages before it, oldest first."""
    first_contact: bool
    received_at: datetime
    attempts: int
    """How often it was taken, this time included."""


class Inbox:
    """Stores and hands out messages."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """Keep messages in `database`, their contents sealed by `vault`."""
        self._database = database
        self._vault = vault

    async def store(self, channel: str, delivery: Delivery, now: datetime) -> int:
        """Store everything that a delivery brought in one transaction; give how many messages were new."""
        conversations = [self._conversation(channel, message) for message in delivery.messages]
        async with self._database.transaction() as connection:
            await connection.execute(_QUERIES["lock"], {"conversations": sorted(set(conversations))})
            new = 0
            for conversation, message in zip(conversations, delivery.messages, strict=True):
                new += await self._store_one(connection, channel, conversation, message, now)
            for withdrawn in delivery.withdrawn:
                await self._withdraw(connection, channel, withdrawn, now)
            for event in delivery.unknown:
                await self._bury(connection, channel, event, "an event of an unknown kind", now)
            if new:
                await connection.execute(_QUERIES["notify"])
        return new

    async def keep_unreadable(self, channel: str, body: bytes, reason: str, now: datetime) -> None:
        """Keep a well-signed body that cannot be read, sealed whole."""
        async with self._database.transaction() as connection:
            await self._bury(connection, channel, body.decode("utf-8", "backslashreplace"), reason, now)

    async def take(self, now: datetime) -> Message | None:
        """Take the oldest message of a conversation that no other worker holds, or None."""
        async with self._database.transaction() as connection:
            held = await fetch_one(connection, _QUERIES["hold"], now=now, until=now + LEASE)
            if held is None:
                return None
            row = await fetch_one(connection, _QUERIES["oldest"], conversation=held["id"], now=now)
            if row is None:
                await self.release(connection, held["id"])
                return None
            earlier = await fetch_all(
                connection, _QUERIES["earlier"], conversation=held["id"], message_id=row["id"], now=now
            )
        return Message(
            id=row["id"],
            conversation=held["id"],
            channel=held["channel"],
            kind=Kind(row["kind"]),
            text=self._open(row["sealed"], row["id"]),
            earlier=tuple(filter(None, (self._open(one["sealed"], row["id"]) for one in reversed(earlier)))),
            first_contact=row["first_contact"],
            received_at=row["received_at"],
            attempts=row["attempts"],
        )

    async def finish(self, connection: Connection, message: Message, result: str, now: datetime) -> None:
        """Mark the message as done and let the conversation go, in the caller's transaction; raises TakenOverError."""
        mine = await fetch_one(
            connection, _QUERIES["finish"], id=message.id, attempts=message.attempts, result=result, now=now
        )
        if mine is None:
            raise TakenOverError
        await self.release(connection, message.conversation)

    async def postpone(self, message: Message, until: datetime) -> None:
        """Let the conversation go and try the message again later, unless another worker has taken it over."""
        async with self._database.transaction() as connection:
            if await fetch_one(connection, _QUERIES["postpone"], id=message.id, attempts=message.attempts, until=until):
                await self.release(connection, message.conversation)

    async def release(self, connection: Connection, conversation: str) -> None:
        """Let a conversation go."""
        await connection.execute(_QUERIES["release"], {"conversation": conversation})

    def _open(self, sealed: bytes | None, message_id: int) -> str | None:
        """Unseal a text; one that cannot be opened counts as missing, so that a person hears of the message all the same."""
        try:
            return self._vault.unseal(sealed) if sealed else None
        except SealBrokenError:
            _log.error("inbox.seal_broken", message_id=message_id)
            return None

    def _conversation(self, channel: str, message: Incoming) -> str:
        return self._vault.pseudonym("conversation", channel, message.page, message.sender)

    async def _bury(self, connection: Connection, channel: str, text: str, reason: str, now: datetime) -> None:
        item = await keep(connection, self._vault, text, now)
        await connection.execute(_QUERIES["bury"], {"channel": channel, "item": item, "reason": reason, "now": now})

    async def _withdraw(self, connection: Connection, channel: str, withdrawn: Withdrawn, now: datetime) -> None:
        """Finish a message that its patient took back before anybody looked at it, and forget what it said."""
        key = self._vault.pseudonym("message", channel, withdrawn.page, withdrawn.mid)
        row = await fetch_one(connection, _QUERIES["withdraw"], key=key, now=now)
        if row and row["item"]:
            await connection.execute(_QUERIES["forget"], {"item": row["item"]})

    async def _store_one(
        self, connection: Connection, channel: str, conversation: str, message: Incoming, now: datetime
    ) -> int:
        key = self._vault.pseudonym("message", channel, message.page, message.mid)
        if await fetch_one(connection, _QUERIES["known"], key=key):
            return 0
        if not await fetch_one(connection, _QUERIES["conversation"], conversation=conversation):
            address = await keep(connection, self._vault, join_address(message.page, message.sender), now)
            await connection.execute(
                _QUERIES["open_conversation"],
                {"conversation": conversation, "channel": channel, "address": address, "now": now},
            )
        item = await keep(connection, self._vault, message.text, now) if message.text is not None else None
        stored = await fetch_one(
            connection,
            _QUERIES["store"],
            conversation=conversation,
            key=key,
            kind=message.kind.value,
            item=item,
            sent_at=min(message.sent_at, now),  # a clock that runs ahead must not hold up later messages
            now=now,
        )
        return 1 if stored else 0


def join_address(page: str, sender: str) -> str:
    """Join the page's and the sender's ids for the vault."""
    return f"{page}\n{sender}"


def split_address(address: str) -> Sequence[str]:
    """Split what `join_address` made into page and sender."""
    return address.split("\n", 1)
