"""`frontdesk screen`: one message a line in, one judgement a line out."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions.screening.two_nets import TwoNets
from bot.screen import LineError, load_screener, read_line, screen_lines

ROOT = Path(__file__).parents[2]
SSN = "my social security number is 078-05-1120"


Judge = Callable[..., tuple[list[dict[str, Any]], list[str]]]


@pytest.fixture
def judge(screener: TwoNets) -> Judge:
    """Judge lines; gives the judgements and what was wrong with lines."""

    def judged(*lines: bytes, jsonl: bool = False) -> tuple[list[dict[str, Any]], list[str]]:
        out = io.StringIO()
        problems = screen_lines(lines, out, screener, jsonl=jsonl)
        return [json.loads(line) for line in out.getvalue().splitlines()], problems

    return judged


def test_a_judgement_has_exactly_the_promised_fields(judge: Judge) -> None:
    ((routine, sensitive), problems) = judge(b"where can I park?\n", SSN.encode() + b"\n")
    assert problems == []
    assert routine == {"decision": "answer", "categories": [], "findings": [], "redacted": "where can I park?"}
    assert set(sensitive) == {"decision", "categories", "findings", "redacted"}
    assert sensitive["decision"] == "hand_off"
    assert sensitive["categories"] == ["identifying"]
    assert "1120" not in sensitive["redacted"]
    for finding in sensitive["findings"]:
        assert set(finding) == {"type", "start", "end", "rule"}
        assert finding["rule"]
    covered = {place for one in sensitive["findings"] for place in range(one["start"], one["end"])}
    assert covered >= set(range(SSN.index("078"), len(SSN))), "the span is one of the original text"


def test_every_line_has_its_judgement_in_order_an_empty_one_too(judge: Judge) -> None:
    judged, _ = judge(b"where can I park?\n", b"\n", b"do you have wifi?\n", b"hello")
    assert [one["redacted"] for one in judged] == ["where can I park?", "", "do you have wifi?", "hello"]


def test_a_line_may_end_as_on_windows(judge: Judge) -> None:
    judged, _ = judge(b"where can I park?\r\n")
    assert judged[0]["redacted"] == "where can I park?"


def test_bytes_that_are_no_text_do_not_end_the_run(judge: Judge) -> None:
    judged, _ = judge(b"\xff\xfe\x00\x80\n", b"where can I park?\n")
    assert len(judged) == 2
    assert judged[1]["decision"] == "answer"


def test_a_line_of_json_brings_visibility_and_context(judge: Judge) -> None:
    name = "my name is John Smith, where can I park?"
    judged, problems = judge(
        json.dumps({"text": name}).encode(),
        json.dumps({"text": name, "visibility": "private", "context": ["hello", "what is your name?"]}).encode(),
        json.dumps({"text": name, "visibility": "public"}).encode(),
        jsonl=True,
    )
    assert problems == []
    assert [one["decision"] for one in judged] == ["answer", "answer", "hand_off"]
    assert all("Smith" not in one["redacted"] for one in judged)


UNREADABLE = [
    (b"where can I park?", "not JSON"),
    (b"", "not JSON"),
    (b"[1]", "text"),
    (b"{}", "text"),
    (b'{"text": 7}', "text"),
    (b'{"text": null}', "text"),
    (b'{"text": "a", "context": "b"}', "context"),
    (b'{"text": "a", "context": [1]}', "context"),
    (b'{"text": "a", "visibility": "secret"}', "visibility"),
    (b'{"text": "a", "visibility": []}', "visibility"),
    (b'{"text": "\xff"}', "not JSON"),
    (b"[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("line", "field"), UNREADABLE)
def test_what_is_wrong_with_a_line_is_told_by_its_field(line: bytes, field: str) -> None:
    with pytest.raises(LineError, match=f"^{field}"):
        read_line(line)


def test_lines_that_cannot_be_read_are_handed_off_and_the_others_judged(judge: Judge) -> None:
    lines = [one for line, _ in UNREADABLE for one in (line, b'{"text": "hello"}')]
    judged, problems = judge(*lines, jsonl=True)
    unjudged = {"decision": "hand_off", "categories": ["unjudged"], "findings": [], "redacted": ""}
    assert judged[::2] == [unjudged] * len(UNREADABLE)
    assert {one["decision"] for one in judged[1::2]} == {"answer"}
    assert len(problems) == len(UNREADABLE)
    for number, (problem, (_line, field)) in enumerate(zip(problems, UNREADABLE, strict=True)):
        assert problem.startswith(f"line {number * 2 + 1}: {field}")


def test_a_text_that_cannot_be_written_down_is_still_judged(judge: Judge) -> None:
    judged, _ = judge(b'{"text": "\\ud800 hello"}', jsonl=True)
    assert judged[0]["decision"] in {"answer", "hand_off"}


def test_the_rules_can_be_asked_alone(screener: TwoNets) -> None:
    said: list[str] = []
    alone = load_screener(ROOT, rules_only=True, say=said.append)
    text = "hes been so quiet since the fall"
    assert alone.screen(text).categories < screener.screen(text).categories
    assert said == []


def test_the_command_reads_standard_input_and_fails_when_a_line_could_not_be_read(screener: TwoNets) -> None:
    run = [sys.executable, "-m", "bot.cli", "screen"]
    plain = subprocess.run(run, input=b"where can I park?\n", capture_output=True, cwd=ROOT, check=False)
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert json.loads(plain.stdout)["decision"] == "answer"
    spoilt = subprocess.run([*run, "--jsonl"], input=b"oops\n", capture_output=True, cwd=ROOT, check=False)
    assert spoilt.returncode == 1
    assert json.loads(spoilt.stdout)["categories"] == ["unjudged"]
    assert b"line 1" in spoilt.stderr
    assert b"oops" not in spoilt.stderr
