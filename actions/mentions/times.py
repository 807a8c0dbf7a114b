"""The time of day that a text names: a part of the day, or a time of the clock."""

import re
from collections.abc import Callable

from actions.mentions.mention import Mention

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOUR = rf"(?P<hour>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_HALF = r"(?P<half>[ap])\.?\s?m\b\.?"
_EDGE = r"(?<![\w$/.:-])"
_CONTEXT = (
    r"(?<!\w)(?:at|@|after|around|about|by|before|until|till|til|from|past|since|between|"
    r"mon|monday|tues?|tuesday|weds?|wednesday|thurs?|thursday|fri|friday|sat|saturday|sun|sunday)\s+(?:about\s+|around\s+)?"
)
_NOT_HOURS = (
    r"(?![\d/%:-]|\.\d|(?:st|nd|rd|th)\b|\s*(?:%|min|hour|hr|day|week|month|year|people|person|kid|child|adult|visitor|"
    r"friend|family|guest|percent|dollar|buck|mile|block|floor|time|other|more|am\b|pm\b|of\b|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)

# Clock times, the surest first.
_CLOCK = [
    re.compile(rf"{_EDGE}{_HOUR}(?:\s*(?:to|-|–|and)\s*\d{{1,2}}(?:[:.]\d\d)?)\s*{_HALF}", re.IGNORECASE),
    re.compile(rf"{_EDGE}{_HOUR}(?:[:.](?P<minute>[0-5]\d))?\s*{_HALF}", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?P<past>half|quarter|\d{{1,2}}(?! to))\s+(?P<way>past|to)\s+{_HOUR}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_HOUR}\s*o['’ ]?\s?clock\b", re.IGNORECASE),
    re.compile(rf"{_EDGE}(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:])", re.IGNORECASE),
    re.compile(rf"{_CONTEXT}(?P<named>)(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)(?!\w|\.\d)", re.IGNORECASE),
    re.compile(rf"{_CONTEXT}(?P<named>)(?!one\b){_HOUR}(?:ish)?(?!\w){_NOT_HOURS}", re.IGNORECASE),
]
_NAMED = [
    (re.compile(r"\b(?:noon|midday|mid-day|lunch ?time|lunch break)\b", re.IGNORECASE), "12:00"),
    (re.compile(r"\bmidnight\b", re.IGNORECASE), "00:00"),
    (re.compile(r"\b(?:after lunch|after school)\b", re.IGNORECASE), "afternoon"),
    (re.compile(r"\bafter work\b", re.IGNORECASE), "evening"),
    (re.compile(r"\b(?:before work|before school|first thing)\b", re.IGNORECASE), "morning"),
    (re.compile(r"\b(?:day|mon|tues?|wed|thurs?|fri|sat|sun) eve\b", re.IGNORECASE), "evening"),
    (re.compile(r"(?<!good )\b(?:this )?mornings?\b|\bin the am\b", re.IGNORECASE), "morning"),
    (re.compile(r"(?<!good )\b(?:this )?afternoons?\b|\bin the pm\b", re.IGNORECASE), "afternoon"),
    (re.compile(r"(?<!good )\b(?:this )?evenings?\b|\btonight\b|\btonite\b", re.IGNORECASE), "evening"),
    (
        re.compile(
            r"(?<!good )(?<!last )(?<!all )(?<!one )(?<!a )(?<!two )(?<!per )(?<!stay the )\bnights?\b(?! entrance)",
            re.IGNORECASE,
        ),
        "evening",
    ),
]
_GREETING = re.compile(
    r"\s*(?:morning|afternoon|evening)\b\s*(?:[!,.]|all\b|folks\b|everyone\b|guys\b|team\b|$)", re.IGNORECASE
)
_LATE = re.compile(r"(?<!good )\b(?:afternoon|evening|night|tonight|tonite)s?\b", re.IGNORECASE)
_EARLY = re.compile(r"(?<!good )\bmornings?\b", re.IGNORECASE)
_DAY_STARTS = 7
"""A bare hour before this is meant in the afternoon: nobody asks a hospital's desk about 3 at night."""


def find_time_of_day(text: str) -> Mention | None:
    """Give the time of day named in a text: morning, afternoon, evening, or HH:MM of 24 hours."""
    for pattern in _CLOCK:
        for match in pattern.finditer(text):
            value = _clock(match, text)
            if value is not None:
                return Mention("time_of_day", value, *_span(match, text))
    greeting = _GREETING.match(text)
    asked_from = greeting.end() if greeting else 0
    named = (
        (match.start(), match.end(), value) for pattern, value in _NAMED for match in pattern.finditer(text, asked_from)
    )
    start, end, value = min(named, default=(0, 0, ""))
    return Mention("time_of_day", value, start, end) if value else None


def _clock(match: re.Match[str], text: str) -> str | None:
    groups = match.groupdict()
    hour = _number(groups["hour"])
    minute = int(groups.get("minute") or 0)
    if groups.get("past"):
        minute = {"half": 30, "quarter": 15}.get(groups["past"].lower()) or int(groups["past"])
        if groups["way"].lower() in ("to", "before"):
            hour, minute = hour - 1, 60 - minute
    if hour > 24 or minute > 59 or (groups.get("half") and not 1 <= hour <= 12):
        return None
    hour = _of_24(hour, (groups.get("half") or "").lower(), written=groups["hour"], text=text)
    return f"{hour % 24:02d}:{minute:02d}"


def _of_24(hour: int, half: str, *, written: str, text: str) -> int:
    """Bring an hour to the 24-hour clock by am or pm, the part of the day named beside it, or the hours a desk keeps."""
    if half:
        return hour % 12 + (12 if half == "p" else 0)
    if hour >= 12 or written.startswith("0"):
        return hour
    late: Callable[[str], object] = _LATE.search
    if _EARLY.search(text):
        return hour
    return hour + 12 if late(text) or hour < _DAY_STARTS else hour


def _number(written: str) -> int:
    return int(written) if written.isdigit() else _NUMBERS.index(written.lower()) + 1


def _span(match: re.Match[str], text: str) -> tuple[int, int]:
    """Give the words that name the time, without the preposition that told it from another number."""
    start = match.start("named") if "named" in match.groupdict() else match.start()
    end = match.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
