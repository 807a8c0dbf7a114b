"""What happens in a private room: reading its thread, and writing into its case."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

import structlog

from actions import audit
from actions.booking.appointment import Appointment
from actions.booking.reservations import appointment_of_case, settle_identity
from actions.clock import Clock
from actions.database import Connection, Database, Queries, Row, fetch_one
from actions.handoff import cases
from actions.handoff.cases import CaseCategory
from actions.handoff.hand_off import most_urgent
from actions.handoff.vault import SealBrokenError, Vault, keep
from actions.screening import Screening, Visibility
from actions.screening.two_nets import TwoNets

_QUERIES = Queries("bot.private_room", "room.sql")
_RAISING = frozenset({CaseCategory.EMERGENCY, CaseCategory.CLINICAL})
"""What makes a case more urgent when it is written in its room; who somebody is belongs there and does not."""
_CONTEXT = 3
"""Earlier messages that the screening sees."""

_log = structlog.get_logger()


class Author(str, Enum):
    """Who wrote a message of a room."""

    PATIENT = "patient"  # whoever holds the link
    STAFF = "staff"  # the hospital


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """One message of a room; `text` is None if it cannot be read any more."""

    author: Author
    text: str | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A case as its private room shows it: only what was written there, nothing of the platform's thread."""

    messages: Sequence[RoomMessage]
    emergency: bool
    closed: bool
    appointment: Appointment | None = None
    """The coming appointment that is settled here."""
    released: bool = False
    """The appointment stands no longer: its hold lapsed, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Opens rooms and takes what is written in them."""

    database: Database
    vault: Vault
    screener: TwoNets
    clock: Clock

    async def open(self, case: UUID) -> Room | None:
        """Give a case's room, or None if there is no such case."""
        async with self.database.transaction() as connection:
            row = await cases.find_case(connection, case)
            if row is None:
                return None
            messages = await self._messages(connection, case)
            now = self.clock()
            appointment = await appointment_of_case(connection, case, now)
        emergency = row["category"] == CaseCategory.EMERGENCY.value
        released = appointment is not None and not appointment.is_open(now)
        return Room(messages, emergency, row["state"] == "closed", appointment, released)

    async def write(self, case: UUID, text: str) -> CaseCategory | None:
        """Take what the patient wrote into the case, sealed and screened; give what the case is now, or None if it is not open."""
        async with self.database.transaction() as connection:
            context = [
                one.text for one in await self._messages(connection, case) if one.author is Author.PATIENT and one.text
            ]
        screening = await asyncio.to_thread(self.screener.screen, text, Visibility.PRIVATE, tuple(context[-_CONTEXT:]))
        now = self.clock()
        async with self.database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["hold"], case=case)
            if row is None:
                return None
            item = await keep(connection, self.vault, text, now)
            await cases.add_written(
                connection, case, author=Author.PATIENT.value, item=item, redacted=screening.redacted, now=now
            )
            # Whatever was written, a person reads it: the slot must not lapse in the meantime.
            await settle_identity(connection, case, now)
            category = await _raise(connection, row, screening, now)
        _log.info("room.written", case_number=row["number"], decision=screening.decision.value, category=category.value)
        return category

    async def _messages(self, connection: Connection, case: UUID) -> list[RoomMessage]:
        authors = {author.value for author in Author}
        return [
            RoomMessage(Author(row["author"]), self._text(row), row["written_at"])
            for row in await cases.messages_of(connection, case)
            if row["message_id"] is None and row["author"] in authors
        ]

    def _text(self, row: Row) -> str | None:
        try:
            return self.vault.unseal(row["sealed"]) if row["sealed"] else None
        except SealBrokenError:
            _log.error("room.seal_broken", case_message=row["id"])
            return None


async def _raise(connection: Connection, case: Row, screening: Screening, now: datetime) -> CaseCategory:
    """Make the case as urgent as what was just written in its room; give what it is now."""
    known = CaseCategory(case["category"])
    found = most_urgent(screening.categories) if screening.categories else known
    if found not in _RAISING or found.priority >= known.priority:
        return known
    await cases.open_case(
        connection,
        conversation=case["conversation_id"],
        category=found.value,
        channel=case["channel"],
        message_id=None,
        redacted=screening.redacted,
        now=now,
    )
    await audit.record(
        connection, actor="bot", act="case raised", subject=str(case["id"]), now=now, category=found.value
    )
    return found
