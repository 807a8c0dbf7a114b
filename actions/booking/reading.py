"""What a patient's message says to a booking form, and what in it is a question of its own. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from actions.booking import wording
from actions.booking.reference import find_reference, has_mistyped_reference, without_reference
from actions.booking.refusing import bound_refused, refused
from actions.booking.schedule import ANY
from actions.booking.wording import Wish
from actions.calls import Call, Question
from actions.hospital import Hospital
from actions.mentions import Mention, find_days, find_departments, find_doctors, find_time_of_day

BOOKING_FORM, RESCHEDULE_FORM, CANCEL_FORM = "booking_form", "reschedule_form", "cancel_form"
BOOKING_FORMS = frozenset({BOOKING_FORM, RESCHEDULE_FORM, CANCEL_FORM})

_INTENT_OF = {
    BOOKING_FORM: "book_appointment",
    RESCHEDULE_FORM: "reschedule_appointment",
    CANCEL_FORM: "cancel_appointment",
}
_NO_QUESTION = frozenset({"", "out_of_scope", "nlu_fallback", "greet", "thanks_praise", "goodbye"})
"""Intents without an answer of their own while a form is asking: the message is the form's."""
_AFTER_AN_ANSWER = re.compile(r"[,.;!\n]|\band\b", re.IGNORECASE)
_JOINED = re.compile(r"(?:and|but|also)\b\s*", re.IGNORECASE)
_LONGEST_ANSWER = 60
"""Characters of an answer that stands before a question."""
_MOST_TIMES = 6
"""Times of day that one message is searched for."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a message."""

    departments: tuple[str, ...] = ()
    """Ids; that of a doctor who was named among them."""
    doctor: str | None = None
    days: tuple[date, ...] = ()
    days_from: date | None = None
    """The first day of a week or month that was named."""
    past_day: bool = False
    soonest: bool = False
    time_of_day: str | None = None
    """morning, afternoon, evening, any, or HH:MM, also with after, before or about in front."""
    place: int | None = None
    """A place in a list: 1 is the first, -1 the last."""
    number: int | None = None
    """A number that is all the message says: a place, a day or an hour."""
    reference: str | None = None
    mistyped_reference: bool = False
    refused_days: tuple[date, ...] = ()
    """Days that were turned down: "not Tuesday"."""
    refused_time: str | None = None
    """A time of the clock that was turned down: "10:30 is too early"."""
    wish: Wish | None = None
    plain: bool = False
    """Nothing else is in the message."""

    @property
    def empty(self) -> bool:
        """Tell whether nothing was found."""
        return replace(self, plain=False) == Reading()

    @property
    def names_a_time(self) -> bool:
        """Tell whether a day or a time of day was named."""
        return bool(self.days or self.days_from or self.time_of_day or self.soonest or self.past_day or self.turns_down)

    @property
    def turns_down(self) -> bool:
        """Tell whether a day or a time was named that does not suit."""
        return bool(self.refused_days or self.refused_time)

    @property
    def corrects(self) -> bool:
        """Tell whether it may replace what was said before: a day, a time or a department, and no appointment that exists already."""
        return self.reference is None and (self.names_a_time or bool(self.departments))


@dataclass(frozen=True, slots=True)
class Named:
    """What a message names, and where."""

    doctors: tuple[Mention, ...]
    departments: tuple[Mention, ...]
    days: tuple[Mention, ...]
    times: tuple[Mention, ...]
    place: Mention | None

    @property
    def all(self) -> tuple[Mention, ...]:
        """Give everything that a booking is about."""
        return (*self.doctors, *self.departments, *self.days, *self.times)


