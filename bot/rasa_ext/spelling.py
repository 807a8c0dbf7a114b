"""Slips of the thumb, put right before a text is classified: one wrong letter can turn a sentence vector away from its meaning."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_WORD = re.compile(r"[a-z]+")
_SHORTEST = 4
"""Letters of the shortest word that is put right: shorter ones are like too many others."""
_LONG = 7
"""Letters from which a word may have two slips rather than one."""
_COMMON = 3
"""Times that a word must stand in the training texts to be what somebody meant."""
_SEEN = 2
"""Times that a word must stand in the training texts not to be a slip itself: they have slips too, on purpose."""
_FEW_SLIPS = 2
"""Slips that even a short text may have; one with more, and with more than half of its words unknown, is in another language."""
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly")
_A = ord("a")
_FILE = "spelling.json"


@dataclass(frozen=True)
class Spelling:
    """What words there are, and which of them patients use."""

    common: Sequence[str]
    """The words that a slip may stand for, the most frequent first."""
    known: frozenset[str]
    """The words that are no slip."""
    _letters: np.ndarray = field(init=False, repr=False, compare=False)
    _fixed: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Count the letters of the common words."""
        object.__setattr__(self, "_letters", np.array([_letters_of(word) for word in self.common]).reshape(-1, 26))

    @classmethod
    def of(cls, texts: Iterable[str], dictionary: Iterable[str]) -> Spelling:
        """Learn the words of the training texts; `dictionary` has other words of the language."""
        counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
        known = frozenset(dictionary) | {word for word, count in counts.items() if count >= _SEEN}
        common = [word for word, count in counts.items() if count >= _COMMON and len(word) >= _SHORTEST]
        return cls(sorted(common, key=lambda word: (-counts[word], word)), known)

    def save(self, folder: Path) -> None:
        """Write the words."""
        about = {"common": list(self.common), "known": sorted(self.known)}
        (folder / _FILE).write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Spelling:
        """Read what `save` wrote."""
        about = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(about["common"], frozenset(about["known"]))

    def correct(self, text: str) -> str:
        """Give the text with its slips put right, in lower case; as it is when there are none, or when it is in another language."""
        lowered = text.lower()
        words = _WORD.findall(lowered)
        slips = [word for word in words if self._may_be_slip(word)]
        if not slips or len(slips) > max(_FEW_SLIPS, len(words) // 2):
            return text
        corrected = _WORD.sub(lambda match: self._fix(match[0]), lowered)
        return text if corrected == lowered else corrected

    def _may_be_slip(self, word: str) -> bool:
        if len(word) < _SHORTEST or word in self.known:
            return False
        stems = (word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending))
        return not any(stem in self.known or f"{stem}e" in self.known for stem in stems)

    def _fix(self, word: str) -> str:
        if not self._may_be_slip(word):
            return word
        if word not in self._fixed:
            if len(self._fixed) > 10_000:  # patients invent words without end
                self._fixed.clear()
            self._fixed[word] = self._nearest(word)
        return self._fixed[word]

    def _nearest(self, word: str) -> str:
        """Give the common word that the fewest slips lead to, the most frequent of them; the word itself if there is none."""
        # A slip changes at most two letters of the count, which rules out nearly all words at once.
        apart = np.abs(self._letters - _letters_of(word)).sum(axis=1)
        best, fewest = word, 3
        for row in np.flatnonzero(apart <= 4):
            other = self.common[row]
            allowed = 2 if min(len(word), len(other)) >= _LONG else 1
            if other[0] == word[0] and (slips := _slips(word, other)) <= allowed and slips < fewest:
                best, fewest = other, slips
        return best


def _letters_of(word: str) -> np.ndarray:
    return np.bincount([ord(letter) - _A for letter in word if "a" <= letter <= "z"], minlength=26)


def _slips(left: str, right: str) -> int:
    """Count the letters left out, added, changed or swapped with the next between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
