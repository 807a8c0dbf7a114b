"""`frontdesk rules`: every problem at once, and an explanation that somebody who did not write the rules can follow."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from actions.screening.two_nets import TwoNets
from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]


def command(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, ["rules", *words])


def test_the_products_own_rules_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    result = command(ROOT, monkeypatch, "check")
    assert result.exit_code == 0, result.output
    assert "rules hold" in result.output


def test_every_problem_of_a_hospitals_file_is_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "screening.yml").write_text(
        "rules:\n"
        "  - id: hospital.a\n    title: A\n    level: odd\n"
        "switch_off:\n  - rule: emergency.stroke\n    reason: because\n  - rule: clinical.emoji\n"
    )
    result = command(tmp_path, monkeypatch, "check")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert "screening.yml:2: unknown level odd" in lines
    assert "screening.yml:2: missing references" in lines
    assert "screening.yml:6: emergency.stroke finds emergencies and cannot be switched off" in lines
    assert "screening.yml:8: needs a reason" in lines


def test_an_example_that_does_not_hold_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "screening.yml").write_text(
        "rules:\n  - id: hospital.a\n    title: A\n    level: clinical\n    references: [us]\n    patterns: [wobble]\n"
        "    examples:\n      match: [wobble, a wobble, nothing]\n      no_match: [x, y, the wobble]\n"
    )
    result = command(tmp_path, monkeypatch, "check")
    assert result.exit_code == 1
    assert "screening.yml:2: hospital.a does not match its example 'nothing'" in result.output
    assert "screening.yml:2: hospital.a matches 'the wobble'" in result.output


def test_what_is_switched_off_is_named_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "screening.yml").write_text("switch_off:\n  - rule: clinical.emoji\n    reason: too many of them\n")
    result = command(tmp_path, monkeypatch, "check")
    assert result.exit_code == 0, result.output
    assert "off: clinical.emoji (too many of them)" in result.output


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where do i park", ["answer: nothing was found"]),
        ("i have chest pain", ["emergency.heart (", '"chest pain"', "emergency: the emergency number"]),
        ("no chest pain today", ["is lowered from emergency to clinical", '"no" stands by it', "hand_off: "]),
        (
            "i had a heart attack years ago",
            ["is lowered from emergency to clinical", '"years ago" stands by it', "hand_off: "],
        ),
        ("is the stroke unit open", ["emergency.stroke", "exception", "service.unit", "answer: "]),
        ("bleeding edge robots", ["lookalike.figure", "does not count", "answer: "]),
        ("I am John Smith, when do you open", ['"John Smith" - redacted as [NAME]', "answer: only a name"]),
        ("call me on 555 867 5309", ['"555 867 5309" - redacted as [PHONE]', "hand_off: it stands in the message who"]),
        ("請問", ["hand_off: the message cannot be judged"]),
    ],
)
def test_an_explanation_names_the_rule_the_words_and_what_changed_the_decision(
    monkeypatch: pytest.MonkeyPatch, text: str, parts: list[str]
) -> None:
    result = command(ROOT, monkeypatch, "explain", "--rules-only", text)
    assert result.exit_code == 0, result.output
    for part in parts:
        assert part in result.output


def test_an_explanation_says_what_only_the_messages_before_make_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    result = command(ROOT, monkeypatch, "explain", "--rules-only", "since yesterday", "--context", "my head hurts")
    assert "together with the messages before" in result.output


def test_a_name_under_a_public_post_stops_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    result = command(ROOT, monkeypatch, "explain", "I am John Smith, when do you open", "--public", "--rules-only")
    assert "hand_off: it stands under a public post who somebody is" in result.output


def test_an_explanation_names_a_rule_that_is_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "screening.yml").write_text("switch_off:\n  - rule: clinical.emoji\n    reason: too many of them\n")
    result = command(tmp_path, monkeypatch, "explain", "🤧")
    assert 'clinical.emoji: "🤧" does not count: switched off here, too many of them.' in result.output


def test_rules_that_cannot_be_used_are_named_instead_of_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "screening.yml").write_text("rules: 3\n")
    result = command(tmp_path, monkeypatch, "explain", "hello")
    assert result.exit_code == 1
    assert "screening.yml:1: rules: must be a list" in result.output


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "where do i park",
            ["second net: health or danger -", "alike: ", "(routine)", "adds nothing", "answer: nothing"],
        ),
        ("hes not himself these days", ["health or danger +", "(health)", "hand_off: the message is about health"]),
        ("i wont be needing my next appointment, thanks for everything", ["emergency: the emergency number"]),
        ("dónde dejo el coche", ['reads it word by word as "where leave the car"', "answer: nothing"]),
        ("tuesday morning", ["second net: not asked about answers", "answer: nothing"]),
        ("my husband is not breathing", ["second net: not asked, since the rules found an emergency", "emergency: "]),
        ("請問", ["hand_off: the message cannot be judged"]),
        (
            "please move the follow-up with the dietitian to the week after next, he is off his food",
            ['what weighs most is "he is off his food"', "hand_off: the message is about health"],
        ),
    ],
)
def test_an_explanation_says_what_the_second_net_makes_of_it_and_decides_as_both_do(
    monkeypatch: pytest.MonkeyPatch, screener: TwoNets, text: str, parts: list[str]
) -> None:
    result = command(ROOT, monkeypatch, "explain", text)
    assert result.exit_code == 0, result.output
    for part in parts:
        assert part in result.output
    assert result.output.splitlines()[-1].startswith(f"{screener.screen(text).decision.value}: ")


def test_without_a_trained_net_the_rules_are_explained_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "hospital.yml", tmp_path)
    result = command(tmp_path, monkeypatch, "explain", "my hip hurts")
    assert result.exit_code == 0, result.output
    first, *lines = result.output.splitlines()
    assert first.startswith("Without the second net, by the rules alone (")
    assert "frontdesk train" in first
    assert lines[-1].startswith("hand_off: ")
