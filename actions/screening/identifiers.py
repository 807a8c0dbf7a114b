"""Find the structured identifiers in a message: numbers, codes, addresses, dates, links.

Each comes from a pattern plus a validator, or from a pattern plus a cue word near it. Self-evident ones need no cue.
The list follows the 18 identifiers of HIPAA, 45 CFR 164.514(b)(2), and the national ids of Italy, Spain and the UK.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import phonenumbers
from stdnum import luhn
from stdnum.gb import nhs

from actions.screening.addresses import find_addresses
from actions.screening.codes import VALIDATORS
from actions.screening.dates import find_dates
from actions.screening.normalise import shadow
from actions.screening.numbers import Digits
from actions.screening.rules import Rule

# Regions whose national formats are tried for a number without a country code.
PHONE_REGIONS = ("US", "GB", "ES", "IT")
TOP_LEVELS = (
    r"(?:com|org|net|edu|gov|info|biz|io|me|co|us|uk|it|es|fr|de|eu|ch|mx|ar|ca|in|au|nl|pl|pt|ie|app|dev|"
    r"online|site|mail)"
)

EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}")
_AT = r"(?: ?[(\[{<]? ?(?:@|\bat\b|\barroba\b|\bchiocciola\b|\bchiocciolina\b) ?[)\]}>]? ?)"
_DOT = r"(?: ?[(\[{<]? ?(?:\.|\bdot\b|\bpunto\b|\bpoint\b|\bperiod\b) ?[)\]}>]? ?)"
SPELLED_EMAIL = re.compile(
    rf"\b\w{{1,40}}(?:(?:{_DOT}|[.\-]|_)\w{{1,40}}){{0,4}}{_AT}[\w\-]{{2,40}}"
    rf"(?:{_DOT}[\w\-]{{2,30}}){{0,2}}{_DOT}{TOP_LEVELS}\b"
)
SPELLED_EMAIL_CUE = re.compile(
    rf"\b(?:e?mail|correo)\b[^\n]{{0,30}}?\b(\w{{2,40}}{_AT}(?:gmail|hotmail|yahoo|outlook|icloud|libero|"
    rf"live|aol|proton)\b(?:{_DOT}?{TOP_LEVELS}\b)?)"
)
BARE_EMAIL = re.compile(
    rf"\b[\w.\-]{{2,40}}{_AT}(?:gmail|hotmail|yahoo|outlook|icloud|libero|protonmail)\b"
    rf"(?:{_DOT}?{TOP_LEVELS}\b)?"
)
_MAIL_END = re.compile(rf"{_DOT}{TOP_LEVELS}\b")
_PROVIDERS = "gmail hotmail yahoo outlook icloud libero live aol proton".split()
URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"']{2,300}|\b(?:[a-z0-9\-]{2,40}\.){1,3}(?:com|org|net|edu|gov|io|it|es|"
    r"me|co\.uk)(?:/[^\s<>\"']{0,200})?\b"
)
HANDLE = re.compile(r"(?<![\w@.])@[a-z_][\w.]{2,29}\b")
HANDLE_CUE = re.compile(
    r"\b(?:insta(?:gram)?|ig|snap(?:chat)?|twitter|tiktok|telegram|facebook|fb|user ?name|usuario|handle|"
    r"skype|discord)\b"
    r"(?: (?:is|name|handle|account|user|id|es|e))*[ :]{1,3}((?=\w*[\d_.])[a-z][\w.]{3,29})\b"
)
SSN = re.compile(r"(?<![\w\-])\d{3}[\- .]\d{2}[\- .]\d{4}(?![\w\-])")
NUMBER_RUN = re.compile(r"(?<![\w.,])(?:\+ ?)?\(?\d(?:[ .\-()/_·]{0,3}\d){5,29}(?![\w])")
CUED_NUMBER = re.compile(
    r"\b(mrn|medical record|record (?:number|no|num|#)|chart (?:number|no|#)|patient (?:id|number|no|#)|"
    r"hospital (?:number|no)|"
    r"account (?:number|no|#)|acct|policy|member(?:ship)? ?(?:id|number|no|#)?|subscriber|group (?:number|"
    r"no|id|#)|insurance (?:id|number|no|card|#)|"
    r"passport|passaporto|pasaporte|driver'?s? licen[cs]e|licen[cs]e|dl|permit|plate|targa|matricula|vin|"
    r"serial|device id|pacemaker|claim|ssn|social(?: security)?|"
    r"nhs|medicare|medicaid|health card|dni|nie|cedula|curp|id (?:number|no|card)|my id|student id|"
    r"tessera sanitaria|codice fiscale|"
    r"numero (?:de )?(?:historia|paciente|poliza|tarjeta|cuenta|afiliado)|historia clinica|cartella(?: "
    r"clinica)?|polizza|poliza|"
    r"phone|cell|mobile|telefono|cellulare|movil|call me(?: back)?(?: at| on)?|text me(?: at| on)?|fax|"
    r"whatsapp|card (?:number|no|ending)|card ending|last (?:4|four)|pin)\b"
    r"[^\d\n]{0,24}?((?:[a-z]{1,4}[\- ]?)?\d[\da-z]*(?:[\- ./][\da-z]*\d[\da-z]*){0,5})(?!\w)"
)
ZIP_CUE = re.compile(
    r"\b(?:zip(?: ?code)?|post ?code|postal code|codigo postal|cod postal|cap)\b[^\w\n]{0,3}(?:is|es|e)?[^\w\n]{0,3}"
    r"(\d{3,6}(?:[\- ]\d{2,4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b"
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
STATE_ZIP = re.compile(rf"\b(?:{_STATES})\.?,? ?\d{{5}}(?:-\d{{4}})?\b")
_AGE_UNIT = r"(?:years?|yrs?|yr|anni|anos|ans|jahre)"
AGE = re.compile(
    rf"\b(9\d|1[0-2]\d)[ \-]?(?:{_AGE_UNIT}(?:[ \-]?(?:olds?|of age))?|y/?\.?o|yo)\b"
    r"|\b(?:aged?|turn(?:s|ed|ing)?|edad|eta)(?: of| is| de| di)?:? (9\d|1[0-2]\d)\b(?! ?(?:%|percent|f\b|"
    r"degrees|mg|min))"
    r"|\b(?:mother|mom|mum|father|dad|grand(?:ma|pa|mother|father)|nan|nana|aunt|uncle|husband|wife|he|"
    r"she|madre|padre|nonn[oa]|abuel[oa])"
    r"(?:'?s| is| am|'m| was| e| tiene| ha)? (?:now |already |almost |nearly )?(9\d|1[0-2]\d)\b(?! ?(?:%|"
    r"percent|f\b|c\b|degrees|mg|min|lbs?|kg|pounds|days|weeks|dollars|/))"
)
OWN_AGE = re.compile(
    r"\b(?:i'?m|i am|ho|tengo) (9\d|1[0-2]\d)\b(?! ?(?:%|percent|f\b|c\b|degrees|mg|lbs?|kg|pounds|days|weeks|dollars|/|in line))"
)
SPELLED_AGE = re.compile(
    r"\bninety(?:[ \-](?:one|two|three|four|five|six|seven|eight|nine))?(?:[ \-]years?[ \-]olds?|[ \-]yr|[ \-]?yo)\b"
    r"|\bnovant(?:a|un|uno|adue|atre|aquattro|acinque|asei|asette|otto|anove) anni\b|\bnoventa(?: y \w+)? "
    r"anos\b|\b(?:a|one) hundred (?:and \w+ )?years? old\b"
)
# The product's own appointment codes, well typed (letters and digits that are never mixed up) or nearly so.
REFERENCE = re.compile(
    r"\blk[\- ]{0,3}[cdfghjkmnpqrtvwxy2346789]{6}\b|\blk ?- ?(?=[a-z\d]{3,6}\b|\d{0,8}[a-z])[a-z\d]{3,8}\b"
)
_DIGIT_RUN = re.compile(r"\+?\d(?:[ .\-()/]{0,2}\d){5,16}")
# A number with fewer digits is nobody's telephone.
_SHORTEST_NUMBER = 7
# "phone appointments like in 2020": a year, and no number of anybody.
_A_YEAR = re.compile(
    r"\b(?:in|of|for|from|since|until|by|before|after|during|the|del?|nel|desde|dal|year) (?:19|20)\d\d$"
)
_MONEY = re.compile(r"[$€£] ?$|\b(?:usd|eur|gbp) ?$")
_UNIT = re.compile(r" ?(?:mg|mcg|ml|usd|dollars|euros?|eur|pounds?|steps|calories|kcal|people|points|miles|km|%|iu)\b")


@dataclass(frozen=True, slots=True)
class Hit:
    """One identifier in the shadow text: its type, span and the rule that found it."""

    type: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to the hospital and identifies nobody: its numbers (digits only), their last digits, and its folded text."""

    numbers: frozenset[str]
    tails: frozenset[str]
    text: str

    @classmethod
    def of(cls, facts: str) -> "Own":
        """Return what the hospital's file says about itself."""
        numbers = frozenset(re.sub(r"\D", "", n) for n in _DIGIT_RUN.findall(facts))
        tails = frozenset(n[k:] for n in numbers for k in range(len(n) - _SHORTEST_NUMBER + 1))
        return cls(numbers, tails, shadow(facts).text)


