"""What booking says. Every text here is ours or the hospital's; nothing a patient wrote is repeated.

A reply stays within 640 characters, a quick reply's title within 20; its payload is a text that `reading.read` understands.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from actions.booking.appointment import Appointment
from actions.booking.schedule import DayProblem, PartOfDay, local_day
from actions.calls import QuickReply
from actions.hospital import Hospital, TimeFormat

STOP = QuickReply("Stop", "stop")
PERSON = QuickReply("Talk to a person", "talk to a person")
OTHER_TIMES = QuickReply("Other times", "other times")
OTHER_DAY = QuickReply("Another day", "another day")
ANY_TIME = QuickReply("Any time", "any time")
CHANGE = QuickReply("Change the time", "move my appointment")
CANCEL = QuickReply("Cancel it", "cancel my appointment")
BOOK = QuickReply("Book an appointment", "book an appointment")
YES_CANCEL = QuickReply("Yes, cancel it", "yes, cancel it")
NO_KEEP = QuickReply("No, keep it", "no, keep it")

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: date) -> str:
    """Write a day: Tue 24 Nov."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def clock_text(moment: datetime, hospital: Hospital) -> str:
    """Write a moment's time of day at the hospital: 14:30, or 2:30 pm where hospital.yml says so."""
    local = moment.astimezone(hospital.timezone)
    if hospital.time_format is TimeFormat.HOURS_24:
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def moment_text(moment: datetime, hospital: Hospital) -> str:
    """Write a moment: Tue 24 Nov 14:30."""
    return f"{day_text(moment.astimezone(hospital.timezone).date())} {clock_text(moment, hospital)}"


def _typed(moment: datetime, hospital: Hospital) -> str:
    """Write a moment so that nobody reads "24 Nov 10" as a day in 2010: Tue 24 Nov at 10:30."""
    return f"{day_text(moment.astimezone(hospital.timezone).date())} at {clock_text(moment, hospital)}"


def _name(department: str, hospital: Hospital) -> str:
    found = hospital.departments.get(department)
    return found.name if found else department  # gone from hospital.yml, with an appointment left


def what(appointment: Appointment, hospital: Hospital) -> str:
    """Name an appointment: Dermatology, Tue 24 Nov 09:20."""
    return f"{_name(appointment.department, hospital)}, {moment_text(appointment.start, hospital)}"


# Quick replies


def department_choices(departments: Iterable[str], hospital: Hospital) -> tuple[QuickReply, ...]:
    """Offer departments."""
    return tuple(QuickReply(_name(one, hospital), _name(one, hospital)) for one in departments)


def day_choices(days: Iterable[date]) -> tuple[QuickReply, ...]:
    """Offer days."""
    return tuple(QuickReply(day_text(day), day_text(day)) for day in days)


def part_choices(parts: Iterable[PartOfDay]) -> tuple[QuickReply, ...]:
    """Offer parts of the day."""
    return tuple(QuickReply(part.value.capitalize(), part.value) for part in parts)


def time_choices(starts: Iterable[datetime], hospital: Hospital) -> tuple[QuickReply, ...]:
    """Offer times."""
    return tuple(QuickReply(moment_text(start, hospital), _typed(start, hospital)) for start in starts)


def code_choices(references: Iterable[str]) -> tuple[QuickReply, ...]:
    """Offer reference codes."""
    return tuple(QuickReply(reference, reference) for reference in references)


# Questions


def ask_department(hospital: Hospital, candidates: Sequence[str]) -> str:
    """Ask for the department; `candidates` are those the patient may mean."""
    if candidates:
        return f"Which of these do you mean: {' or '.join(_name(one, hospital) for one in candidates)}?"
    names = " · ".join(_name(one, hospital) for one in hospital.booking.departments)
    return f"Which department would you like? You can book: {names}."


def ask_day(department: str, hospital: Hospital, days: Sequence[date]) -> str:
    """Ask for the day."""
    question = f"Which day would suit you in {_name(department, hospital)}?"
    return f"{question} The next days with free times: {', '.join(map(day_text, days))}." if days else question


