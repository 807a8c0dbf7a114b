"""What was found in a patient's message, and the words it is made of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’‘`´][^\W_]+)*|&")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
FUZZY_LENGTH = 6
"""Words shorter than this must be spelled right: too many short words lie one letter apart."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Something named in a text; `text[start:end]` are the words that name it, `value` its standard form."""

    type: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, folded: lower case, no apostrophes, `&` written out."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """Split a text into words."""
    return [Word(fold(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def fold(word: str) -> str:
    """Bring one word to the form in which words are compared."""
    return "and" if word == "&" else word.translate(_APOSTROPHES).lower()


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """Take the plural ending off a folded word."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 2 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def one_slip_apart(typed: str, known: str) -> bool:
    """Tell whether two words differ by at most one letter added, left out or changed, or two neighbours swapped."""
    if typed == known:
        return True
    if abs(len(typed) - len(known)) > 1:
        return False
    same = 0
    while same < min(len(typed), len(known)) and typed[same] == known[same]:
        same += 1
    a, b = typed[same:], known[same:]
    swapped = len(a) == len(b) >= 2 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:]
    return swapped or a[1:] == b or a == b[1:] or a[1:] == b[1:]


def close_to(typed: str, known: str) -> bool:
    """Tell whether `typed` may be meant as `known`: long enough, the same first letter, at most one slip."""
    return min(len(typed), len(known)) >= FUZZY_LENGTH and typed[0] == known[0] and one_slip_apart(typed, known)


def without_overlaps(found: Iterable[tuple[tuple[int, ...], Mention]]) -> list[Mention]:
    """Keep the best mentions, best rank (smallest) first, none overlapping another; in the order of the text."""
    kept: list[Mention] = []
    for _, mention in sorted(found, key=lambda pair: (pair[0], pair[1].start)):
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
