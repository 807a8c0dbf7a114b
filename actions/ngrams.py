"""Word and character n-grams of a text, weighted by how rare they are: what a sentence vector misses, such as names and spelling."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+|[^\w\s]")
_SHORTEST, _LONGEST = 3, 4
"""Characters of a character n-gram, the spaces at a word's ends included."""
_RAREST_CHARACTERS = 2
"""Texts in which a character n-gram must stand to be kept: most that stand in one are of misspellings."""


@dataclass(frozen=True)
class Rows:
    """A sparse matrix of n-grams, one row a text."""

    values: NDArray[np.float32]
    columns: NDArray[np.int64]
    starts: NDArray[np.int64]
    """Where each row begins in the other two, and their length."""
    width: int

    def of(self, texts: NDArray[np.int64]) -> Rows:
        """Give the rows of some texts."""
        sizes = np.diff(self.starts)[texts]
        kept = np.concatenate([np.arange(self.starts[at], self.starts[at + 1]) for at in texts])
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return Rows(self.values[kept], self.columns[kept], starts, self.width)

    def times(self, right: NDArray[np.float32]) -> NDArray[np.float32]:
        """Multiply the matrix with `right`, which has a row for every n-gram."""
        sums = np.zeros((len(self.columns) + 1, right.shape[1]), dtype=np.float64)
        np.cumsum(self.values[:, None] * right[self.columns], axis=0, dtype=np.float64, out=sums[1:])
        product: NDArray[np.float32] = (sums[self.starts[1:]] - sums[self.starts[:-1]]).astype(np.float32)
        return product

    def transposed_times(self, right: NDArray[np.float32]) -> NDArray[np.float32]:
        """Multiply the transposed matrix with `right`, which has a row for every text."""
        of_row = np.repeat(right, np.diff(self.starts), axis=0) * self.values[:, None]
        sums = [np.bincount(self.columns, weights=column, minlength=self.width) for column in of_row.T]
        return np.stack(sums, axis=1).astype(np.float32)


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

    def names(self) -> list[str]:
        """Give the n-grams in the order of their columns."""
        return sorted(self.columns, key=self.columns.__getitem__)

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

    def rows(self, texts: Iterable[str]) -> Rows:
        """Give one sparse row a text."""
        rows = [self.vector(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows] or [np.empty(0, dtype=np.int64)])
        values = np.concatenate([values for _, values in rows] or [np.empty(0, dtype=np.float32)])
        return Rows(values, columns, starts, len(self.columns))


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
