"""Find the number plates of vehicles in a folded text: beside a word for them, or in a plate's form where a car is spoken of."""

import re
from collections.abc import Iterator

from actions.screening.lexicon import word_list

_CUE = (
    r"\b(?:(?:number |licen[cs]e )?plates?(?: (?:number|no))?|reg(?:istration)?(?: (?:number|no|plate))?|rego|targat[ao]|"
    r"tags?(?: (?:number|no))?|licen[cs]e|targa|matricula|patente|placas?|kennzeichen)"
)
_LINK = (
    r"(?:\W{1,3}(?:is|are|says|reads|it'?s|its|was|e|es|of|number|no|my|mia|mi|la|del?|the|coche|auto|macchina|con|"
    r"dice|out of state|from)\b){0,4}"
)
# The forms of plates: Italy and France, the United Kingdom new and old, Spain new and old, Germany, Ireland, US states.
_S = r"[ \-·]?"
_GERMAN = rf"[a-z]{{1,3}}[ \-·][a-z]{{1,2}}{_S}\d{{1,4}}"
_FORMS = (
    rf"[a-z]{{2}}{_S}\d{{3}}{_S}[a-z]{{2}}|[a-z]{{2}}{_S}\d{{2}}{_S}[a-z]{{3}}|[a-z]\d{{1,3}}{_S}[a-z]{{3}}|"
    rf"[a-z]{{3}}{_S}\d{{1,3}}[a-z]|\d{{4}}{_S}[b-df-hj-np-tv-z]{{3}}|[a-z]{{1,2}}{_S}\d{{4}}{_S}[a-z]{{1,2}}|"
    rf"\d{{2,3}}[ \-]?[a-z]{{1,2}}[ \-]?\d{{3,6}}|[a-z]{{3}}{_S}\d{{3,4}}|\d[a-z]{{3}}\d{{3}}|\d{{3}}{_S}[a-z]{{3}}|"
    rf"[a-z]{{2,3}}{_S}\d{{4,5}}|\d{{1,3}}[a-z]{{1,3}}{_S}\d{{1,4}}[a-z]?|[a-z]\d[a-z]{_S}\d[a-z]{{2}}"
)
_MIXED = r"(?=[a-z\-]{0,8}\d)(?=[\d\-]{0,8}[a-z])[a-z\d]{2,8}(?:-[a-z\d]{2,4})?"
CUED = re.compile(rf"{_CUE}{_LINK}\W{{1,3}}((?:[a-z]{{2,3}} )?(?:{_FORMS})|{_GERMAN}|{_MIXED}|\d{{4,7}})(?!\w)")
NAMED = re.compile(
    rf"(?<![\w@/.#\-])((?:{_FORMS}))(?!\w)(?=,? (?:is (?:my|the|our) (?:licen[cs]e |number |car )?(?:plate|reg|tag)|"
    rf"(?:\w+ )?plates?\b|(?:es|e) (?:mi|la mia) (?:matricula|targa)))"
)
FORM = re.compile(rf"(?<![\w@/.#$€£\-])(?:{_FORMS})(?![\w%])")
VEHICLE = re.compile(
    r"\b(?:cars?|parked|parking|vehicle|van|truck|suv|sedan|pickup|minivan|honda|toyota|ford|chevy|nissan|bmw|audi|"
    r"fiat|seat|kia|hyundai|"
    r"mazda|subaru|jeep|tesla|volvo|vw|volkswagen|golf|civic|corolla|camry|prius|mercedes|panda|clio|peugeot|renault|"
    r"opel|tow(?:ed|ing)?|"
    r"ticket(?:ed)?|garage|drives?|driving|valet|motorbike|motorcycle|scooter|taxi|coche|carro|auto|macchina|moto|"
    r"camion|furgon\w*|"
    r"aparcad\w|estacionad\w|parcheggi\w{0,6}|grua|multa|headlights|lights on|clamp(?:ed)?|plates?|targa|matricula)\b"
)
_NEAR = 60


# What NAMED cannot do without.
_NAMES = re.compile(r"plate|\breg\b|\btag\b|matricula|targa")


def find_plates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of number plates."""
    for match in CUED.finditer(text):
        if any(c.isdigit() for c in match.group(1)):
            yield match.span(1)
    if _NAMES.search(text):
        yield from (match.span(1) for match in NAMED.finditer(text))
    if VEHICLE.search(text):
        place = 0
        while found := FORM.search(text, place):
            start, end = found.span()
            place = start + 1  # what is no plate may hold one: "van wn63 lpo"
            if _strange(found.group()) and VEHICLE.search(text, max(0, start - _NEAR), end + _NEAR):
                yield start, end
                place = end


def _strange(found: str) -> bool:
    """Tell whether some group of letters is no word that anybody uses ("lot 214", "is 214 on"), and the first is none."""
    groups = re.findall(r"[a-z]{2,}", found)
    known = [g in word_list("common_words") for g in groups]
    return bool(groups) and not all(known) and not (known[0] and len(groups[0]) > 2)
