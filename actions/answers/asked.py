"""A question as answers need it: its text, what it names, and the moment it is asked at. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions.answers.names import names_of
from actions.answers.wording import asks, date_text
from actions.calls import Question
from actions.hospital import Department, Doctor, Hospital, Intervals, Weekday, WeekHours
from actions.mentions import find_days, find_departments, find_doctors, find_time_of_day

# What a question that goes on from the one before looks like: "and on Sunday?"
_GOES_ON = re.compile(
    r"\s*(?:and|what about|how about|ok and|also)\b|.*\b(?:is it|are they|does it|do they)\b", re.IGNORECASE
)
# A place named in words that are not in hospital.yml must not be taken for the one named before.
_SOME_PLACE = re.compile(r"\b(?:ward|unit|clinic|department|dept|cent(?:er|re)|doctor|floor)\b", re.IGNORECASE)
_EVERY = re.compile(r"(?:day|end|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)s$|^every\b")


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A day of a question: a date, or with `every` that weekday in general."""

    on: date
    every: bool = False
    by_weekday: bool = False
    """The patient named the weekday, so the answer does too, even when it is today."""

    def hours(self, hours: WeekHours, hospital: Hospital) -> Intervals:
        """Give the hours of this day."""
        return hours.week[self.on.weekday()] if self.every else hospital.hours_on(hours, self.on)

    @property
    def weekday(self) -> str:
        """Give the weekday's name."""
        return Weekday(self.on.weekday()).label

    def text(self, hospital: Hospital, today: date) -> str:
        """Name the day, and the holiday that it is."""
        if self.every:
            return f"on {self.weekday}s"
        soon = today <= self.on < today + timedelta(days=7)
        named = f"on {self.weekday}" if self.by_weekday and soon else date_text(self.on, today)
        holiday = hospital.holiday_on(self.on)
        return f"{named} ({holiday.name})" if holiday else named


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
        """Tell whether the question is about holidays in general."""
        return self.asks(r"(?:public |bank |federal |national )?holidays?\b")

    def asks(self, pattern: str) -> bool:
        """Tell whether the question holds words that a pattern begins."""
        return asks(self.text, pattern)

    def when(self, day: AskedDay) -> str:
        """Name a day as this question's answer names it."""
        return day.text(self.hospital, self.today)


def read_question(question: Question, before: Sequence[str], hospital: Hospital, now: datetime) -> Asked:
    """Find what a question names, in its text and in what the classifier found in it.

    `before` are the ids of the departments that the conversation was about, for a question that goes on from there.
    """
    people = [mention.value for mention in find_doctors(question.text, hospital)]
    people += [entity.value for entity in question.entities if entity.type == "doctor"]
    local = now.astimezone(hospital.timezone)
    time = find_time_of_day(question.text)
    return Asked(
        text=question.text,
        hospital=hospital,
        now=local,
        departments=_departments(question, before, hospital),
        doctors=tuple(doctor for doctor in hospital.doctors if doctor.name in people),
        days=_days(question.text, hospital, local.date()),
        time=time.value if time else None,
    )


def _departments(question: Question, before: Sequence[str], hospital: Hospital) -> tuple[Department, ...]:
    named = [mention.value for mention in find_departments(question.text, hospital)]
    named += [entity.value for entity in question.entities if entity.type == "department"]
    if not named and _GOES_ON.match(question.text) and not _names_a_place(question.text, hospital):
        named = list(before)
    return tuple(hospital.departments[key] for key in dict.fromkeys(named) if key in hospital.departments)


def _names_a_place(text: str, hospital: Hospital) -> bool:
    return bool(_SOME_PLACE.search(text) or names_of(hospital).not_offered.find(text))


def _days(text: str, hospital: Hospital, today: date) -> tuple[AskedDay, ...]:
    days: list[AskedDay] = []
    for mention in find_days(text, today, hospital.calendar):
        words = text[mention.start : mention.end].lower()
        day = date.fromisoformat(mention.value)
        weekend = "weekend" in words
        every = bool(_EVERY.search(words)) or (weekend and "this" not in words and "next" not in words)
        days.append(AskedDay(day, every, by_weekday=weekend or day.strftime("%a").lower() in words))
        if weekend and day.weekday() == Weekday.SAT:
            days.append(AskedDay(day + timedelta(days=1), every, by_weekday=True))
    return tuple(dict.fromkeys(days))
