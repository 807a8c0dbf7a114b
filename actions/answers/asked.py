"""A question as answers need it: its text, what it names, and the moment it is asked at. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from actions.answers.wording import asks, capital, date_text, time_text
from actions.calls import Question
from actions.hospital import Department, Doctor, Hospital, Interval, Intervals, Weekday, WeekHours
from actions.mentions import find_days, find_departments, find_doctors, find_time_of_day

# What a question that goes on from the one before looks like: "and on Sunday?"
_GOES_ON = re.compile(r"\s*(?:and|what about|how about|ok and|also)\b|.*\b(?:there|it|they|them)\b", re.IGNORECASE)
_PARTS = {"morning": Interval(6 * 60, 12 * 60), "afternoon": Interval(12 * 60, 18 * 60), "evening": Interval(18 * 60, 24 * 60)}


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A day of a question: a date, or with `every` that weekday in general."""

    date: date
    every: bool = False

    def hours(self, hours: WeekHours, hospital: Hospital) -> Intervals:
        """Give the hours of this day."""
        return hours.week[self.date.weekday()] if self.every else hospital.hours_on(hours, self.date)

    def text(self, hospital: Hospital, today: date) -> str:
        """Name the day, and the holiday that it is."""
        if self.every:
            return f"on {Weekday(self.date.weekday()).label}s"
        holiday = hospital.holiday_on(self.date)
        return date_text(self.date, today) + (f", {holiday.name}," if holiday else "")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what it names."""

    text: str
    hospital: Hospital
    now: datetime
    """In the hospital's timezone."""
    departments: tuple[Department, ...]
    doctors: tuple[Doctor, ...]
    days: tuple[AskedDay, ...]
    time: str | None
    """morning, afternoon, evening, or HH:MM."""

    @property
    def today(self) -> date:
        """Give the date of the moment of asking."""
        return self.now.date()

    @property
    def minute(self) -> int:
        """Give the moment of asking in minutes after midnight."""
        return self.now.hour * 60 + self.now.minute

    @property
    def about_now(self) -> bool:
        """Tell whether the question is about this very moment."""
        return self.time is None and self.asks(r"(?:right )?now\b|still open|currently|at the moment|open yet")

    @property
    def about_holidays(self) -> bool:
        """Tell whether the question is about holidays without naming one."""
        return not self.days and self.asks(r"(?:public |bank |federal |national )?holidays?\b")

    def asks(self, pattern: str) -> bool:
        """Tell whether the question holds words that a pattern begins."""
        return asks(self.text, pattern)


def read_question(question: Question, slots: Mapping[str, Any], hospital: Hospital, now: datetime) -> Asked:
    """Find what a question names, in its text first and then in what the classifier found in it."""
    local = now.astimezone(hospital.timezone)
    named = [mention.value for mention in find_departments(question.text, hospital)]
    named += [entity.value for entity in question.entities if entity.type == "department"]
    if not named and _GOES_ON.match(question.text) and slots.get("department"):
        named = [str(slots["department"])]
    people = [mention.value for mention in find_doctors(question.text, hospital)]
    people += [entity.value for entity in question.entities if entity.type == "doctor"]
    time = find_time_of_day(question.text)
    return Asked(
        text=question.text,
        hospital=hospital,
        now=local,
        departments=tuple(hospital.departments[key] for key in dict.fromkeys(named) if key in hospital.departments),
        doctors=tuple(doctor for doctor in hospital.doctors if doctor.name in people),
        days=_days(question, hospital, local.date()),
        time=time.value if time else None,
    )


def _days(question: Question, hospital: Hospital, today: date) -> tuple[AskedDay, ...]:
    days: list[AskedDay] = []
    for mention in find_days(question.text, today, hospital.calendar):
        words = question.text[mention.start : mention.end].lower()
        every = bool(re.search(r"(?:day|end|mon|tue|wed|thu|thur|fri|sat|sun)s$|^every\b", words))
        day = date.fromisoformat(mention.value)
        days.append(AskedDay(day, every))
        if "weekend" in words and day.weekday() == Weekday.SAT:
            days.append(AskedDay(day + timedelta(days=1), every))
    return tuple(dict.fromkeys(days))


def verdict(intervals: Intervals, asked: Asked, day: AskedDay, *, place: str) -> str | None:
    """Say whether the time asked about lies within a day's hours; None when no time is asked about.

    `place` is what lies outside when it does: `visiting hours`, `opening hours`.
    """
    if asked.time is None:
        return None
    if asked.time in _PARTS:
        return _part_verdict(intervals, asked, day, place)
    hour, minute = map(int, asked.time.split(":"))
    moment = hour * 60 + minute or 24 * 60 - 1  # midnight is asked about as the end of the day
    around = next((part for part in intervals if part.contains(moment)), None)
    written = time_text(hour * 60 + minute, asked.hospital)
    if around is None:
        return f"so I am sorry, {written} is outside {place}."
    return f"so yes, {written} is fine" + _until(around.end, asked.hospital)


def _part_verdict(intervals: Intervals, asked: Asked, day: AskedDay, place: str) -> str:
    part = asked.time or ""
    window = _PARTS[part]
    inside = [Interval(max(one.start, window.start), min(one.end, window.end)) for one in intervals]
    inside = [one for one in inside_order(inside) if one.start < one.end]
    named = _part_name(part, day, asked)
    if not inside:
        return f"so I am sorry, {named} is outside {place}."
    begins, ends = inside[0].start, inside[-1].end
    text = f"so yes, {named} is fine"
    if begins > window.start and part != "morning" or begins > 9 * 60 and part == "morning":
        text += f" from {time_text(begins, asked.hospital)}"
    return text + (_until(ends, asked.hospital) if ends < window.end else ".")


def inside_order(intervals: Sequence[Interval]) -> list[Interval]:
    """Sort intervals, also ones that are empty or reversed by clipping."""
    return sorted(intervals, key=lambda part: part.start)


def _part_name(part: str, day: AskedDay, asked: Asked) -> str:
    name = Weekday(day.date.weekday()).label
    if day.date == asked.today and not day.every:
        return "tonight" if part == "evening" else f"this {part}"
    if day.date == asked.today + timedelta(days=1) and not day.every:
        return f"tomorrow {part}"
    return f"{name} {part}"


def _until(end: int, hospital: Hospital) -> str:
    return "." if end == 24 * 60 else f" until {time_text(end, hospital)}."


def open_now(hours: WeekHours, asked: Asked) -> str:
    """Say whether it is open at the moment of asking, until when, or when it opens next."""
    hospital = asked.hospital
    for part in hospital.hours_on(hours, asked.today):
        if part.contains(asked.minute):
            return "It is open now" + _until(part.end, hospital)
        if part.start > asked.minute:
            return f"It is closed right now and opens today at {time_text(part.start, hospital)}."
    for ahead in range(1, 15):
        day = asked.today + timedelta(days=ahead)
        parts = hospital.hours_on(hours, day)
        if parts:
            when = date_text(day, asked.today)
            return f"It is closed right now and opens {when} at {time_text(parts[0].start, hospital)}."
    return "It is closed right now."


def place_text(department: Department) -> str:
    """Say where a department is: on the 2nd floor of the Main Building."""
    return f"on the {department.floor} of the {department.building}"


def sentence_name(department: Department) -> str:
    """Give a department's name as a sentence begins with it."""
    return capital(department.called)
