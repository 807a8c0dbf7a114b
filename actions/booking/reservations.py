"""Appointments in PostgreSQL: holding, moving, cancelling, settling.

Every function runs in the caller's transaction. The names of states are FHIR R4's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from actions.booking.appointment import (
    Appointment,
    AppointmentStatus,
    SlotStatus,
    SlotTakenError,
    TooManyTriesError,
    UnknownReferenceError,
)
from actions.booking.openings import refresh_schedule
from actions.booking.reference import new_reference
from actions.booking.schedule import earliest_start
from actions.database import Connection, Queries, Row, fetch_all, fetch_one
from actions.hospital import Hospital

WRONG_TRIES = 5
"""How many wrong reference codes a conversation may send within TRIES_WITHIN."""
TRIES_WITHIN = timedelta(hours=1)

_QUERIES = Queries("actions.booking", "booking.sql")


async def hold(
    connection: Connection, hospital: Hospital, *, conversation: str, department: str, start: datetime, now: datetime
) -> Appointment:
    """Hold a slot for the conversation; its earlier hold, if it has one, moves along and keeps its reference code.

    Holding the same slot again changes nothing. Raises SlotTakenError, and then an earlier hold stands as it was.
    """
    await _share_schedule(connection, hospital, department, now)
    earlier = await _proposed(connection, conversation)
    if earlier is not None and earlier.is_open(now):
        if (earlier.department, earlier.start) == (department, start):
            return earlier
        return await _take(connection, hospital, earlier, department, start, now)
    if earlier is not None:
        await _change_status(connection, earlier, AppointmentStatus.CANCELLED, now)
    async with connection.transaction():  # a proposal without a slot does not stay
        proposed = await _propose(connection, hospital, conversation, department, start, now)
        if proposed is not None:
            return await _take(connection, hospital, proposed, department, start, now)
    # The code exists already (1 in 191 million for each appointment), or the conversation's other turn was faster.
    return await hold(connection, hospital, conversation=conversation, department=department, start=start, now=now)


async def move(
    connection: Connection, hospital: Hospital, reference: str, start: datetime, now: datetime
) -> Appointment:
    """Move an appointment to another slot of its department, in one step, under the same reference code.

    Moving to where it is changes nothing. Raises UnknownReferenceError; SlotTakenError, and then it stands as it was.
    """
    appointment = await lock(connection, reference)
    if appointment is None or not appointment.is_open(now):
        raise UnknownReferenceError
    if appointment.start == start:
        return appointment
    await _share_schedule(connection, hospital, appointment.department, now)
    return await _take(connection, hospital, appointment, appointment.department, start, now)


async def cancel(connection: Connection, reference: str, now: datetime) -> Appointment:
    """Cancel an appointment and free its slot; a cancelled one stays so. Raises UnknownReferenceError."""
    appointment = await lock(connection, reference)
    if appointment is None:
        raise UnknownReferenceError
    if appointment.status is AppointmentStatus.CANCELLED:
        return appointment
    if not appointment.is_open(now):
        raise UnknownReferenceError
    await connection.execute(_QUERIES["release"], {"appointment": appointment.id, "keep": 0})
    await _change_status(connection, appointment, AppointmentStatus.CANCELLED, now)
    return await _by_id(connection, appointment.id)


async def lock(connection: Connection, reference: str) -> Appointment | None:
    """Find an appointment and keep it as it is until the transaction ends."""
    await fetch_one(connection, _QUERIES["lock_appointment"], reference=reference)
    return await _by_reference(connection, reference)


async def open_appointments(connection: Connection, conversation: str, now: datetime) -> tuple[Appointment, ...]:
    """List the appointments that were made in a conversation and stand, the next one first."""
    rows = await fetch_all(connection, _QUERIES["of_conversation"], conversation=conversation, now=now)
    return tuple(_appointment(row) for row in rows)


async def held_by(connection: Connection, conversation: str, now: datetime) -> Appointment | None:
    """Give what is held for a conversation now."""
    found = await open_appointments(connection, conversation, now)
    return next((one for one in found if one.status is AppointmentStatus.PROPOSED), None)


async def look_up(
    connection: Connection, reference: str, *, conversation: str, message_id: int | None, now: datetime
) -> Appointment:
    """Find an appointment that stands by its reference code.

    Raises UnknownReferenceError, which counts as a wrong try, and TooManyTriesError, also for a right code.
    """
    since = now - TRIES_WITHIN
    row = await fetch_one(connection, _QUERIES["wrong_tries"], conversation=conversation, since=since)
    if row is not None and row["tries"] >= WRONG_TRIES:
        raise TooManyTriesError
    appointment = await _by_reference(connection, reference)
    if appointment is not None and appointment.is_open(now):
        return appointment
    await connection.execute(_QUERIES["forget_tries"], {"since": since})
    await connection.execute(
        _QUERIES["record_try"], {"conversation": conversation, "message_id": message_id, "now": now}
    )
    raise UnknownReferenceError


async def find_appointment(connection: Connection, reference: str) -> Appointment | None:
    """Find an appointment whose code is known to be right."""
    return await _by_reference(connection, reference)


async def attach_case(connection: Connection, appointment: Appointment, case_id: UUID) -> Appointment:
    """Note in which case's private room identity is settled."""
    await connection.execute(_QUERIES["change_case"], {"appointment": appointment.id, "case": case_id})
    return await _by_id(connection, appointment.id)


