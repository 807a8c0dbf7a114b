"""A hospital adds rules in its own file and switches ours off, and can silence no emergency with it."""

from datetime import date
from pathlib import Path

import pytest

from actions.screening import Category, Decision, Screener
from actions.screening.checking import check_rules
from actions.screening.lowering import LOWERING
from actions.screening.rules import RuleError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = """
    references: [our own]
    examples:
      match: [a, b, c]
      no_match: [d, e, f]
"""


def loaded(folder: Path, content: str) -> Screener:
    (folder / "screening.yml").write_text(content, encoding="utf-8")
    return Screener.load(folder, today=lambda: date(2026, 11, 21))


def refused(folder: Path, content: str) -> str:
    with pytest.raises(RuleError) as caught:
        loaded(folder, content)
    return str(caught.value)


def test_a_hospital_without_a_file_has_our_rules_alone(tmp_path: Path) -> None:
    screener = Screener.load(tmp_path)
    assert not any(rule.local for rule in screener.book.rules)
    assert screener.book.off == {}


def test_an_added_rule_finds_what_ours_do_not(tmp_path: Path) -> None:
    rule = (
        "rules:\n  - id: hospital.wobble\n    title: A local word\n    level: clinical\n    patterns: [lakemont wobble]"
        + EXAMPLES
    )
    assert loaded(tmp_path, rule).screen("the lakemont wobble").categories == {Category.CLINICAL}
    (tmp_path / "screening.yml").unlink()
    assert Screener.load(tmp_path).screen("the lakemont wobble").categories == frozenset()


def test_a_hospitals_own_number_format_is_redacted(tmp_path: Path) -> None:
    screener = loaded(
        tmp_path,
        "rules:\n  - id: id.lakemont\n    title: Our record numbers\n    level: identifying\n    type: ID\n    formats: ['LG##@']"
        + EXAMPLES,
    )
    assert screener.screen("mine is LG-12x").decision is Decision.ANSWER  # the format has no hyphen
    judged = screener.screen("mine is lg12X ok")
    assert judged.redacted == "mine is [ID] ok"
    assert judged.decision is Decision.HAND_OFF


def test_a_rule_of_ours_is_switched_off_with_a_reason(tmp_path: Path) -> None:
    screener = loaded(
        tmp_path, "switch_off:\n  - rule: clinical.emoji\n    reason: our visitors send them all the time\n"
    )
    assert screener.screen("🤧").categories == frozenset()
    assert Screener.load(tmp_path.parent / "none").screen("🤧").categories == {Category.CLINICAL}


def test_an_identifying_rule_is_switched_off_with_a_reason(tmp_path: Path) -> None:
    screener = loaded(tmp_path, "switch_off:\n  - rule: id.zip\n    reason: asked for in our directions\n")
    assert screener.screen("boston ma 02115").redacted == "boston ma 02115"


def test_a_word_added_to_a_class_counts_in_our_rules(tmp_path: Path) -> None:
    screener = loaded(tmp_path, "classes:\n  symptom: the wobbles\n")
    assert screener.screen("she has the wobbles").categories == {Category.CLINICAL}


def test_a_switch_off_without_a_reason_or_of_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    problems = refused(tmp_path, "switch_off:\n  - rule: clinical.emoji\n  - rule: clinical.nothing\n    reason: x\n")
    assert "screening.yml:2: needs a reason" in problems
    assert "screening.yml:3: no rule is called clinical.nothing" in problems


def test_switching_off_an_emergency_rule_is_refused(tmp_path: Path) -> None:
    problems = refused(tmp_path, "switch_off:\n  - rule: emergency.heart\n    reason: too many\n")
    assert "screening.yml:2: emergency.heart finds emergencies and cannot be switched off" in problems


@pytest.mark.parametrize(
    "pattern", ["chest", "{relative}", "cant", "^ ~20 {self}|the|a|is", "{symptom}|{body}|{negation}"]
)
def test_a_look_alike_that_would_silence_an_emergency_is_refused(tmp_path: Path, pattern: str) -> None:
    content = (
        f"rules:\n\n  - id: hospital.mask\n    title: M\n    level: lookalike\n    patterns: ['{pattern}']" + EXAMPLES
    )
    assert "screening.yml:3: hospital.mask would silence an emergency" in refused(tmp_path, content)


def test_a_look_alike_that_silences_none_is_welcome(tmp_path: Path) -> None:
    content = (
        "rules:\n  - id: hospital.ride\n    title: The fair's ride\n    level: lookalike\n"
        "    patterns: ['heart attack ~1 rollercoaster']" + EXAMPLES
    )
    screener = loaded(tmp_path, content)
    assert screener.screen("the heart attack rollercoaster at the fair").decision is not Decision.EMERGENCY
    assert screener.screen("i think its a heart attack").decision is Decision.EMERGENCY


@pytest.mark.parametrize("name", LOWERING)
def test_words_that_would_lower_emergencies_are_refused(tmp_path: Path, name: str) -> None:
    assert f"screening.yml:2: class {name}: would silence emergencies" in refused(
        tmp_path, f"classes:\n  {name}: chest\n"
    )


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("level: identifying\n    formats: ['####', 'no sign', '(#)+']", "'(#)+': a format is"),
        ("level: identifying\n    regexes: ['(a+)+b']", "regexes: only the product's own rules have them"),
        ("level: identifying", "missing formats"),
        ("level: clinical", "missing patterns"),
        ("level: clinical\n    patterns: [no]", "patterns: False must be text, put it in quotes"),
        ("level: identifying\n    formats: ['@@@@']", "with a # among them"),
        ("level: clinical\n    patterns: ['{nowhere}']", "unknown class {nowhere}"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, entry: str, problem: str) -> None:
    problems = refused(tmp_path, f"rules:\n  - id: id.x\n    title: X\n    {entry}" + EXAMPLES)
    assert "screening.yml:2: " in problems
    assert problem in problems


def test_an_id_of_ours_cannot_be_taken(tmp_path: Path) -> None:
    content = "rules:\n  - id: emergency.heart\n    title: X\n    level: clinical\n    patterns: [x]" + EXAMPLES
    assert "id emergency.heart is used twice" in refused(tmp_path, content)


def test_the_documented_example_holds(tmp_path: Path) -> None:
    example = (ROOT / "docs" / "screening.example.yml").read_text(encoding="utf-8")
    (tmp_path / "screening.yml").write_text(example, encoding="utf-8")
    book, problems = check_rules(tmp_path, today=lambda: date(2026, 11, 21))
    assert problems == []
    assert {rule.id for rule in book.rules if rule.local} == {"id.lakemont_record", "hospital.fair"}
    assert set(book.off) == {"clinical.emoji"}
