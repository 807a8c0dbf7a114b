"""What the person who wrote the conversations reads: a line for each, a transcript for each that failed, and JUnit XML. Pure."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree

from bot.talk.verdict import Entry, Mark, Result, Verdict

_WIDTH = 120
_MARGIN = 24
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.SKIPPED: "○"}


def summary_line(result: Result) -> str:
    """Give the line that appears when a conversation has ended."""
    note = f"  ({result.note})" if result.verdict is Verdict.SKIPPED else ""
    return f"{_SIGNS[result.verdict]} {_place(result)}  {result.conversation.title}{note}"


def total_line(results: Sequence[Result], seconds: float) -> str:
    """Give the last line."""
    counts = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    said = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
    return f"{len(results)} conversations: {said or 'none run'} in {seconds:.1f} s"


def transcript(result: Result) -> str:
    """Give the transcript of a conversation, with what differs."""
    lines = [f"{_SIGNS[result.verdict]} {_place(result)}  {result.conversation.title}"]
    for entry in result.transcript:
        lines += _entry_lines(entry)
    left = _steps_left(result)
    if result.note:
        lines.append(f"  {_SIGNS[result.verdict]} {result.note}")
    if left and result.verdict is Verdict.FAILED:
        lines.append(f"    the {left} steps after it were not tried")
    return "\n".join(lines)


def junit(results: Sequence[Result]) -> bytes:
    """Give the results as JUnit XML, a suite for each file."""
    root = ElementTree.Element("testsuites", {"name": "conversations", **_counts(results)})
    for file, group in groupby(sorted(results, key=_order), key=lambda result: str(result.conversation.file)):
        of_file = list(group)
        suite = ElementTree.SubElement(root, "testsuite", {"name": file, **_counts(of_file)})
        for result in of_file:
            _add_case(suite, result)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_case(suite: ElementTree.Element, result: Result) -> None:
    one = result.conversation
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=str(one.file.with_suffix("")).replace("/", "."),
        name=_printable(one.title),
        file=str(one.file),
        line=str(one.line),
        time=f"{result.seconds:.3f}",
    )
    if result.verdict is Verdict.SKIPPED:
        ElementTree.SubElement(case, "skipped", message=_printable(result.note))
    elif result.verdict is Verdict.FAILED:
        failure = ElementTree.SubElement(
            case, "failure", type="conversation", message=_printable(_first_failure(result))
        )
        failure.text = _printable(transcript(result))


def _counts(results: Iterable[Result]) -> dict[str, str]:
    found = list(results)
    return {
        "tests": str(len(found)),
        "failures": str(sum(result.verdict is Verdict.FAILED for result in found)),
        "errors": "0",
        "skipped": str(sum(result.verdict is Verdict.SKIPPED for result in found)),
        "time": f"{sum(result.seconds for result in found):.3f}",
    }


def _first_failure(result: Result) -> str:
    entry = next((entry for entry in result.transcript if entry.failed), None)
    if entry is None:
        return result.note
    place = f"{result.conversation.file}:{entry.line or result.conversation.line}"
    return f"{place}: {'; '.join(entry.why) or _MEANINGS[entry.mark]}"


_MEANINGS = {
    Mark.DONE: "was done",
    Mark.FITS: "is as expected",
    Mark.DIFFERS: "is not what was expected",
    Mark.MISSING: "the bot did not say this",
    Mark.UNEXPECTED: "the bot said this, and nobody expected it",
}


def _entry_lines(entry: Entry) -> Iterator[str]:
    head = f"  {entry.mark.value} {entry.line or '':>5}  {entry.who:<12}  "
    if entry.mark in (Mark.DONE, Mark.FITS):
        yield from _paragraph(head, _said(entry))
        return
    yield f"{head}{_MEANINGS[entry.mark]}"
    for clause in entry.expected:
        yield from _paragraph("          - expected:  ", clause)
    if entry.mark is not Mark.MISSING:
        yield from _paragraph("          + received:  ", _said(entry))
    for reason in entry.why:
        yield from _paragraph("          ! ", f"the message {reason}")


def _said(entry: Entry) -> str:
    buttons = " ".join(f"[{title}]" for title in entry.quick_replies)
    return f"{entry.said}\n{buttons}" if buttons else entry.said


def _paragraph(head: str, text: str) -> Iterator[str]:
    """Wrap a text under its head, each of its own line breaks kept."""
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, _WIDTH - _MARGIN) or [""]]
    for number, line in enumerate(lines):
        yield (head if number == 0 else " " * len(head)) + line


def _steps_left(result: Result) -> int:
    reached = max((entry.line or 0 for entry in result.transcript), default=0)
    return sum(step.line > reached for step in result.conversation.steps)


def _place(result: Result) -> str:
    return f"{result.conversation.file}:{result.conversation.line}"


def _order(result: Result) -> tuple[str, int]:
    return str(result.conversation.file), result.conversation.line


def _printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets"""
    return _UNPRINTABLE.sub("\ufffd", text)
