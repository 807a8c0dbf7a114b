"""Measure the screening engine: what it finds, what it flags wrongly, how fast it is.

    python -m bench.screening [--shared FOLDER] [--misses FOLDER]

Reads the project's own labelled messages (tests/screening/*.jsonl) and, when the folder exists, public development data
(by default ../shared/data). Prints counts with 95 % Wilson intervals; lists misses and false alarms in files.
"""

import argparse
import hashlib
import json
import math
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from actions.screening import Category, Decision, Screener, Screening, Visibility

ROOT = Path(__file__).resolve().parent.parent
# Types of the public set that are direct identifiers of a person.
DIRECT = frozenset(
    (
        "PERSON STREET_ADDRESS CREDIT_CARD PHONE_NUMBER EMAIL_ADDRESS ZIP_CODE IBAN_CODE US_SSN IP_ADDRESS "
        "US_DRIVER_LICENSE"
    ).split()
)
Row = dict[str, Any]


def wilson(found: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson score)."""
    if not total:
        return 0.0, 1.0
    share, spread = found / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return max(0.0, middle - half), min(1.0, middle + half)


class Report:
    """Prints one line per measure and writes the rows that missed it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def line(self, name: str, hits: int, total: int, missed: Sequence[str]) -> None:
        """Print the share with its interval and keep what missed."""
        low, high = wilson(hits, total)
        print(f"{name:<58} {hits:>5}/{total:<5} {hits / max(total, 1):6.3f}  [{low:.3f}, {high:.3f}]")
        (self._folder / (name.split(":")[0].replace(" ", "_").replace("/", "-") + ".txt")).write_text(
            "\n".join(missed) + "\n"
        )


def read(path: Path) -> list[Row]:
    """Read a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def judge(screener: Screener, row: Row) -> Screening:
    """Screen one labelled row."""
    return screener.screen(row["text"], Visibility(row.get("visibility", "private")), row.get("context", ()))


def right(row: Row, got: Screening) -> bool:
    """Tell whether the decision is the expected one and every expected category is there."""
    return got.decision.value == row["decision"] and set(row["categories"]) <= {c.value for c in got.categories}


def own(screener: Screener, report: Report) -> None:
    """Measure on the project's own labelled messages."""
    for path in sorted((ROOT / "tests" / "screening").glob("*.jsonl")):
        rows = read(path)
        judged = [(row, judge(screener, row)) for row in rows]
        missed = [
            (
                f"{row['text']!r} {row['context'] or ''} -> {got.decision.value} "
                f"{[(f.rule, f.start, f.end) for f in got.findings]}"
            )
            for row, got in judged
            if not right(row, got)
        ]
        report.line(f"own {path.stem}: decision and categories right", len(rows) - len(missed), len(rows), missed)
        if path.stem == "downgraded":
            found = [r["text"] for r, g in judged if Category.EMERGENCY in g.categories]
            report.line("own downgraded as emergency: judged an emergency", len(found), len(rows), found)


def share(report: Report, name: str, rows: Iterable[Row], test: Callable[[Row], bool], list_hits: bool) -> None:
    """Print how many rows pass a test; list those that do, or those that do not."""
    rows = list(rows)
    hits = [test(row) for row in rows]
    report.line(name, sum(hits), len(rows), [r["text"] for r, hit in zip(rows, hits, strict=True) if hit is list_hits])


def shared(screener: Screener, report: Report, folder: Path) -> None:
    """Measure on the public development data."""

    def clinical(row: Row) -> bool:
        got = screener.screen(row["text"]).categories
        return Category.CLINICAL in got or Category.EMERGENCY in got

    def identifying(row: Row) -> bool:
        return Category.IDENTIFYING in screener.screen(row["text"]).categories

    share(report, "rqe: clinical questions found", read(folder / "clinical-rqe.jsonl"), clinical, False)
    clinc, banking = read(folder / "general-clinc150.jsonl"), read(folder / "general-banking77.jsonl")
    share(report, "clinc150 clinical: flagged as clinical", clinc, clinical, True)
    share(report, "banking77 clinical: flagged as clinical", banking, clinical, True)
    share(report, "clinc150 and banking77: flagged as clinical", clinc + banking, clinical, True)
    share(report, "clinc150 identifying: flagged (true names among them)", clinc, identifying, True)
    share(report, "banking77 identifying: flagged", banking, identifying, True)
    identifiers(screener, report, read(folder / "identifiers-presidio-synth.jsonl"))


