"""Answers about opening hours. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.hours import on_days, on_holidays, open_now
from actions.answers.names import names_of
from actions.answers.visiting import answer_visiting
from actions.answers.wording import asks, capital, listed, reply, spans_text, week_text
from actions.calls import QuickReply, Reply
from actions.hospital import Department, Hospital, WeekHours


@dataclass(frozen=True, slots=True)
class Place:
    """Something that opens and closes; `called` stands within a sentence."""

    called: str
    hours: WeekHours
    phone: str | None = None
    note: str | None = None


MakePlace = Callable[[Hospital], Place]

# Offices that are no departments, by the words that ask for them.
_OFFICES: tuple[tuple[str, MakePlace], ...] = (
    (
        r"vaccin|(?:flu|covid) (?:shot|jab)|shots? clinic",
        lambda h: Place("the vaccination clinic", h.vaccinations.hours),
    ),
    (r"billing|bills?\b|cashier", lambda h: Place("the billing office", h.billing.hours, h.billing.phone)),
    (r"records?\b", lambda h: Place("the records office", h.records.hours, h.records.phone)),
    (
        r"lost (?:and|&|n) found|lost property|security desk",
        lambda h: Place("the lost property desk", h.lost_property.hours, h.lost_property.phone),
    ),
    (r"insurance", lambda h: Place("the insurance team", h.insurance.hours, h.insurance.phone)),
    (
        r"patient relations|complaint",
        lambda h: Place("the patient relations office", h.feedback.hours, h.feedback.phone),
    ),
    (
        r"video visit|telehealth|online visit|virtual",
        lambda h: Place("the video visit service", h.telehealth.hours, h.telehealth.phone),
    ),
)
_TO_VISIT = r"visiting|visitors?\b|to visit|can i visit|can we visit|visit (?:my|him|her|someone|a friend|patients?)"
_DESK = r"front desk|reception|call cent|phone lines?|office\b|human|real person|live agent"


def answer_opening(asked: Asked) -> Reply:
    """Answer a question about opening hours: of the department or office named, or of the house."""
    # "When is cardiology open for visitors" and the like: a ward that is open at all hours is not open to visitors then.
    if asked.asks(_TO_VISIT) and any(department.visiting for department in asked.departments):
        return answer_visiting(asked)
    places = _offices(asked) or [place_of(department) for department in asked.departments] or _desk(asked)
    if places:
        sentences = [sentence for place in places[:3] for sentence in opening_sentences(place, asked)]
        phone = f"Phone: {places[0].phone}." if len(places) == 1 and places[0].phone else None
        return reply([*sentences, phone], _next_steps(asked))
    if asked.asks(r"parking|garage|car park"):
        return reply([asked.hospital.parking.hours, asked.hospital.parking.price], (quick.PARKING, quick.DIRECTIONS))
    return _house(asked)


def place_of(department: Department) -> Place:
    """Take a department as a place that opens and closes."""
    return Place(department.called, department.opening_hours, department.phone, department.note)


def _offices(asked: Asked) -> list[Place]:
    hospital = asked.hospital
    found = {mention.value for mention in names_of(hospital).food_places.find(asked.text)}
    places = [Place(place.name, place.hours) for place in hospital.food.places if place.name in found]
    return places or [make(hospital) for pattern, make in _OFFICES if asks(asked.text, pattern)][:1]


def _desk(asked: Asked) -> list[Place]:
    desk = asked.hospital.desk
    return [Place("our front desk", desk.hours, desk.phone)] if asked.asks(_DESK) else []


def opening_sentences(place: Place, asked: Asked) -> list[str | None]:
    """Say when a place is open: on the days or at the time asked about, else through the week and right now."""
    is_open, is_closed = f"{capital(place.called)} is open", f"{capital(place.called)} is closed"
    if place.hours.always:
        return [f"{is_open} 24 hours a day, every day of the year.", place.note]
    sentences: list[str | None] = []
    if asked.about_holidays:
        sentences.append(on_holidays(place.hours, asked, is_open=is_open, is_closed=is_closed))
    if asked.days or asked.time:
        sentences += on_days(place.hours, asked, is_open=is_open, is_closed=is_closed, place="opening hours")
    if not sentences:
        sentences = [f"{is_open} {week_text(place.hours, asked.hospital)}.", open_now(place.hours, asked)]
    return [*sentences, place.note]


def _house(asked: Asked) -> Reply:
    """Answer for the whole house: what is open on the day asked about, or the general rule."""
    hospital = asked.hospital
    absent = names_of(hospital).not_offered.find(asked.text)
    sentences = [f"We have no {absent[0].value} here." if absent else None, hospital.location.open]
    if asked.days or asked.about_holidays:
        sentences.append(_open_on(asked))
    else:
        emergency = hospital.departments[hospital.emergency_department.department]
        if emergency.opening_hours.always:
            sentences.append(f"{capital(emergency.called)} is always open.")
        sentences.append("Which department do you mean?")
    return reply(sentences, (quick.PHARMACY, quick.URGENT_CARE, quick.VISITING, quick.FIND))


def _open_on(asked: Asked) -> str:
    """List what is open on a day, leaving out the wards that never close."""
    hospital = asked.hospital
    day = asked.days[0] if asked.days else None
    open_then: list[str] = []
    for department in hospital.departments.values():
        hours = department.opening_hours
        # A department whose hours no holiday changes has no line of its own on "holidays" in general.
        intervals = day.hours(hours, hospital) if day else hours.holidays
        if intervals and not hours.always:
            open_then.append(f"{department.name} ({spans_text(intervals, hospital, start='')})")
    when = asked.when(day) if day else "on holidays"
    if not open_then:
        return f"{capital(when)} the clinics are closed."
    if len(open_then) > 8:
        return f"{capital(when)} most clinics are open. Which department do you mean?"
    return f"Besides the wards, these are open {when}: {listed(open_then)}."


def _next_steps(asked: Asked) -> tuple[QuickReply, ...]:
    if not asked.departments:
        return (quick.OPENING, quick.DIRECTIONS, quick.PARKING)
    department = asked.departments[0]
    return (*quick.booking_with(department, asked.hospital), quick.way_to(department), quick.PARKING, quick.PERSON)
