"""Cases: what waits for a person, and what belongs to it."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from actions import audit
from actions.database import Connection, Queries, Row, fetch_all, fetch_one

_QUERIES = Queries("actions.handoff", "cases.sql")


class CaseCategory(str, Enum):
    """Why a person is needed, the most urgent first."""

    EMERGENCY = "emergency"  # danger to life now
    CLINICAL = "clinical"  # somebody's health
    UNJUDGED = "unjudged"  # a message that could not be judged
    IDENTIFYING = "identifying"  # somebody's identity
    FAILURE = "failure"  # the assistant could not answer
    HUMAN_AGENT = "human_agent"  # the patient asked for a person
    BOOKING = "booking"  # identity to be settled for an appointment

    @property
    def priority(self) -> int:
        """Give the place in the queue: 1 is the most urgent."""
        return list(CaseCategory).index(self) + 1


class CaseNotFoundError(Exception):
    """There is no open case of that number: `frontdesk cases` lists them."""


class CaseTakenError(Exception):
    """Somebody else has claimed the case, or it is closed: ask them, or take another."""


class CaseUnreadError(Exception):
    """The case holds messages that the agent has not seen: read them before closing it."""


async def open_case(
    connection: Connection,
    *,
    conversation: str,
    category: str,
    channel: str,
    message_id: int | None,
    redacted: str,
    now: datetime,
) -> UUID:
    """Open a case for the conversation, or join its unclosed one and raise that one's urgency; give the case's id.

    The message's sealed original comes along by `message_id`. Joining twice with one message changes nothing.
    """
    why = CaseCategory(category)
    row = await fetch_one(
        connection,
        _QUERIES["open"],
        conversation=conversation,
        category=why.value,
        priority=why.priority,
        channel=channel,
        now=now,
    )
    assert row is not None
    case_id: UUID = row["id"]
    if row["opened"]:
        await audit.record(
            connection, actor="bot", act="case opened", subject=str(case_id), now=now, category=why.value
        )
    if message_id is not None:
        await add_message(connection, case_id, message_id, redacted, now)
    return case_id


async def add_message(connection: Connection, case_id: UUID, message_id: int, redacted: str, now: datetime) -> None:
    """Add a patient's message to the case with its sealed original, once."""
    await connection.execute(
        _QUERIES["add_message"], {"case": case_id, "message_id": message_id, "redacted": redacted, "now": now}
    )


async def add_written(
    connection: Connection, case_id: UUID, *, author: str, item: int, redacted: str, now: datetime
) -> None:
    """Add what was written in the private room; `item` is the sealed original."""
    await connection.execute(
        _QUERIES["add_written"], {"case": case_id, "author": author, "item": item, "redacted": redacted, "now": now}
    )


async def add_note(connection: Connection, case_id: UUID, note: str, now: datetime) -> None:
    """Add what the bot has to tell the staff; the patient never sees it, and nothing of the patient may stand in it."""
    await connection.execute(_QUERIES["add_note"], {"case": case_id, "note": note, "now": now})


async def owned_case(connection: Connection, conversation: str) -> UUID | None:
    """Give the case in which a person owns the conversation, or None; it cannot be closed until the transaction ends."""
    row = await fetch_one(connection, _QUERIES["owned"], conversation=conversation)
    return row["id"] if row else None


async def case_of_message(connection: Connection, message_id: int) -> UUID | None:
    """Give the case that the message belongs to, or None."""
    row = await fetch_one(connection, _QUERIES["of_message"], message_id=message_id)
    return row["case_id"] if row else None


async def unclosed_cases(connection: Connection) -> list[Row]:
    """List the unclosed cases, the most urgent and oldest first."""
    return await fetch_all(connection, _QUERIES["unclosed"])


async def find_case(connection: Connection, case_id: UUID) -> Row | None:
    """Give one case, or None."""
    return await fetch_one(connection, _QUERIES["find"], case=case_id)


async def case_by_number(connection: Connection, number: int) -> Row:
    """Give the case of that number; raises CaseNotFoundError."""
    row = await fetch_one(connection, _QUERIES["by_number"], number=number)
    if row is None:
        raise _not_found(number)
    return row


async def messages_of(connection: Connection, case_id: UUID) -> list[Row]:
    """List a case's messages, oldest first, with their sealed originals."""
    return await fetch_all(connection, _QUERIES["messages"], case=case_id)


async def note_look(connection: Connection, case_id: UUID, agent: str, newest: int, now: datetime, act: str) -> None:
    """Note in the audit trail that `agent` has seen the case's messages up to the one with the id `newest`."""
    await audit.record(connection, actor=agent, act=act, subject=str(case_id), now=now, newest=newest)


async def claim(connection: Connection, number: int, agent: str, now: datetime) -> None:
    """Give the case to `agent`: from now on the bot is silent there. Raises CaseNotFoundError, CaseTakenError."""
    case = await _held_case(connection, number)
    row = await fetch_one(connection, _QUERIES["claim"], case=case["id"], agent=agent, now=now)
    if row is None:
        raise CaseTakenError(
            f"case {number}: is {case['state']}" + (f" by {case['claimed_by']}" if case["claimed_by"] else "")
        )
    newest = await fetch_one(connection, _QUERIES["newest"], case=case["id"])
    await note_look(connection, case["id"], agent, newest["id"] if newest else 0, now, "case claimed")


async def close(connection: Connection, number: int, agent: str, now: datetime, *, force: bool = False) -> None:
    """Close the case and give the conversation back to the bot.

    Raises CaseNotFoundError, CaseTakenError, CaseUnreadError; with `force` also somebody else's case and an unread one is closed.
    """
    case = await _held_case(connection, number)
    if case["state"] == "closed":
        raise CaseTakenError(f"case {number}: is closed already")
    if not force:
        await _refuse_closing(connection, case, agent)
    await connection.execute(_QUERIES["close"], {"case": case["id"], "now": now})
    forced = {"forced": 1} if force else {}
    await audit.record(connection, actor=agent, act="case closed", subject=str(case["id"]), now=now, **forced)


async def _refuse_closing(connection: Connection, case: Row, agent: str) -> None:
    """Raise what speaks against closing the held case: nobody may miss what a patient wrote."""
    number = case["number"]
    if case["claimed_by"] not in (None, agent):
        raise CaseTakenError(f"case {number}: is claimed by {case['claimed_by']}; ask them, or close it with --force")
    unread = await fetch_one(connection, _QUERIES["unread"], case=case["id"], agent=agent)
    if unread and unread["messages"]:
        raise CaseUnreadError(
            f"case {number}: holds messages that you have not seen ({unread['messages']}); "
            f"read them with `frontdesk cases show {number} --agent {agent}`, or close it with --force"
        )


async def _held_case(connection: Connection, number: int) -> Row:
    """Give the case of that number, and hold it: no message joins it until the transaction ends. Raises CaseNotFoundError."""
    row = await fetch_one(connection, _QUERIES["hold"], number=number)
    if row is None:
        raise _not_found(number)
    return row


def _not_found(number: int) -> CaseNotFoundError:
    return CaseNotFoundError(f"case {number}: there is none; `frontdesk cases` lists the open ones")
