"""Measure the screening engine beside Presidio, on text that neither was made from, and print the tables of docs/screening.md.

    make bench-screening        (python -m bench.screening_comparison [--shared FOLDER] [--misses FOLDER] [--part NAME …])

Reads the project's benchmark messages (tests/screening/benchmark) and, where the folder exists, public development data. Every share
comes with its count and 95 % interval (Wilson). Misses and false alarms go to files, never to the terminal: what is read while rules
are written measures nothing any more.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from actions.screening import Category, Decision, Screening, Visibility
from actions.screening.two_nets import TwoNets
from bench.machine import describe_machine
from bench.presidio import INDIRECT, PYTHON, Found, run_presidio
from bench.screening import DIRECT, ROOT, Row, read, right, wilson
from bench.second_net import held_out
from bot.net_training import ensure_net, two_nets

BENCHMARK = ROOT / "tests" / "screening" / "benchmark"
USUAL = ("identifiers", "content", "speed")
"""What is measured where no part is named."""
PARTS = (*USUAL, "net")
Spans = Sequence[tuple[int, int]]
Test = Callable[[Row, Screening], bool]


@dataclass(frozen=True, slots=True)
class Output:
    """Prints the tables' lines and keeps what missed in files."""

    folder: Path

    def cell(self, system: str, name: str, rows: Sequence[Row], hits: Sequence[bool], *, listed: bool) -> str:
        """Give a share as text; list the rows whose hit is `listed`."""
        some = [json.dumps(row, ensure_ascii=False) for row, hit in zip(rows, hits, strict=True) if hit is listed]
        file = "".join(c if c.isalnum() else "-" for c in f"{system} {name}").strip("-")
        (self.folder / f"{file}.txt").write_text("".join(f"{line}\n" for line in some), encoding="utf-8")
        return share(sum(hits), len(hits))

    @staticmethod
    def line(*cells: str) -> None:
        """Print one line of a table."""
        print(f"| {' | '.join(cells)} |", flush=True)

    def head(self, *cells: str) -> None:
        """Print a table's head."""
        print()
        self.line(*cells)
        self.line(*("---" for _ in cells))


def share(found: int, total: int) -> str:
    """Write a share with its count and interval."""
    low, high = wilson(found, total)
    return f"{found / max(total, 1):.3f} [{low:.3f}, {high:.3f}] {found}/{total}"


def lowered(text: str) -> str:
    """Return the text in lower case, every character in its place."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def benchmark(*names: str) -> list[Row]:
    """Read benchmark files."""
    return [row for name in names for row in read(BENCHMARK / f"{name}.jsonl")]


def direct(rows: Sequence[Row]) -> list[Row]:
    """Keep the rows of the public set that hold a direct identifier, with those spans only."""
    kept = [row | {"spans": [span for span in row["spans"] if span[2] in DIRECT]} for row in rows]
    return [row for row in kept if row["spans"]]


def given(row: Row) -> tuple[str, Visibility, tuple[str, ...]]:
    """Give what a screener is asked about a row."""
    return row["text"], Visibility(row.get("visibility", "private")), tuple(row.get("context", ()))


def rule_spans(both: TwoNets, rows: Sequence[Row]) -> list[Spans]:
    """Find identifiers by the rules; the net adds none."""
    screened = [both.rules.screen(*given(row)) for row in rows]
    return [[(f.start, f.end) for f in one.findings if f.rule.startswith("id.")] for one in screened]


def presidio_texts(rows: Sequence[Row]) -> list[str]:
    """Give Presidio the earlier messages too, as the rules have them."""
    return ["\n".join([*row.get("context", ()), row["text"]]) for row in rows]


def presidio_spans(rows: Sequence[Row], found: Sequence[Sequence[tuple[int, int, str]]], *, every: bool) -> list[Spans]:
    """Give the spans that Presidio found in each row's own text; of every type or of those that identify directly."""
    result: list[Spans] = []
    for row, text, spans in zip(rows, presidio_texts(rows), found, strict=True):
        begin = len(text) - len(row["text"])
        result.append([(a - begin, b - begin) for a, b, kind in spans if b > begin and (every or kind not in INDIRECT)])
    return result


