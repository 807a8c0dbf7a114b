"""Find the ages over 89 in a folded text, in digits or spelled out: 45 CFR 164.514(b)(2)(i)(C)."""

import re
from collections.abc import Iterator

from actions.screening.windows import find_near

_AGE_UNIT = r"(?:years?|yrs?|yr|anni|anos|ans|jahre)"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
# An age over 89, in digits or spelled out.
_OLD = (
    rf"(?:9\d|1[0-2]\d|ninety(?:[ \-]?(?:{_UNITS}))?|(?:a |one )?hundred(?: (?:and )?(?:{_UNITS}|ten|eleven|twelve))?|"
    r"novant(?:a|un|uno|adue|atre|aquattro|acinque|asei|asette|otto|anove)|noventa(?: y \w{2,6})?|cento(?:uno|due|tre|"
    r"cinque)?|cien(?:to \w{2,6})?)"
)
_PERSON = (
    r"(?:mother|mom|mum|mam|father|dad|(?:great[ \-]?)?grand(?:ma|pa|mother|father|dad)|nan|nana|gran|granny|grandad|"
    r"aunt|auntie|uncle|"
    r"husband|wife|in[ \-]law|sister|brother|neighbou?r|patient|he|she|they|lady|man|woman|madre|padre|mamma|papa|"
    r"nonn[oa]|abuel[oa]|"
    r"suegr[oa]|suocer[oa]|ti[oa]|zi[oa]|mi|vecin[oa]|visitor|client|resident|parent|person|passenger|"
    r"bisa|bisabuel[oa]|bisnonn[oa]|yaya|iaia|anziano|anziana|senora?|signora)"
)
_NO_AGE = (
    r"(?! ?(?:%|percent|f\b|c\b|degrees|mg|mcg|min|mins|minutes|lbs?|kg|pounds|days?|weeks?|months?|dollars|bucks|"
    r"euros?|/|in line|hours?|"
    r"miles?|km|people|times|[:.,]\d|\d|st\b|th (?:street|st|ave|floor)|minutos|minuti|bpm|over|on ))"
)
AGE = re.compile(
    rf"\b{_OLD}(?:[ \-]{{0,2}}{_AGE_UNIT}(?:[ \-]?(?:olds?|of age|young|di eta|de edad))?|[ \-]?y/?\.?o\.?|"
    rf"[ \-]?y ?/ ?o)(?!\w)"
    rf"|\b(?:aged?|turn(?:s|ed|ing)?|edad|eta)(?: of| is| de| di|:)?:? (?P<a>{_OLD})\b(?! ?(?:%|percent|f\b|degrees|mg|"
    rf"min|st\b|off\b|on\b|left|right|into))"
    r"|\bin (?:his|her|their|my|our) (?:early|mid|late)?[ \-]?(?P<h>nineties|90s)\b|\b(?P<i>(?:early|mid|"
    r"late)[ \-]nineties)\b"
    rf"|\b{_PERSON}(?: [a-z]{{2,12}})?(?:'?s| is| am|'m| was| e| tiene| ha| compie| cumple| will be| ll be|'ll be|"
    rf" who is| whos| who's| just turned| de| di)? "
    rf"?(?:now |already |almost |nearly |about |only |ya |gia |quasi |casi )?[(,]? ?(?P<b>{_OLD})\b{_NO_AGE}"
    rf"|\b(?:will be|be|cumple|compie|turn|almost|nearly|ha compiuto|cumplio|at) (?P<c>9[0-9]|10\d|"
    rf"ninety[ \-](?:{_UNITS}))"
    rf"(?= (?:in|on|soon|next|this|years|and|she|he|i|en|a|anni|anos|el|il)\b|[.,!?]|$)"
    rf"|\b(?P<d>9\d|1[01]\d) ?[fm]\b(?= (?:here|pt|patient|with|who|asking|from|and)|[,.]|$)"
    rf"|\b(?:his|her|my|their|moms|mums|dads|mother's|father's|s) (?P<e>(?:9\d|1[01]\d)(?:st|nd|rd|th)|ninet(?:ieth|"
    rf"y[ \-]\w{{4,8}}th)|hundredth)"
    r" (?:birthday|bday|b-day)|\((?P<f>9\d|10\d)!?\)"
    rf"|\b(?:i'?m|i am|im) (?P<g>ninety[ \-]?(?:{_UNITS})?)\b{_NO_AGE}"
)
OWN_AGE = re.compile(rf"\b(?:i'?m|i am|ho|tengo) (9\d|1[0-2]\d)\b{_NO_AGE}")
_WITH_UNIT = re.compile(rf"[ \-]{{0,2}}{_AGE_UNIT}(?:[ \-]?(?:olds?|of age|young|di eta|de edad))?(?!\w)")
# What no text with such an age can do without.
_AGE_WORD = re.compile(r"(?<!\d)(?:9\d|1[0-2]\d)(?!\d)|ninet|90s|hundred|novant|novent|\bcento|\bcien(?:to)?\b")
# The hospital itself may be a hundred years old.
_NOBODY = re.compile(
    r"\b(?:older than|hospital|building|over|under|more than|less than|for|past|last|within|after|every|ages?|ultimos|"
    r"ultimi)(?: the| los| gli)? $"
)


def find_ages(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of ages over 89."""
    for match in find_near(AGE, _AGE_WORD, text, 70, 60):
        if not _NOBODY.search(text, max(0, match.start() - 30), match.start()):
            start, end = match.span(match.lastgroup or 0)
            unit = _WITH_UNIT.match(text, end)
            yield start, unit.end() if unit else end
    yield from (match.span(1) for match in OWN_AGE.finditer(text))
