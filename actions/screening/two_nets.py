"""Rules and second net together: what judges every message."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import structlog

from actions.encoder import Encoder, Vector
from actions.screening.clauses import clauses
from actions.screening.engine import Screener
from actions.screening.findings import Category, Decision, Screening, Visibility
from actions.screening.glossary import Glossary
from actions.screening.net import Matrix, Scores, SecondNet

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the second net reads of a redacted message, the whole first, then each of its clauses."""

    texts: Sequence[str]
    """In English as far as the glossary goes."""
    vectors: Matrix
    scores: Sequence[Scores]


@dataclass(frozen=True, slots=True, repr=False)  # its text would be as large as all it knows
class TwoNets:
    """Judges a message by the rules, then by its sentence vector; safe to share between threads."""

    rules: Screener
    encoder: Encoder
    net: SecondNet

    def screen(
        self,
        text: str,
        visibility: Visibility = Visibility.PRIVATE,
        context: Sequence[str] = (),
        *,
        vector: Vector | None = None,
    ) -> Screening:
        """Judge `text`; `context` are the conversation's earlier messages, oldest first. Never raises: a failure is unjudged.

        `vector` is the sentence vector of `text`, where it is known already.
        """
        return self.hear(text, visibility, context, vector=vector)[0]

    def hear(
        self,
        text: str,
        visibility: Visibility = Visibility.PRIVATE,
        context: Sequence[str] = (),
        *,
        vector: Vector | None = None,
    ) -> tuple[Screening, Vector | None]:
        """Judge as `screen` does; give the sentence vector of the redacted text too, if the net was asked."""
        screening = self.rules.screen(text, visibility, context)
        if {Category.EMERGENCY, Category.UNJUDGED} & screening.categories:
            return screening, None
        try:
            own = vector if screening.redacted == text else None
            read = self.read(screening.redacted, own)
            judged = self.net.judge(screening, text, Scores.of_message(read.scores))
            if own is None:
                as_written = read.texts[0] == screening.redacted
                own = read.vectors[0] if as_written else self.encoder.encode(screening.redacted)
            return judged, own
        except Exception as error:  # whatever fails, the message is not clear
            _log.error("screening.net_failed", error=type(error).__name__)
            return _unjudged(screening), None

    def read(self, redacted: str, vector: Vector | None = None) -> Reading:
        """Score a redacted message and its clauses; `vector` is its sentence vector, where it is known already."""
        english = Glossary.load().in_english(redacted)
        spans = clauses(english)
        texts = [english, *(english[begin:end] for begin, end in spans)]
        if vector is not None and not spans and english == redacted:
            vectors = vector[np.newaxis]
        else:
            vectors = self.encoder.encode_parts(english, spans)
        return Reading(texts, vectors, self.net.scores(texts, vectors))


def _unjudged(screening: Screening) -> Screening:
    return Screening(
        decision=Decision.HAND_OFF,
        categories=screening.categories | {Category.UNJUDGED},
        findings=screening.findings,
        redacted=screening.redacted,
    )
