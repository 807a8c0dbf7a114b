"""Find postal addresses in a folded text: street and number in the orders of many countries, post boxes, flats."""

import re
from collections.abc import Iterator

# Words between a number and a street word that show it is a distance, a time or a count.
_NOT = (
    r"(?!(?:from|to|of|at|on|in|and|the|or|for|is|are|am|pm|by|with|until|till|minutes?|mins?|hours?|hrs?|"
    r"days?|weeks?|months?|years?|blocks?|"
    r"miles?|km|people|dollars|floors?|visitors?|times?|adults?|kids|per|a|an|my|your|near|off|see|we|i|"
    r"you|do|does|can|how|what|where|"
    r"minutos|anni|anos|horas|ore|mg|percent|appointments?|th|st|nd|rd)\b)"
)
_WORD = _NOT + r"[^\W\d_][\w'.\-]{0,24}"
_SUFFIX = (
    r"street|str|avenue|ave|av|road|rd|boulevard|blvd|lane|ln|drive|court|ct|circle|cir|place|pl|terrace|"
    r"ter|parkway|pkwy|highway|hwy|"
    r"route|rte|square|sq|crescent|cres|close|alley|trail|trl|mews|row|gardens|grove|loop|pike|turnpike|"
    r"causeway|bypass|expressway|"
    r"ridge|crossing|esplanade|quay|wharf|walk|way|st|dr|hill|view|park|bend|run|point|heights|manor"
)
_UNIT = (
    r"(?:[,\s]{1,3}(?:apt|apartment|suite|ste|unit|flat|interno|int|piso|scala|puerta|floor|bldg|building|"
    r"#)\b\.?\s?#?[\w\-]{1,6})"
)
_TAIL = (
    rf"{_UNIT}{{0,2}}(?:[,\s]{{1,3}}[^\W\d_]{{2,20}}[,\s]{{1,2}}[a-z]{{2}}\b(?:[,\s]{{1,2}}\d{{5}}"
    rf"(?:-\d{{4}})?)?)?"
)
ENGLISH = re.compile(
    rf"(?<![\w/:.$€£])\d{{1,6}}[a-z]?(?:\s?-\s?\d{{1,4}})?,?(?:\s(?:[nsew]|north|south|east|west)\b\.?)?"
    rf"(?:\s{_WORD}){{1,4}}?\s(?:{_SUFFIX})\b\.?(?!')(?:\s\d{{1,4}}\b)?{_TAIL}"
)
# With these short or common endings a number of one digit is no house number.
_WEAK_SUFFIX = re.compile(
    r"\b(?:dr|st|way|place|court|park|hill|view|point|run|walk|row|close|drive|square|bend|loop|ct|pl|"
    r"heights|route)\.?(?:\s\d{1,4})?$"
)
PREFIXED = re.compile(
    r"\b(?:via|viale|piazza|piazzale|corso|vicolo|largo|contrada|lungomare|calle|avenida|avda|plaza|paseo|"
    r"carrer|camino|carretera|ronda|"
    r"travesia|callejon|rua|rue|boulevard|avenue|allee|chemin|impasse|quai|ul|ulica|ulice|rambla|passeig|"
    r"praca|travessa|cra|calz|calzada|colonia|c/)"
    r"\.?\s(?:(?:de|del|della|dello|delle|di|da|do|la|las|los|el|le|des|du|l'|san|santa)\s?){0,2}"
    r"(?:[^\W\d_][\w'.\-]{0,24}\s?,?\s?){1,4}?(?:n\.?\s?o?\.?\s?|num\.?\s|numero\s|#)?\d{1,5}"
    r"(?:\s?[a-z]\b)?"
)
_STEMS = (
    r"strasse|straat|gasse|weg|platz|allee|damm|vagen|gatan|gata|vej|gade|gate|veien|veg|katu|kuja|tie|"
    r"polku|laan|plein|gracht|kade|dijk|"
    r"steenweg|baan|bjerg|stien|tanya|torp|kroken|bakken|haugen|grand|grend|straeti|stigur|straße|"
    r"hofstede|dreef|lei|berg|stig"
)
SUFFIXED = re.compile(
    rf"(?<!\w)(?:\d{{3,6}}\s)?(?:{_WORD}\s){{0,2}}[^\W\d_]{{2,20}}(?:{_STEMS})\s\d{{1,4}}[a-z]?\b{_UNIT}{{0,2}}"
)
_STREET_WORDS = (
    r"ut|utca|utja|u|ter|tere|korut|korutja|ulica|ulice|namesti|trg|cesta|cesty|sokak|"
    r"caddesi|weg|strasse|straat|plein|wei|dreef|hof|hoek|dijk|pl|vag|street|road|avenue|lane"
)
WORDED = re.compile(rf"(?<!\w)(?:\d{{3,6}}\s)?(?:{_WORD}\s){{1,3}}(?:{_STREET_WORDS})\.?\s\d{{1,4}}[a-z]?\b")
# What these two cannot do without: far faster to look for than they are.
_SUFFIX_END = re.compile(rf"(?:{_STEMS})\s\d")
_WORD_END = re.compile(rf"\s(?:{_STREET_WORDS})\.?\s\d")
# A number, one to three words, and another number: an address form label printers use ("6185 Pfarrgasse 91").
NUMBERED = re.compile(rf"(?<![\w/:.$€£,\-])\d{{3,6}}\s(?:{_WORD}\s){{1,4}}\d{{1,4}}\b(?![\w:%/]){_UNIT}{{0,2}}")
BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|post(?:al)? box|apartado(?: de correos| postal)?|casella postale|postfach|"
    r"psc|psa)\s?#?\s?\d{1,6}(?:[,\s]{1,3}box\s\d{1,6})?"
)
MILITARY = re.compile(
    r"\b(?:uss|usns|usnv|usnavy|uscgc|unit|psc)\s[\w ,]{1,30}\s{0,2}(?:apo|fpo|dpo)\s(?:aa|ae|ap)\s\d{5}"
)
FLAT = re.compile(r"\b(?:apt|apartment|flat)\.?\s?#?\s?\d[\w\-]{0,5}\b")
CUED = re.compile(
    r"\b(?:(?:home |mailing |my |billing |street |new |current |shipping )?address(?: is| es|:)?|i live "
    r"(?:at|on|in)|we live (?:at|on|in)|lives? at|living at|moved to|"
    r"reside[sn]? (?:at|in)|(?:ship|send|mail|deliver|sent) (?:it |them |this |that |the \w+ |my \w+ )?to|"
    r"vivo (?:en|in)|abito (?:in|a)|residente (?:in|en|a)|"
    r"indirizzo(?: e|:)?|direccion(?: es|:)?|domicilio(?: es|:)?)\s(?:the\s)?"
    rf"((?:(?!(?:my|the|your|email|phone|fax|floor|room)\b)[\w'.\-/]{{1,24}}[,\s]{{1,2}}){{0,5}}?"
    rf"(?:\d{{1,6}}[a-z]?\b)(?:,?\s{_WORD}){{0,4}})"
)