def read(text: str, hospital: Hospital, today: date) -> Reading:
    """Read a message as a booking form does."""
    whole, text = text, without_reference(text)
    named = names_in(text, hospital, today)
    declined = [one for one in named.all if refused(text, named.all, one)]
    clock = next((one for one in named.times if one not in declined), None)
    no_time = next((one.value for one in named.times if one in declined), None)
    doctors = [one for one in named.doctors if one not in declined]
    departments = [one for one in named.departments if one not in declined]
    days, days_from = _days([one for one in named.days if one not in declined], text)
    no_days = [one for one in named.days if one in declined]
    works_in = {doctor.name: doctor.department for doctor in hospital.doctors}
    place = named.place if named.place and not refused(text, named.all, named.place) else None
    reading = Reading(
        departments=tuple(
            dict.fromkeys([*(works_in[one.value] for one in doctors), *(one.value for one in departments)])
        ),
        doctor=doctors[0].value if doctors else None,
        days=days,
        days_from=days_from,
        past_day=not named.days and wording.PAST_DAY.search(text) is not None,
        soonest=wording.SOONEST.search(text) is not None,
        time_of_day=_time_of_day(clock, text) if clock or not no_time else wording.TURNED_ROUND.get(no_time),
        place=int(place.value) if place else None,
        number=None if named.times else wording.bare_number(text),
        reference=find_reference(whole),
        mistyped_reference=has_mistyped_reference(whole),
        refused_days=_days(no_days, text)[0],
        refused_time=no_time if no_time and no_time[0].isdigit() else None,
        wish=wording.find_wish(text),
    )
    if reading.wish is None:
        reading = replace(reading, wish=_wish_for_others(reading, bool(no_days), place is not named.place))
    rest = _without(text, named.all)
    return replace(reading, plain=_is_filler(rest) and wording.QUESTION.search(rest) is None)


def names_in(text: str, hospital: Hospital, today: date) -> Named:
    """Find what a message names."""
    doctors = find_doctors(text, hospital)
    times = list(_times(text))
    # In "1 Dec 10:30" the 10 is no day of December.
    days = find_days(_without(text, [one for one in times if one.value[0].isdigit()]), today, hospital.calendar)
    return Named(
        doctors=tuple(doctors),
        departments=tuple(one for one in find_departments(text, hospital) if not _overlaps(one, doctors)),
        days=tuple(days),
        times=tuple(times),
        place=wording.find_place(text),
    )


def _wish_for_others(reading: Reading, day_refused: bool, place_refused: bool) -> Wish | None:
    """Give what a message asks for that only says what does not suit."""
    if day_refused and not (reading.days or reading.days_from):
        return Wish.OTHER_DAY
    refuses_time = reading.refused_time is not None and reading.time_of_day is None
    return Wish.MORE if place_refused or refuses_time else None


def takes(question: Question, reading: Reading, requested: str | None, form: str) -> bool:
    """Tell whether a form takes a question as an answer to it; what it does not take is answered on its own."""
    if reading.wish in (Wish.STOP, Wish.CANCEL) or question.intent in (*_NO_QUESTION, _INTENT_OF[form]):
        return True
    if question.intent == _INTENT_OF[RESCHEDULE_FORM] and form == BOOKING_FORM and reading.corrects:
        return True  # "no wait, Wednesday instead"
    only_turns_down = reading.turns_down and not wording.OF_AN_APPOINTMENT.search(question.text)
    if question.intent in _INTENT_OF.values() and form != CANCEL_FORM and only_turns_down and not reading.reference:
        return True  # "I can't make Tuesday" answers a form, whatever it would be elsewhere
    verb = wording.FORM_VERBS.get(question.intent)
    if verb is not None and verb.search(question.text):
        # "Cancel my appointment" inside the booking form is another form's; "change it to Friday" is not.
        changes_its_own = reading.names_a_time and reading.reference is None
        return changes_its_own and CANCEL_FORM not in (form, _form_of(question.intent))
    if question.intent == "find_doctor_department" and not reading.names_a_time:
        if requested == "department":
            return bool(reading.departments)
        if wording.ASKS_FOR_EXISTENCE.search(question.text):  # "do you have a dermatologist?", with a day to be named
            return False
    return reading.plain and not reading.empty