def without_references(text: str) -> str:
    """Return the folded text with the product's own appointment codes blanked, every other place as it was."""
    return REFERENCE.sub(lambda m: " " * len(m.group()), text) if "lk" in text else text


def find_identifiers(text: str, own: Own, today: date, codes: Sequence[Rule]) -> Iterator[Hit]:
    """Yield the structured identifiers of a folded text; `codes` are the rules over characters."""
    if "@" in text or "arroba" in text or "chioc" in text or " at" in text or "(at" in text or "[at" in text:
        yield from _mail(text, own)
    if "." in text or "/" in text:
        yield from (
            Hit("URL", *m.span(), "id.url")
            for m in URL.finditer(text)
            if m.group().split("//")[-1].removeprefix("www.").split("/")[0] not in own.text
        )
    yield from (Hit("HANDLE", *m.span(1), "id.handle") for m in HANDLE_CUE.finditer(text))
    if any(c.isdigit() for c in text):
        yield from (Hit("ADDRESS", *span, "id.address") for span in find_addresses(text, own.text))
    yield from find_numbers(text, own, today, codes)


def find_numbers(text: str, own: Own, today: date, codes: Sequence[Rule]) -> Iterator[Hit]:
    """Yield the identifiers that are numbers, codes, ages and dates."""
    if any(c.isdigit() for c in text):
        yield from _codes(text, own, codes)
        yield from _runs(text, own)
        yield from _places(text)
        yield from _ages(text)
    yield from (Hit("AGE", *m.span(), "id.age") for m in SPELLED_AGE.finditer(text))
    yield from (Hit(d.type, d.start, d.end, d.rule) for d in find_dates(text, today))


