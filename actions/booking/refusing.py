"""What a message turns down: "not Tuesday", "10:30 is too early", "anything but the first". Pure."""

import re
from collections.abc import Iterable

from actions.mentions import Mention

_NAMED = "\ue000"
"""Stands for everything that a message names, once for each."""
_WINDOW = 60
"""Characters beside what is named in which it may be turned down."""

# Between the word that turns down and what it turns down: "I can't do the", "not free on".
_SMALL = (
    r"on|at|in|the|a|an|any|do|make|come|be|for|me|my|our|to|it|that|this|there|want|like|have|take|really|good|next|of|"
    r"appointments?|appt|one|free|available|possible|able|sure|about|here|around|work|with"
)
_BEFORE = re.compile(
    rf"(?:\b(?:(?<!why )not|no|nothing|don'?t|can'?t|cannot|couldn'?t|won'?t|wouldn'?t|unable|except|besides|other than|"
    rf"apart from|instead of|rather than|(?<!not )busy)|\b(?:any|every|all)\w*(?: \w+)? but)"
    rf"(?:\s+(?:(?:{_SMALL})\b|{_NAMED}(?:\s+n?or\b)?))*\s*$"
)
_NO_BEFORE = re.compile(r"\bno\s*$")
# After a bare "no" this is an answer: "no Wednesday instead".
_AGREED_AFTER = re.compile(
    r"\s*(?:instead|rather|works|would|then)\b|\s*is (?:fine|good|ok|okay|better|great|perfect)\b"
)
_AFTER = re.compile(
    rf"(?:\s*(?:(?:or|and|at|on|in the)\s+)?{_NAMED})*(?:'?s)?(?: (?:ones?|times?|slots?|appointments?))?,?\s*"
    r"(?:(?:is|are|was|would be|will be|might be|seems?|looks?)\s+)?"
    r"(?:(?:a bit|a little|way|much|really|just|far|also|sadly|unfortunately|still)\s+)*"
    r"(?:too (?:early|late|soon|far)|no good|bad\b|impossible|"
    r"(?:not\b(?! (?:free|available|taken))|(?:is|are|do|does|would)n'?t\b|won'?t\b|(?:do|does|would|will) not\b|"
    r"(?:(?:i|we) )?(?:can'?t|cannot)\b|i won'?t\b|i am busy|i have to work|i'm (?:busy|away))"
    rf"(?!\s+(?:(?:{_SMALL})\s+)*{_NAMED}))"
)
_NOT_SO = re.compile(
    r"(?:\bnot|\bno|n't|\bnever|\bnothing|\bcannot|\bcant|\bdont)\s+(?:\w+\s+){0,2}"
    r"(?:(?P<early>before|until|till?|earlier than|sooner than)|(?P<late>after|later than|past))\s+(?:about\s+|around\s+)?$"
)


def refused(text: str, named: Iterable[Mention], one: Mention) -> bool:
    """Tell whether a message turns down `one` of the things it names."""
    plain = _plain(text)
    named = sorted((*named, one), key=lambda mention: mention.start)
    before = _marked(plain, named, max(0, one.start - _WINDOW), one.start)
    after = _marked(plain, named, one.end, one.end + _WINDOW)
    if _BEFORE.search(before):
        return not (_NO_BEFORE.search(before) and _AGREED_AFTER.match(after))
    return _AFTER.match(after) is not None


def bound_refused(text: str, clock: Mention) -> str | None:
    """Give "after" for "not before 10", "before" for "no later than 3", and None for a time of no such kind."""
    found = _NOT_SO.search(_plain(text)[max(0, clock.start - _WINDOW) : clock.start])
    if found is None:
        return None
    return "after" if found["early"] else "before"


def _plain(text: str) -> str:
    # Some letters are two in lower case; what is named would no longer stand where it stood.
    plain = text.replace("’", "'")
    return plain.lower() if len(plain.lower()) == len(plain) else plain


def _marked(plain: str, named: Iterable[Mention], start: int, end: int) -> str:
    """Cut out a part of the text, with one mark for each thing it names."""
    parts: list[str] = []
    for one in named:
        if one.end <= start or one.start >= end or one.start < start:
            continue
        parts += [plain[start : one.start], _NAMED]
        start = one.end
    return "".join([*parts, plain[start:end]])
