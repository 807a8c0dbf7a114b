"""What the screening engine decides, on the project's labelled messages and the training examples."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.screening import Category, Decision, Screener, Visibility

ROOT = Path(__file__).resolve().parents[2]
SCREENER = Screener.load(ROOT, today=lambda: date(2026, 11, 21))
# The share of each labelled file that must be judged as its labels say. Raise a floor when the engine gets better; never lower it.
FLOORS = {
    "clean": 1.0,
    "clinical": 0.94,
    "clinical_es_it": 0.93,
    "context": 0.96,
    "downgraded": 1.0,
    "emergency": 0.97,
    "hard_text": 1.0,
    "identifiers": 0.97,
    "lookalike": 0.95,
    "names_private": 0.95,
    "names_public": 1.0,
    "service": 0.97,
    "service_es_it": 0.95,
    "clinical_oblique": 0.9,
    "service_hard": 0.97,
    "emergency_oblique": 0.96,
}
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def rows(name: str) -> list[dict[str, object]]:
    lines = (ROOT / "tests" / "screening" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def training_examples() -> Iterator[str]:
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or ():
            if "intent" in item:
                for line in item["examples"].splitlines():
                    if line.strip().startswith("- "):
                        yield _ENTITY.sub(r"\1", line.strip()[2:])


@pytest.mark.parametrize("name", FLOORS)
def test_labelled_messages_are_judged_as_their_labels_say(name: str) -> None:
    wrong = []
    labelled = rows(name)
    for row in labelled:
        judged = SCREENER.screen(str(row["text"]), Visibility(row["visibility"]), tuple(row["context"]))  # type: ignore[arg-type]
        found = {c.value for c in judged.categories}
        if judged.decision.value != row["decision"] or not set(row["categories"]) <= found:  # type: ignore[call-overload]
            wrong.append((row["text"], judged.decision.value, sorted(found)))
    assert len(wrong) <= (1 - FLOORS[name]) * len(labelled) + 1e-9, wrong


@pytest.mark.parametrize(
    ("text", "before", "categories"),
    [
        ("when is the pharmacy open?", "I have a sore throat", frozenset()),
        ("where do i park", "my knee is so stiff", frozenset()),
        ("since yesterday", "I have a sore throat", {Category.CLINICAL}),
    ],
)
def test_a_question_of_its_own_is_not_read_with_the_message_before_and_a_rest_of_one_is(
    text: str, before: str, categories: frozenset[Category]
) -> None:
    assert SCREENER.screen(text, context=(before,)).categories == categories


@pytest.mark.parametrize(
    "text", ["mi chiamo mario rossi", "mi tía está en el piso 5, ¿a qué hora puedo ir?", "¿ofrecen parto en agua?"]
)
def test_a_name_a_floor_and_an_offer_are_no_illness(text: str) -> None:
    assert SCREENER.screen(text).decision is Decision.ANSWER


def test_every_labelled_file_has_a_floor() -> None:
    assert {p.stem for p in (ROOT / "tests" / "screening").glob("*.jsonl")} == FLOORS.keys()


def test_the_training_examples_of_routine_questions_pass() -> None:
    examples = list(training_examples())
    assert examples
    stopped = [t for t in examples if (j := SCREENER.screen(t)).decision is not Decision.ANSWER or j.categories]
    assert len(stopped) <= 0.01 * len(examples), stopped


def test_an_own_name_in_private_is_redacted_and_the_question_answered() -> None:
    judged = SCREENER.screen("Hi, my name is John Smith, where do I park?")
    assert judged.decision is Decision.ANSWER
    assert judged.categories == {Category.IDENTIFYING}
    assert judged.redacted == "Hi, my name is [NAME], where do I park?"


def test_the_same_name_in_public_goes_to_a_person() -> None:
    assert SCREENER.screen("my name is John Smith", Visibility.PUBLIC).decision is Decision.HAND_OFF


@pytest.mark.parametrize(
    "text", ["is Dr. Patel in today", "cancel LK-7KQ4TX", "book me for December 12 at 9", "call +1 555 555 0100?"]
)
def test_staff_references_future_dates_and_the_hospitals_own_numbers_are_not_identifying(text: str) -> None:
    assert SCREENER.screen(text).categories == frozenset()


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("call me at 555-867-5309 please", "call me at [PHONE] please"),
        ("i was born on 4 July 1976", "i was born on [DATE_OF_BIRTH]"),
        ("mail jane dot doe at gmail dot com", "mail [EMAIL]"),
        ("my number is five five five eight six seven five three zero nine ok", "my number is [PHONE] ok"),
        ("ｃａｌｌ ５５５\u200b８６７５３０９ now", "ｃａｌｌ [PHONE] now"),
        ("my son Jürgen has asthma", "my son [NAME] has asthma"),
        ("ssn 123-45-6789", "ssn [SSN]"),
    ],
)
def test_redaction_replaces_just_the_identifier(text: str, redacted: str) -> None:
    assert SCREENER.screen(text).redacted == redacted


def test_a_finding_in_context_gives_a_span_of_the_current_message() -> None:
    judged = SCREENER.screen("john smith", context=("hello", "my name is"))
    assert judged.redacted == "[NAME]"


def test_a_number_split_over_messages_is_found() -> None:
    judged = SCREENER.screen("5309", context=("my number is", "555", "867"))
    assert judged.decision is Decision.HAND_OFF
    assert judged.redacted == "[PHONE]"


def test_a_past_date_identifies_and_a_future_one_does_not() -> None:
    assert SCREENER.screen("i was there on 11/3/2025").decision is Decision.HAND_OFF
    assert SCREENER.screen("book me for 12/24/2026").decision is Decision.ANSWER


def test_a_negated_emergency_is_clinical_and_never_an_answer() -> None:
    assert SCREENER.screen("no chest pain today").decision is Decision.HAND_OFF


@pytest.mark.parametrize("text", ["Здравствуйте, где парковка?", "请问几点开门"])
def test_a_script_that_no_rule_reads_is_unjudged(text: str) -> None:
    assert SCREENER.screen(text).categories == {Category.UNJUDGED}
