"""What a booking form knows so far: Rasa's slots as values, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from actions.calls import set_slot

BOOKING_SLOTS = (
    "department",
    "day",
    "time_of_day",
    "chosen_slot",
    "reference",
    "cancel_confirmed",
    "offered",
    "booking_notice",
)
"""Every slot of the booking forms, besides Rasa's requested_slot and the shared count `misunderstood`."""

LEAVING = ("leaving",)
"""In place of an offer: the form closes as soon as the rest of the message is answered."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")


@dataclass(frozen=True, slots=True)
class Draft:
    """The slots of a booking form."""

    department: str | None = None
    day: date | None = None
    time_of_day: str | None = None
    """As in Reading.time_of_day."""
    chosen_slot: datetime | None = None
    reference: str | None = None
    cancel_confirmed: str | None = None
    offered: tuple[str, ...] = ()
    """What was offered last: departments, days, starts of slots or reference codes."""
    booking_notice: str | None = None
    """What is said before the next question."""
    misunderstood: int = 0

    @property
    def offered_days(self) -> tuple[date, ...]:
        """Give what was offered if it was days."""
        return tuple(date.fromisoformat(one) for one in self.offered if _DAY.fullmatch(one))

    @property
    def offered_starts(self) -> tuple[datetime, ...]:
        """Give what was offered if it was times."""
        return tuple(datetime.fromisoformat(one) for one in self.offered if _START.match(one))


def read_draft(slots: Mapping[str, Any]) -> Draft:
    """Read a draft from Rasa's slots."""
    day, chosen = slots.get("day"), slots.get("chosen_slot")
    return Draft(
        department=slots.get("department"),
        day=date.fromisoformat(day) if day else None,
        time_of_day=slots.get("time_of_day"),
        chosen_slot=datetime.fromisoformat(chosen) if chosen else None,
        reference=slots.get("reference"),
        cancel_confirmed=slots.get("cancel_confirmed"),
        offered=tuple(slots.get("offered") or ()),
        booking_notice=slots.get("booking_notice"),
        misunderstood=int(slots.get("misunderstood") or 0),
    )


def slot_events(draft: Draft, slots: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the events that bring Rasa's slots to the draft; at least one, since Rasa takes none for a message not understood."""
    values = {one.name: _written(getattr(draft, one.name)) for one in fields(Draft)}
    changed = [
        set_slot(name, value) for name, value in values.items() if value != _empty_as_none(name, slots.get(name))
    ]
    return changed or [set_slot("booking_notice", draft.booking_notice)]


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return (list(value) or None) if isinstance(value, tuple) else value


def _empty_as_none(name: str, value: Any) -> Any:
    if name == "misunderstood":
        return int(value or 0)
    return value or None