# What may follow a street: flat, town, country, postal code.
_REST = re.compile(
    r"(?!(?:.{0,60}\b(?:and|my|is|are|the|for|at|on|can|what)\b))[^\d.!?:]{0,60}"
    r"(?:\.\s?\d{2,4}\b[^\d.!?:]{0,40}|\b\d{2,3}\b[^\d.!?:]{0,40})?\b\d{4,6}(?:-\d{2,4})?\b(?!\s?(?:am|pm|"
    r"-))"
)


def find_addresses(text: str, own: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses in the folded text; `own` is the hospital's folded text, whose addresses pass."""
    for start, end in _streets(text, own):
        rest = _REST.match(text, end)
        yield start, rest.end() if rest else end


def _streets(text: str, own: str) -> Iterator[tuple[int, int]]:
    rare = ((SUFFIXED, _SUFFIX_END), (WORDED, _WORD_END))
    possible = [pattern for pattern, end in rare if end.search(text)]
    for pattern in (PREFIXED, *possible, NUMBERED, BOX, MILITARY, FLAT):
        for match in pattern.finditer(text):
            if match.group() not in own and not (pattern in (NUMBERED, WORDED, SUFFIXED) and _harmless(match.group())):
                yield match.span()
    for match in ENGLISH.finditer(text):
        found = match.group()
        weak = _WEAK_SUFFIX.search(found) and not re.match(r"\d{2}", found)
        # "at 12 see dr patel" is a doctor, "12 oak dr" a drive.
        doctor = re.search(r"\bdr\.?$", found) and re.match(r"\.? [a-z]{3,}", text[match.end() :])
        if found not in own and not weak and not doctor:
            yield match.span()
    for match in CUED.finditer(text):
        if (
            match.group(1) not in own
            and re.search(r"[a-z]{3}", match.group(1))
            and not _PLACE_INSIDE.search(match.group(1))
        ):
            yield match.span(1)


_PLACE_INSIDE = re.compile(
    r"\b(?:ward|room|floor|unit|bed|icu|nicu|er|tomorrow|today|tonight|desk|gate|door|am|pm|fax|ext)\b"
)


def _harmless(text: str) -> bool:
    return bool(
        re.match(r"(?:19|20)\d\d\b", text)
        or re.search(
            r"\b(?:dollars|usd|euros?|eur|pounds?|points|mg|miles|or|vs|calories|code|to|steps|floor|room|ward|"
            r"not|but|than|now|was|has|have|my|mi|me|"
            r"rupees|cash|card|minus|plus|times|over|divided|degrees|reservation|table|gate|terminal|grams|cups|"
            r"yen|pesos|at|on)\b",
            text,
        )
    )
