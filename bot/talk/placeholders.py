"""Placeholders in conversations, so that these depend neither on today's date nor on a fact that staff may change. Pure.

- `{today}`, `{tomorrow}`: as the bot writes days on quick replies: Tue 24 Nov
- `{monday}` to `{sunday}`: the next one that is no holiday and at least two days ahead, written likewise
- `{emergency number}`, `{crisis line}`: from hospital.yml
- `{hospital.parking.price}`: any text of hospital.yml, by the names of its fields
- `{chosen}`: the title of the quick reply that the patient touched last
- `{code}`: what an earlier step remembered under that name
- `{{anything}}`: those very words in single braces, for what a patient types
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from actions.booking.texts import day_text
from actions.hospital import Hospital
from actions.hospital.hours import Weekday

CHOSEN = "chosen"
_PLACEHOLDER = re.compile(r"\{(?P<literal>\{[^{}]*\})\}|\{(?P<name>[a-z][a-z0-9_ .-]*)\}", re.IGNORECASE)
_DAYS_AHEAD = 2
_FACT = "hospital."


class UnknownPlaceholderError(Exception):
    """A placeholder stands for nothing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What placeholders stand for before anybody has said anything."""

    hospital: Hospital
    today: date

    def value(self, name: str) -> str:
        """Give what `name` stands for; raises UnknownPlaceholderError."""
        if name.startswith(_FACT):
            return self._fact(name)
        if name not in self.names():
            raise UnknownPlaceholderError(name)
        return self._values()[name]

    def names(self) -> tuple[str, ...]:
        """List the names, those of facts aside."""
        return tuple(self._values())

    def _values(self) -> Mapping[str, str]:
        numbers = self.hospital.emergency
        return {
            "today": day_text(self.today),
            "tomorrow": day_text(self.today + timedelta(days=1)),
            **{day.label.lower(): day_text(self._working(day)) for day in Weekday},
            "emergency number": numbers.number,
            "crisis line": numbers.crisis_line,
        }

    def _working(self, weekday: Weekday) -> date:
        """Give the next such weekday that is no holiday and at least two days ahead."""
        day = self.today + timedelta(days=_DAYS_AHEAD)
        while day.weekday() != weekday or self.hospital.holiday_on(day):
            day += timedelta(days=1)
        return day

    def _fact(self, name: str) -> str:
        found: Any = self.hospital
        for part in name.removeprefix(_FACT).split("."):
            found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
        if not isinstance(found, str):
            raise UnknownPlaceholderError(name)
        return found


def facts_at(hospital: Hospital, now: datetime) -> Facts:
    """Give the facts at a moment, in the hospital's own timezone."""
    return Facts(hospital, now.astimezone(hospital.timezone).date())


def fill(text: str, facts: Facts, remembered: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """Replace every placeholder; `escape` is applied to what is put in. Raises UnknownPlaceholderError."""

    def value(match: re.Match[str]) -> str:
        if match["literal"]:
            return match["literal"]
        name = match["name"].strip()
        return escape(remembered[name] if name in remembered else facts.value(name.lower()))

    return _PLACEHOLDER.sub(value, text)


def names_in(text: str) -> tuple[str, ...]:
    """List the placeholders of a text."""
    return tuple(match["name"].strip() for match in _PLACEHOLDER.finditer(text) if match["name"])
