"""How the booking forms end: what is said when one is filled, and when it was left."""

from datetime import datetime

from actions.booking import texts
from actions.booking.appointment import Appointment, AppointmentStatus, UnknownReferenceError
from actions.booking.draft import Draft, read_draft, slot_events
from actions.booking.reservations import cancel, find_appointment, lock
from actions.booking.telling import tell_of_cancelling
from actions.calls import Action, Call, Outcome, Reply, follow_up
from actions.hospital import Hospital
from actions.services import Services


async def book_slot(call: Call, services: Services) -> Outcome:
    """Tell what is held, until when, and where identity is settled."""
    return await _tell(call, services)


async def reschedule(call: Call, services: Services) -> Outcome:
    """Tell where the appointment is now; while it is only held, as for a new one."""
    return await _tell(call, services)


async def cancel_appointment(call: Call, services: Services) -> Outcome:
    """Cancel the appointment that the patient has confirmed."""
    reference, hospital, now = read_draft(call.slots).reference, services.hospital.current(), services.clock()
    assert reference is not None
    async with services.database.transaction() as connection:
        before = await lock(connection, reference)
        try:
            text = texts.cancelled(await cancel(connection, reference, now), hospital)
        except UnknownReferenceError:
            text = texts.GONE
        else:
            if before is not None:
                await tell_of_cancelling(connection, hospital, before, call, now)
    return _end(call, Reply(text, (texts.BOOK,)))


async def leave_booking(call: Call, services: Services) -> Outcome:
    """Say that the form was left, or why it had to be."""
    text = read_draft(call.slots).booking_notice or texts.LEFT
    end = _end(call, Reply(text, (texts.BOOK, texts.PERSON)))
    return Outcome(end.replies, (*end.events, follow_up("action_listen")))


ENDING: dict[str, Action] = {
    "action_book_slot": book_slot,
    "action_reschedule": reschedule,
    "action_cancel": cancel_appointment,
    "action_leave_booking": leave_booking,
}


async def _tell(call: Call, services: Services) -> Outcome:
    draft, hospital, now = read_draft(call.slots), services.hospital.current(), services.clock()
    async with services.database.transaction() as connection:
        found = await find_appointment(connection, draft.reference) if draft.reference else None
    if found is None or not found.is_open(now):
        return _end(call, Reply(texts.NOT_HELD, (texts.BOOK,)))
    if found.status is AppointmentStatus.PROPOSED:
        return _end(call, _held(found, hospital, now, draft.booking_notice))
    stays = texts.stays(found, hospital)
    text = stays if draft.booking_notice == stays else texts.moved(found, hospital)
    return _end(call, Reply(text, (texts.CHANGE, texts.CANCEL)))


def _held(appointment: Appointment, hospital: Hospital, now: datetime, notice: str | None) -> Reply:
    bookable = hospital.booking.departments.get(appointment.department)
    text = texts.held(appointment, hospital, bookable.bring if bookable else None, now)
    text = f"{notice} {text}" if notice else text
    return Reply(text, (texts.CHANGE, texts.CANCEL), room=appointment.case_id)


def _end(call: Call, reply: Reply) -> Outcome:
    return Outcome((reply,), tuple(slot_events(Draft(), call.slots)))