def ask_time_of_day(department: str, day: date, parts: Sequence[PartOfDay], hospital: Hospital) -> str:
    """Ask for the time of day."""
    free = " and the ".join(part.value for part in parts)
    question = f"What time of day on {day_text(day)} would suit you in {_name(department, hospital)}?"
    return f"{question} There are free times in the {free}."


def all_gone(department: str, day: date, hospital: Hospital) -> str:
    """Say that a day has filled up meanwhile, and ask for another."""
    where = _name(department, hospital)
    return f"The last free times in {where} on {day_text(day)} have just gone. Which other day would suit you?"


def ask_slot(department: str, day: date, starts: Sequence[datetime], hospital: Hospital) -> str:
    """Offer times."""
    listed = " · ".join(f"{place}) {clock_text(start, hospital)}" for place, start in enumerate(starts, 1))
    return f"Free in {_name(department, hospital)} on {day_text(day)}: {listed}. Which one shall I hold for you?"


def ask_reference(appointments: Sequence[Appointment], hospital: Hospital) -> str:
    """Ask for the reference code; `appointments` are those made in this conversation."""
    if appointments:
        listed = "; ".join(f"{one.reference}: {what(one, hospital)}" for one in appointments)
        return f"Which appointment do you mean? {listed}."
    return "What is the reference code of the appointment? It begins with LK-, such as LK-7QX9TM."


def ask_cancel(appointment: Appointment, hospital: Hospital) -> str:
    """Ask whether to cancel."""
    question = f"Cancel {what(appointment, hospital)} ({appointment.reference})?"
    return question if appointment.held_until else f"{question} {hospital.booking.cancellation}"


# Notices, each put before the next question


def not_understood(requested: str | None) -> str:
    """Say that an answer could not be read."""
    examples = {
        "department": "Sorry, I do not know that department.",
        "day": 'Sorry, I could not tell which day you mean. You can write "Tuesday", "Dec 3" or "first available".',
        "time_of_day": 'Sorry, I could not tell the time of day. You can write "morning", "after 2 pm" or "any time".',
        "chosen_slot": 'Sorry, I could not tell which time you mean. You can write "the second one" or "other times".',
        "reference": "Sorry, I saw no reference code in that: it is LK- and six letters and digits.",
        "cancel_confirmed": "Sorry, I need a yes or a no.",
    }
    return f'{examples.get(requested or "", "Sorry, I did not understand that.")} To leave, write "stop".'


def not_online(department: str, hospital: Hospital) -> str:
    """Say that a department takes no online bookings."""
    found = hospital.departments[department]
    return f"{found.name} does not take online bookings; please call {found.phone}."


def no_free_days(department: str, hospital: Hospital, last: date) -> str:
    """Say that a department has nothing left."""
    found = hospital.departments[department]
    return f"{found.name} has no free times online up to {day_text(last)}; please call {found.phone}."


def doctor_named(doctor: str, department: str, hospital: Hospital) -> str:
    """Say that times are the department's."""
    where = _name(department, hospital)
    return (
        f"{doctor} works in {where}. I hold a time in the department; you can ask for the doctor in the private room."
    )


def day_refused(problem: DayProblem, department: str, day: date, hospital: Hospital, last: date) -> str:
    """Say why a day cannot be booked."""
    name, phone = _name(department, hospital), hospital.departments[department].phone
    notice = hospital.booking.notice_hours
    holiday = hospital.holiday_on(day)
    return {
        DayProblem.PAST: "That day is in the past.",
        DayProblem.TOO_FAR: f"{day_text(day)} {day.year} is too far ahead: online booking goes up to {day_text(last)}.",
        DayProblem.TOO_SOON: f"Online booking needs {notice} hours' notice; for {day_text(day)} please call {phone}.",
        DayProblem.HOLIDAY: f"{name} is closed on {day_text(day)} ({holiday.name if holiday else 'holiday'}).",
        DayProblem.CLOSED: f"{name} takes no bookings on {day_text(day)}.",
        DayProblem.FULL: f"{name} has no free time left on {day_text(day)}.",
    }[problem]


PAST_DAY = "That day is in the past."
TAKEN = "Sorry, that time has just been taken by somebody else."
NO_MORE_TIMES = "Those are all the free times on that day."
WHICH_ONE = "Which of them?"


