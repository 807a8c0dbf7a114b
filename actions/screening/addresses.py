"""Find postal addresses in a folded text: street and number in the orders of many countries, post boxes, flats."""

import re
from collections.abc import Iterator

from actions.screening.lexicon import looks_medical, word_list
from actions.screening.spelling import near_known
from actions.screening.windows import find_near

# Words between a number and a street word that show it is a distance, a time or a count.
_NOT = (
    r"(?!(?:from|to|of|at|on|in|and|the|or|for|is|are|am|pm|by|with|until|till|minutes?|mins?|hours?|hrs?|"
    r"days?|weeks?|months?|years?|blocks?|"
    r"miles?|km|people|dollars|floors?|visitors?|times?|adults?|kids|per|a|an|my|your|near|off|see|we|i|"
    r"you|do|does|can|how|what|where|"
    r"minutos|anni|anos|horas|ore|mg|percent|appointments?|th|st|nd|rd|slice|emergency|still|one|way|open|hour|day|"
    r"week|tesla)\b)"
)
_WORD = _NOT + r"[^\W\d_][\w'.\-]{0,24}"
_SUFFIX = (
    r"street|str|avenue|ave|av|road|rd|boulevard|blvd|lane|ln|drive|court|ct|crt|trce|xing|cv|holw|circle|cir|place|"
    r"pl|terrace|ter|parkway|pkwy|highway|hwy|"
    r"route|rte|square|sq|crescent|cres|close|alley|trail|trl|mews|row|gardens|grove|loop|pike|turnpike|"
    r"causeway|bypass|expressway|"
    r"ridge|crossing|esplanade|quay|wharf|walk|way|st|dr|hill|view|park|bend|run|point|heights|manor"
)
# A part of a house: "apt 4", "#311", "3o izq", "scala c", "5f".
_UNIT = (
    r"(?:\.?[,\s]{1,3}(?:(?:apt|apartment|apto|appartamento|suite|ste|unit|flat|interno|int|piso|planta|scala|sc|"
    r"puerta|pta|esc|escalera|portal|floor|"
    r"bldg|building|house|lot|station|trlr|depto|dpto|box)\b\.?\s?#?[\w\-]{1,6}|#\s?[\w\-]{1,6}|"
    r"\d{1,2}o?\s?(?:izq\w{0,6}|dcha|dch|der\w{0,5}|[a-d])\b|"
    r"\d{1,2}[oa]\b|\d{1,2}(?:st|nd|rd|th) fl(?:oor)?\b|bajo\b|atico\b|entlo\b|principal\b|\d{1,2}-\d{1,2}\b|"
    r"izq\w{0,6}\b|dcha\b|\d{1,3}[a-h]\b))"
)
_TAIL = (
    rf"{_UNIT}{{0,2}}(?:[,\s]{{1,3}}[^\W\d_]{{2,20}}[,\s]{{1,2}}[a-z]{{2}}\b(?:[,\s]{{1,2}}\d{{5}}"
    rf"(?:-\d{{4}})?)?)?"
)
ENGLISH = re.compile(
    rf"(?<![\w/:.$€£])\d{{1,6}}[a-z]?(?:\s?-\s?\d{{1,4}})?,?(?:\s(?:[nsew]|north|south|east|west)\b\.?)?"
    rf"(?:\s(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th))){{1,4}}?\s(?:{_SUFFIX})\b\.?(?!')(?:\s\d{{1,4}}\b)?{_TAIL}"
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
    r"praca|travessa|cra|calz|calzada|colonia|c/|jiron|jr|col|carrera|kra|diagonal|transversal|pasaje|pje|glorieta|"
    r"urbanizacion|urb|barrio|"
    r"strada(?: statale| provinciale| comunale| vicinale)?|p\.?\s?zza|p\.?le|v\.?le|c\.?so|l\.?go|loc|localita|fraz|"
    r"frazione|borgo|vico|salita|piazzetta|rione)"
    r"\.?\s(?:(?:de|del|della|dello|delle|di|da|do|la|las|los|el|le|des|du|l'|san|santa)\s?){0,2}"
    rf"(?:(?:[^\W\d_][\w'.\-]{{0,24}}|\d{{1,3}}(?=,? (?:n|num|numero|#)\b))\s?,?\s?){{1,4}}?(?:(?:n\.?\s?o?\.?\s?|"
    rf"num\.?\s|numero\s|#)?\d{{1,5}}|s/n|snc|sn\b)"
    rf"(?:\s?/?\s?[a-z]\b|/\d{{1,3}}\b)?{_UNIT}{{0,3}}"
)
# Colombia: "carrera 15 # 88-41".
CROSSED = re.compile(
    rf"\b(?:carrera|cra|kra|calle|cl|diagonal|transversal|avenida|av|cll)\.?\s\d{{1,3}}[a-z]?\s?(?:#|no\.?|"
    rf"n\.?)\s?\d{{1,3}}[a-z]?\s?-\s?\d{{1,3}}{_UNIT}{{0,2}}"
)
FRENCH = re.compile(
    rf"\b\d{{1,5}}(?: ?bis| ?ter)?,?\s(?:rue|avenue|boulevard|bd|allee|chemin|impasse|quai|cours)\s(?:(?:de|du|des|la|"
    rf"le|les)\s|[dl]'){{0,2}}{_WORD}(?:\s{_WORD}){{0,2}}{_UNIT}?"
)
_COUNTED = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|oh)"
)
SPELLED = re.compile(
    rf"\b{_COUNTED}(?:[ \-](?:{_COUNTED}|and)){{0,4}}\s(?!way\b)(?:{_WORD}\s){{1,3}}?"
    rf"(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|circle|terrace|parkway|crescent|"
    rf"close)\b{_UNIT}{{0,2}}"
)
SPELLED_BEFORE = re.compile(
    r"\b(?:\d{1,4}|(?:cento)?(?:venti|trenta|quaranta|cinquanta|sessanta|settanta|ottanta|novanta)? ?(?:uno|due|tre|"
    r"quattro|cinque|sei|sette|otto|nove|dieci)) di "
    rf"(?:via|viale|piazza|corso|vicolo)\s(?:d[\w']{{1,4}}\s)?{_WORD}(?:\s{_WORD})?"
)
# Country roads: "rr 2 box 118", "county road 19, house 4402".
RURAL = re.compile(
    r"\b(?:rr|r\.r\.|rural route|hc|highway contract|star route|county (?:road|rd)|cr|farm road|fm|state (?:road|"
    r"route))\s?#?\d{0,5}[a-z]?,?\s"
    r"(?:box|house|lot)\s?#?\d{1,5}[a-z]?\b|\bbox\s\d{1,5}[a-z]?,?\s(?:star route|rr|rural route|route|"
    r"hc)\b(?:\s\d{1,3})?"
)
_NO_STREET = (
    r"(?!(?:wing|side|tower|building|floor|entrance|garage|lot|parking|unit|ward|exit|elevator|elevators|lobby)\b)"
)
# A number and a quarter of the sky stand for the street word: "1 n main", "140 w 86th".
GRID = re.compile(
    rf"(?<![\w/:.$€£])\d{{1,5}}\s(?:[nsew]\.?\s\d{{1,3}}(?:st|nd|rd|th)|(?:[nsw]|e\.)\.?\s{_NO_STREET}[a-z]{{4,20}}|"
    rf"(?:north|south|east|west|nw|ne|sw|se)\s\d{{1,3}}(?:st|nd|rd|th))\b{_UNIT}{{0,2}}"
)
_CROSSING = r"(?:\d{1,3}(?:st|nd|rd|th) (?:and|&) [a-z0-9]{2,20}|[a-z]{3,20} (?:and|&) \d{1,3}(?:st|nd|rd|th))"
_HOME = (
    r"(?:i live|we live|lives|living|i stay|my (?:house|home|place|flat|apartment)|our (?:house|home|place|flat|"
    r"apartment)|home is|i am on|the corner house|(?:the|my|our) street is|house is)"
)
AT_HOME = re.compile(
    rf"\b{_HOME}\b(?: is| number| no| now| up| out)*(?: on| at| in| off| near)?(?: the corner(?: house| of)?)? "
    rf"({_CROSSING}{_UNIT}?|\d{{1,6}}[a-z]? (?!(?:minutes?|mins?|hours?|hrs?|miles?|km|blocks?|years?|houses?|doors?|"
    rf"of|and|or|am|pm|people|in|on|at)\b)[a-z'\-]{{3,20}}"
    rf"(?: (?:[a-z]{{3,12}}|ct|st|ln|dr|rd))?|[a-z'\-]{{4,20}} \d{{1,4}}(?! ?(?:minutes?|mins?|hours?|hrs?|"
    rf"miles?|km|blocks?|years?|pm|am|days?|times))\b|"
    rf"(?:the )?(?:[a-z'\-]{{3,20}} ){{1,2}}(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|terrace|st|"
    rf"crescent)\b)"
)
HOME_AFTER = re.compile(
    rf"(?<![\w/:.$€£])\d{{1,6}}[a-z]? {_WORD}(?: {_WORD})? (?:is|s|es|e) (?:my (?:place|home|house|address)|where (?:i|"
    rf"we) live|home|our (?:house|home|place)|the address)\b"
)
HOUSE = re.compile(
    r"\bhouse (?:no\.? ?|number )?#?\d{1,4}[a-z]?,? (?:street|st|road|block|sector|"
    r"lane) ?(?:no\.? ?)?[\w\-]{1,8}(?:,? (?:sector|block|phase) [\w\-/]{1,8})?"
)
# A number, a street without its word, a town and a postal code.
TOWNED = re.compile(
    rf"(?<![\w/:.$€£])\d{{1,6}} {_WORD}(?: {_WORD}){{0,2}}, ?(?:[a-z.'\-]{{2,20}} ?){{1,3}},? ?(?:[a-z]{{2}},? )?\d{{5}}\b"
)
ESTATE = re.compile(
    r"\b(?:[a-z']{3,15} ){1,3}(?:apartments?|apts|trailer (?:court|park)|mobile home park|towers|estates|condos?),? "
    r"(?:unit|lot|apt|number|no|#) ?#?\w{1,5}\b"
)
# A house or a street before a British postal code.
POSTED = re.compile(
    r"(?<!\w)(?:[a-z'][a-z' ]{2,24}, ?){0,2}(?:\d{1,4} )?[a-z'][a-z' ]{1,24} (?:street|road|lane|avenue|close|drive|"
    r"crescent|terrace|gardens|grove|way|hill|court|mews|row|green),? ?"
    r"(?:[a-z]{3,20},? ?){0,2}(?=[a-pr-uwyz][a-hk-y]?\d[\da-z]? ?\d[abd-hjlnp-uw-z]{2}\b)"
)
LIVED = re.compile(
    r"\b(?:vivo|vivimos|vive|abito|abitiamo|abita|resido|risiedo|residente|siamo|sto|estoy) (?:en|in|a|al)(?: la| el)? "
    rf"((?:via|viale|piazza|corso|vicolo|contrada|calle|avenida|avda|plaza|paseo|carrer|c/) (?:(?:de|del|della|dei|"
    rf"delle|la|las|los|el|di)\s){{0,2}}{_WORD}(?:\s{_WORD}){{0,1}}(?: s/n| snc)?)"
)
CORNER = re.compile(r"\bthe corner of (?=[^,.?!\n]{0,50}\d)(?:[\w.'\-]{1,24} ){1,5}?and (?:[\w'.\-]{2,24} ?){1,3}")
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
_SPELLED_END = re.compile(
    r" (?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|circle|terrace|parkway|crescent|close)\b"
)
_POSTED_END = re.compile(r"\b[a-pr-uwyz][a-hk-y]?\d[\da-z]? ?\d[abd-hjlnp-uw-z]{2}\b")
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
    r"(?:\.\s?\d{2,4}\b[^\d.!?:]{0,40}|\b\d{2,3}\b[^\d.!?:]{0,40})?\b\d{4,6}(?:-\d{2,4})?\b(?!\s?(?:am|pm|-))"
)


