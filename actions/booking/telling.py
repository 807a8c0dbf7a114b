"""Telling staff of a change to an appointment that they know of: a line in the case where its patient is known."""

from datetime import datetime

from actions import audit
from actions.booking import texts
from actions.booking.appointment import Appointment, AppointmentStatus
from actions.booking.reservations import attach_case
from actions.calls import Call
from actions.database import Connection
from actions.handoff.cases import CaseCategory, add_note, open_case
from actions.hospital import Hospital


async def tell_of_cancelling(
    connection: Connection, hospital: Hospital, before: Appointment, call: Call, now: datetime
) -> None:
    """Tell staff that an appointment was cancelled, unless it was only held or was so already."""
    note = f"[APPOINTMENT CANCELLED {before.reference}: {texts.what(before, hospital)}]"
    await _tell(connection, before, call, note, "appointment cancelled", now)


async def tell_of_moving(
    connection: Connection, hospital: Hospital, before: Appointment, after: Appointment, call: Call, now: datetime
) -> None:
    """Tell staff that an appointment was moved, unless it is only held or is where it was."""
    if after.start == before.start:
        return
    to = texts.moment_text(after.start, hospital)
    note = f"[APPOINTMENT MOVED {before.reference}: {texts.what(before, hospital)} to {to}]"
    await _tell(connection, before, call, note, "appointment moved", now)


async def _tell(connection: Connection, before: Appointment, call: Call, note: str, act: str, now: datetime) -> None:
    if before.status not in (AppointmentStatus.PENDING, AppointmentStatus.BOOKED):
        return
    # Whoever has the code may write from another conversation: staff know the patient by the one it was made in.
    own = call.conversation == before.conversation
    case = await open_case(
        connection,
        conversation=before.conversation,
        category=CaseCategory.BOOKING.value,
        channel=str(call.metadata.get("channel") or "unknown"),
        message_id=call.metadata.get("message_id") if own else None,
        redacted=call.text,
        now=now,
    )
    await add_note(connection, case, note, now)
    await attach_case(connection, before, case)
    await audit.record(connection, actor="bot", act=act, subject=str(case), now=now, appointment=before.id)