def questions_in_form(call: Call, hospital: Hospital, today: date) -> tuple[Question, ...]:
    """Give the message's questions, an answer before one apart from it: "Tuesday please, and where do I park?"."""
    if len(call.questions) != 1 or call.active_loop not in BOOKING_FORMS:
        return call.questions
    whole = call.questions[0]
    halves = _answer_first(whole.text)
    requested = call.slots.get("requested_slot")
    if halves is None or takes(whole, read(whole.text, hospital, today), requested, call.active_loop):
        return call.questions
    first, rest = halves
    answer = read(first, hospital, today)
    if answer.empty or not answer.plain:
        return call.questions
    return Question(first, ""), replace(whole, text=rest)


def interruptions(call: Call, hospital: Hospital, today: date) -> tuple[Question, ...]:
    """Give the questions of the latest message that the form in progress does not take; outside a form, all."""
    form = call.active_loop
    if form not in BOOKING_FORMS:
        return call.questions
    requested = call.slots.get("requested_slot")
    questions = questions_in_form(call, hospital, today)
    return tuple(one for one in questions if not takes(one, read(one.text, hospital, today), requested, form))


def _answer_first(text: str) -> tuple[str, str] | None:
    """Divide a message after a short first part that asks nothing."""
    plain = text.strip()
    found = _AFTER_AN_ANSWER.search(plain, 1)
    if found is None or found.start() > _LONGEST_ANSWER:
        return None
    answer, rest = plain[: found.start()].rstrip(), plain[found.end() :].lstrip()
    joined = _JOINED.match(rest)
    rest = rest[joined.end() :] if joined else rest
    return (answer, rest) if answer and rest and "?" not in answer else None


def _form_of(intent: str) -> str:
    return next(form for form, its_intent in _INTENT_OF.items() if its_intent == intent)


def _overlaps(mention: Mention, others: Iterable[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)


def _days(found: list[Mention], text: str) -> tuple[tuple[date, ...], date | None]:
    """Give the days named, or else the first day of the week or month named.

    The weekday of a full date is left out: "Tue Dec 1" names one day, and not the coming Tuesday.
    """
    full = [one for one in found if re.search(r"\d", text[one.start : one.end])]
    ranges = [one for one in full or found if wording.RANGE_OF_DAYS.search(text[one.start : one.end])]
    days = [date.fromisoformat(one.value) for one in full or found if one not in ranges]
    return tuple(days), date.fromisoformat(ranges[0].value) if ranges and not days else None


def _times(text: str) -> Iterator[Mention]:
    """Give the times of day named in a text, the surest first."""
    lone = wording.LONE_PART_OF_DAY.fullmatch(text)
    if lone:
        yield Mention("time_of_day", lone[1].lower(), *lone.span(1))
        return
    for _ in range(_MOST_TIMES):
        found = find_time_of_day(text)
        if found is None:
            return
        yield found
        text = _without(text, [found])


def _time_of_day(found: Mention | None, text: str) -> str | None:
    if found is None:
        return ANY if wording.ANY_TIME.search(text) else None
    if not found.value[0].isdigit():
        return found.value
    bound = bound_refused(text, found)
    if bound is not None:
        return f"{bound} {found.value}"
    around = text[max(0, found.start - 12) : found.end + 3]
    for word, pattern in (("after", wording.AFTER), ("before", wording.BEFORE), ("about", wording.ABOUT)):
        if pattern.search(around):
            return f"{word} {found.value}"
    return found.value


def _without(text: str, mentions: Iterable[Mention]) -> str:
    for one in mentions:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _is_filler(rest: str) -> bool:
    words = re.findall(r"[^\W\d_]+", re.sub(r"['’]", "", rest.lower()))
    return all(word in wording.FILLERS for word in words)
