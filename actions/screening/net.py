"""The second net: a trained classifier of sentence vectors, beside the rules.

Kernel ridge regression on labelled examples (bot/net_training.py trains it), so a score is a weighted vote of the examples
a message is like, in meaning (sentence vectors) and in words (n-grams), and the nearest ones explain it. It adds a category
or nothing; what the rules found stays.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from actions.ngrams import NGrams
from actions.screening.findings import Category, Decision, Finding, Screening
from actions.screening.routine import Phrase, RoutineAnswers

Matrix = NDArray[np.float32]

SHARPNESS = 3.0
"""How fast the likeness of two vectors falls with their distance: exp(sharpness · (cosine - 1))."""
NGRAMS = 0.2
"""Weight of the n-grams' likeness beside that of the vectors."""
CLAUSE_DISCOUNT = 0.3
"""How much less than a whole message a clause counts that alone is to make it sensitive."""

# The thresholds, from about -1 to 1, were chosen on messages of several hands, kept apart from the examples, and with the
# public general requests of clinc150 and banking77 (the parts content and net of bench.screening_comparison).
CLINICAL_THRESHOLD = 0.15
"""Of the score for "sensitive": a higher one is clinical."""
EMERGENCY_THRESHOLD = 0.0
"""Of the score for "emergency" in a sensitive text."""
DOUBTED_THRESHOLD = -0.2
"""Of the score for "sensitive": what an emergency must have too where the rules found the text clinical."""
PLAIN_THRESHOLD = 0.3
"""Of the score for "emergency" in a text that is not quite sensitive enough to be clinical ..."""
URGENT_THRESHOLD = 0.05
"""... and what it must have of "sensitive"."""
DOWNGRADED_THRESHOLD = 0.5
"""Of the score for "emergency" where a rule saw one denied or past, which vectors are blind to."""
CLINICAL_RULE = "net.clinical"
EMERGENCY_RULE = "net.emergency"


class NetMissingError(Exception):
    """The second net of screening is not trained, or its file is damaged: run `frontdesk train`."""


class Label(IntEnum):
    """What an example is; the numbers are those of the file."""

    SERVICE = 0  # no disclosure and no medical question
    CLINICAL = 1  # a disclosure, or a request for medical information
    EMERGENCY = 2  # danger to life now