def _mail(text: str, own: Own) -> Iterator[Hit]:
    # The words that each pattern cannot do without are looked for first: they are rare, and the patterns slow.
    ends, provided = _MAIL_END.search(text), any(name in text for name in _PROVIDERS)
    patterns = (
        (EMAIL, 0, "@" in text),
        (SPELLED_EMAIL, 0, ends),
        (SPELLED_EMAIL_CUE, 1, provided),
        (BARE_EMAIL, 0, provided),
    )
    for pattern, group in ((pattern, group) for pattern, group, possible in patterns if possible):
        for match in pattern.finditer(text):
            if match.group(group) not in own.text:
                yield Hit("EMAIL", *match.span(group), "id.email")
    yield from (Hit("HANDLE", *m.span(), "id.handle") for m in HANDLE.finditer(text) if m.group()[1:] not in own.text)


def _codes(text: str, own: Own, codes: Sequence[Rule]) -> Iterator[Hit]:
    for rule in codes:
        valid = VALIDATORS[rule.valid]
        for pattern in rule.codes:
            for match in pattern.finditer(text):
                if valid(match.group()) and not _UNIT.fullmatch(" " + match.group().lstrip("0123456789")):
                    yield Hit(rule.type, *match.span(), rule.id)
    for match in CUED_NUMBER.finditer(text):
        digits = Digits.of(match.group(2))
        if _A_YEAR.search(text[match.start() : match.end()]):
            continue
        if len(digits) >= 3 and digits not in own.numbers and not own_number(digits, own):
            yield Hit(_cued_type(match.group(1)), *match.span(2), "id.cued_number")