def systems(both: TwoNets, sets: Sequence[Sequence[Row]]) -> tuple[dict[str, list[list[Spans]]], dict[str, Found]]:
    """Find identifiers in each set by every system; give what Presidio took too."""
    spans = {"rules": [rule_spans(both, rows) for rows in sets]}
    ran: dict[str, Found] = {}
    every = [row for rows in sets for row in rows]
    if not PYTHON.exists():
        print("no environment for Presidio (.venv-presidio): `make bench-screening` makes it")
        return spans, ran
    for name, mode, all_types in (
        ("Presidio, patterns alone", "patterns", True),
        ("Presidio with a model, direct types", "model", False),
        ("Presidio with a model, every type", "model", True),
    ):
        if mode not in ran:
            ran[mode] = run_presidio(mode, presidio_texts(every))
        flat = iter(presidio_spans(every, ran[mode].spans, every=all_types))
        spans[name] = [[next(flat) for _ in rows] for rows in sets]
    return spans, ran


def identifiers(out: Output, both: TwoNets, folder: Path | None) -> dict[str, Found]:
    """Print the table of identifiers."""
    held = {
        "benchmark, English": benchmark("identifiers"),
        "benchmark, Spanish and Italian": benchmark("identifiers_es_it"),
    }
    clean = {"service questions and chat, benchmark": benchmark("service", "clean")}
    if folder:
        held["public set"] = direct(read(folder / "identifiers-presidio-synth.jsonl"))
        clean["banking77"] = read(folder / "general-banking77.jsonl")
    sets = {f"as written, {name}": rows for name, rows in held.items()}
    sets |= {
        f"lower-cased, {name}": [row | {"text": lowered(row["text"])} for row in rows] for name, rows in held.items()
    }
    found, ran = systems(both, [*sets.values(), *clean.values()])
    out.head("identifiers", *found)
    for at, (name, rows) in enumerate(sets.items()):
        for what in ("messages found", "spans found", "spans found whole"):
            cells = [
                identifier_cell(out, system, f"{what}, {name}", rows, got[at], what) for system, got in found.items()
            ]
            out.line(f"{what}, {name}", *cells)
    for at, (name, rows) in enumerate(clean.items(), start=len(sets)):
        label = f"flagged, {name}"
        cells = [out.cell(s, label, rows, [bool(one) for one in got[at]], listed=True) for s, got in found.items()]
        out.line(label, *cells)
    return ran


def identifier_cell(out: Output, system: str, label: str, rows: Sequence[Row], found: list[Spans], what: str) -> str:
    """Give one share of messages or spans found."""
    lines: list[Row] = []
    hits = []
    for row, spans in zip(rows, found, strict=True):
        marks = [(a, b, any(s < b and a < e for s, e in spans)) for a, b, _ in row["spans"]]
        if what == "messages found":
            lines.append(row)
            hits.append(any(hit for *_, hit in marks))
            continue
        covered = {k for s, e in spans for k in range(s, e)}
        for a, b, hit in marks:
            lines.append({"missed": row["text"][a:b], "text": row["text"]})
            hits.append(
                hit if what == "spans found" else {k for k in range(a, b) if row["text"][k].isalnum()} <= covered
            )
    return out.cell(system, label, lines, hits, listed=False)


def sensitive(row: Row, got: Screening) -> bool:
    """Tell whether the message is kept from the bot for what it says."""
    return bool({Category.CLINICAL, Category.EMERGENCY} & got.categories)


def urgent(row: Row, got: Screening) -> bool:
    """Tell whether the message is judged an emergency."""
    return got.decision is Decision.EMERGENCY


def not_urgent(row: Row, got: Screening) -> bool:
    """Tell whether the message is judged no emergency."""
    return got.decision is not Decision.EMERGENCY


def passes(row: Row, got: Screening) -> bool:
    """Tell whether the bot may answer the message."""
    return got.decision is Decision.ANSWER


