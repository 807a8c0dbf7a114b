"""The simulated patients and what was said in their threads, kept in memory."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum


class Kind(str, Enum):
    """What an entry of a thread is."""

    TEXT = "text"  # words
    PHOTO = "photo"  # a picture
    TYPING = "typing"  # the page is about to answer; never kept in the thread


class State(str, Enum):
    """How far a patient's message has come."""

    SENDING = "sending"  # on its way to the webhook
    SENT = "sent"  # the webhook answered 200
    FAILED = "failed"  # the webhook refused it, or could not be reached
    RECEIVED = "received"  # the page's own messages


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread."""

    id: int
    patient: str
    kind: Kind
    text: str
    at: datetime
    state: State
    quick_replies: tuple[tuple[str, str], ...] = ()
    """Suggested replies as (title, payload)."""
    problem: str = ""
    """Why it failed."""

    @property
    def by_page(self) -> bool:
        """Say whether the page wrote it."""
        return self.state is State.RECEIVED


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is new or has changed; `number` counts changes."""

    number: int
    entry: Entry


@dataclass(slots=True)
class Patient:
    """Somebody who writes: `id` is what the platform would call them by."""

    id: str
    name: str
    entries: list[Entry] = field(default_factory=list)


class Threads:
    """Every patient's thread, and the changes in the order in which they happened."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.run = secrets.token_hex(8)
        """Names this process's threads: a page of an earlier one has to load anew."""
        self._patients: dict[str, Patient] = {}
        self._changes: list[Change] = []
        self._entries = 0
        self._news = asyncio.Event()

    @property
    def last(self) -> int:
        """Give the number of the latest change."""
        return len(self._changes)

    def patients(self) -> Sequence[Patient]:
        """List the patients, oldest first."""
        return list(self._patients.values())

    def find(self, patient: str | None) -> Patient | None:
        """Give a patient by id, or None."""
        return self._patients.get(patient or "")

    def add_patient(self) -> Patient:
        """Add a patient with an id such as the platform gives."""
        patient = Patient(f"7{secrets.randbelow(10**15):015d}", f"Patient {len(self._patients) + 1}")
        self._patients[patient.id] = patient
        return patient

    def add(
        self,
        patient: Patient,
        kind: Kind,
        text: str,
        at: datetime,
        state: State,
        quick_replies: tuple[tuple[str, str], ...] = (),
    ) -> Entry:
        """Add an entry to a thread."""
        self._entries += 1
        entry = Entry(self._entries, patient.id, kind, text, at, state, quick_replies)
        if kind is not Kind.TYPING:
            patient.entries.append(entry)
        self._announce(entry)
        return entry

    def settle(self, entry: Entry, state: State, problem: str = "") -> Entry:
        """Note how far an entry has come."""
        settled = replace(entry, state=state, problem=problem)
        entries = self._patients[entry.patient].entries
        entries[entries.index(entry)] = settled
        self._announce(settled)
        return settled

    def changes(self, after: int) -> list[Change]:
        """List the changes after number `after`, oldest first."""
        return self._changes[max(after, 0) :]

    async def wait(self, after: int, seconds: float) -> list[Change]:
        """List the changes after number `after`, waiting up to `seconds` until there is one."""
        try:
            async with asyncio.timeout(seconds):
                while self.last <= after:
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.changes(after)

    def _announce(self, entry: Entry) -> None:
        self._changes.append(Change(len(self._changes) + 1, entry))
        self._news.set()  # wakes those who wait now
        self._news = asyncio.Event()
