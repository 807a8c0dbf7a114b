"""The statistics of intent classification: kernel ridge regression on the sentence vector and the n-grams of a text.

One regression an intent, "is it this one", solved exactly: no random numbers and no epochs, so two trainings give the same model.
(Rifkin, Yeo and Poggio, "Regularized Least-Squares Classification", 2003.)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import sposv
from scipy.sparse import csr_matrix

from actions.ngrams import NGrams
from bot.rasa_ext.spelling import Spelling

Matrix = NDArray[np.float32]

_ARRAYS = "intents.npz"
_NAMES = "intents.json"


@dataclass(frozen=True)
class Tuning:
    """What cross-validation on data/nlu chose; docs/intent-classification.md has the numbers."""

    sharpness: float = 1.5
    """How fast the likeness of two sentence vectors falls with their distance: exp(sharpness · (cosine - 1))."""
    ngrams: float = 0.2
    """Weight of the n-grams' likeness beside that of the vectors."""
    smoothing: float = 0.1
    """Ridge penalty: the larger, the less a single example counts."""
    temperature: float = 13.5
    """What scores are multiplied with before softmax, so that confidences are probabilities."""


@dataclass(frozen=True)
class IntentModel:
    """A trained model. Two trainings on the same data give the same one."""

    intents: tuple[str, ...]
    tuning: Tuning
    centre: Matrix
    """Mean of the training examples' sentence vectors: what all texts have in common says nothing about any."""
    examples: Matrix
    """Sentence vectors of the training examples, one a row, centred."""
    example_weights: Matrix
    """Weight of each example (row) for each intent (column)."""
    spelling: Spelling
    """What a text goes through before it is encoded and classified."""
    ngrams: NGrams
    ngram_weights: Matrix
    """Weight of each n-gram (row) for each intent (column)."""

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        vectors: Matrix,
        labels: Sequence[str],
        tuning: Tuning | None = None,
        dictionary: Iterable[str] = (),
    ) -> IntentModel:
        """Learn from texts, their sentence vectors (one a row) and their intents; `dictionary` has words that are no slips of spelling."""
        tuning = tuning or Tuning()
        intents = tuple(sorted(set(labels)))
        target = np.array([[label == intent for intent in intents] for label in labels], dtype=np.float32)
        centre = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        examples = _centred(vectors, centre)
        grams = NGrams.of(texts)
        sparse = grams.rows(texts)
        rows = csr_matrix((sparse.values, sparse.columns, sparse.starts), shape=(len(texts), sparse.width))
        likeness = _likeness(examples, examples, tuning)
        likeness += np.float32(tuning.ngrams) * (rows @ rows.T).toarray()
        weights = _solve(likeness, target - np.float32(1 / len(intents)), tuning.smoothing)
        return cls(
            intents=intents,
            tuning=tuning,
            centre=centre,
            examples=examples,
            example_weights=weights,
            spelling=Spelling.of(texts, dictionary),
            ngrams=grams,
            ngram_weights=np.float32(tuning.ngrams) * (rows.T @ weights),
        )

    def confidences(self, texts: Sequence[str], vectors: Matrix) -> Matrix:
        """Give one row a text: the probability of each intent, in the order of `intents`. Texts are those that were encoded."""
        scores = _likeness(_centred(vectors, self.centre), self.examples, self.tuning) @ self.example_weights
        for row, text in enumerate(texts):
            columns, values = self.ngrams.vector(text)
            scores[row] += values @ self.ngram_weights[columns]
        return _softmax(scores * np.float32(self.tuning.temperature))

    def save(self, folder: Path) -> None:
        """Write the model's files."""
        self.spelling.save(folder)
        grams = self.ngrams
        np.savez(
            folder / _ARRAYS,
            centre=self.centre,
            examples=self.examples,
            example_weights=self.example_weights,
            ngram_weights=self.ngram_weights,
            rarity=grams.rarity,
        )
        about = {
            "intents": self.intents,
            "tuning": asdict(self.tuning),
            "ngrams": grams.names(),
        }
        (folder / _NAMES).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote."""
        about = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            return cls(
                intents=tuple(about["intents"]),
                tuning=Tuning(**about["tuning"]),
                centre=arrays["centre"],
                examples=arrays["examples"],
                example_weights=arrays["example_weights"],
                spelling=Spelling.load(folder),
                ngrams=NGrams({gram: column for column, gram in enumerate(about["ngrams"])}, arrays["rarity"]),
                ngram_weights=arrays["ngram_weights"],
            )


def _likeness(left: Matrix, right: Matrix, tuning: Tuning) -> Matrix:
    """Give how alike the vectors of two sets are, 1 for the same."""
    likeness: Matrix = np.exp(np.float32(tuning.sharpness) * (left @ right.T - 1))
    return likeness


def _centred(vectors: Matrix, centre: Matrix) -> Matrix:
    """Take the centre off and scale rows to length one."""
    centred: Matrix = vectors - centre
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)


def _solve(likeness: Matrix, target: Matrix, smoothing: float) -> Matrix:
    """Give the weights of the examples; `likeness` is overwritten."""
    likeness[np.diag_indices_from(likeness)] += np.float32(smoothing)
    # Transposed, the matrix is in Fortran's order, which LAPACK works on in place; it is symmetric.
    _, weights, failed = sposv(likeness.T, target, lower=True, overwrite_a=True)
    if failed:
        raise ValueError("the examples cannot be told apart with this smoothing: raise it in config.yml")
    solution: Matrix = np.ascontiguousarray(weights)
    return solution


def _softmax(scores: Matrix) -> Matrix:
    powers: Matrix = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
