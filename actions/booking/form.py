"""The booking forms' validation: what Rasa calls when a message comes in while one of them is open.

Protocol: https://rasa.com/docs/rasa/forms. The validation takes the whole message: it reads it, changes slots, holds or moves the slot
that was chosen, and says which slot is asked for next. Giving back no slot means "this is no answer": Rasa then lets the rules answer
and comes back to the form. Words to the patient wait in the slot booking_notice for the question that follows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from actions.booking import texts
from actions.booking.appointment import Appointment, AppointmentStatus, SlotTakenError, UnknownReferenceError
from actions.booking.codes import FormLeftError, identify
from actions.booking.draft import LEAVING, Draft, read_draft, slot_events
from actions.booking.moments import Moment, hear, moment_of
from actions.booking.moving import read_move
from actions.booking.openings import Openings
from actions.booking.reading import BOOKING_FORM, CANCEL_FORM, RESCHEDULE_FORM, read
from actions.booking.reservations import attach_case, hold, lock, move, open_appointments
from actions.booking.schedule import local_day
from actions.booking.steps import Turn, fill
from actions.booking.telling import tell_of_moving
from actions.booking.wording import Wish
from actions.calls import Action, Call, Outcome, Question, follow_up, set_slot
from actions.handoff.cases import open_case
from actions.services import Services

REQUIRED = {
    BOOKING_FORM: ("department", "day", "time_of_day", "chosen_slot"),
    RESCHEDULE_FORM: ("reference", "day", "time_of_day", "chosen_slot"),
    CANCEL_FORM: ("reference", "cancel_confirmed"),
}
MOST_APPOINTMENTS = 3
"""How many coming appointments one conversation may have; a person can make more."""
_NOT_A_MISS = frozenset({"greet", "thanks_praise", "book_appointment", "reschedule_appointment", "cancel_appointment"})


def validation(form: str) -> Action:
    """Make the validation of a form."""

    async def validate(call: Call, services: Services) -> Outcome:
        moment = moment_of(call, form)
        known = read_draft(call.slots)
        if moment is Moment.RETURNING and known.offered == LEAVING:
            return _leave(call, form, known.booking_notice or texts.LEFT, answer_asides=False)
        if moment is Moment.RETURNING:
            return Outcome(events=(set_slot("requested_slot", next_slot(form, known)),))
        opening = moment is Moment.OPENING
        draft = Draft(misunderstood=known.misunderstood) if opening else replace(known, booking_notice=None)
        requested = None if opening else call.slots.get("requested_slot")
        hospital, now = services.hospital.current(), services.clock()
        if form == BOOKING_FORM and draft.department not in hospital.booking.departments:
            draft = replace(draft, department=None)  # hospital.yml may have changed since
        today = local_day(now, hospital.timezone)
        answers, asides = hear(call, hospital, today, requested, form)
        if not answers and not opening:
            return Outcome()
        text = ". ".join(question.text for question in answers)
        async with services.database.transaction() as connection:
            reading, openings = read(text, hospital, today), Openings(connection, hospital, now)
            turn = Turn(form, requested, text, reading, openings, draft.offered_starts)
            try:
                after = await _advance(turn, draft, call)
            except FormLeftError as left:  # inside the transaction, so that a wrong code is counted
                return _leave(call, form, str(left), answer_asides=bool(asides) and not opening)
        if not opening:
            after = _count_misses(turn, draft, after, answers)
        return _go_on(call, form, after, answer_asides=bool(asides) and not opening)

    return validate


def next_slot(form: str, draft: Draft) -> str | None:
    """Give the slot to ask for next, or None when the form is filled."""
    return next((name for name in REQUIRED[form] if getattr(draft, name) is None), None)


def _go_on(call: Call, form: str, draft: Draft, *, answer_asides: bool) -> Outcome:
    events = slot_events(draft, call.slots)
    requested = next_slot(form, draft)
    if answer_asides:
        # The form stays open, if only to close once the rest of the message is answered.
        events += [set_slot("requested_slot", requested or REQUIRED[form][-1]), follow_up("action_answer")]
    else:
        events.append(set_slot("requested_slot", requested))
    return Outcome(events=tuple(events))


def _leave(call: Call, form: str, text: str, *, answer_asides: bool) -> Outcome:
    """Close the form; action_leave_booking says the text. With more to answer in the message, close it after that."""
    if answer_asides:
        return _go_on(call, form, Draft(booking_notice=text, offered=LEAVING), answer_asides=True)
    events = slot_events(Draft(booking_notice=text), call.slots)
    return Outcome(events=(*events, set_slot("requested_slot", None), follow_up("action_leave_booking")))


def _count_misses(turn: Turn, before: Draft, after: Draft, answers: Sequence[Question]) -> Draft:
    reading = turn.reading
    if after != before or reading.names_a_time or reading.departments or reading.reference:
        return replace(after, misunderstood=0)
    if any(question.intent in _NOT_A_MISS for question in answers):
        return after
    return replace(after, misunderstood=before.misunderstood + 1, booking_notice=texts.not_understood(turn.requested))


async def _advance(turn: Turn, draft: Draft, call: Call) -> Draft:
    """Take the message into the draft and act on it. Raises FormLeftError."""
    wish = turn.reading.wish
    if turn.requested is not None and (wish is Wish.STOP or (wish is Wish.CANCEL and turn.form != CANCEL_FORM)):
        kept = await open_appointments(turn.openings.connection, call.conversation, turn.openings.now)
        raise FormLeftError(texts.left(turn.form, kept, turn.hospital))
    if turn.form == BOOKING_FORM:
        return await _book(turn, draft, call)
    draft, appointment = await identify(turn, draft, call.conversation, call.metadata.get("message_id"))
    if appointment is None:
        return draft
    if turn.form == CANCEL_FORM:
        return await _take_confirmation(turn, draft, appointment)
    draft = await fill(_reading_where_to(turn, appointment).knowing(appointment), draft)
    if draft.department is None:  # nothing is free in all the days ahead
        raise FormLeftError(draft.booking_notice)
    return await _move(turn, draft, call)


def _reading_where_to(turn: Turn, appointment: Appointment) -> Turn:
    """Read the message that named the appointment for where it is to be moved."""
    if turn.requested not in (None, "reference"):
        return turn
    own = appointment.start.astimezone(turn.openings.zone)
    return replace(turn, reading=read_move(turn.text, turn.hospital, turn.openings.today, own))


async def _take_confirmation(turn: Turn, draft: Draft, appointment: Appointment) -> Draft:
    if turn.requested != "cancel_confirmed":
        return draft
    if turn.reading.wish in (Wish.YES, Wish.CANCEL):
        return replace(draft, cancel_confirmed="yes")
    if turn.reading.wish is Wish.NO:
        raise FormLeftError(texts.left(turn.form, [appointment], turn.hospital))
    return draft


async def _book(turn: Turn, draft: Draft, call: Call) -> Draft:
    """Fill the draft and hold the chosen slot; a conversation holds one at a time, and is told so."""
    own = await open_appointments(turn.openings.connection, call.conversation, turn.openings.now)
    earlier = next((one for one in own if one.status is AppointmentStatus.PROPOSED), None)
    if len(own) - (earlier is not None) >= MOST_APPOINTMENTS:
        raise FormLeftError(texts.enough(own, turn.hospital))
    draft = await fill(turn.knowing(earlier), draft)
    if draft.chosen_slot is not None and draft.department is not None:
        return await _hold(turn, draft, draft.department, draft.chosen_slot, earlier, call)
    if earlier is not None and turn.requested is None and draft.booking_notice is None:
        return replace(draft, booking_notice=texts.will_replace(earlier, turn.hospital))
    return draft


async def _hold(
    turn: Turn, draft: Draft, department: str, start: datetime, earlier: Appointment | None, call: Call
) -> Draft:
    """Hold the slot and open the case in whose private room identity is settled."""
    try:
        held = await hold(
            turn.openings.connection,
            turn.hospital,
            conversation=call.conversation,
            department=department,
            start=start,
            now=turn.openings.now,
        )
    except SlotTakenError:
        return replace(draft, chosen_slot=None, offered=(), booking_notice=texts.TAKEN)
    await _open_room(turn, held, call)
    moved = earlier is not None and (earlier.department, earlier.start) != (held.department, held.start)
    notice = texts.replaced(earlier, turn.hospital) if earlier is not None and moved else None
    return replace(draft, reference=held.reference, booking_notice=notice)


async def _move(turn: Turn, draft: Draft, call: Call) -> Draft:
    """Move the appointment to the chosen slot, and tell staff who know of it."""
    if draft.chosen_slot is None or draft.reference is None:
        return draft
    connection, now = turn.openings.connection, turn.openings.now
    before = await lock(connection, draft.reference)
    try:
        moved = await move(connection, turn.hospital, draft.reference, draft.chosen_slot, now)
    except SlotTakenError:
        return replace(draft, chosen_slot=None, offered=(), booking_notice=texts.TAKEN)
    except UnknownReferenceError:
        raise FormLeftError(texts.GONE) from None
    assert before is not None
    if moved.status is AppointmentStatus.PROPOSED:
        await _open_room(turn, moved, call)
    elif moved.start == before.start:
        draft = replace(draft, booking_notice=texts.stays(moved, turn.hospital))
    await tell_of_moving(connection, turn.hospital, before, moved, call, now)
    return draft


async def _open_room(turn: Turn, appointment: Appointment, call: Call) -> None:
    """Open the case, or join the conversation's open one, in whose private room identity is settled."""
    case = await open_case(
        turn.openings.connection,
        conversation=call.conversation,
        category="booking",
        channel=str(call.metadata.get("channel") or "unknown"),
        message_id=call.metadata.get("message_id"),
        redacted=call.text,
        now=turn.openings.now,
    )
    await attach_case(turn.openings.connection, appointment, case)
