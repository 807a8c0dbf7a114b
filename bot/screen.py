"""`frontdesk screen`: judges messages line by line. The output's format is a contract."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from actions.screening import Screener
from actions.screening.findings import Category, Decision, Screening, Visibility
from bot.net_training import net_path, train_net, two_nets


class LineError(Exception):
    """A line of input cannot be read as a message."""


class AnyScreener(Protocol):
    """Rules alone, or rules and second net together."""

    def screen(self, text: str, visibility: Visibility = ..., context: Sequence[str] = ...) -> Screening:
        """Judge one message."""
        ...


def load_screener(root: Path, *, rules_only: bool, say: Callable[[str], None]) -> AnyScreener:
    """Load what judges; a second net that is not trained yet is trained first. Raises ExamplesError."""
    if rules_only:
        return Screener.load(root)
    if not net_path(root).exists():
        say("The second net of screening is not trained for these examples; training it.")
        train_net(root)
    return two_nets(root)


def screen_lines(lines: Iterable[bytes], out: TextIO, screener: AnyScreener, *, jsonl: bool) -> list[str]:
    """Write one judgement a line of input, in order; give what was wrong with lines that could not be read.

    Such a line is judged all the same: as one that cannot be judged.
    """
    problems = []
    for number, raw in enumerate(_without_ends(lines), start=1):
        try:
            text, visibility, context = (
                read_line(raw) if jsonl else (raw.decode("utf-8", "replace"), Visibility.PRIVATE, ())
            )
            screening = screener.screen(text, visibility, context)
        except LineError as error:
            problems.append(f"line {number}: {error}")
            screening = Screening(Decision.HAND_OFF, frozenset({Category.UNJUDGED}), (), "")
        out.write(json.dumps(to_document(screening)) + "\n")
        out.flush()
    return problems


def read_line(raw: bytes) -> tuple[str, Visibility, tuple[str, ...]]:
    """Read one line of --jsonl; raises LineError with the field and what was expected."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        raise LineError('not JSON, expected {"text": …}') from None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        raise LineError("text: expected a string")
    context = document.get("context", [])
    if not isinstance(context, list) or not all(isinstance(one, str) for one in context):
        raise LineError("context: expected a list of strings, the earlier messages, oldest first")
    try:
        visibility = Visibility(document.get("visibility", "private"))
    except ValueError:
        raise LineError('visibility: expected "private" or "public"') from None
    return document["text"], visibility, tuple(context)


def to_document(screening: Screening) -> dict[str, Any]:
    """Give a judgement as the JSON that `frontdesk screen` promises."""
    return {
        "decision": screening.decision.value,
        "categories": sorted(category.value for category in screening.categories),
        "findings": [
            {"type": one.type, "start": one.start, "end": one.end, "rule": one.rule} for one in screening.findings
        ],
        "redacted": screening.redacted,
    }


def _without_ends(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line.removesuffix(b"\n").removesuffix(b"\r")
