"""What the second net adds to the rules and what it costs, on text that neither was made from.

    OPENBLAS_NUM_THREADS=1 python -m bench.second_net [--shared FOLDER]

Prints shares, with 95 % intervals, for the rules alone and for both nets: of the project's benchmark messages (tests/screening/benchmark),
of public development data where the folder exists, and of the net's own examples, each judged by a net that was trained without it.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from actions.screening import Category, Decision, Screener, Screening, Visibility
from actions.screening.net import Label, SecondNet
from actions.screening.two_nets import TwoNets
from bench.screening import ROOT, Row, read, right, wilson
from bot.net_training import ensure_net, learn, net_examples, two_nets
from bot.net_training import read as read_by_net

FOLDS = 5
Pair = tuple[Screening, Screening]
"""A message's judgement by the rules alone, and by both nets."""
Test = Callable[[Row, Screening], bool]


def sensitive(row: Row, got: Screening) -> bool:
    """Tell whether the message is kept from the bot for what it says."""
    return bool({Category.CLINICAL, Category.EMERGENCY} & got.categories)


def urgent(row: Row, got: Screening) -> bool:
    """Tell whether the message is judged an emergency."""
    return got.decision is Decision.EMERGENCY


def passes(row: Row, got: Screening) -> bool:
    """Tell whether the bot may answer the message."""
    return got.decision is Decision.ANSWER


def line(name: str, rows: Sequence[Row], pairs: Sequence[Pair], test: Test) -> None:
    """Print one measure for the rules alone and for both."""
    shares = []
    for side in (0, 1):
        found = sum(test(row, pair[side]) for row, pair in zip(rows, pairs, strict=True))
        low, high = wilson(found, len(rows))
        shares.append(f"{found / max(len(rows), 1):6.3f} [{low:.3f}, {high:.3f}]")
    print(f"{name:<62} {len(rows):>5}   {shares[0]}   {shares[1]}")


def judge(rules: Screener, both: TwoNets, row: Row) -> Pair:
    """Judge one row twice."""
    given = (row["text"], Visibility(row.get("visibility", "private")), row.get("context", ()))
    return rules.screen(*given), both.screen(*given)


def benchmark(both: TwoNets) -> None:
    """Measure on the project's benchmark messages: aggregates only, so that nothing is fitted to them."""
    for path in sorted((ROOT / "tests" / "screening" / "benchmark").glob("*.jsonl")):
        rows = read(path)
        pairs = [judge(both.rules, both, row) for row in rows]
        line(f"benchmark {path.stem}: decision and categories right", rows, pairs, right)
        for decision in sorted({row["decision"] for row in rows}):
            some = [(r, p) for r, p in zip(rows, pairs, strict=True) if r["decision"] == decision]
            if decision == "answer":
                line("  to be answered: passes", *_split(some), passes)
            elif decision == "emergency":
                line("  emergencies: found as such", *_split(some), urgent)
                line("  emergencies: kept from the bot", *_split(some), sensitive)
            elif clinical := [(r, p) for r, p in some if "clinical" in r["categories"]]:
                line("  clinical: found", *_split(clinical), sensitive)
                line("  clinical: called an emergency", *_split(clinical), urgent)


def shared(both: TwoNets, folder: Path) -> None:
    """Measure on the public development data."""
    sets = {
        "rqe: clinical questions found": read(folder / "clinical-rqe.jsonl"),
        "clinc150 and banking77: flagged as clinical": [
            *read(folder / "general-clinc150.jsonl"),
            *read(folder / "general-banking77.jsonl"),
        ],
    }
    for name, rows in sets.items():
        line(name, rows, [judge(both.rules, both, row) for row in rows], sensitive)


def held_out(both: TwoNets) -> None:
    """Measure on the net's examples, which the rules do not know, each judged by a net trained without its fold."""
    examples = net_examples(ROOT)
    texts = list(examples)
    vectors = both.encoder.encode_batch(read_by_net(texts))
    fold = np.random.default_rng(1).permutation(len(texts)) % FOLDS
    pairs: dict[str, Pair] = {}
    for number in range(FOLDS):
        train, test = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        net = learn(
            [texts[i] for i in train],
            [examples[texts[i]] for i in train],
            vectors[train],
            both.net.short,
            both.net.routine,
        )
        for i in test:
            pairs[texts[i]] = _judged(both, net, texts[i])
    tests: Mapping[Label, Sequence[tuple[str, Test]]] = {
        Label.SERVICE: [("flagged", sensitive)],
        Label.CLINICAL: [("found", sensitive), ("called an emergency", urgent)],
        Label.EMERGENCY: [("kept from the bot", sensitive), ("found as such", urgent)],
    }
    for label, measures in tests.items():
        rows = [{"text": text} for text in texts if examples[text] is label]
        for what, measure in measures:
            line(f"held-out {label.name.lower()} examples: {what}", rows, [pairs[row["text"]] for row in rows], measure)


def speed(both: TwoNets) -> None:
    """Print the throughput of both, in seconds of processor time."""
    texts = [
        row["text"] for path in sorted((ROOT / "tests" / "screening").glob("service*.jsonl")) for row in read(path)
    ]
    for name, screener in (("rules", both.rules), ("rules and net", both)):
        began = time.process_time()
        for text in texts:
            screener.screen(text)
        print(f"speed, {name}: {len(texts) / (time.process_time() - began):,.0f} messages/s")


def _judged(both: TwoNets, net: SecondNet, text: str) -> Pair:
    return both.rules.screen(text), replace(both, net=net).screen(text)


def _split(pairs: Sequence[tuple[Row, Pair]]) -> tuple[list[Row], list[Pair]]:
    return [row for row, _ in pairs], [pair for _, pair in pairs]


def main() -> None:
    """Run every measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    ensure_net(ROOT)
    both = two_nets(ROOT)
    print(f"{'':<62} {'n':>5}   {'rules':<22}   rules and net")
    benchmark(both)
    if options.shared.is_dir():
        shared(both, options.shared)
    else:
        print(f"no public data at {options.shared}")
    held_out(both)
    speed(both)


if __name__ == "__main__":
    main()