def own_number(digits: str, own: Own) -> bool:
    """Tell whether the digits are one of the hospital's numbers, with or without its country or area code."""
    if len(digits) < _SHORTEST_NUMBER:
        return False
    return digits in own.tails or any(digits[k:] in own.numbers for k in range(len(digits) - _SHORTEST_NUMBER + 1))


def _cued_type(cue: str) -> str:
    if cue.startswith(("phone", "cell", "mobile", "tel", "mov", "call", "text", "fax", "whats")):
        return "PHONE"
    if cue.startswith(("ssn", "social")):
        return "SSN"
    if cue.startswith(("plate", "targa", "matricula", "vin")):
        return "VEHICLE"
    return "CARD" if cue.startswith(("card", "last")) else "ID"


def _runs(text: str, own: Own) -> Iterator[Hit]:
    for match in NUMBER_RUN.finditer(text):
        start, end = match.span()
        run = match.group()
        digits = Digits.of(run)
        if _harmless_run(text, run, digits, start, end) or own_number(digits, own):
            continue
        yield Hit(_run_type(run, digits), start, end, "id.number")


def _harmless_run(text: str, run: str, digits: str, start: int, end: int) -> bool:
    if len(digits) < 6:
        return True
    if re.fullmatch(r"(?:19|20)\d\d ?[\-/ ] ?(?:19|20)\d\d", run):
        return True  # two years
    if re.fullmatch(r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}", run):
        return True  # a date: judged as one
    if re.fullmatch(r"\d{1,2}(?:[ .]?[0-5]\d)? ?[\-/] ?\d{1,2}(?:[ .]?[0-5]\d)", run) and len(digits) <= 8:
        return True  # opening times
    return bool(_MONEY.search(text[max(0, start - 6) : start]) or _UNIT.match(text[end : end + 10]))


def _run_type(run: str, digits: str) -> str:
    if 13 <= len(digits) <= 19 and (luhn.is_valid(digits) or len(digits) >= 15):
        return "CARD"
    if SSN.fullmatch(run):
        return "SSN"
    if len(digits) == 10 and nhs.is_valid(digits) and re.fullmatch(r"\d{3}[ \-]\d{3}[ \-]\d{4}", run) is None:
        return "ID"
    if 7 <= len(digits) <= 15 and (run.startswith(("+", "(", "0")) or re.search(r"\d[ .\-]+\d", run) or _phone(digits)):
        return "PHONE"
    return "ID"


def _phone(digits: str) -> bool:
    for region in PHONE_REGIONS:
        try:
            if phonenumbers.is_possible_number(phonenumbers.parse(digits, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _places(text: str) -> Iterator[Hit]:
    yield from (Hit("ZIP", *m.span(1), "id.zip") for m in ZIP_CUE.finditer(text))
    yield from (Hit("ZIP", *m.span(), "id.zip") for m in UK_POSTCODE.finditer(text))
    yield from (Hit("ZIP", *m.span(), "id.zip") for m in STATE_ZIP.finditer(text))


def _ages(text: str) -> Iterator[Hit]:
    for match in AGE.finditer(text):
        group = next(g for g in (1, 2, 3) if match.group(g))
        yield Hit("AGE", *match.span(group), "id.age")
    yield from (Hit("AGE", *m.span(1), "id.age") for m in OWN_AGE.finditer(text))
