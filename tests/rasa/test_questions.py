"""Which questions a message asks, given the classifier's opinion of its parts."""

import pytest

from bot.rasa_ext.questions import Part, divide, questions_of


def asked(text: str, *intents: str, whole: str = "", certainty: float = 0.9) -> list[tuple[str, str]]:
    spans = divide(text)
    assert len(spans) == len(intents)
    parts = [Part(text[a:b], a, b, intent, certainty) for (a, b), intent in zip(spans, intents, strict=True)]
    found = questions_of(Part(text, 0, len(text), whole or intents[0], 0.6), parts)
    return [(one.intent, one.text) for one in found]


def test_two_questions_are_two() -> None:
    assert asked("can I visit on Sunday and where do I park?", "visiting_hours", "parking") == [
        ("visiting_hours", "can I visit on Sunday"),
        ("parking", "where do I park?"),
    ]


def test_a_question_that_points_back_is_one_of_its_own() -> None:
    found = asked("where is radiology and is it open saturday", "location_directions", "opening_hours")
    assert [intent for intent, _ in found] == ["location_directions", "opening_hours"]


def test_the_price_of_what_was_just_asked_for_is_no_second_question() -> None:
    assert [intent for intent, _ in asked("where can i park and how much is it", "parking", "costs")] == ["parking"]


def test_a_price_of_something_else_is_a_second_question() -> None:
    found = asked("where can i park and how much is an mri", "parking", "costs")
    assert [intent for intent, _ in found] == ["parking", "costs"]


def test_saying_who_one_is_is_no_question() -> None:
    found = asked("my name is [NAME], where can I park?", "bot_challenge", "parking")
    assert [intent for intent, _ in found] == ["parking"]


@pytest.mark.parametrize("aside", ["greet", "thanks_praise", "goodbye", "out_of_scope"])
def test_a_greeting_or_thanks_beside_a_question_is_left_out(aside: str) -> None:
    assert [intent for intent, _ in asked("hi there, whats ur address", aside, "location_directions")] == [
        "location_directions"
    ]


def test_a_wish_for_a_person_is_the_whole_message() -> None:
    assert [intent for intent, _ in asked("where do I park? let me talk to a person", "parking", "human_agent")] == [
        "human_agent"
    ]
