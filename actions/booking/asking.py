"""What the booking forms ask: one action for each slot, named as Rasa looks for it (action_ask_SLOT)."""

from dataclasses import replace
from datetime import date

from actions.booking import texts
from actions.booking.draft import Draft, read_draft, slot_events
from actions.booking.moments import answers_first
from actions.booking.openings import Openings
from actions.booking.reading import RESCHEDULE_FORM
from actions.booking.reservations import find_appointment, held_by, open_appointments
from actions.booking.schedule import OFFERED, PartOfDay, part_of_day
from actions.booking.steps import offers
from actions.calls import Action, Call, Outcome, QuickReply, Reply
from actions.database import Connection
from actions.hospital import Hospital
from actions.services import Services

_MISSES_BEFORE_PERSON = 2


async def ask_department(call: Call, services: Services) -> Outcome:
    """Ask for the department."""
    hospital, draft = services.hospital.current(), read_draft(call.slots)
    candidates = tuple(one for one in draft.offered if one in hospital.booking.departments)
    choices = texts.department_choices(candidates or list(hospital.booking.departments)[:OFFERED], hospital)
    return _ask(call, draft, texts.ask_department(hospital, candidates), (*choices, texts.STOP))


async def ask_day(call: Call, services: Services) -> Outcome:
    """Ask for the day and name the next ones with free times, or those that the validation has chosen."""
    draft = read_draft(call.slots)
    assert draft.department is not None
    async with services.database.transaction() as connection:
        openings = await _openings(call, services, connection)
        days = draft.offered_days or await openings.days(draft.department, openings.today)
    text = texts.ask_day(draft.department, openings.hospital, days)
    return _ask(call, replace(draft, offered=tuple(day.isoformat() for day in days)), text, texts.day_choices(days))


async def ask_time_of_day(call: Call, services: Services) -> Outcome:
    """Ask for the time of day and name those with free times."""
    draft = read_draft(call.slots)
    assert draft.department is not None
    assert draft.day is not None
    async with services.database.transaction() as connection:
        openings = await _openings(call, services, connection)
        free = await openings.starts(draft.department, draft.day)
        days = () if free else await openings.days(draft.department, openings.today)
    if not free:
        return _ask_other_day(call, draft, openings.hospital, days)
    found = {part_of_day(start, openings.zone) for start in free}
    parts = [part for part in PartOfDay if part in found]
    text = texts.ask_time_of_day(draft.department, draft.day, parts, openings.hospital)
    return _ask(call, replace(draft, offered=()), text, (*texts.part_choices(parts), texts.ANY_TIME))


async def ask_chosen_slot(call: Call, services: Services) -> Outcome:
    """Offer free times."""
    draft = read_draft(call.slots)
    assert draft.department is not None
    assert draft.day is not None
    async with services.database.transaction() as connection:
        openings = await _openings(call, services, connection)
        starts = await offers(openings, draft)
        days = () if starts else await openings.days(draft.department, openings.today)
    if not starts:
        return _ask_other_day(call, draft, openings.hospital, days)
    text = texts.ask_slot(draft.department, draft.day, starts, openings.hospital)
    choices = (*texts.time_choices(starts, openings.hospital), texts.OTHER_TIMES, texts.OTHER_DAY)
    return _ask(call, replace(draft, offered=tuple(start.isoformat() for start in starts)), text, choices)


async def ask_reference(call: Call, services: Services) -> Outcome:
    """Ask for the reference code, or which of the appointments made in this conversation is meant."""
    draft = read_draft(call.slots)
    async with services.database.transaction() as connection:
        own = await open_appointments(connection, call.conversation, services.clock())
    listed = [one for one in own if one.reference in draft.offered][:OFFERED]
    choices = texts.code_choices(one.reference for one in listed)
    return _ask(
        call, draft, texts.ask_reference(listed, services.hospital.current()), (*choices, texts.PERSON, texts.STOP)
    )


async def ask_cancel_confirmed(call: Call, services: Services) -> Outcome:
    """Ask whether to cancel the appointment."""
    draft = read_draft(call.slots)
    assert draft.reference is not None
    async with services.database.transaction() as connection:
        appointment = await find_appointment(connection, draft.reference)
    assert appointment is not None
    text = texts.ask_cancel(appointment, services.hospital.current())
    return _ask(call, draft, text, (texts.YES_CANCEL, texts.NO_KEEP))


ASKING: dict[str, Action] = {
    "action_ask_department": ask_department,
    "action_ask_day": ask_day,
    "action_ask_time_of_day": ask_time_of_day,
    "action_ask_chosen_slot": ask_chosen_slot,
    "action_ask_reference": ask_reference,
    "action_ask_cancel_confirmed": ask_cancel_confirmed,
}


async def _openings(call: Call, services: Services, connection: Connection) -> Openings:
    """Look at what is open as the validation does: the appointment that the form is about has its own time free."""
    now = services.clock()
    if call.active_loop == RESCHEDULE_FORM:
        mine = await find_appointment(connection, read_draft(call.slots).reference or "")
    else:
        mine = await held_by(connection, call.conversation, now)
    return Openings(connection, services.hospital.current(), now, mine)


def _ask_other_day(call: Call, draft: Draft, hospital: Hospital, days: tuple[date, ...]) -> Outcome:
    """Ask for another day: the last free times have gone since the validation looked."""
    assert draft.department is not None
    assert draft.day is not None
    text = texts.all_gone(draft.department, draft.day, hospital)
    return _ask(call, replace(draft, offered=tuple(day.isoformat() for day in days)), text, texts.day_choices(days))


def _ask(call: Call, draft: Draft, question: str, choices: tuple[QuickReply, ...]) -> Outcome:
    """Put the notice before the question; offer a person after two misses in a row."""
    if answers_first(call):
        return Outcome()
    text = f"{draft.booking_notice} {question}" if draft.booking_notice else question
    if draft.misunderstood >= _MISSES_BEFORE_PERSON:
        choices = tuple(dict.fromkeys((*choices, texts.PERSON)))
    events = slot_events(replace(draft, booking_notice=None), call.slots)
    return Outcome((Reply(text, choices),), tuple(events))