# "27 gorse hill rd": the first word that could be a street's was none.
_SUFFIXES = re.compile(
    r"(?:\.?\s(?:dr|st|rd|ave|ln|blvd|ct|way|road|drive|street|lane|terrace|pkwy|court|close|"
    r"avenue)\b\.?)+(?! [a-z]+(?:el|ez)\b)"
)
_TOWN = re.compile(
    r",? (?!(?:is|and|for|can|do|are|my|has|to|at|please|thanks|now|how|what)\b)[a-z]{3,20}(?=\s?[,.\n]|\s?$)"
)
# The first half of a British postal code.
_OUTWARD = re.compile(r",? [a-pr-uwyz][a-hk-y]?\d[\da-z]?(?!\w)")
_UNITS = re.compile(rf"{_UNIT}{{1,3}}")
# What may stand before a street: the part of the house, the house's name.
_BEFORE = re.compile(
    r"(?:\b(?:apt|apartment|apto|flat|suite|ste|unit|lot|interno|trailer|"
    r"room no)\.? ?#?[\w\-]{1,5},? (?:(?:the )?[a-z]{3,15}(?: [a-z]{3,15})?, )?|(?<![\w$.:/\-])\d{2,6} )$"
)
# A number and a street's name without its word, where something goes or comes to: the name must be a rare word.
RARE = re.compile(
    r"\b(?:to|at|from|is|floor,|pickup:|address:?) (\d{1,5}[a-z]? ([a-z]{4,20})(?: (?:hollow|grove|bend|glen|ridge|"
    r"run|[a-z]{2,4}\b))?)(?! ?(?:st|nd|rd|th)\b)(?=[ ,.]|$)"
)
_MARKER = re.compile(r"\b(?:hwy|highway|route|rte|us|sr) \d{1,4},? (?:mile ?marker|mm|mile) \d{1,4}\b")
_COUNTRIES = (
    r"usa|u\.s\.a?|united states|united kingdom|uk|england|scotland|wales|ireland|canada|australia|new zealand|"
    r"south africa|spain|espana|italy|italia|"
    r"france|germany|austria|switzerland|belgium|netherlands|denmark|sweden|norway|finland|iceland|poland|"
    r"czech republic|slovenia|hungary|portugal|"
    r"brazil|uruguay|mexico|argentina|colombia|chile|peru|estonia|cyprus|greece|tunisia|greenland|india|philippines"
)
# A town, a country.
_LAND = re.compile(
    rf"(?:\s?[,\n]\s{{0,3}}(?!(?:please|thanks|can|is|and|but|my|i|the|how|what|when|where|do|does|are|will|no|so|or|"
    rf"not)\b)[^\W\d_][\w'.\-]{{2,20}}"
    rf"(?: (?!(?:is|and|for|can|do|are|my|has|to|at)\b)[^\W\d_][\w'.\-]{{1,20}})?(?=\s?[,\n.]|"
    rf"\s?$)){{0,2}}(?:[,\s]{{1,4}}(?:{_COUNTRIES})\b)?(?:[,\s]{{1,3}}\d{{5}}\b)?"
)


