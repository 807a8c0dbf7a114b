"""What makes an emergency less: a denial, the past, somebody mourned, a question about medicine in general."""

import re

from actions.screening.matching import Match, Words
from actions.screening.rules import Level

# Classes of words that lower an emergency to clinical.
LOWERING = ("negation", "past", "mourned", "supposed")
# Words after which a denial or the past no longer holds: "no fever but he can't breathe".
_TURNS = frozenset("but although though except however pero ma aunque sino anzi".split())
_NOW = frozenset("now today tonight again currently suddenly ahora hoy otra adesso oggi ora ancora".split())
# What is not denied by "not": "i dont know what to do, she collapsed".
_UNDENIED = frozenset(
    """
    know knows sure idea understand want care joke joking kidding lie lying wait stop problem answer answering help
    matter time phone signal ambulance one way longer let better well good right breathing responding se so capisco
    entiendo sirve
    """.split()
)
_LISTING = frozenset("no without sin senza".split())
_DENIED_WITHIN = 4
_PAST_WITHIN = 8
_MOURNED_WITHIN = 2
_YEAR = re.compile(r"(?:19|20)\d\d")
# Whoever says these speaks of somebody at hand and not of a case.
_AT_HAND = frozenset(
    """
    i im ive me my our we us he hes his him she shes her help please hurry quick quickly now right mi mio mia yo io el
    ella lui lei ayuda aiuto ahora adesso
    """.split()
)
_LEADING = frozenset("in back on since around late early en nel desde dal".split())
_CLAUSES = frozenset("had has have got".split())


def lowered_by(match: Match, message: Words) -> tuple[int, int] | None:
    """Return the words that stand by the match and make it no emergency of now."""
    return _denied(match, message) or _past(match, message) or _mourned(match, message) or _supposed(match, message)


def _denied(match: Match, message: Words) -> tuple[int, int] | None:
    words = message.words
    for start, end in _hits(message, "negation"):
        if not 0 <= match.start - end <= _DENIED_WITHIN:
            continue
        following = words[end] if end < len(words) else ""
        if following in _UNDENIED or words[start:end] == ["no"] and following == "one":
            continue
        # "no fever, vomiting" denies both; "no, he fainted" and "not better, he fainted" deny nothing of it.
        listing = words[start] in _LISTING and not _comma(message, end)
        if not listing and any(_comma(message, k) for k in range(end, match.start + 1)):
            continue
        if not _turned(message, range(end, match.start)):
            return start, end
    return None


def _past(match: Match, message: Words) -> tuple[int, int] | None:
    words = message.words
    years = [(i, i + 1) for word in message.numbers if _YEAR.fullmatch(word) for i in message.positions[word]]
    for start, end in [*_hits(message, "past"), *years]:
        if start >= match.start - _PAST_WITHIN and end <= match.start:
            begins = _begins(message, start) or (words[start - 1] in _LEADING and _begins(message, start - 1))
            commas = not begins and any(_comma(message, k) for k in range(end, match.start + 1))
            if not commas and not _turned(message, range(end, match.start), now=True):
                return start, end
        elif end > match.start:
            # "her face is drooping, she had a stroke in 2019": the year belongs to what stands between.
            between = range(match.end, start)
            if not _turned(message, between, now=True) and not any(words[k] in _CLAUSES for k in between):
                return start, end
    return None


def _mourned(match: Match, message: Words) -> tuple[int, int] | None:
    for start, end in _hits(message, "mourned"):
        if start <= match.end + _MOURNED_WITHIN and match.start <= end + _MOURNED_WITHIN:
            return start, end
    return None


def _supposed(match: Match, message: Words) -> tuple[int, int] | None:
    """Find what makes a danger a question about medicine; thoughts of suicide and violence stay what they are."""
    if match.rule.level is Level.SEVERE or not _AT_HAND.isdisjoint(message.words[match.start : match.end]):
        return None
    hits = _hits(message, "supposed")
    if not hits or not message.vocabulary.isdisjoint(("help", "hurry", "quick", "please", "now")):
        return None
    return hits[0]


def _begins(message: Words, place: int) -> bool:
    return place <= 0 or message.breaks[place]


def _hits(message: Words, name: str) -> list[tuple[int, int]]:
    return [(start, end) for start, ends in message.phrases.get(name, {}).items() for end in ends]


def _comma(message: Words, place: int) -> bool:
    return place < len(message.commas) and message.commas[place]


def _turned(message: Words, between: range, now: bool = False) -> bool:
    words = message.words
    return any(message.breaks[k] or words[k] in _TURNS or (now and words[k] in _NOW) for k in between)
