"""Times of day, weekdays and weekly hours, as people write them in hospital.yml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import pairwise

DAY_MINUTES = 24 * 60

_TIME = re.compile(r"(\d{1,2}):(\d{2})")


class Weekday(IntEnum):
    """A day of the week, numbered as `date.weekday()` numbers it."""

    MON = 0  # Monday
    TUE = 1  # Tuesday
    WED = 2  # Wednesday
    THU = 3  # Thursday
    FRI = 4  # Friday
    SAT = 5  # Saturday
    SUN = 6  # Sunday

    @property
    def label(self) -> str:
        """Give the day's full English name."""
        return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[self]


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A part of one day, from `start` until before `end`, both in minutes after midnight; `end` may be 1440."""

    start: int
    end: int

    def contains(self, minute: int) -> bool:
        """Tell whether a moment lies inside."""
        return self.start <= minute < self.end

    @property
    def whole_day(self) -> bool:
        """Tell whether this is the whole day, midnight to midnight."""
        return self.start == 0 and self.end == DAY_MINUTES

    def __str__(self) -> str:
        """Write it as in hospital.yml: 08:00-20:00."""
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


Intervals = tuple[Interval, ...]
"""The open parts of one day in order; empty: closed."""


@dataclass(frozen=True, slots=True)
class WeekHours:
    """Hours of a week; `week[Weekday.MON]` is Monday's. `holidays` replaces them on a holiday unless None."""

    week: tuple[Intervals, ...]
    holidays: Intervals | None = None

    def on(self, day: date, *, holiday: bool) -> Intervals:
        """Give the hours of a date."""
        if holiday and self.holidays is not None:
            return self.holidays
        return self.week[day.weekday()]

    @property
    def always(self) -> bool:
        """Tell whether it is open day and night, holidays included."""
        every = [*self.week, *([self.holidays] if self.holidays is not None else [])]
        return all(len(parts) == 1 and parts[0].whole_day for parts in every)


def clock_text(minute: int) -> str:
    """Write minutes after midnight as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_time(text: str) -> int:
    """Read HH:MM, 00:00 to 24:00, as minutes after midnight; ValueError says what is expected."""
    match = _TIME.fullmatch(text.strip())
    if match:
        minute = int(match[1]) * 60 + int(match[2])
        if int(match[2]) < 60 and minute <= DAY_MINUTES:
            return minute
    raise ValueError(f"{text!r} is not a time, expected HH:MM between 00:00 and 24:00")


def parse_interval(text: str) -> Interval:
    """Read one span such as 08:00-20:00; ValueError says what is expected."""
    start, dash, end = re.sub(r"\s*[-–]\s*", "-", text.strip()).partition("-")
    if not dash:
        raise ValueError(f"{text!r} is not a span of time, expected one such as 08:00-20:00, or closed")
    interval = Interval(parse_time(start), parse_time(end))
    if interval.start >= interval.end:
        raise ValueError(f"{text!r} ends before it begins, expected the earlier time first (24:00 is midnight)")
    return interval


def parse_intervals(text: str) -> Intervals:
    """Read a day's hours: `closed`, `24 hours`, or spans separated by commas; ValueError says what is expected."""
    plain = text.strip().lower()
    if plain == "closed":
        return ()
    if plain == "24 hours":
        return (Interval(0, DAY_MINUTES),)
    intervals = tuple(parse_interval(part) for part in text.split(","))
    for before, after in pairwise(intervals):
        if after.start < before.end:
            raise ValueError(
                f"{text!r} overlaps or is out of order, expected spans in order such as 10:00-12:00, 14:00-20:00"
            )
    return intervals


def parse_days(text: str) -> tuple[Weekday, ...]:
    """Read `mon`, `mon-fri`, or `daily`; ValueError says what is expected."""
    plain = text.strip().lower()
    if plain == "daily":
        return tuple(Weekday)
    names = [day.name.lower() for day in Weekday]
    first, dash, last = plain.partition("-")
    if first in names and (not dash or last in names):
        begin, end = names.index(first), names.index(last if dash else first)
        if begin <= end:
            return tuple(Weekday(number) for number in range(begin, end + 1))
    raise ValueError(
        f"{text!r} is not a weekday, expected mon, tue, wed, thu, fri, sat, sun, a range such as mon-fri, or daily"
    )


def week_of(days: Mapping[Weekday, Intervals], holidays: Intervals | None = None) -> WeekHours:
    """Build a week's hours from days; a day that is not given is closed."""
    return WeekHours(tuple(days.get(day, ()) for day in Weekday), holidays)
