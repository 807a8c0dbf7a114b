"""Staff confirm the appointment that a case is about, and the patient hears of it."""

from datetime import datetime

from actions import audit
from actions.booking import texts
from actions.booking.appointment import AppointmentStatus
from actions.booking.reservations import appointments_of, confirm, lock
from actions.booking.standing import line_for_staff
from actions.calls import Reply
from actions.database import Connection
from actions.handoff import cases
from actions.hospital import Hospital
from bot import outbox


class NothingToConfirmError(Exception):
    """The case has no appointment that waits for staff: `frontdesk cases show` says how it stands."""


async def confirm_case(connection: Connection, hospital: Hospital, number: int, agent: str, now: datetime) -> str:
    """Confirm the case's appointment, tell the patient, and give its line for staff; one that is confirmed already stays so.

    Raises CaseNotFoundError, NothingToConfirmError.
    """
    case = await cases.case_by_number(connection, number)
    known = [one for one in await appointments_of(connection, [case["id"]]) if one.start > now]
    waiting = [one for one in known if one.status is AppointmentStatus.PENDING]
    booked = [one for one in known if one.status is AppointmentStatus.BOOKED]
    if not waiting and booked:
        return line_for_staff(booked[0], hospital, now)
    # Held, since the patient may be cancelling it in this moment.
    held = await lock(connection, waiting[0].reference) if waiting else None
    if held is None or held.status is not AppointmentStatus.PENDING:
        how = line_for_staff(held or known[0], hospital, now) if held or known else "it is about none"
        raise NothingToConfirmError(f"case {number}: has no appointment that waits to be confirmed ({how})")
    confirmed = await confirm(connection, held.reference, now)
    await audit.record(
        connection,
        actor=agent,
        act="appointment confirmed",
        subject=str(case["id"]),
        now=now,
        appointment=confirmed.id,
    )
    reply = Reply(texts.confirmed(confirmed, hospital), (texts.CHANGE, texts.CANCEL))
    await outbox.store(connection, confirmed.conversation, None, [reply], now)
    return line_for_staff(confirmed, hospital, now)
