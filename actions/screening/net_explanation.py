"""Explain what the second net makes of a message, in plain sentences: its scores, the examples most alike, and what it adds."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from actions.screening.explanation import decision, explain
from actions.screening.findings import Category, Screening, Visibility
from actions.screening.net import CLINICAL_RULE, CLINICAL_THRESHOLD, EMERGENCY_RULE, Label, Scores, emergency_limit
from actions.screening.two_nets import Reading, TwoNets

_NEAREST = 5
_MEANING = {
    Label.SERVICE: "routine",
    Label.CLINICAL: "health",
    Label.EMERGENCY: "emergency",
}
_ADDED = {
    CLINICAL_RULE: "net.clinical: the second net takes it for health or a request for advice: a person answers.",
    EMERGENCY_RULE: "net.emergency: the second net takes it for danger to life: the emergency number at once.",
}


def explain_both(
    both: TwoNets, text: str, visibility: Visibility = Visibility.PRIVATE, context: Sequence[str] = ()
) -> list[str]:
    """Return the explanation of what rules and net decide about `text` together, the decision last."""
    rules = both.rules.screen(text, visibility, context)
    lines = explain(both.rules, text, visibility, context)
    if Category.UNJUDGED in rules.categories:
        return lines
    if Category.EMERGENCY in rules.categories:
        return [*lines[:-1], "second net: not asked, since the rules found an emergency.", lines[-1]]
    if both.net.is_routine(text):
        return [
            *lines[:-1],
            "second net: not asked about answers to the booking form and words of the desk.",
            lines[-1],
        ]
    judged = both.screen(text, visibility, context)
    return [*lines[:-1], *_net(both, rules, judged), decision(judged, visibility)]


def _net(both: TwoNets, rules: Screening, judged: Screening) -> Iterator[str]:
    read = both.read(rules.redacted)
    if read.texts[0] != rules.redacted:
        yield f'second net: reads it word by word as "{read.texts[0]}".'
    scores = Scores.of_message(read.scores)
    line = f"second net: health or danger {scores.sensitive:+.2f} (counts above {CLINICAL_THRESHOLD:+.2f})"
    limit = emergency_limit(rules, scores.sensitive)
    if math.isfinite(limit):
        line += f", rather an emergency {scores.emergency:+.2f} (counts above {limit:+.2f})"
    yield f"{line}."
    strongest = int(np.argmax([one.sensitive for one in read.scores]))
    if strongest:
        yield f'second net: what weighs most is "{read.texts[strongest]}", {read.scores[strongest].sensitive:+.2f} by itself.'
    yield from _nearest(both, read, strongest)
    added = [_ADDED[finding.rule] for finding in judged.findings if finding.rule in _ADDED]
    yield from added or ["second net: adds nothing."]


def _nearest(both: TwoNets, read: Reading, row: int) -> Iterator[str]:
    """Yield the examples that are most alike in meaning."""
    for near in both.net.nearest(read.vectors[row], _NEAREST):
        yield f'  {near.likeness:.2f} alike: "{near.text}" ({_MEANING[near.label]})'