def identifiers(screener: Screener, report: Report, rows: list[Row]) -> None:
    """Measure messages and spans of direct identifiers, as written and in lower case."""
    direct = [row for row in rows if any(kind in DIRECT for _, _, kind in row["spans"])]
    for how, change in (("as written", str), ("lower-cased", str.lower)):
        found, spans, total = 0, 0, 0
        missed: list[str] = []
        by_type: dict[str, tuple[int, int]] = {}
        for row in direct:
            text = change(row["text"])
            hits = [(f.start, f.end) for f in screener.screen(text).findings if f.rule.startswith("id.")]
            covered = [(a, b, k, any(s < b and a < e for s, e in hits)) for a, b, k in row["spans"] if k in DIRECT]
            found += any(c for *_, c in covered)
            for a, b, kind, cover in covered:
                n, m = by_type.get(kind, (0, 0))
                by_type[kind] = (n + cover, m + 1)
                spans, total = spans + cover, total + 1
                if not cover:
                    missed.append(f"{kind}: {text[a:b]!r} in {text[:160]!r}")
        report.line(f"direct identifiers {how}: messages found", found, len(direct), [])
        report.line(f"direct identifier spans {how}: spans found", spans, total, missed)
        print("   " + ", ".join(f"{k} {n}/{m}" for k, (n, m) in sorted(by_type.items())))
    free = [row for row in rows if not row["spans"]]
    share(
        report,
        "messages without identifiers: flagged as identifying",
        free,
        lambda r: Category.IDENTIFYING in screener.screen(r["text"]).categories,
        True,
    )


def speed(screener: Screener) -> None:
    """Print the throughput on the project's messages and the time of a 1,000-character text, in seconds of processor time."""
    texts = [
        r["text"]
        for p in sorted((ROOT / "tests" / "screening").glob("*.jsonl"))
        for r in read(p)
        if len(r["text"]) < 1000
    ]
    began = time.process_time()
    for text in texts * 2:
        screener.screen(text)
    per_second = len(texts) * 2 / (time.process_time() - began)
    times = []
    for i in range(300):
        long = " ".join(texts[(i * 7 + k) % len(texts)] for k in range(60))[:1000]
        start = time.process_time()
        screener.screen(long)
        times.append(time.process_time() - start)
    times.sort()
    print(
        f"speed: {per_second:,.0f} messages/s of {len(texts)} texts; 1,000 characters p50 "
        f"{times[150] * 1e3:.2f} ms, p99 {times[297] * 1e3:.2f} ms"
    )


def digest(screener: Screener) -> str:
    """Return one hash over every judgement of the project's labelled messages, to compare environments with."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "tests" / "screening").glob("*.jsonl")):
        for row in read(path):
            got = judge(screener, row)
            findings = sorted((f.type, f.start, f.end, f.rule) for f in got.findings)
            judged = (got.decision.value, sorted(c.value for c in got.categories), findings, got.redacted)
            total.update(repr(judged).encode())
    return total.hexdigest()


def main() -> None:
    """Run every measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--misses", type=Path, default=ROOT / "var" / "bench-screening")
    parser.add_argument("--digest", action="store_true", help="print only a hash of all judgements")
    options = parser.parse_args()
    if options.digest:
        print(digest(Screener.load(ROOT)))
        return
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    screener = Screener.load(ROOT)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"start-up {time.perf_counter() - began:.2f} s, added resident memory {(after - before) / 1024:.0f} MB")
    report = Report(options.misses)
    own(screener, report)
    if options.shared.is_dir():
        shared(screener, report, options.shared)
    else:
        print(f"no public data at {options.shared}: measured on the project's own messages only")
    speed(screener)
    if screener.screen("where do i park?").decision is not Decision.ANSWER:
        raise SystemExit("a plain question was not answered: the figures above mean nothing")


if __name__ == "__main__":
    main()
