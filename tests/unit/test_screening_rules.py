"""Every rule file can be read, and each rule's own examples hold."""

import json
from datetime import date
from pathlib import Path

import pytest

from actions.screening import Screener
from actions.screening.matching import Words, find
from actions.screening.patterns import PatternError, compile_pattern
from actions.screening.reading import load_rules
from actions.screening.rules import Level, Rule, RuleError

ROOT = Path(__file__).resolve().parents[2]
BOOK = load_rules()
SCREENER = Screener.load(ROOT, today=lambda: date(2026, 11, 21))


def fired(text: str) -> frozenset[str]:
    return SCREENER.matching(text)


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_rule_matches_its_examples_and_not_its_counterexamples(rule: Rule) -> None:
    assert [text for text in rule.match if rule.id not in fired(text)] == []
    assert [text for text in rule.no_match if rule.id in fired(text)] == []


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_rule_has_a_title_and_a_reference(rule: Rule) -> None:
    assert rule.title
    assert rule.references


def test_rules_of_every_level_exist() -> None:
    assert {rule.level for rule in BOOK.rules} == set(Level)


def test_every_rule_that_finds_something_stands_in_a_rule_file() -> None:
    declared = {rule.id for rule in BOOK.rules}
    texts = [
        json.loads(line)["text"]
        for path in sorted((ROOT / "tests" / "screening").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert {
        f.rule for text in texts for f in SCREENER.screen(text).findings if not f.rule.startswith("net.")
    } <= declared


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("- a\n", "a.yml:1: must be a mapping"),
        ("rules: 3\n", "a.yml:1: rules: must be a list"),
        ("rules: [3]\n", "a.yml:1: rules: entry 1 must be a mapping"),
        ("classes: [a]\n", "a.yml:1: classes: must be a mapping"),
        ("x: 1\n", "a.yml:1: unknown key x"),
        ("switch_off: []\n", "a.yml:1: unknown key switch_off"),
        ("rules:\n  - id: [\n", "a.yml:3: not YAML"),
        ("rules:\n\n  - id: id.a\n    level: identifying\n    regexes: ['(']\n", "a.yml:3: '(': missing )"),
        ("rules:\n  - id: id.a\n    level: identifying\n    valid: nothing\n", "a.yml:2: unknown test nothing"),
    ],
)
def test_a_file_that_means_nothing_is_refused_with_its_line(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "a.yml").write_text(content)
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert problem in str(caught.value)


def test_all_problems_of_all_files_are_reported_at_once_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        "rules:\n  - id: a\n    title: A\n    level: odd\n    references: [x]\n    patterns: ['{nowhere} x']\n"
    )
    (tmp_path / "b.yml").write_text("rules: [\n")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    text = str(caught.value)
    assert "a.yml:2: unknown level odd" in text
    assert "a.yml:2: '{nowhere} x': unknown class {nowhere}" in text
    assert "a.yml:2: needs at least three examples that match" in text
    assert "b.yml" in text


CLASSES = {"pain": {0: [1]}}


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a b", "a b", True),
        ("a b", "a x b", False),
        ("a ~1 b", "a x b", True),
        ("a ~1 b", "a x x b", False),
        ("a x? b", "a b", True),
        ("a|c b", "c b", True),
        ("bleed+ out", "bleeding out", True),
        ("itch* now", "itchiness now", True),
        ("^ a", "b a", False),
        ("a $", "a b", False),
        ("a b|$", "x a", True),
        ("so_much a", "so much a", True),
        ("so_much a", "so a", False),
        ("#90-200 over #40-120", "160 over 100", True),
        ("#90-200 over #40-120", "60 over 100", False),
        ("bp #/#", "bp 120/80", True),
    ],
)
def test_a_pattern_matches_as_its_signs_say(pattern: str, text: str, expected: bool) -> None:
    words = text.split()
    message = Words.of(words, [i == 0 for i in range(len(words))], {})
    assert bool(find(compile_pattern(pattern, ()), message)) is expected


def test_only_a_far_gap_reaches_into_the_next_sentence() -> None:
    message = Words.of(["a", "x", "b"], [True, False, True], {})
    assert find(compile_pattern("a ~2 b", ()), message) == []
    assert find(compile_pattern("a ~~2 b", ()), message) == [(0, 3)]


@pytest.mark.parametrize("pattern", ["", "~3", "{unknown} a", "a !", "a?"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern, ())
