"""Tell a slip of the finger from a word that no list knows, and read the word that was meant."""

import re
from collections.abc import Container, Sequence, Set
from functools import lru_cache

# Shorter words have too many neighbours.
_SHORTEST = 6
# So many words of a message are mended at most: more of them are no slips.
_MOST = 8


class Slips:
    """Knows the words that rules speak of by what is left of them when a letter is missing."""

    def __init__(self, words: Set[str], known: Sequence[Container[str]]) -> None:
        self._known = (words, *known)
        self._by_rest: dict[str, str] = {}
        for word in sorted(words):
            if len(word) >= _SHORTEST and word.isalpha():
                for rest in _rests(word):
                    self._by_rest.setdefault(rest, word)

    def mended(self, words: Sequence[str]) -> Sequence[str]:
        """Return the words, those that no list knows as the word one slip away, if there is one."""
        strange = [i for i, w in enumerate(words) if len(w) >= _SHORTEST and w.isalpha() and self._strange(w)]
        if not strange or len(strange) > _MOST:
            return words
        out = list(words)
        for i in strange:
            out[i] = self._meant(words[i])
        return out

    def _strange(self, word: str) -> bool:
        # "chilis" is no slip where "chili" is known.
        forms = (word, word[:-1]) if word.endswith("s") else (word, word + "s")
        return not any(form in words for words in self._known for form in forms)

    def _meant(self, word: str) -> str:
        for rest in _rests(word):
            meant = self._by_rest.get(rest)
            if meant and meant[0] == word[0] and _one_slip(word, meant):
                return meant
        return word


def _rests(word: str) -> list[str]:
    return [word, *(word[:k] + word[k + 1 :] for k in range(len(word)))]


def _one_slip(word: str, meant: str) -> bool:
    """Tell whether one letter is wrong, missing or too many, or two neighbours are exchanged."""
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    a, b = word[start:], meant[start:]
    return a[1:] == b[1:] or a == b[1:] or a[1:] == b or (a[:2] == b[1::-1] and a[2:] == b[2:])


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