def time_refused(time_of_day: str, day: date) -> str:
    """Say that a wish for a time of day cannot be met; the nearest times follow."""
    wish = f"in the {time_of_day}" if time_of_day in {part.value for part in PartOfDay} else time_of_day
    wish = f"at {wish}" if wish[0].isdigit() else wish
    return f"Nothing is free {wish} on {day_text(day)}; these are the nearest."


def unknown_reference(hospital: Hospital) -> str:
    """Answer a wrong code, whatever is wrong with it."""
    return f"I find no appointment that stands under that code. Please check it, or call {hospital.phone}."


def will_replace(earlier: Appointment, hospital: Hospital) -> str:
    """Say that a conversation holds one time only."""
    return f"I am still holding {what(earlier, hospital)} for you; choosing another time releases it."


def replaced(earlier: Appointment, hospital: Hospital) -> str:
    """Say that the earlier hold has gone."""
    return f"{what(earlier, hospital)} is released."


def moving(appointment: Appointment, hospital: Hospital) -> str:
    """Say which appointment is about to be moved."""
    return f"Your appointment {appointment.reference} is {what(appointment, hospital)}."


def no_code(hospital: Hospital) -> str:
    """Help a patient without a code."""
    return f"Without the code our team can help you: call {hospital.phone}, or ask me for a person."


# The end of a form


def held(appointment: Appointment, hospital: Hospital, bring: str | None, now: datetime) -> str:
    """Say that a slot is held; the link of the private room follows."""
    assert appointment.held_until is not None
    same_day = local_day(appointment.held_until, hospital.timezone) == local_day(now, hospital.timezone)
    moment = appointment.held_until
    until = f"{clock_text(moment, hospital)} today" if same_day else moment_text(moment, hospital)
    lines = [
        f"I am holding {what(appointment, hospital)} for you until {until}. Your reference code: {appointment.reference}.",
        "To keep the time, open your private room by then and tell our team there who is coming; otherwise it is released.",
    ]
    return " ".join([*lines, bring] if bring else lines)


def moved(appointment: Appointment, hospital: Hospital) -> str:
    """Say that an appointment was moved for good."""
    return f"Moved: {what(appointment, hospital)}. The reference code stays {appointment.reference}."


def stays(appointment: Appointment, hospital: Hospital) -> str:
    """Say that an appointment is where it was."""
    name, moment = _name(appointment.department, hospital), moment_text(appointment.start, hospital)
    return f"Your appointment in {name} was not moved: it stays on {moment}. The reference code is still {appointment.reference}."


def confirmed(appointment: Appointment, hospital: Hospital) -> str:
    """Say that staff have confirmed an appointment; on the platform, so without what it is for."""
    moment = moment_text(appointment.start, hospital)
    return f"Our staff have confirmed your appointment on {moment}. The reference code is {appointment.reference}."


def cancelled(appointment: Appointment, hospital: Hospital) -> str:
    """Say that an appointment is cancelled."""
    return f"{what(appointment, hospital)} ({appointment.reference}) is cancelled."


LEFT = "All right, I have stopped."
NOT_HELD = "Sorry, that time is no longer held for you. Shall we look for another one?"
GONE = "That appointment no longer stands: it was cancelled, or its time was held and has been released."
TOO_MANY_TRIES = "That was too many codes that do not fit. Please try again in an hour, or talk to a person."


def enough(own: Sequence[Appointment], hospital: Hospital) -> str:
    """Say that a conversation has all the appointments that it may have."""
    listed = "; ".join(f"{what(one, hospital)} ({one.reference})" for one in own)
    return (
        f"You have {len(own)} appointments ahead: {listed}. I cannot book another one here; "
        f"our staff can: talk to a person, or call {hospital.phone}."
    )


def left(form: str, kept: Sequence[Appointment], hospital: Hospital) -> str:
    """Say that a form was left, and what stands nevertheless."""
    said = {
        "booking_form": "All right, I have stopped; nothing new was booked.",
        "reschedule_form": "All right, I have stopped; nothing was moved.",
        "cancel_form": "All right, nothing was cancelled.",
    }[form]
    standing = [f"{what(one, hospital)} ({one.reference})" for one in kept]
    return f"{said} Still yours: {'; '.join(standing)}." if standing else said
