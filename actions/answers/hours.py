"""Sentences about hours: of the days asked about, of a week, and of this moment. Pure."""

from datetime import timedelta

from actions.answers.asked import Asked, AskedDay
from actions.answers.wording import date_text, listed, spans_text, time_text
from actions.hospital import Interval, Intervals, WeekHours

_PARTS = {
    "morning": Interval(6 * 60, 12 * 60),
    "afternoon": Interval(12 * 60, 18 * 60),
    "evening": Interval(18 * 60, 24 * 60),
}
_MORNING_BEGINS = 9 * 60
"""Whoever opens by then is open in the morning, without a word on from when."""


def on_days(hours: WeekHours, asked: Asked, *, is_open: str, is_closed: str, place: str) -> list[str]:
    """Say the hours of each day asked about (today without one), with a verdict on the time asked about.

    `is_open` and `is_closed` begin the sentences: "The pharmacy is open", "The pharmacy is closed". `place` is what a
    time lies outside of: opening hours.
    """
    sentences: list[str] = []
    for days, intervals in _alike(hours, asked):
        when = listed([asked.when(day) for day in days])
        if not intervals:
            sentences.append(f"{is_closed} {when}.")
            continue
        said = verdict(intervals, asked, days, place=place)
        sentences.append(f"{is_open} {when} {spans_text(intervals, asked.hospital)}" + (f", {said}" if said else "."))
    return sentences


def on_holidays(hours: WeekHours, asked: Asked, *, is_open: str, is_closed: str) -> str:
    """Say the hours of holidays in general."""
    if hours.holidays is None:
        return f"{is_open} on holidays as on other days."
    if not hours.holidays:
        return f"{is_closed} on holidays."
    return f"{is_open} on holidays {spans_text(hours.holidays, asked.hospital)}."


def _alike(hours: WeekHours, asked: Asked) -> list[tuple[list[AskedDay], Intervals]]:
    """Put days with the same hours together, at most three days."""
    groups: list[tuple[list[AskedDay], Intervals]] = []
    for day in (asked.days or (AskedDay(asked.today),))[:3]:
        intervals = day.hours(hours, asked.hospital)
        same = next((days for days, others in groups if others == intervals), None)
        if same is None:
            groups.append(([day], intervals))
        else:
            same.append(day)
    return groups


def verdict(intervals: Intervals, asked: Asked, days: list[AskedDay], *, place: str) -> str | None:
    """Say whether the time asked about lies within a day's hours; None when no time is asked about."""
    if asked.about_now and any(day.on == asked.today for day in days):
        inside = any(part.contains(asked.minute) for part in intervals)
        return "so yes, right now is fine." if inside else f"so I am sorry, right now is outside {place}."
    if asked.time is None:
        return None
    if asked.time in _PARTS:
        return _part_verdict(intervals, asked, days, place)
    hour, minute = map(int, asked.time.split(":"))
    moment = hour * 60 + minute or 24 * 60 - 1  # midnight is asked about as the end of the day
    written = time_text(hour * 60 + minute, asked.hospital)
    inside = any(part.contains(moment) for part in intervals)
    return f"so yes, {written} is fine." if inside else f"so I am sorry, {written} is outside {place}."


def _part_verdict(intervals: Intervals, asked: Asked, days: list[AskedDay], place: str) -> str:
    part = asked.time or ""
    window = _PARTS[part]
    clipped = [Interval(max(one.start, window.start), min(one.end, window.end)) for one in intervals]
    inside = [one for one in clipped if one.start < one.end]
    named = _part_name(part, days, asked)
    if not inside:
        return f"so I am sorry, {named} is outside {place}."
    begins, ends = inside[0].start, inside[-1].end
    text = f"so yes, {named} is fine"
    if begins > (_MORNING_BEGINS if part == "morning" else window.start):
        text += f" from {time_text(begins, asked.hospital)}"
    return text + (f" until {time_text(ends, asked.hospital)}." if ends < window.end else ".")


def _part_name(part: str, days: list[AskedDay], asked: Asked) -> str:
    day = days[0]
    if len(days) > 1:
        return f"the {part}"
    if day.by_weekday or day.every or day.on > asked.today + timedelta(days=1):
        return f"{day.weekday} {part}"
    if day.on == asked.today:
        return "tonight" if part == "evening" else f"this {part}"
    return f"tomorrow {part}"


def open_now(hours: WeekHours, asked: Asked) -> str:
    """Say whether it is open at the moment of asking, until when, or when it opens next."""
    hospital = asked.hospital
    for part in hospital.hours_on(hours, asked.today):
        if part.contains(asked.minute):
            until = "" if part.end == 24 * 60 else f" until {time_text(part.end, hospital)}"
            return f"It is open now{until}."
        if part.start > asked.minute:
            return f"It is closed right now and opens today at {time_text(part.start, hospital)}."
    for ahead in range(1, 15):
        day = asked.today + timedelta(days=ahead)
        parts = hospital.hours_on(hours, day)
        if parts:
            when = date_text(day, asked.today)
            return f"It is closed right now and opens {when} at {time_text(parts[0].start, hospital)}."
    return "It is closed right now."
