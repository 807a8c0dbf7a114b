"""How a form that changes an appointment finds out which one: by reference code, or because it was made in this conversation."""

from dataclasses import replace

from actions.booking import texts
from actions.booking.appointment import Appointment, AppointmentStatus, TooManyTriesError, UnknownReferenceError
from actions.booking.draft import Draft
from actions.booking.reading import CANCEL_FORM, RESCHEDULE_FORM
from actions.booking.reservations import find_appointment, look_up, open_appointments
from actions.booking.steps import Turn
from actions.booking.wording import Wish


class FormLeftError(Exception):
    """The form cannot go on; the text is for the patient."""


async def identify(
    turn: Turn, draft: Draft, conversation: str, message_id: int | None
) -> tuple[Draft, Appointment | None]:
    """Find the appointment that the message or the draft names; None when that is still open.

    Raises FormLeftError when nothing can be done with it here, or too many codes were wrong.
    """
    code, found = turn.reading.reference, None
    if code is not None and code != draft.reference:
        try:
            found = await look_up(
                turn.openings.connection, code, conversation=conversation, message_id=message_id, now=turn.openings.now
            )
        except TooManyTriesError:
            raise FormLeftError(texts.TOO_MANY_TRIES) from None
        except UnknownReferenceError:
            return replace(draft, reference=None, booking_notice=texts.unknown_reference(turn.hospital)), None
    elif draft.reference is not None:
        found = await find_appointment(turn.openings.connection, draft.reference)
    else:
        draft, found = await _own(turn, draft, conversation)
    if found is not None:
        _check(turn, found)
        if found.reference != draft.reference and turn.form == RESCHEDULE_FORM:
            draft = replace(draft, booking_notice=texts.moving(found, turn.hospital))
        draft = replace(draft, reference=found.reference, department=found.department)
    return draft, found


async def _own(turn: Turn, draft: Draft, conversation: str) -> tuple[Draft, Appointment | None]:
    """Look among the appointments made in this conversation: the only one, or the one picked from the list."""
    own = await open_appointments(turn.openings.connection, conversation, turn.openings.now)
    if turn.requested is None:
        if len(own) == 1:
            return draft, own[0]
        return replace(draft, offered=tuple(one.reference for one in own)), None
    place = turn.reading.place or turn.reading.number
    if place is not None and 0 < place <= len(draft.offered):
        return draft, next((one for one in own if one.reference == draft.offered[place - 1]), None)
    if turn.reading.wish is Wish.NO_CODE:
        return replace(draft, booking_notice=texts.no_code(turn.hospital)), None
    return draft, None


def _check(turn: Turn, found: Appointment) -> None:
    if found.status is AppointmentStatus.CANCELLED and turn.form == CANCEL_FORM:
        raise FormLeftError(texts.cancelled(found, turn.hospital))
    if not found.is_open(turn.openings.now):
        raise FormLeftError(texts.GONE)
    if found.department not in turn.hospital.booking.departments and turn.form != CANCEL_FORM:
        raise FormLeftError(texts.not_online(found.department, turn.hospital))
