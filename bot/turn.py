"""One turn: what happens to a patient's message, from the inbox to the outbox. Read it from top to bottom."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import psycopg
import structlog

from actions.calls import Reply
from actions.clock import Clock
from actions.database import Connection, Database
from actions.faults import where_raised
from actions.handoff import cases
from actions.handoff.cases import CaseCategory
from actions.handoff.hand_off import hand_off, most_urgent
from actions.hospital import HospitalFile
from actions.screening.findings import Category, Decision, Screening, Visibility
from actions.screening.two_nets import TwoNets
from bot import metrics, outbox
from bot.channels.events import Kind
from bot.dialogue import DialogueError, Rasa
from bot.disclosure import disclose
from bot.inbox import Inbox, Message
from bot.outbox import Outbox

DEADLINE_SECONDS = 5.0
"""How long Rasa may take before the patient gets the safe reply."""
EMERGENCY_DEADLINE_SECONDS = 2.0
LEAST_SECONDS = 1.5
"""What Rasa gets even for a message that has waited long."""
_UNREADABLE = frozenset({Kind.ATTACHMENT, Kind.UNSUPPORTED})

_log = structlog.get_logger()


class Result(str, Enum):
    """How a turn ended."""

    ANSWERED = "answered"  # by the bot
    HANDED_OFF = "handed_off"  # to a person, and the patient was told where to go on
    SAFE_REPLY = "safe_reply"  # to a person, because the bot could not answer
    JOINED_CASE = "joined_case"  # a person owns the conversation: the bot stayed silent
    STANDBY = "standby"  # another app owns the conversation: the bot stayed silent


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of a message before anything is done with it."""

    screening: Screening
    vector: str | None
    """The sentence vector of the redacted text, base64 of little-endian float32; None when it is not for Rasa to classify."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Works on one message at a time; everything it needs is given."""

    database: Database
    inbox: Inbox
    outbox: Outbox
    screener: TwoNets
    rasa: Rasa
    hospital: HospitalFile
    clock: Clock

    async def work(self, message: Message) -> Result:
        """Take one message through the house: screen it, ask who owns the conversation, ask Rasa, store the replies."""
        if message.kind is Kind.STANDBY:
            return await self._finish(message, Result.STANDBY, ())
        heard = await asyncio.to_thread(self._hear, message)
        metrics.SCREENINGS.labels(heard.screening.decision.value).inc()
        if await self._person_took_it(message, heard.screening):
            return Result.JOINED_CASE
        self.outbox.start_typing(message.conversation)
        try:
            replies = await self._ask_rasa(message, heard)
        except psycopg.Error:
            raise
        except Exception as error:  # whatever it was: how urgent the message is, screening has already said
            reason = error.reason if isinstance(error, DialogueError) else "fault"
            metrics.DIALOGUE_FAILURES.labels(reason).inc()
            _log.error("dialogue.failed", message_id=message.id, reason=reason, at=where_raised(error))
            return await self.be_safe(message, heard.screening)
        result = Result.ANSWERED if heard.screening.decision is Decision.ANSWER else Result.HANDED_OFF
        return await self._finish(message, result, self._introduced(message, heard.screening, replies))

    async def be_safe(self, message: Message, screening: Screening | None) -> Result:
        """Open a case and give the safe reply: what the patient gets when anything at all went wrong."""
        now = self.clock()
        category = CaseCategory.FAILURE
        if screening is None:
            category = CaseCategory.UNJUDGED
        elif screening.decision is not Decision.ANSWER:
            category = most_urgent(screening.categories)
        async with self.database.transaction() as connection:
            replies = await hand_off(
                connection,
                self.hospital.current(),
                conversation=message.conversation,
                category=category,
                channel=message.channel,
                message_id=message.id,
                redacted=screening.redacted if screening else "[UNREAD]",
                now=now,
            )
            if screening is not None:
                replies = self._introduced(message, screening, replies)
            await self._store(connection, message, Result.SAFE_REPLY, replies)
        return Result.SAFE_REPLY

    def _hear(self, message: Message) -> Heard:
        screening, vector = self.screener.hear(message.text or "", Visibility.PRIVATE, message.earlier)
        if message.kind in _UNREADABLE or not (message.text or "").strip():
            screening = unreadable(screening)
        if screening.decision is not Decision.ANSWER or vector is None:
            return Heard(screening, None)
        return Heard(screening, base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii"))

    async def _person_took_it(self, message: Message, screening: Screening) -> bool:
        """Add the message to the case of the person who owns the conversation; an emergency is answered with the number all the same."""
        now = self.clock()
        async with self.database.transaction() as connection:
            case = await cases.owned_case(connection, message.conversation)
            if case is None:
                return False
            replies: tuple[Reply, ...] = ()
            if screening.decision is Decision.EMERGENCY:
                replies = await hand_off(
                    connection,
                    self.hospital.current(),
                    conversation=message.conversation,
                    category=CaseCategory.EMERGENCY,
                    channel=message.channel,
                    message_id=message.id,
                    redacted=screening.redacted,
                    now=now,
                )
            await cases.add_message(connection, case, message.id, screening.redacted, now)
            await self._store(connection, message, Result.JOINED_CASE, replies)
        return True

    async def _ask_rasa(self, message: Message, heard: Heard) -> tuple[Reply, ...]:
        """Ask Rasa and check its answer: replies to a sensitive message count only if a case now holds that message."""
        screening = heard.screening
        urgent = screening.decision is Decision.EMERGENCY
        replies = await self.rasa.ask(
            message.conversation,
            screening.redacted,
            _metadata(message, heard),
            self._patience(message, EMERGENCY_DEADLINE_SECONDS if urgent else DEADLINE_SECONDS),
        )
        if screening.decision is not Decision.ANSWER:
            async with self.database.transaction() as connection:
                if await cases.case_of_message(connection, message.id) is None:
                    raise DialogueError("not handed off")
        return replies

    def _patience(self, message: Message, most: float) -> float:
        """Give how many seconds Rasa may take: less when the patient has already waited for a worker."""
        waited = (self.clock() - message.received_at).total_seconds()
        return min(most, max(LEAST_SECONDS, DEADLINE_SECONDS + LEAST_SECONDS - waited))

    def _introduced(self, message: Message, screening: Screening, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """Put the disclosure before the first replies of a conversation; in an emergency nothing stands before the number."""
        if not message.first_contact or screening.decision is Decision.EMERGENCY:
            return replies
        return (disclose(self.hospital.current()), *replies)

    async def _finish(self, message: Message, result: Result, replies: tuple[Reply, ...]) -> Result:
        async with self.database.transaction() as connection:
            await self._store(connection, message, result, replies)
        return result

    async def _store(
        self, connection: Connection, message: Message, result: Result, replies: tuple[Reply, ...]
    ) -> None:
        now = self.clock()
        await outbox.store(connection, message.conversation, message.id, replies, now)
        await self.inbox.finish(connection, message, result.value, now)


def unreadable(screening: Screening) -> Screening:
    """Give the screening of a message that holds more than its text: at least a hand-off, an emergency stays one."""
    return Screening(
        decision=max(screening.decision, Decision.HAND_OFF, key=list(Decision).index),
        categories=screening.categories | {Category.UNJUDGED},
        findings=screening.findings,
        redacted=f"[ATTACHMENT] {screening.redacted}".rstrip(),
    )


def _metadata(message: Message, heard: Heard) -> Mapping[str, Any]:
    screening = heard.screening
    metadata: dict[str, Any] = {
        "message_id": message.id,
        "attempt": message.attempts,
        "channel": message.channel,
        "visibility": Visibility.PRIVATE.value,
        "first_contact": message.first_contact,
        "screening": {
            "decision": screening.decision.value,
            "categories": sorted(category.value for category in screening.categories),
            "findings": [
                {"type": one.type, "start": one.start, "end": one.end, "rule": one.rule} for one in screening.findings
            ],
        },
    }
    return metadata | {"vector": heard.vector} if heard.vector else metadata