def find_addresses(text: str, own: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses in the folded text; `own` is the hospital's folded text, whose addresses pass."""
    for start, end in _streets(text, own):
        if before := _BEFORE.search(text, max(0, start - 50), start):
            start = before.start()  # noqa: PLW2901
        for more in (_SUFFIXES, _UNITS, _OUTWARD, _REST, _LAND):
            if found := more.match(text, end):
                end = found.end()  # noqa: PLW2901
        if (town := _TOWN.match(text, end)) and text[end - 5 : end].isdigit():
            end = town.end()  # noqa: PLW2901
        yield start, end


# Patterns, each with what it cannot do without: it is looked for only near that.
_NEAR_END = ((SUFFIXED, _SUFFIX_END), (WORDED, _WORD_END), (SPELLED, _SPELLED_END), (POSTED, _POSTED_END))
_PLAIN = (
    PREFIXED,
    NUMBERED,
    BOX,
    MILITARY,
    FLAT,
    CROSSED,
    FRENCH,
    RURAL,
    GRID,
    HOUSE,
    TOWNED,
    ESTATE,
    CORNER,
    SPELLED_BEFORE,
)
_DOUBTFUL = (NUMBERED, WORDED, SUFFIXED)


def _streets(text: str, own: str) -> Iterator[tuple[int, int]]:
    for pattern, match in _forms(text):
        if match.group() not in own and not (pattern in _DOUBTFUL and _harmless(match.group())):
            yield match.span()
    yield from (match.span() for match in ENGLISH.finditer(text) if match.group() not in own and _english(match, text))
    for pattern in (AT_HOME, LIVED):
        yield from (match.span(1) for match in pattern.finditer(text) if match.group(1) not in own)
    for match in RARE.finditer(text):
        if _rare(match.group(2)) and match.group(1) not in own:
            yield match.span(1)
    for pattern in (_MARKER, HOME_AFTER):
        yield from (match.span() for match in pattern.finditer(text))
    for match in CUED.finditer(text):
        found = match.group(1)
        if found not in own and re.search(r"[a-z]{3}", found) and not _PLACE_INSIDE.search(found):
            yield match.span(1)


def _forms(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str]]]:
    for pattern in _PLAIN:
        yield from ((pattern, match) for match in pattern.finditer(text))
    for pattern, end in _NEAR_END:
        yield from ((pattern, match) for match in find_near(pattern, end, text, 120, 60))


def _english(match: re.Match[str], text: str) -> bool:
    """Tell whether a number and a street's word are an address: "at 12 see dr patel" is a doctor, "12 oak dr" a drive."""
    found = match.group()
    if _WEAK_SUFFIX.search(found) and not re.match(r"\d{2}", found):
        return False
    return not (re.search(r"\bdr\.?$", found) and re.match(r"\.? [a-z]{3,}", text[match.end() :]))


def _rare(word: str) -> bool:
    """Tell whether the word is none of every day, no slip of the finger and no medical one."""
    if any(word in word_list(name) for name in ("common_words", "drugs", "conditions")) or looks_medical(word):
        return False
    return not word.endswith(("logy", "ics", "graphy", "care")) and not near_known(word, word_list("common_words"))


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
            r"yen|pesos|at|on|still|since|for|by|this|that|with|only|open|closed|until|from|please|per|is|are|and|of|the|dial|"
            r"ext|extension)\b",
            text,
        )
    )
