"""What the second net adds to the rules and what it costs, on its own examples, each judged by a net that was trained without it.

The part "net" of bench.screening_comparison; the part "content" has the same on text of other hands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from actions.screening import Category, Decision, Screening
from actions.screening.net import Label, Matrix
from actions.screening.two_nets import TwoNets
from bench.screening import ROOT
from bot.net_training import learn, net_examples
from bot.net_training import read as read_by_net

FOLDS = 5
ALIKE = 0.9
"""Examples whose vectors have a higher cosine are never on both sides: nobody learns from a near-copy of what is asked."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: the examples of a label, and for each whether the rules alone and both nets did what is counted."""

    name: str
    texts: list[str]
    by_rules: list[bool]
    by_both: list[bool]


def held_out(both: TwoNets) -> Iterator[Measure]:
    """Judge every example by the rules, which do not know it, and by both nets, trained without its fold."""
    examples = net_examples(ROOT)
    texts, labels = list(examples), list(examples.values())
    vectors = both.encoder.encode_batch(read_by_net(texts))
    fold = folds(vectors)
    pairs: dict[str, tuple[Screening, Screening]] = {}
    for number in range(FOLDS):
        train = np.flatnonzero(fold != number)
        net = learn(
            [texts[i] for i in train], [labels[i] for i in train], vectors[train], both.net.short, both.net.routine
        )
        fitted = replace(both, net=net)
        for i in np.flatnonzero(fold == number):
            pairs[texts[i]] = both.rules.screen(texts[i]), fitted.screen(texts[i])
    for label, name, counts in (
        (Label.SERVICE, "routine: flagged", _sensitive),
        (Label.CLINICAL, "clinical: found", _sensitive),
        (Label.CLINICAL, "clinical: called an emergency", _urgent),
        (Label.EMERGENCY, "emergencies: kept from the bot", _sensitive),
        (Label.EMERGENCY, "emergencies: found as such", _urgent),
    ):
        some = [text for text in texts if examples[text] is label]
        yield Measure(name, some, [counts(pairs[text][0]) for text in some], [counts(pairs[text][1]) for text in some])


def folds(vectors: Matrix) -> np.ndarray:
    """Give each example's fold; examples that are almost the same have the same."""
    group = np.arange(len(vectors))
    for row in range(len(vectors)):
        near = np.flatnonzero(vectors[:row] @ vectors[row] > ALIKE)
        if len(near):
            joined = np.unique(group[near])
            group[np.isin(group, joined)] = group[row] = joined[0]
    _, number = np.unique(group, return_inverse=True)
    return (np.random.default_rng(1).permutation(number.max() + 1) % FOLDS)[number]


def _sensitive(got: Screening) -> bool:
    return bool({Category.CLINICAL, Category.EMERGENCY} & got.categories)


def _urgent(got: Screening) -> bool:
    return got.decision is Decision.EMERGENCY