async def appointments_of(connection: Connection, cases: Sequence[UUID]) -> tuple[Appointment, ...]:
    """List the appointments that are settled in these cases, whatever became of them, the newest first."""
    return tuple(_appointment(row) for row in await fetch_all(connection, _QUERIES["of_cases"], cases=list(cases)))


async def appointment_of_case(connection: Connection, case_id: UUID, now: datetime) -> Appointment | None:
    """Give the coming appointment that is settled in this case's private room, one that stands if there is any, or None."""
    coming = [one for one in await appointments_of(connection, [case_id]) if one.start > now]
    return next((one for one in coming if one.is_open(now)), coming[0] if coming else None)


async def settle_identity(connection: Connection, case_id: UUID, now: datetime) -> Appointment | None:
    """Keep the slot that is held for this case: the patient has left their details in the private room.

    Gives the appointment, now pending, or None when there is none or its slot has gone to somebody else.
    """
    rows = await fetch_all(connection, _QUERIES["proposed_of_case"], case=case_id, now=now)
    settled = None
    for row in rows:
        await connection.execute(_QUERIES["settle_slot"], {"appointment": row["id"]})
        settled = await _by_id(connection, row["id"])
        await _change_status(connection, settled, AppointmentStatus.PENDING, now)
    return await _by_id(connection, settled.id) if settled else None


async def confirm(connection: Connection, reference: str, now: datetime) -> Appointment:
    """Book a pending appointment for good: staff have confirmed it. Raises UnknownReferenceError."""
    appointment = await _by_reference(connection, reference)
    if appointment is None or appointment.status not in (AppointmentStatus.PENDING, AppointmentStatus.BOOKED):
        raise UnknownReferenceError
    await _change_status(connection, appointment, AppointmentStatus.BOOKED, now)
    return await _by_id(connection, appointment.id)


async def _share_schedule(connection: Connection, hospital: Hospital, department: str, now: datetime) -> None:
    """Bring the schedule up to date and keep it from being refilled until the transaction ends."""
    await refresh_schedule(connection, hospital, department, now)
    await connection.execute(_QUERIES["share_schedule"], {"department": department})


async def _propose(
    connection: Connection, hospital: Hospital, conversation: str, department: str, start: datetime, now: datetime
) -> Appointment | None:
    """Make a proposed appointment; None when its random code or another proposal of the conversation is in the way."""
    bookable = hospital.booking.departments.get(department)
    if bookable is None:
        raise SlotTakenError
    row = await fetch_one(
        connection,
        _QUERIES["propose"],
        reference=new_reference(),
        conversation=conversation,
        department=department,
        start=start,
        end=start + timedelta(minutes=bookable.slot_minutes),
        now=now,
    )
    return await _by_id(connection, row["id"]) if row else None


async def _take(
    connection: Connection,
    hospital: Hospital,
    appointment: Appointment,
    department: str,
    start: datetime,
    now: datetime,
) -> Appointment:
    """Give the appointment a free slot at `start` and free the one it had. Raises SlotTakenError."""
    if start < earliest_start(hospital, now):
        raise SlotTakenError
    proposed = appointment.status is AppointmentStatus.PROPOSED
    place = {"appointment": appointment.id, "department": department, "start": start, "now": now}
    slots = await fetch_all(connection, _QUERIES["lock_slots"], **place)
    taken = await fetch_one(
        connection,
        _QUERIES["take"],
        status=(SlotStatus.BUSY_TENTATIVE if proposed else SlotStatus.BUSY).value,
        held_until=now + timedelta(minutes=hospital.booking.hold_minutes) if proposed else None,
        **place,
    )
    if taken is None:
        raise SlotTakenError
    end = next(slot["ends_at"] for slot in slots if slot["id"] == taken["id"])
    await connection.execute(_QUERIES["release"], {"appointment": appointment.id, "keep": taken["id"]})
    await connection.execute(_QUERIES["change_time"], {**place, "end": end})
    return await _by_id(connection, appointment.id)


async def _change_status(
    connection: Connection, appointment: Appointment, status: AppointmentStatus, now: datetime
) -> None:
    await connection.execute(
        _QUERIES["change_status"], {"appointment": appointment.id, "status": status.value, "now": now}
    )


async def _proposed(connection: Connection, conversation: str) -> Appointment | None:
    row = await fetch_one(connection, _QUERIES["lock_proposed"], conversation=conversation)
    return await _by_id(connection, row["id"]) if row else None


async def _by_reference(connection: Connection, reference: str) -> Appointment | None:
    row = await fetch_one(connection, _QUERIES["by_reference"], reference=reference)
    return _appointment(row) if row else None


async def _by_id(connection: Connection, appointment_id: int) -> Appointment:
    row = await fetch_one(connection, _QUERIES["by_id"], appointment=appointment_id)
    assert row is not None
    return _appointment(row)


def _appointment(row: Row) -> Appointment:
    return Appointment(
        id=row["id"],
        reference=row["reference"],
        conversation=row["conversation"],
        department=row["department"],
        start=row["starts_at"],
        end=row["ends_at"],
        status=AppointmentStatus(row["status"]),
        held_until=row["held_until"],
        case_id=row["case_id"],
    )
