"""Word and character n-grams of a text, weighted by how rare they are: what a sentence vector misses, such as names and spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_WORD = re.compile(r"\w+|[^\w\s]")
_SHORTEST, _LONGEST = 3, 4
"""Characters of a character n-gram, the spaces at a word's ends included."""
_RAREST_CHARACTERS = 2
"""Texts in which a character n-gram must stand to be kept: most that stand in one are of misspellings."""


@dataclass(frozen=True)
class NGrams:
    """The n-grams of the training texts, with their weights."""

    columns: dict[str, int]
    """Column by n-gram; word n-grams begin with "w:", character n-grams with "c:"."""
    rarity: NDArray[np.float32]
    """Smoothed inverse document frequency by column."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> NGrams:
        """Collect the n-grams of the training texts, in alphabetical order."""
        frequency: Counter[str] = Counter()
        for text in texts:
            frequency.update(_counts(text).keys())
        kept = sorted(gram for gram, count in frequency.items() if gram[0] == "w" or count >= _RAREST_CHARACTERS)
        counts = np.array([frequency[gram] for gram in kept], dtype=np.float64)
        rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls({gram: column for column, gram in enumerate(kept)}, rarity.astype(np.float32))

    def vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the columns that are not zero and their values; words and characters each have length one."""
        known = [
            (self.columns[gram], count, gram[0] == "w") for gram, count in _counts(text).items() if gram in self.columns
        ]
        if not known:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        columns = np.array([column for column, _, _ in known])
        values = (1 + np.log(np.array([count for _, count, _ in known], dtype=np.float32))) * self.rarity[columns]
        is_word = np.array([word for _, _, word in known])
        for family in (is_word, ~is_word):
            values[family] /= max(float(np.linalg.norm(values[family])), 1e-9)
        return columns, values

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """Give one sparse row a text."""
        rows = [self.vector(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows] or [np.empty(0, dtype=np.int64)])
        values = np.concatenate([values for _, values in rows] or [np.empty(0, dtype=np.float32)])
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self.columns)))


def _counts(text: str) -> Counter[str]:
    """Count the words, pairs of words and character n-grams of a text, whatever its case."""
    words = _WORD.findall(text.lower())
    counts = Counter(f"w:{word}" for word in words)
    counts.update(f"w:{first} {second}" for first, second in pairwise(words))
    for word in words:
        padded = f" {word} "
        for size in range(_SHORTEST, _LONGEST + 1):
            counts.update(f"c:{padded[start : start + size]}" for start in range(len(padded) - size + 1))
    return counts
