"""Find the dates that identify: of birth, admission, discharge or death, and full dates in the past."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from actions.screening.windows import find_near

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
# Days that are spelled out, each with its number.
_SPELLED = (
    "first uno primo primero",
    "second due dos",
    "third tre tres",
    "fourth quattro cuatro",
    "fifth cinque cinco",
    "sixth sei seis",
    "seventh sette siete",
    "eighth otto ocho",
    "ninth nove nueve",
    "tenth dieci diez",
    "eleventh undici once",
    "twelfth dodici doce",
    "thirteenth tredici trece",
    "fourteenth quattordici catorce",
    "fifteenth quindici quince",
    "sixteenth sedici dieciseis",
    "seventeenth diciassette diecisiete",
    "eighteenth diciotto dieciocho",
    "nineteenth diciannove diecinueve",
    "twentieth venti veinte",
    "twenty-first ventuno veintiuno",
    "twenty-second ventidue veintidos",
    "twenty-third ventitre veintitres",
    "twenty-fourth ventiquattro veinticuatro",
    "twenty-fifth venticinque veinticinco",
    "twenty-sixth ventisei veintiseis",
    "twenty-seventh ventisette veintisiete",
    "twenty-eighth ventotto veintiocho",
    "twenty-ninth ventinove veintinueve",
    "thirtieth trenta treinta",
    "thirty-first trentuno",
)
_DAYS = {name.replace("-", joint): n for n, names in enumerate(_SPELLED, 1) for name in names.split() for joint in "- "}
_SPELLED_DAY = "(?:" + "|".join(sorted(_DAYS, key=len, reverse=True)) + ")"
_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th|o)?|{_SPELLED_DAY})"
# A year that is spelled out: "nineteen sixty two", "mil novecientos ochenta", "duemilaventuno".
_SPELLED_YEAR = (
    r"(?:(?:nineteen|twenty)[ -](?:hundred|oh|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|ten|eleven|twelve|"
    r"\w{3,5}teen)"
    r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|two thousand(?: and)?(?: [a-z]{3,9})?(?:[ -](?:one|"
    r"two|three|four|five|"
    r"six|seven|eight|nine))?|mil novecientos [a-z]{5,10}(?: y [a-z]{3,6})?|dos mil(?: [a-z]{3,14})?|"
    r"millenovecento[a-z]{3,20}|mille ?novecento ?[a-z]{3,20}|duemila ?(?:e ?)?[a-z]{0,14})"
)
# Two digits after a month are a year unless they go on as a time of day ("24 Nov 10:30", "24 nov 10 am").
_YEAR = r"(?:(?:19|20)\d\d|'?\d\d(?! ?(?:[:.h\-]\d|- \d|[ap]\.?m\b|o'?clock|uhr\b|hs?\b|to \d)))"
_NUMERIC = re.compile(r"(?<![\d/.\-])(\d{1,4}) ?[/.\-] ?(\d{1,2}) ?[/.\-] ?(\d{4}|\d{2})(?![\d/]|[.:\-]\d)")
# Day, month and year with spaces between: a date where nothing else stands, or beside words of birth.
_SPACED = re.compile(r"(?<![\d/.\-] )(?<![\w/.\-])(\d{1,2}) (\d{1,2}) ((?:19|20)?\d\d)(?![\w:/]| \d)")
_WORDED = re.compile(
    rf"\b(?:(?P<d1>{_DAY}) ?(?:of |de |di |del )?(?P<m1>{_MONTH}),?(?: of| in| de| del| di)? (?P<y1>{_YEAR}|"
    rf"{_SPELLED_YEAR})"
    rf"|(?P<m2>{_MONTH}) (?:the )?(?P<d2>{_DAY}),? (?:of |in )?(?P<y2>(?:19|20)\d\d|'\d\d|{_SPELLED_YEAR})|"
    rf"(?P<d3>\d{{1,2}})[\- ]"
    rf"(?P<m3>{_MONTH})[\- ](?P<y3>{_YEAR}))(?!\w)"
)
_BIRTH = re.compile(
    r"\b(?:born|birth ?(?:day|date)?|d\.?o\.?b\.?|bday|b[ -]day|compi[eo]|cumpl[eo]|turned \d\d|classe|nat[oa]|"
    r"nacid[oa]|naci|nacio|nacimiento|nascita|nascit\w*|compleanno|cumpleanos|cumple)\b"
)
_STAY = re.compile(
    r"\b(?:admit\w*|admission|discharg\w+|released|hospitali[sz]ed|passed (?:away|on)|died|death|deceased|"
    r"operated|surgery|operation|procedure|stay|stayed|went in|came in|brought in|miscarried|lost (?:the|our|my) baby|"
    r"(?:been )?there on|checked (?:in|out)|gave birth|delivered|transferred|visit(?:ed)? (?:on|of)|"
    r"(?:was|were|been) (?:in|at|there|seen|here|inpatient|treated)|seen (?:in|at|by|on)|dated|date of service|dos|"
    r"statement|lost (?:it|my|her|his)|"
    r"had (?:my|her|his|a|an|the)|(?:my|her|his|our) (?:last )?(?:visit|appointment|appt|scan|mri|x ?ray|test|bloods?|"
    r"labs?|stay) (?:on|was|of|from)|"
    r"fue el|e stat[oa] il|era il|stuve|estuve|visita del|parto|partori\w+|di luz|stat[oa] (?:da voi|li|in|a)|"
    r"me hicieron|mi hanno fatto|ho fatto|"
    r"ingres\w+|dad[oa] de alta|alta|fallec\w+|murio|operad[oa]|operaron|ricoverat[oa]|ricovero|"
    r"dimess[oa]|dimission\w+|mort[oa]|operat[oa])\b"
)
# A date without a year, or a year alone, next to a cue.
_PARTIAL = re.compile(
    rf"\b(?:{_DAY}(?: ?(?:-|to|al?|until|till|through|and|e|y)(?: the| il| el)? ?{_DAY})? ?(?:of |de |di )?{_MONTH}|"
    rf"{_MONTH} (?:the )?{_DAY}|{_MONTH}(?: of| de| del)? (?:19|20)\d\d)(?![\w/])"
)
_PARTIAL_NUMERIC = re.compile(rf"\b\d{{1,2}}[/\-]\d{{1,2}}(?![\w/])|\b(?:19|20)\d\d\b|\b{_SPELLED_YEAR}\b")
_MONTH_NAME = re.compile(rf"(?<![^\W\d_]){_MONTH}(?![^\W\d_])")
# How far a date reaches on either side of its month.
_REACH = 40
_FUTURE = re.compile(
    r"\b(?:next|upcoming|scheduled|book\w*|appointment|will|gonna|going to|due|tomorrow|cita|appuntamento|"
    r"prenot\w+|visita)\b"
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|lunes|martes|miercoles|jueves|viernes|sabado|domingo|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|domenica)(?:day)?,? (?:the |el |il )?$"
)
_PAST = re.compile(r"\b(?:was|were|had|since|seen|last|ago|back in|fue|era|tuve|stat[oa])\b")
# What is over for certain, when the day may also be one to come ("surgery on dec 12").
_OVER = re.compile(
    r"\b(?:was|were|had|been|fue|era|admitted|discharged|released|died|passed|operated|stayed|went|came|brought|"
    r"checked|gave|delivered|dimess[oa]|"
    r"ricoverat[oa]|operat[oa]|operaron|ingresad[oa]|dad[oa] de alta|dieron|fallec\w+|murio|mort[oa]|stat[oa]|estuve|"
    r"stuve|last|since|seen|lost)\b"
)
# How many days ahead a day without its year is taken for one to come.
_SOON = 60
_NEAR = 40  # characters between a cue and its date


# What stands before and after a date and is part of it: an article, a day of the week, the first day of a span, "last year".
_LEADING = re.compile(
    r"(?:(?<!\w)(?:the|el|il|los|i|l'|the|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|"
    r"satur|sun)day|last|lunes|martes|"
    r"miercoles|jueves|viernes|sabado|domingo|lunedi|martedi|mercoledi|giovedi|venerdi|domenica|\d{1,2}(?:st|nd|rd|"
    r"th)? ?(?:-|to|al?|y|e|and|until)),? ?){1,3}$"
)
_TRAILING = re.compile(
    r",? (?:last year|of last year|pasado|scorso|dello scorso anno|dell'anno scorso|del ano pasado|of this year|"
    r"de este ano|di quest'anno)\b"
)


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date that identifies, by span in the folded text."""

    type: str
    start: int
    end: int
    rule: str


