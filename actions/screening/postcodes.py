"""Find postal codes in a folded text: with their word, with their state, in the form of a country, or five digits alone."""

import re
from collections.abc import Iterator

ZIP_CUE = re.compile(
    r"\b(?:zip(?: ?codes?)?|z i p|post ?codes?|postal code|codigo postal|codice postale|c\.a\.p\.|cod\.? postal|"
    r"c\.?p\.?|cap|plz)(?!\w)[^\w\n]{0,3}"
    r"(?:(?:is|es|e|of|area|on|my|the|card|file|has|changed|to|should|be|now|ends|in|number|it's|its|"
    r"number)[^\w\n]{1,3}){0,6}"
    r"(\d(?: \d){4}|\d{3,6}(?:[\- ]\d{2,4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b"
)
UK_POSTCODE = re.compile(
    r"\b(?:gir ?0aa|[a-pr-uwyz](?:\d{1,2}|[a-hk-y]\d{1,2}|\d[a-hjks-uw]|[a-hk-y]\d[abehmnprv-y]) "
    r"?\d[abd-hjlnp-uw-z]{2})\b"
)
_STATES = (
    "al|ak|az|ar|ca|co|ct|de|fl|ga|hi|ia|id|il|in|ks|ky|la|ma|md|me|mi|mn|mo|ms|mt|nc|nd|ne|nh|nj|nm|nv|"
    "ny|oh|ok|or|pa|ri|sc|sd|tn|tx|"
    "ut|va|vt|wa|wi|wv|wy|dc|aa|ae|ap"
)
CANADIAN_POSTCODE = re.compile(r"\b[abceghj-nprstvxy]\d[abceghj-nprstv-z] ?\d[abceghj-nprstv-z]\d\b")
# The first half of a British one, beside the word for an area.
OUTWARD = re.compile(
    r"\b[a-pr-uwyz][a-hk-y]?\d[\da-z]?(?= (?:area|postcode)\b)|(?<=postcode )[a-pr-uwyz][a-hk-y]?\d[\da-z]?\b"
)
# Five digits alone are a postal code unless words around them make them a price, a procedure's code, a form or a count.
BARE_ZIP = re.compile(r"(?<![\w$€£.,:/#@*\-+])(?<!\d )\d{5}(?:-\d{4})?(?![\w%$€£@*]|[.,:/\-] ?\d| \d|,\d)")
_NO_ZIP = re.compile(
    r"\b(?:cpt|hcpcs|icd|drg|codes?|procedure|price[ds]?|pricing|costs?|pay|paid|how much|estimate|quote[ds]?|"
    r"charge[ds]?|fee|"
    r"forms?|errors?|ext|extension|room|rm|model|ms|deductible|limit|max|total|salary|balance|owe|bill(?:ed)?|usd|eur|"
    r"precio|cuesta|costo|costa|prezzo|codigo|codice|about|around|over|nearly|almost|than|bus|line|version|series|type|"
    r"modifier|test|item|policy|plan|approved|covered|version|id|number|no|ticket|order|invoice|factura|fattura|space|"
    r"spot|level|locker|trial|study|nct|channel)"
    r"\b[^.?!\n]{0,24}$"
)
_ZIP_PLACE = re.compile(r"\b(?:in|from|at|to|near|live|lives|area|vivo en|abito a|a|en|de|da|the)[ ,]{1,2}$")
_COUNTED = re.compile(
    r" ?(?:steps|people|patients|beds|visitors|sq|square|dollars?|bucks|feet|ft|cases|births|babies|iu|units|mg|mcg|"
    r"ml|hours|employees|volunteers|rpm|words|euros?|pesos)\b"
)
STATE = re.compile(rf"\b(?:{_STATES})\.?,? ?$")
FIVE = re.compile(r"(?<!\d)\d{5}(?:-\d{4})?(?!\d)")


def find_postcodes(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of postal codes."""
    yield from (m.span(1) for m in ZIP_CUE.finditer(text))
    yield from (m.span() for m in UK_POSTCODE.finditer(text))
    yield from (m.span() for m in CANADIAN_POSTCODE.finditer(text))
    yield from (m.span() for m in OUTWARD.finditer(text))
    for match in FIVE.finditer(text):
        if state := STATE.search(text, max(0, match.start() - 5), match.start()):
            yield state.start(), match.end()
    yield from (m.span() for m in BARE_ZIP.finditer(text) if _bare(m, text))


def _bare(match: re.Match[str], text: str) -> bool:
    """Tell whether five digits alone are a postal code."""
    start, end = match.span()
    if match.group().endswith("000"):
        return False  # a round sum
    if _ZIP_PLACE.search(text, max(0, start - 12), start):
        return True
    return not (_NO_ZIP.search(text, max(0, start - 40), start) or _COUNTED.match(text, end))