@dataclass(frozen=True, slots=True)
class Near:
    """An example, and how alike the message is to it: the cosine of their vectors, 1 for the same."""

    text: str
    label: Label
    likeness: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What the net makes of a message: about -1 for a plain service question, about 1 for what it looks for."""

    sensitive: float
    """Clinical or an emergency."""
    emergency: float
    """Rather an emergency than clinical, if it is one of them."""

    @classmethod
    def of_message(cls, scores: Sequence["Scores"]) -> "Scores":
        """Give a message's scores, from those of the whole and then those of each of its clauses.

        They are the mean of the whole and of its most sensitive part, so few words seldom decide alone; a clause that is
        plainly sensitive does, whatever stands around it.
        """
        whole, part = scores[0], max(scores, key=lambda one: one.sensitive)
        return cls(
            max((whole.sensitive + part.sensitive) / 2, part.sensitive - CLAUSE_DISCOUNT),
            (whole.emergency + part.emergency) / 2,
        )


def emergency_limit(screening: Screening, sensitive: float) -> float:
    """Give what the score for "emergency" must exceed in a text that is so sensitive; infinite where it cannot be one."""
    if Category.CLINICAL in screening.categories:
        if sensitive <= DOUBTED_THRESHOLD:
            return math.inf
        downgraded = any(finding.rule.startswith("emergency.") for finding in screening.findings)
        return DOWNGRADED_THRESHOLD if downgraded else EMERGENCY_THRESHOLD
    if sensitive > CLINICAL_THRESHOLD:
        return EMERGENCY_THRESHOLD
    return PLAIN_THRESHOLD if sensitive > URGENT_THRESHOLD else math.inf


@dataclass(frozen=True, slots=True, repr=False)  # its text would be as large as all it knows
class SecondNet:
    """A trained net; safe to share between threads."""

    texts: Sequence[str]
    labels: NDArray[np.int8]
    vectors: Matrix
    """Sentence vectors of the examples, one a row."""
    weights: Matrix
    """Weight of each example (row) for "sensitive" and for "emergency" (columns); a routine one has none for the second."""
    ngrams: NGrams
    ngram_weights: Matrix
    """Weight of each n-gram (row) for the same."""
    short: frozenset[Phrase]
    """Routine examples of one word or two."""
    routine: RoutineAnswers

    @classmethod
    def load(cls, path: Path, routine: RoutineAnswers) -> "SecondNet":
        """Read a trained net; `routine` says which texts it is not asked about. Raises NetMissingError."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                short = frozenset(tuple(line.split(" ")) for line in _lines(arrays["short"]))
                net = cls(
                    texts=_lines(arrays["texts"]),
                    labels=arrays["labels"],
                    vectors=arrays["vectors"],
                    weights=arrays["weights"],
                    ngrams=NGrams({gram: at for at, gram in enumerate(_lines(arrays["ngrams"]))}, arrays["rarity"]),
                    ngram_weights=arrays["ngram_weights"],
                    short=short,
                    routine=routine,
                )
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            problem = (
                "not trained" if isinstance(error, FileNotFoundError) else f"not readable ({type(error).__name__})"
            )
            raise NetMissingError(f"{path}: the second net of screening is {problem}; run `frontdesk train`") from None
        if not (
            len(net.texts) == len(net.labels) == len(net.vectors) == len(net.weights) > 0
            and len(net.ngrams.columns) == len(net.ngrams.rarity) == len(net.ngram_weights)
        ):
            raise NetMissingError(f"{path}: the second net of screening is damaged; run `frontdesk train`")
        return net

    def save(self, path: Path) -> None:
        """Write the net: what `load` reads. The same net gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}.npz")
        np.savez(
            new,
            texts=_bytes(self.texts),
            labels=self.labels,
            vectors=self.vectors,
            weights=self.weights,
            ngrams=_bytes(self.ngrams.names()),
            rarity=self.ngrams.rarity,
            ngram_weights=self.ngram_weights,
            short=_bytes(sorted(" ".join(phrase) for phrase in self.short)),
        )
        new.replace(path)

    def judge(self, screening: Screening, text: str, scores: Scores) -> Screening:
        """Add what the net finds in `text` to what the rules found; the scores are those of the redacted text."""
        if self.is_routine(text) or {Category.EMERGENCY, Category.UNJUDGED} & screening.categories:
            return screening
        if scores.emergency > emergency_limit(screening, scores.sensitive):
            return _add(screening, text, Category.EMERGENCY, EMERGENCY_RULE, Decision.EMERGENCY)
        if scores.sensitive > CLINICAL_THRESHOLD and Category.CLINICAL not in screening.categories:
            return _add(screening, text, Category.CLINICAL, CLINICAL_RULE, Decision.HAND_OFF)
        return screening

    def is_routine(self, text: str) -> bool:
        """Tell whether the net is not asked about a text: it is an answer to the booking form or a word of the desk."""
        return self.routine.covers(text, self.short)

    def scores(self, texts: Sequence[str], vectors: Matrix) -> list[Scores]:
        """Score texts by their words and by their sentence vectors, one a row."""
        rows = likeness(vectors, self.vectors) @ self.weights
        for at, text in enumerate(texts):
            columns, values = self.ngrams.vector(text)
            rows[at] += values @ self.ngram_weights[columns]
        return [Scores(float(sensitive), float(emergency)) for sensitive, emergency in rows]

    def nearest(self, vector: Matrix, k: int = 5) -> list[Near]:
        """Give the `k` examples most alike, the nearest first."""
        cosines = self.vectors @ vector
        rows = np.argsort(-cosines, kind="stable")[:k]
        return [Near(self.texts[row], Label(int(self.labels[row])), float(cosines[row])) for row in rows]


def likeness(left: Matrix, right: Matrix) -> Matrix:
    """Give how alike vectors are, 1 for the same."""
    alike: Matrix = left @ right.T
    alike -= 1  # in place: in training this is the square of the examples, two thirds of a gigabyte
    alike *= np.float32(SHARPNESS)
    np.exp(alike, out=alike)
    return alike


def _bytes(lines: Sequence[str]) -> NDArray[np.uint8]:
    """Write lines as an array that is read without pickle."""
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _lines(array: NDArray[np.uint8]) -> list[str]:
    return array.tobytes().decode("utf-8").split("\n")


def _add(screening: Screening, text: str, category: Category, rule: str, least: Decision) -> Screening:
    return Screening(
        decision=max(screening.decision, least, key=list(Decision).index),
        categories=screening.categories | {category},
        findings=(*screening.findings, Finding(category.name, 0, len(text), rule)),
        redacted=screening.redacted,
    )
