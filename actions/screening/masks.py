"""Hide from some rules what others explain: the words of a service, or of a figure of speech."""

from collections.abc import Sequence
from dataclasses import replace

from actions.screening.matching import Match, Words


def without(message: Words, masks: Sequence[Match]) -> Words:
    """Return the message without the phrases that lie inside a mask."""
    if not masks:
        return message
    spans = [(m.start, m.end) for m in masks]
    phrases: dict[str, dict[int, list[int]]] = {}
    for name, hits in message.phrases.items():
        for start, ends in hits.items():
            kept = [end for end in ends if not any(s <= start and end <= e for s, e in spans)]
            if kept:
                phrases.setdefault(name, {})[start] = kept
    return replace(message, phrases=phrases)


def covered(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask touches the match."""
    return any(m.start < match.end and match.start < m.end for m in masks)


def inside(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask covers the whole match."""
    return any(m.start <= match.start and match.end <= m.end for m in masks)
