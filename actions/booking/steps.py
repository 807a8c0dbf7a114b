"""How a message moves a booking form on: department, day, time of day, and one of the times offered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from actions.booking import texts
from actions.booking.appointment import Appointment
from actions.booking.draft import Draft
from actions.booking.openings import Openings
from actions.booking.reading import BOOKING_FORM, Reading
from actions.booking.schedule import (
    ANY,
    OFFERED,
    DayProblem,
    at_time_of_day,
    choose_offers,
    day_problem,
    is_clock,
    last_day,
    local_day,
)
from actions.booking.wording import Wish
from actions.hospital import Hospital

_Item = TypeVar("_Item")
_DECLINED = (Wish.MORE, Wish.LATER, Wish.NO)
_BEYOND = {Wish.LATER: "after", Wish.EARLIER: "before"}
_DAY_STARTS = 7
"""A bare hour before this is meant in the afternoon."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message to a form, and what it is judged by."""

    form: str
    requested: str | None
    """The slot that was asked for; None when the message opens the form."""
    text: str
    reading: Reading
    openings: Openings
    offered_before: tuple[datetime, ...] = ()
    """The times that were offered when the message came."""

    @property
    def hospital(self) -> Hospital:
        """Give the hospital's facts."""
        return self.openings.hospital

    def knowing(self, mine: Appointment | None) -> "Turn":
        """Give the same turn, the time of `mine` counting as free."""
        return replace(self, openings=replace(self.openings, mine=mine))


async def fill(turn: Turn, draft: Draft) -> Draft:
    """Put what the message says into the draft, and take out of it what cannot be had."""
    draft = _take_department(turn, draft)
    draft = await _take_day(turn, draft)
    draft = _take_time_of_day(turn, draft)
    draft = await _check_department(turn, draft)
    if draft.department is None or draft.day is None or draft.chosen_slot is not None:
        return draft
    # Looked at once: between two looks another patient may take what the first one saw.
    free = await turn.openings.starts(draft.department, draft.day)
    draft = await _check_day(turn, draft, draft.department, draft.day, free)
    return draft if draft.day is None else await _choose(turn, draft, free)


async def offers(openings: Openings, draft: Draft) -> tuple[datetime, ...]:
    """Give the times to offer: those offered before as long as all are free, or else the ones that fit best now."""
    assert draft.department is not None
    assert draft.day is not None
    free = await openings.starts(draft.department, draft.day)
    before = draft.offered_starts
    if before and set(before) <= set(free):
        return before
    return choose_offers(free, draft.time_of_day or ANY, openings.zone)


def _take_department(turn: Turn, draft: Draft) -> Draft:
    if turn.form != BOOKING_FORM:
        return draft
    named = turn.reading.departments
    if not named and turn.requested == "department":
        named = _at_place(draft.offered, turn.reading.place or turn.reading.number)
    if not named:
        other = turn.reading.wish is Wish.OTHER_DEPARTMENT
        return replace(draft, department=None, chosen_slot=None, offered=()) if other else draft
    bookable = tuple(one for one in named if one in turn.hospital.booking.departments)
    if not bookable:
        return replace(draft, department=None, offered=(), booking_notice=texts.not_online(named[0], turn.hospital))
    if len(bookable) > 1:
        return replace(draft, department=None, chosen_slot=None, offered=bookable)
    if turn.reading.doctor:
        draft = replace(draft, booking_notice=texts.doctor_named(turn.reading.doctor, bookable[0], turn.hospital))
    if bookable[0] == draft.department:
        return draft
    return replace(draft, department=bookable[0], chosen_slot=None, offered=())


