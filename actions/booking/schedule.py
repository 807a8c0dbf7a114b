"""When a department can be booked: its slots as moments, and why a day has none.

Times of day in hospital.yml are the hospital's; a slot here is a moment, so that the days on which clocks change need no thought later.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo

from actions.hospital import Hospital, slots_on

OFFERED = 6
"""How many days or times are offered at once."""
ANY = "any"
"""The time of day of a patient who does not mind."""
_NOON, _EVENING = time(12), time(17)
_MIDDLES = {"morning": "09:00", "afternoon": "14:00", "evening": "18:00", ANY: "09:00"}
"""Where the nearest times are looked for when a part of the day has none."""


class PartOfDay(str, Enum):
    """A part of the day, by the slot's start."""

    MORNING = "morning"  # until noon
    AFTERNOON = "afternoon"  # noon to 17:00
    EVENING = "evening"  # from 17:00


class DayProblem(Enum):
    """Why nothing can be booked on a day."""

    PAST = "past"  # the day is over
    TOO_FAR = "too far"  # beyond the days ahead that are open to booking
    TOO_SOON = "too soon"  # the notice is too short
    HOLIDAY = "holiday"  # closed for a holiday
    CLOSED = "closed"  # closed on that weekday
    FULL = "full"  # open, and every slot is taken


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A time that a department takes bookings for; both moments are in UTC."""

    start: datetime
    end: datetime


def planned_slots(hospital: Hospital, department: str, day: date) -> tuple[PlannedSlot, ...]:
    """Give the department's slots on a day, in order and without overlap; a slot that the clocks skip or cut short is left out."""
    bookable = hospital.booking.departments.get(department)
    if bookable is None:
        return ()
    length = timedelta(minutes=bookable.slot_minutes)
    found: list[PlannedSlot] = []
    for minute in slots_on(hospital, department, day):
        start = _moment(day, minute, hospital.timezone)
        end = _moment(day, minute + bookable.slot_minutes, hospital.timezone)
        # Where clocks go back, the slot ends after its length and the repeated hour stays empty: an hour a year, at night.
        if start is not None and end is not None and end - start >= length:
            found.append(PlannedSlot(start, start + length))
    return tuple(found)


def last_day(hospital: Hospital, today: date) -> date:
    """Give the last day that is open to booking."""
    return today + timedelta(days=hospital.booking.days_ahead)


def all_planned_slots(hospital: Hospital, department: str, today: date) -> tuple[PlannedSlot, ...]:
    """Give the department's slots from today to the last day that is open to booking."""
    days = (today + timedelta(days=ahead) for ahead in range(hospital.booking.days_ahead + 1))
    return tuple(slot for day in days for slot in planned_slots(hospital, department, day))


def fingerprint(hospital: Hospital, department: str, today: date) -> str:
    """Give a text that changes whenever `all_planned_slots` or the capacity may."""
    facts = (
        today,
        hospital.booking.days_ahead,
        hospital.timezone.key,
        hospital.holidays,
        hospital.booking.departments.get(department),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def earliest_start(hospital: Hospital, now: datetime) -> datetime:
    """Give the first moment at which a slot that can be booked now may begin."""
    return now + timedelta(hours=hospital.booking.notice_hours)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Give the date of a moment at the hospital."""
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the moments at which a day at the hospital begins and ends."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def day_problem(hospital: Hospital, department: str, day: date, now: datetime) -> DayProblem | None:
    """Say why nothing could be booked on `day` even if nothing were taken, or give None."""
    today = local_day(now, hospital.timezone)
    if day < today:
        return DayProblem.PAST
    if day > last_day(hospital, today):
        return DayProblem.TOO_FAR
    slots = planned_slots(hospital, department, day)
    if not slots:
        return DayProblem.HOLIDAY if hospital.holiday_on(day) else DayProblem.CLOSED
    return DayProblem.TOO_SOON if slots[-1].start < earliest_start(hospital, now) else None


def part_of_day(start: datetime, zone: ZoneInfo) -> PartOfDay:
    """Give the part of the hospital's day in which a slot begins."""
    clock = start.astimezone(zone).time()
    if clock < _NOON:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if clock < _EVENING else PartOfDay.EVENING


def is_clock(time_of_day: str) -> bool:
    """Tell whether a wish for a time of day is one time of the clock, HH:MM."""
    return time_of_day[0].isdigit()


def at_time_of_day(starts: Iterable[datetime], time_of_day: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Keep the starts that a wish for a time of day accepts: a part of the day, HH:MM, after or before HH:MM, or any."""
    parts = {part.value for part in PartOfDay}
    if time_of_day in parts:
        return tuple(start for start in starts if part_of_day(start, zone).value == time_of_day)
    word, _, clock = time_of_day.rpartition(" ")
    if word == "after":
        return tuple(start for start in starts if _clock(start, zone) >= clock)
    if word == "before":
        return tuple(start for start in starts if _clock(start, zone) < clock)
    return (
        tuple(start for start in starts if time_of_day == _clock(start, zone))
        if is_clock(time_of_day)
        else tuple(starts)
    )


def choose_offers(
    starts: Sequence[datetime], time_of_day: str, zone: ZoneInfo, count: int = OFFERED
) -> tuple[datetime, ...]:
    """Choose the starts of one day to offer, in order: those that the wish accepts, or else the nearest to it."""
    word, _, clock = time_of_day.rpartition(" ")
    fitting = () if word == "about" else at_time_of_day(starts, time_of_day, zone)
    if fitting:
        return fitting[-count:] if word == "before" else fitting[:count]
    hour, minute = map(int, _MIDDLES.get(time_of_day, clock).split(":"))

    def distance(start: datetime) -> int:
        local = start.astimezone(zone)
        return abs((local.hour - hour) * 60 + local.minute - minute)

    return tuple(sorted(sorted(starts, key=distance)[:count]))


def _clock(start: datetime, zone: ZoneInfo) -> str:
    return f"{start.astimezone(zone):%H:%M}"


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """Give the moment of a time of day, minutes after midnight, the first of two; None when clocks skip it."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(timezone.utc)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == wall else None