def find_dates(text: str, today: date) -> Iterator[DateHit]:
    """Yield the dates that identify somebody, with the article before; future ones and days of the week pass."""
    for hit in _dates(text, today):
        before, after = _LEADING.search(text, max(0, hit.start - 30), hit.start), _TRAILING.match(text, hit.end)
        start, end = before.start() if before else hit.start, after.end() if after else hit.end
        yield DateHit(hit.type, start, end, hit.rule)


def _dates(text: str, today: date) -> Iterator[DateHit]:
    full = [(m.start(), m.end(), _past_numeric(m, today)) for m in _NUMERIC.finditer(text)]
    full += [
        (m.start(), m.end(), _past_worded(m, today))
        for m in find_near(_WORDED, _MONTH_NAME, text, _REACH, _REACH)
        if not _an_hour(m, text)
    ]
    for start, end, past in full:
        if past is None:
            continue
        if _near(_BIRTH, text, start, end):
            yield DateHit("DATE_OF_BIRTH", start, end, "id.date_of_birth")
        elif past or _near(_STAY, text, start, end) and not _near(_FUTURE, text, start, end):
            yield DateHit("DATE", start, end, "id.past_date")
    for match in _SPACED.finditer(text):
        if _past_numeric(match, today) and (match.group() == text.strip() or _near(_BIRTH, text, *match.span())):
            yield DateHit("DATE_OF_BIRTH", *match.span(), "id.date_of_birth")
    births, stays = _BIRTH.search(text), _STAY.search(text)
    if not births and not stays:
        return
    for match in (*find_near(_PARTIAL, _MONTH_NAME, text, _REACH, _REACH), *_PARTIAL_NUMERIC.finditer(text)):
        if any(s < match.end() and match.start() < e for s, e, _ in full):
            continue
        if births and _near(_BIRTH, text, *match.span()):
            yield DateHit("DATE_OF_BIRTH", *match.span(), "id.date_of_birth")
        elif (
            stays
            and any(c.isdigit() for c in match.group())
            and not match.group().isdigit()
            and _near(_STAY, text, *match.span())
            and not _near(_FUTURE, text, *match.span())
            and (_near(_OVER, text, *match.span()) or not _to_come(match.group(), today))
        ):
            yield DateHit("DATE", *match.span(), "id.stay_date")


def _to_come(text: str, today: date) -> bool:
    """Tell whether a day without its year is one of the next months, as that of a visit to come is."""
    name, numbers = _MONTH_NAME.search(text), [int(n) for n in re.findall(r"\d+", text)]
    if name and numbers:
        days = [(_MONTHS[name.group().rstrip(".")], numbers[-1])]
    elif len(numbers) == 2:
        days = [(numbers[0], numbers[1]), (numbers[1], numbers[0])]
    else:
        return False
    for month, day in days:
        for year in (today.year, today.year + 1):
            try:
                ahead = (date(year, month, day) - today).days
            except ValueError:
                continue
            if 0 <= ahead <= _SOON:
                return True
    return False


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
            day = _DAYS.get(match.group("d" + n)) or int(re.sub(r"\D", "", match.group("d" + n)))
            year = match.group("y" + n)
            # A spelled year is no future one: nobody books "in nineteen sixty two".
            number = _year(year, today) if year[-1].isdigit() else today.year - 1
            return _all_past([(number, _MONTHS[match.group("m" + n).rstrip(".")], day)], today)
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
