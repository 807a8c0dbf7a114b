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
from actions.screening.ages import find_ages
from actions.screening.codes import VALIDATORS
from actions.screening.dates import find_dates
from actions.screening.lexicon import word_list
from actions.screening.normalise import shadow
from actions.screening.numbers import Digits
from actions.screening.plates import find_plates
from actions.screening.postcodes import find_postcodes
from actions.screening.rules import Rule
from actions.screening.windows import find_near

# Regions whose national formats are tried for a number without a country code.
PHONE_REGIONS = ("US", "GB", "ES", "IT")
TOP_LEVELS = (
    r"(?:com|org|net|edu|gov|info|biz|io|me|co|us|uk|it|es|fr|de|eu|ch|mx|ar|ca|in|au|nl|pl|pt|ie|app|dev|"
    r"online|site|mail)"
)

EMAIL = re.compile(r"[\w.+\-'!#$%&*/=?^{|}~]{0,63}[\w+\-]@[\w\-]{1,63}(?:[.,][\w\-]{1,63}){1,5}")
SPACED_EMAIL = re.compile(r"(?<!\w)(?:\w{1,2} ){0,20}[\w.]{1,40} @ ?[\w\-]{2,30} ?\. ?[a-z]{2,6}\b")
_AT = r"(?: ?[(\[{<]? ?(?:@|\bat\b|\barroba\b|\bchiocciola\b|\bchiocciolina\b) ?[)\]}>]? ?)"
_DOT = r"(?: ?[(\[{<]? ?(?:\.|\bdot\b|\bpunto\b|\bpoint\b|\bperiod\b) ?[)\]}>]? ?)"
_SIGN = r"(?: (?:underscore|dash|hyphen|minus|plus|guion(?: bajo)?|trattino(?: basso)?) )"
# A point with a space after it ends a sentence ("at 19. It is"), unless what follows can be nothing else.
_END = (
    rf"(?:\.{TOP_LEVELS}| ?[.,] ?(?:com|net|org|edu|gov)| ?[(\[{{<]? ?\b(?:dot|punto|point|"
    rf"period)\b ?[)\]}}>]? ?{TOP_LEVELS}| ?[(\[{{<]\.[)\]}}>] ?{TOP_LEVELS})\b"
)
SPELLED_EMAIL = re.compile(
    rf"\b\w{{1,40}}(?:(?:{_DOT}|[.\-]|_|{_SIGN})\w{{1,40}}){{0,4}}{_AT}[\w\-]{{2,40}}"
    rf"(?:{_DOT}[\w\-]{{2,30}}){{0,2}}{_END}"
)
SPELLED_EMAIL_CUE = re.compile(
    rf"\b(?:e?mail|correo)\b[^\n]{{0,30}}?\b(\w{{2,40}}{_AT}(?:gmail|hotmail|yahoo|outlook|icloud|libero|"
    rf"live|aol|proton)\b(?:{_DOT}?{TOP_LEVELS}\b)?)"
)
MAIL_ACCOUNT = re.compile(
    r"\b(?:gmail|hotmail|yahoo|outlook|icloud|libero|proton)(?: (?:is|account|address|es|e)|"
    r":){1,2} ((?=\w*[\d._])[a-z][\w.]{3,39})\b"
)
BARE_EMAIL = re.compile(
    rf"\b[\w.\-]{{2,40}}{_AT}(?:gmail|hotmail|yahoo|outlook|icloud|libero|protonmail)\b"
    rf"(?:{_DOT}?{TOP_LEVELS}\b)?"
)
_MAIL_END = re.compile(rf"\.{TOP_LEVELS}\b|[.,] ?(?:com|net|org|edu|gov)\b|\b(?:dot|punto|point|period)\b|\.[)\]}}>]")
# How far a spelled address reaches on either side of its end.
_LONGEST_MAIL = 100
_PROVIDERS = "gmail hotmail yahoo outlook icloud libero live aol proton".split()
URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"']{2,300}|\b(?:[a-z0-9\-]{2,40}\.){1,3}(?:com|org|net|edu|gov|io|it|es|"
    r"me|co\.uk)(?:/[^\s<>\"']{0,200})?\b|(?<![\w@.])(?:[a-z][a-z0-9\-]{0,39}\.){1,3}[a-z]{2,6}/[^\s<>\"']{2,200}"
)
HANDLE = re.compile(
    r"(?<!\w)u/[a-z_][\w\-]{2,29}|(?<![\w#])[a-z][\w.]{2,30}#\d{4}\b|(?<![\w@.])@[a-z_][\w.\-]{1,28}\w\b|"
    r"(?<![\w$])\$[a-z][\w\-]{3,19}\b"
)
_PLATFORMS = (
    r"insta(?:gram)?|ig|snap(?:chat)?|twitter|tiktok|telegram|facebook|fb|skype|discord|wechat|weixin|whatsapp id|"
    r"venmo|cash ?app|kik|signal|line|threads|bluesky|youtube|reddit|gamertag|psn|steam|linkedin|vk|zelle|messenger"
)
HANDLE_CUE = re.compile(
    rf"\b(?:(?:{_PLATFORMS}|handle|usuario)(?: (?:is|name|handle|account|user|username|id|es|e|it's|its|as|under|"
    rf"tag)){{0,3}}[ :]{{1,3}}"
    r"([@$]?(?=[a-z_][\w.:\-]*[\d_.:])[a-z_][\w.:\-]{2,38}\w|_\w{3,29})"
    r"|(?:user ?name|user id|portal user|screen name|login(?: name)?|nombre de usuario|nome utente)(?: (?:is|es|e|was|"
    r"it's|its))?[ :]{1,3}"
    r"((?!(?:is|the|for|not|and|on|to|my|or|page|screen|help|info|info\w*|details?|problems?|issues?|wont|doesnt|does|"
    r"error|link|button|"
    r"again|please|please|when|with|keeps?|that|it|at|in|did|was|has|isnt|de|para|no|non|del?|per|password|reset|"
    r"locked|expired|failed|"
    r"fails|failing|credentials|email|name|changed?|change|taken|already|trouble|broken|wrong|works?|working|"
    r"forgot\w*)\b)[a-z_][\w.\-]{2,38}))(?![\w'])"
)
SSN = re.compile(r"(?<![\w\-])\d{3}[\- .]\d{2}[\- .]\d{4}(?![\w\-])")
NUMBER_RUN = re.compile(r"(?<![\w.,])(?:\+ ?)?\(?\d(?:[ .\-()/_·]{0,3}\d){5,29}(?![\w])")
# What may go on after a telephone number: an extension.
EXTENSION = re.compile(r",? ?(?:e?xt(?:ension|n)?|x|int(?:erno)?|anexo)\.? ?#? ?\d{1,6}\b")
CUED_NUMBER = re.compile(
    r"\b(mrn|medical record|record(?= \d)|record (?:number|no|num|#)|chart (?:number|no|#)|patient (?:id|number|no|#)|"
    r"hospital (?:number|no)|"
    r"account (?:number|no|#)|acct|policy|member(?:ship)? ?(?:id|number|no|#)?|subscriber|group (?:number|"
    r"no|id|#)|insurance (?:id|number|no|card|#)|"
    r"passport|passaporto|pasaporte|driver'?s? licen[cs]e|licen[cs]e|dl|permit|vin|"
    r"serial|device id|pacemaker|claim|ssn|social(?: security)?|"
    r"nhs|medicare|medicaid|health card|dni|nie|cedula|curp|id (?:number|no|card)|my id|student id|"
    r"tessera sanitaria|codice fiscale|"
    r"numero (?:de )?(?:historia|paciente|poliza|tarjeta|cuenta|afiliado)|historia clinica|cartella(?: "
    r"clinica)?|polizza|poliza|"
    r"phone|cell|mobile|telefono|cellulare|movil|call me(?: back)?(?: at| on)?|text me(?: at| on)?|fax|"
    r"whatsapp|card (?:number|no|ending)|(?:card|visa|mastercard|amex|debit|account|acct|ssn|number|phone|cell) (?:ending|ends)|"
    r"last (?:4|four)|pin|"
    r"(?:ends?|ending|finish(?:es|ing)?|termina|acabad[oa]|terminad[oa]|finisce|che finisce) (?:in|with|en|con|per)|"
    r"(?:my|his|her|at|work|desk) (?:extension|ext)|my invoice|bill #|case (?:number|no|#)|confirmation(?: number|"
    r" code)?|reference(?: number)?|ref|expediente|pratica|fattura|factura|badge|employee id|visit (?:number|no|#)|"
    r"order (?:number|no|#)|"
    r"sort code|prescription (?:number|no|#)|my invoice(?: number)?|rx|cvv|cvc|exp|expires|folio|turno|"
    r"ticket (?:number|no|#)|cip|nhc|nss|afiliacion)\b"
    r"[^\d\n]{0,24}?(?<![^\W\d_])((?:[a-z]{1,4}[\- ]?)?\d[\da-z]*(?:[\- ./][\da-z]*\d[\da-z]*){0,5})(?!\w)"
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
_HOUR = r"(?:[01]?\d|2[0-4])(?:[ .]?(?:00|15|30|45))?"
_HOURS = re.compile(rf"{_HOUR} ?[\-/] ?{_HOUR}")
# Codes of forms, errors and models, which are nobody's.
_NO_CODE = re.compile(r"\b(?:forms?|errors?|error code|model|part|version|cpt|icd|gene|grant|modulo|modelo)[ :#]{1,2}$")
_MONEY = re.compile(r"[$€£] ?$|\b(?:usd|eur|gbp) ?$")
# Words before and after a number that make it somebody's own, even where the hospital has the same.
_MINE = re.compile(
    r"\b(?:reach us|my|me|mine|mi|mio|home|work|cell|mobile|landline|beeper|pager|his|her|mums?|moms?|dads?|husbands?|"
    r"wifes?|sons?|daughters?|llamame|llamadme|llamenme|chiamami|chiamatemi|chiamate|casa|movil|cellulare|cell|"
    r"mensaje|mandad?\w{0,3}|manden|avis\w{2,4}|new (?:one|number|no))\b[^?]{0,50}$"
)
# Words that ask about a number, or say where it is from.
_YOURS = re.compile(
    r"\?|\b(?:you|your|yours|u|ur|is|it|called|call|calls|calling|dial\w*|rang|ring|answer\w*|correct|right|hospital|"
    r"desk|line|website|site|"
    r"from|clinic|department|listed|works?|working|busy|number|llam\w+|numero|vuestro|su|vostro|chiam\w+|rispond\w+)\b"
)
_MINE_AFTER = re.compile(
    r"[ ,.]{0,2}(?:is (?:my|mine|the landline|me|our)|thats (?:my|mine|the|me)|that's (?:my|mine|the|me)|text only|"
    r"(?:is )?(?:the )?best number|es (?:mi|el mio)|e il mio)\b"
)
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


def find_identifiers(text: str, own: Own) -> Iterator[Hit]:
    """Yield the structured identifiers of a folded text that are no numbers: mail, pages, user names, addresses."""
    if (
        "@" in text
        or "mail" in text
        or "arroba" in text
        or "chioc" in text
        or " at" in text
        or "(at" in text
        or "[at" in text
    ):
        yield from _mail(text, own)
    if "." in text or "/" in text:
        yield from (
            Hit("URL", *m.span(), "id.url")
            for m in URL.finditer(text)
            if m.group().split("//")[-1].removeprefix("www.").split("/")[0] not in own.text
        )
    if "@" in text or "$" in text or "#" in text or "u/" in text:
        yield from (
            Hit("HANDLE", *m.span(), "id.handle") for m in HANDLE.finditer(text) if m.group()[1:] not in own.text
        )
    yield from (
        Hit("HANDLE", *m.span(m.lastindex or 0), "id.handle")
        for m in HANDLE_CUE.finditer(text)
        if m.group(m.lastindex or 0) not in word_list("common_words")
    )
    yield from (Hit("ADDRESS", *span, "id.address") for span in find_addresses(text, own.text))


def find_numbers(text: str, own: Own, today: date, codes: Sequence[Rule]) -> Iterator[Hit]:
    """Yield the identifiers that are numbers, codes, ages and dates; `codes` are the rules over characters."""
    if any(c.isdigit() for c in text):
        yield from _codes(text, own, codes)
        yield from _runs(text, own)
        yield from (Hit("ZIP", *span, "id.zip") for span in find_postcodes(text))
        yield from (Hit("VEHICLE", *span, "id.plate") for span in find_plates(text))
    yield from (Hit("AGE", *span, "id.age") for span in find_ages(text))
    yield from (Hit(d.type, d.start, d.end, d.rule) for d in find_dates(text, today))


def _mail(text: str, own: Own) -> Iterator[Hit]:
    # The words that each pattern cannot do without are looked for first: they are rare, and the patterns slow.
    provided = any(name in text for name in _PROVIDERS)
    patterns = (
        (EMAIL, 0, "@" in text),
        (SPACED_EMAIL, 0, " @" in text),
        (SPELLED_EMAIL_CUE, 1, provided),
        (BARE_EMAIL, 0, provided),
        (MAIL_ACCOUNT, 1, provided),
    )
    for pattern, group in ((pattern, group) for pattern, group, possible in patterns if possible):
        for match in pattern.finditer(text):
            if match.group(group) not in own.text:
                yield Hit("EMAIL", *match.span(group), "id.email")
    for match in find_near(SPELLED_EMAIL, _MAIL_END, text, _LONGEST_MAIL, _LONGEST_MAIL):
        if match.group() not in own.text:
            yield Hit("EMAIL", *match.span(), "id.email")


def _codes(text: str, own: Own, codes: Sequence[Rule]) -> Iterator[Hit]:
    for rule in codes:
        valid = VALIDATORS[rule.valid]
        for pattern in rule.codes:
            for match in pattern.finditer(text):
                if _NO_CODE.search(text, max(0, match.start() - 20), match.start()):
                    continue
                if valid(match.group()) and not _UNIT.fullmatch(" " + match.group().lstrip("0123456789")):
                    yield Hit(rule.type, *match.span(), rule.id)
    for match in CUED_NUMBER.finditer(text):
        digits = Digits.of(match.group(2))
        if _A_YEAR.search(text[match.start() : match.end()]):
            continue
        if len(digits) >= 3 and (not own_number(digits, own) or _claimed(text, *match.span(2))):
            yield Hit(_cued_type(match.group(1)), *_whole(text, *match.span(2)), "id.cued_number")


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
    if cue.startswith("vin"):
        return "VEHICLE"
    return "CARD" if cue.startswith(("card", "last")) else "ID"


def _runs(text: str, own: Own) -> Iterator[Hit]:
    for match in NUMBER_RUN.finditer(text):
        start, end = match.span()
        run = match.group()
        digits = Digits.of(run)
        if _harmless_run(text, run, digits, start, end):
            continue
        if own_number(digits, own) and not _claimed(text, start, end):
            continue
        kind = _run_type(run, digits)
        more = EXTENSION.match(text, end)
        yield Hit(kind, *(_whole(text, start, end) if more is None else (start, more.end())), "id.number")


# What belongs to a number and is written apart from it: "U83 4471 902", "P<8829104", "4412 883 VR", "12 34 56 C".
_ON_THE_LEFT = re.compile(
    r"(?<![\w@])(?:([a-z]{1,5}) ?|[a-z]{1,5}[\-/<.]|[a-z]{1,4}\d{1,4}[ \-/.]|\d{1,4}[a-z]{1,2}[ \-/.])$"
)
_ON_THE_RIGHT = re.compile(r"[\-/](?:[a-z\d]{1,4})(?!\w)| ?([a-z]{1,2})(?![\w'])")
_TELEPHONE = re.compile(r"(?:\+?\d{1,3}[ .\-])?(?:\(?\d{3}\)?[ .\-/]{0,3})?\d{3}[ .\-]{1,3}\d{4}")
# Letters that are words, or say what the number is.
_WORDS = frozenset(
    """
    a e i o u y x ssn mrn nhs dni nie nif cap vin bin tel tlf ph cf ci nss nhc cip id no num nr ref acc acct rx dob ext
    iban cvv pin zip ein npi tin sin nin cp mob cel cell fax pt hc va ni dl sn lic plz mat
    """.split()
)


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Extend a number over the letters that belong to it."""
    before = _ON_THE_LEFT.search(text, max(0, start - 9), start)
    if before and not _TELEPHONE.fullmatch(text, start, end) and (before.group(1) is None or _no_word(before.group(1))):
        start = before.start()
    after = _ON_THE_RIGHT.match(text, end)
    if after and (after.group(1) is None or _no_word(after.group(1))):
        end = after.end()
    return start, end


def _no_word(letters: str) -> bool:
    return letters not in _WORDS and (len(letters) == 1 or letters not in word_list("common_words"))


def _claimed(text: str, start: int, end: int) -> bool:
    """Tell whether the writer says that a number of the hospital's is theirs, or says nothing of whose it is."""
    if _MINE.search(text, max(0, start - 60), start) or _MINE_AFTER.match(text, end):
        return True
    return not _YOURS.search(text, max(0, start - 60), end + 60)


def _harmless_run(text: str, run: str, digits: str, start: int, end: int) -> bool:
    if len(digits) < 6:
        return True
    if re.fullmatch(r"(?:19|20)\d\d ?[\-/ ] ?(?:19|20)\d\d", run):
        return True  # two years
    if re.fullmatch(r"(?:\d{1,2}|\d{4})[/.\-]\d{1,2}[/.\-]\d{1,4}", run):
        return True  # a date: judged as one
    if re.fullmatch(r"\d{2,3} ?/ ?\d{2,3}", run):
        return True  # a blood pressure
    if _HOURS.fullmatch(run) and len(digits) <= 8:
        return True  # opening times
    if re.fullmatch(r"(?:\d{1,4}[ ./\-])?\d{1,2}[./\-]\d{1,4} \d\d?", run) and text[end : end + 1] in (":", "."):
        return True  # a date and an hour
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
