"""Holidays, given by a date that returns each year, by a rule such as `4th thu of nov`, or by single dates."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.hospital.hours import Weekday
from actions.hospital.kinds import HolidayWord

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_YEARLY = re.compile(r"([a-z]{3}) (\d{1,2})")
_SINGLE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NTH = re.compile(r"(1st|2nd|3rd|4th|last) ([a-z]{3}) of ([a-z]{3})")
_EXPECTED = "expected a date such as dec 25 or 2026-11-27, or a rule such as 4th thu of nov or last mon of may"


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """When a holiday is: one of a fixed date, a day of a month each year, or the nth weekday of a month."""

    single: date | None = None
    month: int = 0
    day: int = 0
    """The day of the month; 0 when a weekday rules."""
    weekday: Weekday | None = None
    nth: int = 0
    """1 to 4; -1 is the last of the month."""

    def in_year(self, year: int) -> date | None:
        """Give the holiday's date in a year, or None when it has none then."""
        if self.single is not None:
            return self.single if self.single.year == year else None
        if self.weekday is None:
            return date(year, self.month, self.day) if self.day <= calendar.monthrange(year, self.month)[1] else None
        if self.nth > 0:
            first = date(year, self.month, 1)
            return first + timedelta(days=(self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1))
        last = date(year, self.month, calendar.monthrange(year, self.month)[1])
        return last - timedelta(days=(last.weekday() - self.weekday) % 7)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which hours may differ."""

    name: HolidayWord
    when: tuple[HolidayRule, ...]
    also_called: tuple[HolidayWord, ...] = ()

    def falls_on(self, day: date) -> bool:
        """Tell whether the holiday is on this date."""
        return any(rule.in_year(day.year) == day for rule in self.when)

    def next_from(self, day: date) -> date | None:
        """Give its first date on or after `day`, within two years."""
        dates = (rule.in_year(day.year + ahead) for rule in self.when for ahead in range(3))
        return min((found for found in dates if found is not None and found >= day), default=None)


def parse_holiday_rule(text: str) -> HolidayRule:
    """Read one rule; ValueError says what is expected."""
    plain = " ".join(text.lower().split())
    if match := _YEARLY.fullmatch(plain):
        month, day = _month(match[1], text), int(match[2])
        if not 1 <= day <= calendar.monthrange(2024, month)[1]:
            raise ValueError(f"{text!r} is a day that no year has, {_EXPECTED}")
        return HolidayRule(month=month, day=day)
    if match := _NTH.fullmatch(plain):
        names = [day.name.lower() for day in Weekday]
        if match[2] not in names:
            raise ValueError(f"{text!r} names no weekday, {_EXPECTED}")
        nth = -1 if match[1] == "last" else int(match[1][0])
        return HolidayRule(month=_month(match[3], text), weekday=Weekday(names.index(match[2])), nth=nth)
    try:
        if _SINGLE.fullmatch(plain):
            return HolidayRule(single=date.fromisoformat(plain))
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a holiday's date, {_EXPECTED}")


def _month(name: str, text: str) -> int:
    if name not in MONTHS:
        raise ValueError(f"{text!r} names no month, {_EXPECTED}")
    return MONTHS.index(name) + 1
