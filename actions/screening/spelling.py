"""Tell a slip of the finger from a word that no list knows."""

import re
from collections.abc import Set
from functools import lru_cache


@lru_cache(4096)
def _edits(word: str) -> frozenset[str]:
    splits = [(word[:k], word[k:]) for k in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    return frozenset(
        [a + b[1:] for a, b in splits if b]
        + [a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1]
        + [a + c + b[1:] for a, b in splits if b for c in letters]
        + [a + c + b for a, b in splits for c in letters]
    )


def near_known(word: str, words: Set[str]) -> bool:
    """Tell whether the word is one slip of the finger from a known one, or two known ones run together."""
    if any(word[:k] in words and word[k:] in words for k in range(3, len(word) - 2)):
        return True
    return not words.isdisjoint(_edits(word))


_JUNK = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}|[aeiouy]{4}|(.)\1\1")


def pronounceable(word: str) -> bool:
    """Tell whether the word could be said, as a name can and a row of keys cannot."""
    return _JUNK.search(word) is None
