"""Find the dates that identify: of birth, admission, discharge or death, and full dates in the past."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero gennaio gen ene",
            "february feb febrero febbraio",
            "march mar marzo",
            "april apr abril aprile abr",
            "may mayo maggio mag",
            "june jun junio giugno giu",
            "july jul julio luglio lug",
            "august aug agosto ago",
            "september sep sept septiembre settembre set",
            "october oct octubre ottobre ott",
            "november nov noviembre novembre",
            "december dec diciembre dicembre dic",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th|o)?"
# Two digits after a month are a year unless they go on as a time of day ("24 Nov 10:30", "24 nov 10 am").
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d(?! ?(?:[:.h\-]\d|- \d|[ap]\.?m\b|o'?clock|uhr\b|hs?\b|to \d)))"
_NUMERIC = re.compile(r"(?<![\d/.\-])(\d{1,4}) ?[/.\-] ?(\d{1,2}) ?[/.\-] ?(\d{4}|\d{2})(?![\d/]|[.:\-]\d)")
_WORDED = re.compile(
    rf"\b(?:(?P<d1>{_DAY}) ?(?:of |de |di |del )?(?P<m1>{_MONTH}),?(?: of| de| del| di)? (?P<y1>{_YEAR})"
    rf"|(?P<m2>{_MONTH}) (?:the )?(?P<d2>{_DAY}),? (?P<y2>(?:19|20)\d\d)|(?P<d3>\d{{1,2}})[\- ]"
    rf"(?P<m3>{_MONTH})[\- ](?P<y3>{_YEAR}))(?!\w)"
)
_BIRTH = re.compile(
    r"\b(?:born|birth ?(?:day|date)?|d\.?o\.?b\.?|bday|b-day|nat[oa]|nacid[oa]|naci|nacio|nacimiento|"
    r"nascita|nascit\w*|compleanno|cumpleanos|cumple)\b"
)
_STAY = re.compile(
    r"\b(?:admit\w*|admission|discharg\w+|released|hospitali[sz]ed|passed away|died|death|deceased|"
    r"operated|surgery|operation|procedure|"
    r"ingres\w+|dad[oa] de alta|alta|fallec\w+|murio|operad[oa]|operaron|ricoverat[oa]|ricovero|"
    r"dimess[oa]|dimission\w+|mort[oa]|operat[oa])\b"
)
# A date without a year, or a year alone, next to a cue.
_PARTIAL = re.compile(
    rf"\b(?:{_DAY} ?(?:of |de |di )?{_MONTH}|{_MONTH} (?:the )?{_DAY}|\d{{1,2}}[/\-]\d{{1,2}})(?![\w/])|\b"
    rf"(?:19|20)\d\d\b"
)
_FUTURE = re.compile(
    r"\b(?:next|upcoming|scheduled|book\w*|appointment|will|gonna|going to|due|tomorrow|cita|appuntamento|"
    r"prenot\w+|visita)\b"
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|lunes|martes|miercoles|jueves|viernes|sabado|domingo|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|domenica)(?:day)?,? (?:the |el |il )?$"
)
_PAST = re.compile(r"\b(?:was|were|had|since|seen|last|ago|back in|fue|era|tuve|stat[oa])\b")
_NEAR = 40  # characters between a cue and its date


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date that identifies, by span in the folded text."""

    type: str
    start: int
    end: int
    rule: str


def find_dates(text: str, today: date) -> Iterator[DateHit]:
    """Yield the dates that identify somebody; future ones and days of the week pass."""
    if not any(c.isdigit() for c in text):
        return
    full = [(m.start(), m.end(), _past_numeric(m, today)) for m in _NUMERIC.finditer(text)]
    full += [(m.start(), m.end(), _past_worded(m, today)) for m in _WORDED.finditer(text) if not _an_hour(m, text)]
    for start, end, past in full:
        if past is None:
            continue
        if _near(_BIRTH, text, start, end):
            yield DateHit("DATE_OF_BIRTH", start, end, "id.date_of_birth")
        elif past or _near(_STAY, text, start, end) and not _near(_FUTURE, text, start, end):
            yield DateHit("DATE", start, end, "id.past_date")
    births, stays = _BIRTH.search(text), _STAY.search(text)
    if not births and not stays:
        return
    for match in _PARTIAL.finditer(text):
        if any(s < match.end() and match.start() < e for s, e, _ in full):
            continue
        if births and _near(_BIRTH, text, *match.span()):
            yield DateHit("DATE_OF_BIRTH", *match.span(), "id.date_of_birth")
        elif (
            stays
            and not match.group().isdigit()
            and _near(_STAY, text, *match.span())
            and not _near(_FUTURE, text, *match.span())
        ):
            yield DateHit("DATE", *match.span(), "id.stay_date")


def _an_hour(match: re.Match[str], text: str) -> bool:
    """Tell whether the two digits after a month are an hour: a day of the week stands before it, or a booking around it."""
    year = match.group("y1") or match.group("y3") or ""
    if not year.isdigit() or len(year) > 2 or int(year) > 23:
        return False
    if _WEEKDAY.search(text[max(0, match.start() - 20) : match.start()]):
        return True
    return _near(_FUTURE, text, *match.span()) and not _near(_PAST, text, *match.span())


def _near(cue: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return bool(cue.search(text, max(0, start - _NEAR), min(len(text), end + _NEAR)))


def _year(text: str, today: date) -> int:
    year = int(text.lstrip("'"))
    if year >= 100:
        return year
    return 2000 + year if year <= today.year % 100 + 2 else 1900 + year


def _past_numeric(match: re.Match[str], today: date) -> bool | None:
    first, second, third = match.groups()
    if len(first) == 4:
        orders = [(int(first), int(second), int(third))] if len(third) <= 2 else []
    elif len(first) == 3:
        orders = []
    else:
        year = _year(third, today)
        orders = [(year, int(first), int(second)), (year, int(second), int(first))]
    return _all_past(orders, today)


def _past_worded(match: re.Match[str], today: date) -> bool | None:
    for n in ("1", "2", "3"):
        if match.group("m" + n):
            day = int(re.sub(r"\D", "", match.group("d" + n)))
            year = match.group("y" + n)
            return _all_past([(_year(year, today), _MONTHS[match.group("m" + n).rstrip(".")], day)], today)
    return None


def _all_past(orders: list[tuple[int, int, int]], today: date) -> bool | None:
    """Tell whether every reading that is a date lies in the past; None when no reading is a date."""
    dates = []
    for year, month, day in orders:
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue
    if not dates:
        return None
    return all(d < today for d in dates)