async def _take_day(turn: Turn, draft: Draft) -> Draft:
    reading = turn.reading
    day = await _named_day(turn, draft)
    if day is not None:
        return draft if day == draft.day else _asking_anew(draft, day=day)
    if reading.past_day:
        return _asking_anew(draft, day=None, booking_notice=texts.PAST_DAY)
    if draft.department is None:
        return draft
    declined = turn.requested == "day" and reading.wish in _DECLINED
    since = reading.days_from
    if since is None and reading.refused_days:
        later = reading.wish is Wish.LATER
        since = max(reading.refused_days) + timedelta(days=1) if later else turn.openings.today
    if since is None and (reading.wish is Wish.OTHER_DAY or declined):
        seen = max([*draft.offered_days, *([draft.day] if draft.day else [])], default=None)
        since = seen + timedelta(days=1) if seen else turn.openings.today
    if since is None:
        return draft
    days = await turn.openings.days(draft.department, since, OFFERED + len(reading.refused_days))
    suiting = [day for day in days if day not in reading.refused_days][:OFFERED]
    return replace(draft, day=None, chosen_slot=None, offered=_dates(suiting))


async def _named_day(turn: Turn, draft: Draft) -> date | None:
    reading, offered = turn.reading, draft.offered_days
    names_offer = turn.requested == "chosen_slot" and reading.place is not None and draft.offered_starts
    if reading.days and not names_offer:
        return await _first_open(turn, draft.department, reading.days)
    if reading.place is not None and offered:
        return next(iter(_at_place(offered, reading.place)), None)
    if turn.requested == "day" and reading.number is not None:
        return _day_of_month(turn.openings.today, reading.number)
    if reading.soonest and draft.department and turn.requested not in ("time_of_day", "chosen_slot"):
        days = await turn.openings.days(draft.department, reading.days_from or turn.openings.today)
        return next((day for day in days if day not in reading.refused_days), None)
    return None


async def _first_open(turn: Turn, department: str | None, days: Sequence[date]) -> date:
    """Give the first of the days that has a free time, or just the first."""
    if department is not None and len(days) > 1:
        for day in days:
            if await turn.openings.starts(department, day):
                return day
    return days[0]


def _take_time_of_day(turn: Turn, draft: Draft) -> Draft:
    wanted = turn.reading.time_of_day
    if wanted is None and turn.requested == "time_of_day":
        number = turn.reading.number
        if number is not None and number < 24:
            wanted = f"{number + 12 if number < _DAY_STARTS else number:02d}:00"
        elif turn.reading.refused_time is not None:
            bound = _BEYOND.get(turn.reading.wish or Wish.MORE)
            wanted = f"{bound} {turn.reading.refused_time}" if bound else ANY
        elif turn.reading.wish in (Wish.YES, Wish.MORE):
            wanted = ANY
    if wanted is None and turn.reading.soonest and draft.time_of_day is None:
        wanted = ANY
    return _asking_anew(draft, time_of_day=wanted) if wanted else draft


def _asking_anew(draft: Draft, **changes: Any) -> Draft:
    """Change the draft and forget the times or days offered, but not the departments to choose from."""
    return replace(draft, chosen_slot=None, offered=() if draft.department else draft.offered, **changes)


async def _check_department(turn: Turn, draft: Draft) -> Draft:
    if draft.department is None or draft.day is not None or draft.offered_days:
        return draft
    if await turn.openings.days(draft.department, turn.openings.today):
        return draft
    last = last_day(turn.hospital, turn.openings.today)
    return replace(draft, department=None, booking_notice=texts.no_free_days(draft.department, turn.hospital, last))


