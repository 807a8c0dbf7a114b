"""ScreeningClassifier: every message is judged, and a sensitive one is left with nothing to answer."""

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.message import Message

from actions.screening.findings import Category, Decision, Finding, Screening, Visibility
from bot.rasa_ext.screening import SCREENING_INTENTS, ScreeningClassifier, intent_of, without_command


class FakeScreener:
    """Judges every text alike, and remembers what it was asked."""

    def __init__(self, decision=Decision.ANSWER, categories=(), redacted=None):
        self.decision, self.categories, self.redacted = decision, frozenset(categories), redacted
        self.asked = []

    def screen(self, text, visibility=Visibility.PRIVATE, *, vector=None):
        self.asked.append((text, visibility))
        findings = (Finding("PHONE", 0, 3, "phone.us"),) if self.redacted else ()
        return Screening(self.decision, self.categories, findings, self.redacted or text)


class BrokenScreener:
    """Fails."""

    def screen(self, text, visibility=Visibility.PRIVATE, *, vector=None):
        raise ValueError(text)


def message(text, **metadata):
    return Message(
        data={
            "text": text,
            "metadata": metadata or None,
            "intent": {"name": "visiting_hours", "confidence": 0.9},
            "intent_ranking": [{"name": "visiting_hours", "confidence": 0.9}],
            "entities": [{"entity": "department", "value": "maternity", "start": 0, "end": 1}],
            "questions": [{"text": text, "intent": "visiting_hours", "entities": []}],
        },
        output_properties={"text", "intent", "entities"},
    )


def screened(decision, *categories, **more):
    return {"screening": {"decision": decision, "categories": list(categories), "findings": [], **more}}


def process(one, screener=None):
    return ScreeningClassifier(screener).process([one])[0]


def test_the_screening_intents_are_the_categories_of_screening():
    assert {category.value for category in Category} == SCREENING_INTENTS


@pytest.mark.parametrize(
    ("decision", "categories", "intent"),
    [
        ("answer", [], None),
        ("answer", ["identifying"], None),
        ("answer", ["clinical"], "clinical"),
        ("answer", ["identifying", "unjudged"], "unjudged"),
        ("hand_off", ["identifying"], "identifying"),
        ("hand_off", ["identifying", "clinical"], "clinical"),
        ("hand_off", ["unjudged"], "unjudged"),
        ("hand_off", [], "unjudged"),
        ("emergency", ["emergency", "clinical"], "emergency"),
        ("emergency", [], "emergency"),
        ("something new", [], "unjudged"),
    ],
)
def test_the_intent_follows_from_the_decision_and_the_most_urgent_category(decision, categories, intent):
    assert intent_of({"decision": decision, "categories": categories}) == intent


def test_a_clear_message_keeps_its_intent_entities_and_questions():
    result = process(message("when can I visit", **screened("answer")))
    assert result.get("intent")["name"] == "visiting_hours"
    assert len(result.get("entities")) == 1
    assert len(result.get("questions")) == 1


def test_a_sensitive_message_gets_the_intent_with_certainty_and_loses_everything_that_could_be_answered():
    result = process(message("my chest hurts", **screened("emergency", "emergency")))
    out = result.as_dict(only_output_properties=True)
    assert out["intent"] == {"name": "emergency", "confidence": 1.0}
    assert out["intent_ranking"] == [{"name": "emergency", "confidence": 1.0}]
    assert out["entities"] == []
    assert out["questions"] == []
    assert out["screening"]["categories"] == ["emergency"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "answer",
        [],
        {},
        {"decision": None},
        {"decision": "answer", "categories": "clinical"},
        {"decision": "answer", "categories": ["unheard of"]},
    ],
)
def test_a_result_that_does_not_look_like_one_is_unjudged(value):
    result = process(message("where do I park", screening=value), FakeScreener())
    assert result.get("intent")["name"] == "unjudged"


def test_a_result_in_the_metadata_is_not_judged_again():
    screener = FakeScreener()
    process(message("where do I park", **screened("answer")), screener)
    assert screener.asked == []


def test_a_message_without_a_result_is_screened_here():
    screener = FakeScreener(Decision.HAND_OFF, [Category.CLINICAL])
    result = process(message("I have a rash"), screener)
    assert screener.asked == [("I have a rash", Visibility.PRIVATE)]
    assert result.get("intent")["name"] == "clinical"
    assert result.get("screening") == {"decision": "hand_off", "categories": ["clinical"], "findings": []}


def test_what_is_screened_here_goes_on_redacted_in_the_text_and_in_the_questions():
    screener = FakeScreener(Decision.ANSWER, [Category.IDENTIFYING], redacted="I am [NAME]")
    result = process(message("I am John"), screener)
    assert result.get("text") == "I am [NAME]"
    assert result.get("questions")[0]["text"] == "I am [NAME]"
    assert result.get("screening")["findings"] == [{"type": "PHONE", "start": 0, "end": 3, "rule": "phone.us"}]
    assert result.get("intent")["name"] == "visiting_hours"


def test_a_public_message_is_screened_as_one():
    screener = FakeScreener()
    process(message("where do I park", visibility="public"), screener)
    assert screener.asked == [("where do I park", Visibility.PUBLIC)]


def test_screening_that_fails_is_unjudged_and_its_text_goes_nowhere():
    result = process(message("call 555"), BrokenScreener())
    assert result.get("intent")["name"] == "unjudged"
    assert "555" not in result.get("text")


def test_a_visibility_nobody_has_heard_of_is_unjudged():
    assert process(message("where do I park", visibility="semi"), FakeScreener()).get("intent")["name"] == "unjudged"


def test_the_hospital_screener_judges_where_no_other_is_given(monkeypatch):
    from pathlib import Path

    monkeypatch.chdir(Path(__file__).parents[2])
    assert process(message("my chest hurts and I cannot breathe")).get("intent")["name"] in ("emergency", "clinical")
    assert process(message("where can I park")).get("intent")["name"] == "visiting_hours"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/restart", "restart"),
        ('/inform{"department":"x"}', 'inform{"department":"x"}'),
        (" / /emergency", "emergency"),
        ("\u2003//session_start", "session_start"),
        ("/", ""),
        ("where/when", "where/when"),
        ("  hello", "  hello"),
    ],
)
def test_a_typed_command_is_text(typed, text):
    assert without_command(typed) == text


@pytest.mark.parametrize(
    "typed", ["/restart", '/visiting_hours{"department":"x"}', " /goodbye", "\u2003/greet", "/greet@0.5"]
)
def test_rasa_finds_no_command_in_what_leaves_the_pipeline(typed):
    handled = RegexMessageHandler().process(
        [process(message(typed, **screened("hand_off", "clinical")))],
        Domain.from_dict({"intents": ["greet", "goodbye"]}),
    )[0]
    assert handled.get("intent") == {"name": "clinical", "confidence": 1.0}
    assert handled.get("entities") == []
