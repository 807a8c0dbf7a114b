"""Days that a text names, as dates."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from actions.hospital.holidays import MONTHS, Holiday
from actions.mentions.mention import Mention, close_to, fold, without_overlaps

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "weekend")
_SLIPS = {"wensday": "wednesday", "wendsday": "wednesday"}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:,?\s+(?P<year>20\d\d))?"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_NOT_DATES = (
    r"(?!\s*(?:floor|level|visit|time|baby|child|kid|appointment|ward|entrance|building|door|street|avenue|ave|st\b|row|bed|"
    r"year|grade|degree|party|trimester|opinion|copy|person|shot|dose))"
)
_NOT_COUNTS = (
    r"(?![:.]\d|\s*(?:am\b|pm\b|people|person|visitor|kid|child|adult|guest|friend|of us|hour|minute|min\b|week|day))"
)
# A full date may begin with its weekday: Tue, Dec 1.
_WEEKDAY_BEFORE = r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s+(?:the )?"
_ITS_WEEKDAY = rf"(?:{_WEEKDAY_BEFORE})?"
_WHICH = r"(?:(?P<which>next|this|coming|every)\s+)?"

Resolve = Callable[[re.Match[str], date], date | None]


def find_day(text: str, today: date, holidays: Sequence[Holiday] = ()) -> Mention | None:
    """Give the first day named in a text; `value` is its ISO date, for a weekend that of its Saturday."""
    return next(iter(find_days(text, today, holidays)), None)


def find_days(text: str, today: date, holidays: Sequence[Holiday] = ()) -> list[Mention]:
    """Give the days named in a text, in order; `value` is the ISO date, on or after today unless a year is given."""
    plain, starts, ends = _mended(text)
    found: list[tuple[tuple[int, ...], Mention]] = []
    for match, day in [*_patterns(plain, today), *_named(plain, today, holidays)]:
        if day is not None and match.end() > match.start():
            start, end = starts[match.start()], ends[match.end() - 1]
            found.append(((match.start() - match.end(),), Mention("day", day.isoformat(), start, end)))
    return without_overlaps(found)


def _mended(text: str) -> tuple[str, list[int], list[int]]:
    """Fold the text and mend slips in long day names; give with each character the start and end of what it stands for."""
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in re.finditer(r"[^\W\d_]+(?:['’][^\W\d_]+)*|.", text, re.DOTALL):
        piece = match.group()
        if len(piece) == 1:
            new = piece.lower() if len(piece.lower()) == 1 else piece
        else:
            new = fold(piece)
            new = _SLIPS.get(new, new)
            if new.removesuffix("s") not in _FULL_NAMES:
                new = next((name for name in _FULL_NAMES if close_to(new, name)), new)
        plain.append(new)
        same = len(new) == len(piece)
        starts += [match.start() + (i if same else 0) for i in range(len(new))]
        ends += [match.start() + i + 1 if same else match.end() for i in range(len(new))]
    return "".join(plain), starts, ends


def _patterns(plain: str, today: date) -> list[tuple[re.Match[str], date | None]]:
    return [(match, resolve(match, today)) for pattern, resolve in _RULES for match in pattern.finditer(plain)]


def _named(plain: str, today: date, holidays: Sequence[Holiday]) -> list[tuple[re.Match[str], date | None]]:
    """Find holidays by name, the eve of one, and the day before or after one."""
    found: list[tuple[re.Match[str], date | None]] = []
    for holiday in holidays:
        names = {" ".join(map(fold, name.split())) for name in (holiday.name, *holiday.also_called)}
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        for match in re.finditer(
            rf"\b(?P<shift>(?:the )?day (?:after|before) )?(?:{words})(?:\s+(?P<eve>eve)|\s+day)?\b", plain
        ):
            found.append((match, _holiday_date(match, holiday, today)))
    return found


def _holiday_date(match: re.Match[str], holiday: Holiday, today: date) -> date | None:
    shift = 0
    if match["eve"] or "before" in (match["shift"] or ""):
        shift = -1
    elif match["shift"]:
        shift = 1
    day = holiday.next_from(today - timedelta(days=shift))
    return None if day is None else day + timedelta(days=shift)


def _weekday(match: re.Match[str], today: date) -> date | None:
    number = _WEEKDAYS.index(match["weekday"][:3])
    ahead = (number - today.weekday()) % 7
    if match["which"] == "next":
        ahead = number - today.weekday() + 7
    elif match["which"] == "coming" and ahead == 0:
        ahead = 7
    return today + timedelta(days=ahead + (7 if match.groupdict().get("later") else 0))


def _in_days(match: re.Match[str], today: date) -> date | None:
    written = match["count"]
    count = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}.get(written) or int(written)
    ahead = count * (7 if match["unit"].startswith("week") else 1)
    return today + timedelta(days=ahead) if ahead <= 366 else None


def _month_day(match: re.Match[str], today: date) -> date | None:
    month, day, year = MONTHS.index(match["month"][:3]) + 1, int(match["day"]), match["year"]
    return _date(int(year), month, day) if year else _coming(today, month, day)


def _slashed(match: re.Match[str], today: date) -> date | None:
    if match.group() == "24/7":
        return None
    month, day, year = int(match["month"]), int(match["day"]), match["year"]
    if month > 12 >= day:
        month, day = day, month
    if not year:
        return _coming(today, month, day)
    return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _iso(match: re.Match[str], today: date) -> date | None:
    return _date(int(match["year"]), int(match["month"]), int(match["day"]))


def _nth(match: re.Match[str], today: date) -> date | None:
    """Give the next day with this number, in this month or a later one that has it."""
    day = int(match["day"])
    for ahead in range(12):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        found = _date(year, month + 1, day)
        if found is not None and found >= today:
            return found
    return None


def _coming(today: date, month: int, day: int) -> date | None:
    """Give the next date with this month and day; a 29 February may be years ahead."""
    found = (_date(today.year + ahead, month, day) for ahead in range(9))
    return next((one for one in found if one is not None and one >= today), None)


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _plus(days: int) -> Resolve:
    return lambda match, today: today + timedelta(days=days)


def _next_week(match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=7 - today.weekday())


def _next_month(match: re.Match[str], today: date) -> date | None:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _weekend(match: re.Match[str], today: date) -> date | None:
    """Give the Saturday; on a Saturday or Sunday `this weekend` begins today."""
    if match["which"] != "next":
        return today if today.weekday() >= 5 else today + timedelta(days=5 - today.weekday())
    return today + timedelta(days=12 - today.weekday())


_RULES: list[tuple[re.Pattern[str], Resolve]] = [
    (re.compile(r"\b(?:today|tonight|tonite|todays|this week|this month)\b"), _plus(0)),
    (re.compile(r"\b(?:day after (?:tomorrow|tmrw)|overmorrow)\b"), _plus(2)),
    (re.compile(r"\b(?:tomorrows?|tmrw|tmr|tmw|tomo|tomoro|tommorow|tommorrow|tomorow|2morrow|2moro)\b"), _plus(1)),
    (re.compile(r"\bin (?P<count>a|one|two|three|four|\d{1,3}) (?P<unit>days?|weeks?)\b"), _in_days),
    (re.compile(r"\bnext week\b"), _next_week),
    (re.compile(r"\bnext month\b"), _next_month),
    (re.compile(rf"\b{_WHICH}weekends?\b"), _weekend),
    (
        re.compile(
            rf"(?<!\blast )(?<!\bpast )\b{_WHICH}(?P<weekday>mon(?:day)?|tues?(?:day)?|weds|wednesday|thu(?:rs?(?:day)?)?|"
            r"fri(?:day)?|saturday|sunday)s?\b(?P<later> week\b)?"
        ),
        _weekday,
    ),
    # "sat", "sun" and "wed" are words of their own: only where a day is expected.
    (
        re.compile(
            r"(?:(?<=\bon )|(?<=\bfor )|(?<=\bby )|(?<=\band )|(?<=\bor )|(?<=\buntil )|(?<=& )|(?<=/)|"
            r"\b(?P<which>next|this|coming|every)\s+)"
            r"\b(?P<weekday>sat|sun|wed)\b"
        ),
        _weekday,
    ),
    (
        re.compile(
            r"\b(?P<which>next )?(?P<weekday>sat|sun|wed)\b"
            r"(?=\s+(?:(?:or|and|&)\s+(?:mon|tue|wed|thu|fri|sat|sun)|morning|afternoon|evening|eve|night|at\b|after|before|\d)|\s*[?!.,]*$)"
        ),
        _weekday,
    ),
    (re.compile(rf"{_ITS_WEEKDAY}\b{_MONTH}\.?\s+(?:the )?{_DAY}\b{_NOT_COUNTS}{_YEAR}"), _month_day),
    (re.compile(rf"{_ITS_WEEKDAY}\b{_DAY}(?:\s+of)?\s+{_MONTH}\b{_YEAR}"), _month_day),
    (
        re.compile(
            rf"{_ITS_WEEKDAY}(?<![\d/.$-])(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?:/(?P<year>20\d\d|\d\d))?(?![\d/])"
        ),
        _slashed,
    ),
    (re.compile(r"(?<![\d-])(?P<year>20\d\d)-(?P<month>\d{2})-(?P<day>\d{2})(?![\d-])"), _iso),
    (
        re.compile(
            rf"(?:(?<=\bon )|(?<=\bfor )|(?<=\bby )|(?<=\buntil )|(?<=\bthe )|{_WEEKDAY_BEFORE}){_NTH}\b{_NOT_DATES}(?! of\b)"
        ),
        _nth,
    ),
]
