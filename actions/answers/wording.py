"""How answers are worded: times, days, weeks, lists, and what fits one message. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from actions.calls import QuickReply, Reply
from actions.hospital import Department, Hospital, Intervals, TimeFormat, Weekday, WeekHours, clock_text

MAX_ANSWER = 640
"""Characters of one answer: what a phone shows without scrolling, and well within every platform's limit."""
MAX_QUICK_REPLIES = 4
NO_DETAILS = "Please do not send personal or medical details here."

_MONTHS = "January February March April May June July August September October November December".split()


def reply(
    sentences: Iterable[str | None], quick_replies: Sequence[QuickReply] = (), closing: Iterable[str | None] = ()
) -> Reply:
    """Join sentences to one message, leaving out repeats and what does not fit; the closing always stays."""
    end = " ".join(one for one in closing if one)
    text = ""
    for sentence in dict.fromkeys(one for one in sentences if one):
        joined = f"{text} {sentence}".strip()
        if len(joined) + len(end) < MAX_ANSWER:
            text = joined
    return Reply(f"{text} {end}".strip(), tuple(dict.fromkeys(quick_replies))[:MAX_QUICK_REPLIES])


def chosen(text: str, aspects: Sequence[tuple[str, str | None]], default: Sequence[str | None]) -> list[str | None]:
    """Give the sentences whose pattern the question matches, at most three; the default when none does."""
    found = [sentence for pattern, sentence in aspects if asks(text, pattern)]
    return found[:3] if found else list(default)


def asks(text: str, pattern: str) -> bool:
    """Tell whether a question holds words of a pattern; words may be begun by it: `child` is in children."""
    return re.search(rf"\b(?:{pattern})", text.replace("’", "'"), re.IGNORECASE) is not None


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join items as in a sentence: a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def capital(text: str) -> str:
    """Begin a sentence with a capital letter."""
    return text[:1].upper() + text[1:]


def time_text(minute: int, hospital: Hospital) -> str:
    """Write minutes after midnight as the hospital writes times."""
    if minute in (0, 1440) and hospital.time_format is TimeFormat.HOURS_12:
        return "midnight"
    if hospital.time_format is TimeFormat.HOURS_24:
        return clock_text(minute)
    hour, rest = divmod(minute, 60)
    return f"{(hour - 1) % 12 + 1}{f':{rest:02d}' if rest else ''} {'am' if hour < 12 else 'pm'}"


def spans_text(intervals: Intervals, hospital: Hospital, *, start: str = "from ") -> str:
    """Write a day's hours: from 10:00 to 12:00 and from 14:00 to 19:00."""
    if any(part.whole_day for part in intervals):
        return "around the clock"
    return listed(
        [f"{start}{time_text(part.start, hospital)} to {time_text(part.end, hospital)}" for part in intervals]
    )


def hours_or_closed(intervals: Intervals, hospital: Hospital) -> str:
    """Write a day's hours briefly: 10:00 to 20:00, or closed."""
    return spans_text(intervals, hospital, start="") or "closed"


def week_text(hours: WeekHours, hospital: Hospital, *, none: str = "closed") -> str:
    """Write a week's hours, days with the same hours together."""
    if hours.always:
        return "24 hours a day, every day"
    parts: list[str] = []
    first = Weekday.MON
    for day in Weekday:
        if day is Weekday.SUN or hours.week[day + 1] != hours.week[first]:
            parts.append(f"{_days_text(first, day)} {spans_text(hours.week[first], hospital, start='') or none}")
            first = Weekday(min(day + 1, 6))
    if hours.holidays is not None:
        parts.append(f"holidays {spans_text(hours.holidays, hospital, start='') or none}")
    return ", ".join(parts)


def _days_text(first: Weekday, last: Weekday) -> str:
    if (first, last) == (Weekday.MON, Weekday.SUN):
        return "every day"
    if first is last:
        return first.label
    return f"{first.label} {'and' if last - first == 1 else 'to'} {last.label}"


def date_text(day: date, today: date) -> str:
    """Name a date: today (Saturday), tomorrow (Sunday), Friday, or from a week on Friday, December 4."""
    name = Weekday(day.weekday()).label
    if day == today:
        return f"today ({name})"
    if day == today + timedelta(days=1):
        return f"tomorrow ({name})"
    if today < day < today + timedelta(days=7):
        return f"on {name}"
    year = f", {day.year}" if day.year != today.year else ""
    return f"on {name}, {_MONTHS[day.month - 1]} {day.day}{year}"


def place_text(department: Department) -> str:
    """Say where a department is: on the 2nd floor of the Main Building."""
    return f"on the {department.floor} of the {department.building}"