async def _check_day(turn: Turn, draft: Draft, department: str, day: date, free: Sequence[datetime]) -> Draft:
    """Drop a day that has no free time, and a time of day that the day does not have."""
    wanted = draft.time_of_day
    problem = day_problem(turn.hospital, department, day, turn.openings.now) or (None if free else DayProblem.FULL)
    if problem is not None:
        today = turn.openings.today
        last = last_day(turn.hospital, today)
        days = await turn.openings.days(department, day if today <= day <= last else today)
        notice = texts.day_refused(problem, department, day, turn.hospital, last)
        return replace(draft, day=None, offered=_dates(days), booking_notice=notice)
    if wanted is None or wanted.startswith("about") or at_time_of_day(free, wanted, turn.openings.zone):
        return draft
    nearest = choose_offers(free, wanted, turn.openings.zone)
    middle = nearest[len(nearest) // 2].astimezone(turn.openings.zone)
    clock = wanted.rpartition(" ")[2] if any(letter.isdigit() for letter in wanted) else f"{middle:%H:%M}"
    was_offered = is_clock(wanted) and any(local_day(start, turn.openings.zone) == day for start in _at(turn, wanted))
    notice = texts.TAKEN if was_offered else texts.time_refused(wanted, day)
    return replace(draft, time_of_day=f"about {clock}", offered=(), booking_notice=notice)


def _at(turn: Turn, clock: str) -> tuple[datetime, ...]:
    """Give the starts at a time of day that were offered before this message."""
    return at_time_of_day(turn.offered_before, clock, turn.openings.zone)


async def _choose(turn: Turn, draft: Draft, free: Sequence[datetime]) -> Draft:
    """Take one of the offered times, or a time of the clock that is free; or turn over to other times."""
    if draft.time_of_day is None:
        return draft
    if is_clock(draft.time_of_day):
        return replace(draft, chosen_slot=at_time_of_day(free, draft.time_of_day, turn.openings.zone)[0], offered=())
    offered, reading = draft.offered_starts, turn.reading
    if turn.requested != "chosen_slot" or not offered:
        return draft
    if reading.wish is Wish.EARLIER or reading.wish in _DECLINED:
        return await _turn_over(turn, draft, free)
    place = 1 if reading.soonest or (reading.wish is Wish.YES and len(offered) == 1) else reading.place
    picked = _at_place(offered, place or reading.number)
    if picked:
        return replace(draft, chosen_slot=picked[0], offered=())
    if reading.number is not None and reading.number < 24:
        return _take_hour(turn, draft, free, reading.number)
    return replace(draft, booking_notice=texts.WHICH_ONE) if reading.wish is Wish.YES else draft


def _take_hour(turn: Turn, draft: Draft, free: Sequence[datetime], number: int) -> Draft:
    """Read a bare number as an hour: the one free time in it, or the times around it."""
    hour = number + 12 if number < _DAY_STARTS else number
    within = [start for start in free if start.astimezone(turn.openings.zone).hour == hour]
    if len(within) == 1:
        return replace(draft, chosen_slot=within[0], offered=())
    return replace(draft, time_of_day=f"about {hour:02d}:00", offered=())


async def _turn_over(turn: Turn, draft: Draft, free: Sequence[datetime]) -> Draft:
    """Offer the times after those offered, or before them; when there are none, other days."""
    offered = draft.offered_starts
    after = [start for start in free if start > offered[-1]][:OFFERED]
    before = [start for start in free if start < offered[0]][-OFFERED:]
    wish = turn.reading.wish
    others = before if wish is Wish.EARLIER else after if wish is Wish.LATER else after or before
    refused, wanted = turn.reading.refused_time, draft.time_of_day or ANY
    if refused and wish is Wish.MORE and not at_time_of_day(others, wanted, turn.openings.zone):
        # All that fits has been offered: the rest of it, rather than what the patient did not want.
        others = [start for start in offered if start not in at_time_of_day(offered, refused, turn.openings.zone)]
    if others:
        return replace(draft, offered=tuple(start.isoformat() for start in others))
    assert draft.department is not None
    assert draft.day is not None
    days = await turn.openings.days(draft.department, draft.day + timedelta(days=1))
    return replace(draft, day=None, offered=_dates(days), booking_notice=texts.NO_MORE_TIMES)


def _at_place(items: Sequence[_Item], place: int | None) -> tuple[_Item, ...]:
    """Give the item at a place, 1 the first and -1 the last, or nothing."""
    if place is None or not items or not (place == -1 or 1 <= place <= len(items)):
        return ()
    return (items[place - 1 if place > 0 else -1],)


def _dates(days: Sequence[date]) -> tuple[str, ...]:
    return tuple(day.isoformat() for day in days)


def _day_of_month(today: date, number: int) -> date | None:
    """Give the next date with this number."""
    return next((day for day in (today + timedelta(days=ahead) for ahead in range(62)) if day.day == number), None)
