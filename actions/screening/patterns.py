"""Patterns over words: the language in which rules are written, and its matcher.

A pattern is a row of elements with spaces between:

    word          that word, folded (lower case, no accents, no apostrophes)
    word+         the word with its regular English endings (s, es, d, ed, ing, in)
    word*         any word that begins so
    two_words     those words in a row
    {class}       a phrase of that class
    a|{b}|c+|$    any of these
    element?      may be absent
    ~3            up to three words between, within one sentence
    ~~20          up to twenty words between, over the ends of sentences too
    #  #/#        a number; a ratio such as 160/100
    #90-300       a number in that range
    ^  $          the message begins or ends here

The matcher carries the set of places reached so far through the elements, so its time is bounded by
elements x words x gap, whatever the text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

# Words of nearly every message: no pattern waits for one of them if it has anything rarer.
COMMON = frozenset(
    """
    i im ive my me a an the is it its to do does can could should would have has had be was were are am for of
    in on at and or you your we he she they his her what how when where if not no so that this with there get
    got go im all out up down now one back time want going know after since day days still just like been who will
    dont cant about from by him them take make need see look today any some more off over only two does too again la
    el il un una e y de di en che que se si mi
    """.split()
)
# Classes of which most messages hold a phrase, the more often the dearer; any other costs as much as a few rare words.
_WAITED_FOR = 2.0
_FREQUENT = {
    **dict.fromkeys(
        ("self", "family", "subject", "be", "have", "pronoun", "victim", "whose", "matter", "question"), 8.0
    ),
    **dict.fromkeys(("relative", "feel", "take", "desk_word", "desk_weak", "unit", "admin", "offer", "performed"), 6.0),
    **dict.fromkeys(("ill", "period", "number", "person", "body", "symptom", "illness", "badly", "abuser", "it"), 5.0),
    **dict.fromkeys(("infant", "small_child", "bodyish", "activity", "ingest", "test", "treatment", "bodily"), 4.0),
}


# No phrase of a class has more words.
_LONGEST_PHRASE = 8


class PatternError(ValueError):
    """A pattern that cannot be read."""


class Kind(Enum):
    """What an element matches."""

    WORDS = "words"  # one word or a phrase of a class
    GAP = "gap"  # up to `size` words
    BEGIN = "begin"  # the message's beginning
    END = "end"  # the message's end


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a pattern."""

    kind: Kind
    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    numbers: tuple[tuple[float, float], ...] = ()
    ratio: bool = False
    phrases: tuple[tuple[str, ...], ...] = ()
    end: bool = False
    optional: bool = False
    size: int = 0
    far: bool = False  # a gap that reaches into the next sentences
    special: bool = False  # words must be looked at one by one: stems and numbers


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `anchor` is the element that a message must hold for the pattern to be tried.

    `reach`: how many words can lie between the pattern's first word and the anchor's.
    """

    source: str
    elements: tuple[Element, ...]
    anchor: Element
    required: tuple[Element, ...]
    reach: int


def inflect(word: str) -> frozenset[str]:
    """Return the word with its regular English endings."""
    forms = {word, word + "s"}
    if word.endswith("e"):
        forms |= {word + "d", word[:-1] + "ing", word[:-1] + "in"}
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    else:
        forms |= {word + "ed", word + "ing", word + "in", word + "es"}
        if word[-1:] not in "aeiouwxy" and word[-2:-1] in "aeiou" and len(word) < 7:
            forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return frozenset(forms)


def compile_pattern(source: str, classes: Iterable[str]) -> Pattern:
    """Read a pattern; raises PatternError on unknown classes or signs."""
    elements = tuple(_element(part, frozenset(classes)) for part in source.split())
    candidates = [e for e in elements if e.kind is Kind.WORDS and not e.optional]
    if not candidates:
        raise PatternError(f"{source!r}: needs an element that is not optional")
    anchor = min(candidates, key=_commonness)
    reach = sum(_width(e) for e in elements[: elements.index(anchor)])
    # The rarest first: most patterns are done with at once.
    required = tuple(sorted((e for e in candidates if not e.end), key=_commonness))
    return Pattern(source, elements, anchor, required, reach)


def _width(element: Element) -> int:
    """Return the most words that the element can cover."""
    longest = max((len(p) for p in element.phrases), default=1)
    return element.size if element.kind is Kind.GAP else max(longest, _LONGEST_PHRASE if element.classes else 1)


def _commonness(element: Element) -> float:
    cost = sum(10.0 if w in COMMON else 0.3 for w in element.words)
    cost += sum(_FREQUENT.get(c, _WAITED_FOR) for c in element.classes)
    cost += sum(10.0 if p[0] in COMMON else 0.3 for p in element.phrases) + (100.0 if element.end else 0.0)
    return cost + 3.0 * len(element.stems) + (30.0 if element.numbers or element.ratio else 0.0)


def _element(part: str, classes: frozenset[str]) -> Element:
    if part == "^":
        return Element(Kind.BEGIN)
    if part == "$":
        return Element(Kind.END)
    if part.startswith("~"):
        return Element(Kind.GAP, size=int(part.lstrip("~")), far=part.startswith("~~"))
    choices = part.removesuffix("?").split("|")
    named = tuple(c[1:-1] for c in choices if c.startswith("{") and c.endswith("}"))
    if unknown := sorted(set(named) - classes):
        raise PatternError(f"unknown class {{{unknown[0]}}}")
    plain = [c for c in choices if not c.startswith("{") and c not in ("#/#", "$")]
    numbers = tuple(_range(c) for c in plain if c.startswith("#"))
    stems = tuple(c[:-1] for c in plain if c.endswith("*"))
    return Element(
        Kind.WORDS,
        words=frozenset(form for c in plain for form in _forms(c)),
        stems=stems,
        classes=named,
        numbers=numbers,
        ratio="#/#" in choices,
        phrases=tuple(tuple(c.split("_")) for c in plain if "_" in c),
        end="$" in choices,
        optional=part.endswith("?"),
        special=bool(stems or numbers or "#/#" in choices),
    )


def _range(choice: str) -> tuple[float, float]:
    low, _, high = choice[1:].partition("-")
    return float(low or 0), float(high or low or "inf")


def _forms(choice: str) -> frozenset[str]:
    """Return the single words that a choice stands for; none for numbers, stems and rows of words."""
    if choice.startswith("#") or choice.endswith("*") or ("_" in choice and choice.replace("_", "").isalnum()):
        return frozenset()
    if choice.endswith("+") and choice[:-1].isalnum():
        return inflect(choice[:-1])
    if choice.isalnum() or (len(choice) == 1 and ord(choice) > 0x2000):
        return frozenset((choice,))
    raise PatternError(f"cannot read {choice!r}")
