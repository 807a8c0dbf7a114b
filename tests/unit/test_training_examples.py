"""The training examples of data/nlu, and the held-back lines they are measured on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCREENING = {"emergency", "clinical", "identifying", "unjudged"}
SMALL_TALK = {"greet", "goodbye", "thanks_praise", "bot_challenge", "human_agent", "out_of_scope"}
"""There are only so many ways to say hello: such lines may be both examples and held back."""


def examples_of(*files: Path) -> Iterator[tuple[str, str]]:
    """Read (text, intent) without the marks of entities, in lower case and without punctuation."""
    for file in files:
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.startswith("- "):
                    text = re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line[2:].strip())
                    yield re.sub(r"\W+", " ", text.lower()).strip() or text, block["intent"]


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, str]]:
    return list(examples_of(*(ROOT / "data" / "nlu").glob("*.yml")))


@pytest.fixture(scope="module")
def held_back() -> list[tuple[str, str]]:
    return list(examples_of(ROOT / "tests" / "nlu" / "held_back.yml"))


def test_every_intent_has_enough_examples_and_held_back_lines(
    examples: list[tuple[str, str]], held_back: list[tuple[str, str]]
) -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    intents = {next(iter(one)) if isinstance(one, dict) else one for one in domain["intents"]} - SCREENING
    trained, measured = Counter(intent for _, intent in examples), Counter(intent for _, intent in held_back)
    assert set(trained) == set(measured) == intents - {"nlu_fallback"}
    assert min(trained.values()) >= 40
    assert min(measured.values()) >= 15


def test_no_example_belongs_to_two_intents(examples: list[tuple[str, str]]) -> None:
    intents = defaultdict(set)
    for text, intent in examples:
        intents[text].add(intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_no_held_back_question_is_an_example(examples: list[tuple[str, str]], held_back: list[tuple[str, str]]) -> None:
    known = {text for text, _ in examples}
    assert [text for text, intent in held_back if text in known and intent not in SMALL_TALK] == []
