"""Hide from some rules what others explain: the words of a service, or of a figure of speech."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from actions.screening.matching import Match, Words


def without(message: Words, masks: Sequence[Match]) -> Words:
    """Return the message without the phrases that lie inside a mask."""
    if not masks:
        return message
    # How far the masks reach that cover each word.
    reach = [0] * len(message.words)
    for mask in masks:
        for place in range(mask.start, mask.end):
            reach[place] = max(reach[place], mask.end)
    phrases: dict[str, Mapping[int, Sequence[int]]] = {}
    for name, hits in message.phrases.items():
        kept = {start: [end for end in ends if end > reach[start]] for start, ends in hits.items()}
        if left := {start: ends for start, ends in kept.items() if ends}:
            phrases[name] = left
    return replace(message, phrases=phrases)


def covered(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask touches the match."""
    return any(m.start < match.end and match.start < m.end for m in masks)


def inside(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask covers the whole match."""
    return any(m.start <= match.start and match.end <= m.end for m in masks)