def content(out: Output, both: TwoNets, folder: Path | None) -> None:
    """Print the table of clinical content and emergencies."""
    measures: list[tuple[str, Sequence[Row], Test, bool]] = [
        ("clinical found, benchmark", benchmark("clinical"), sensitive, False),
        ("clinical found, benchmark, Spanish and Italian", benchmark("clinical_es_it"), sensitive, False),
        ("emergencies found, benchmark", benchmark("emergency"), urgent, False),
        ("emergencies found, benchmark, Spanish and Italian", benchmark("emergency_es_it"), urgent, False),
        ("emergencies kept from the bot", benchmark("emergency", "emergency_es_it"), sensitive, False),
        ("look-alikes that pass as no emergency, benchmark", benchmark("lookalike"), not_urgent, False),
        ("look-alikes with the right decision, benchmark", benchmark("lookalike"), right, False),
        ("service questions full of clinical words that pass, benchmark", benchmark("service"), passes, False),
        ("other chat that passes, benchmark", benchmark("clean"), passes, False),
        ("clinical messages called an emergency, benchmark", benchmark("clinical", "clinical_es_it"), urgent, True),
    ]
    if folder:
        clinc, banking = read(folder / "general-clinc150.jsonl"), read(folder / "general-banking77.jsonl")
        measures += [
            ("clinical found, RQE", read(folder / "clinical-rqe.jsonl"), sensitive, False),
            ("clinical false alarms, clinc150 and banking77", [*clinc, *banking], sensitive, True),
            ("called an emergency, clinc150 and banking77", [*clinc, *banking], urgent, True),
        ]
    out.head("clinical content and emergencies", "rules", "rules and net")
    screens = {"rules": cache(both.rules.screen), "rules and net": cache(both.screen)}
    for name, rows, test, listed in measures:
        cells = []
        for system, screen in screens.items():
            hits = [test(row, screen(*given(row))) for row in rows]
            cells.append(out.cell(system, name, rows, hits, listed=listed))
        out.line(name, *cells)


def examples(out: Output, both: TwoNets) -> None:
    """Print the table of the second net's own examples."""
    out.head("examples of the second net, held out", "rules", "rules and net")
    for measure in held_out(both):
        rows = [{"text": text} for text in measure.texts]
        listed = measure.name.endswith(("flagged", "called an emergency"))
        sides = {"rules": measure.by_rules, "rules and net": measure.by_both}
        cells = [
            out.cell(system, f"examples {measure.name}", rows, hits, listed=listed) for system, hits in sides.items()
        ]
        out.line(measure.name, *cells)


def speed(out: Output, ran: dict[str, Found]) -> None:
    """Print the table of speed and size; each start is that of a fresh process."""
    out.head("on one core", "messages/s", "1,000 characters, p99, ms", "start-up, s", "added resident memory, MB")
    for name, how in (("rules", "rules"), ("rules and net", "both")):
        command = [sys.executable, "-m", "bench.screening_speed", how]
        got = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        out.line(
            name, f"{got['per_second']:,.0f}", f"{got['p99']:.1f}", f"{got['seconds']:.1f}", f"{got['megabytes']:.0f}"
        )
    for mode, found in ran.items():
        name = "Presidio, patterns alone" if mode == "patterns" else "Presidio with a model"
        out.line(name, f"{found.per_second:,.0f}", "", f"{found.start_seconds:.1f}", f"{found.megabytes:.0f}")


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--misses", type=Path, default=ROOT / "var" / "bench-screening")
    parser.add_argument(
        "--part",
        action="append",
        choices=PARTS,
        help=f"measure only this, may be given again; {', '.join(USUAL)} where none is given",
    )
    options = parser.parse_args()
    parts = options.part or USUAL
    options.misses.mkdir(parents=True, exist_ok=True)
    ensure_net(ROOT)
    both, out = two_nets(ROOT), Output(options.misses)
    print(describe_machine())
    folder = options.shared if options.shared.is_dir() else None
    if folder is None:
        print(f"no public data at {options.shared}: measured on the project's own messages only")
    ran = identifiers(out, both, folder) if "identifiers" in parts else {}
    if "content" in parts:
        content(out, both, folder)
    if "net" in parts:
        examples(out, both)
    if "speed" in parts:
        speed(out, ran)
    print(f"\nmisses and false alarms: {options.misses}")


if __name__ == "__main__":
    main()
