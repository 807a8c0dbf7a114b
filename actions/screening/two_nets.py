"""Rules and second net together: what judges every message."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from actions.encoder import Encoder, Vector
from actions.screening.engine import Screener
from actions.screening.findings import Category, Decision, Screening, Visibility
from actions.screening.net import SecondNet

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
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
            if vector is None or screening.redacted != text:
                vector = self.encoder.encode(screening.redacted)
            return self.net.judge(screening, text, vector), vector
        except Exception as error:  # whatever fails, the message is not clear
            _log.error("screening.net_failed", error=type(error).__name__)
            return _unjudged(screening), None


def _unjudged(screening: Screening) -> Screening:
    return Screening(
        decision=Decision.HAND_OFF,
        categories=screening.categories | {Category.UNJUDGED},
        findings=screening.findings,
        redacted=screening.redacted,
    )
