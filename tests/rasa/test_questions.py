"""Which questions a message asks, given the classifier's opinion of its parts."""

import itertools
import time

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


def test_a_statement_beside_a_question_is_background_and_belongs_to_it() -> None:
    text = "I have an appointment on tuesday. where do I park?"
    assert asked(text, "book_appointment", "parking", whole="parking") == [("parking", text)]


def test_what_people_state_rather_than_ask_counts_beside_a_question() -> None:
    found = asked("I lost my phone in the lobby. when is the pharmacy open?", "lost_found", "opening_hours")
    assert [intent for intent, _ in found] == ["lost_found", "opening_hours"]


def test_a_bare_question_word_belongs_to_the_part_before_it() -> None:
    assert asked("i just need tea, where", "food_cafeteria", "location_directions") == [
        ("food_cafeteria", "i just need tea, where")
    ]


def test_an_uncertain_part_is_no_question() -> None:
    assert [
        intent for intent, _ in asked("is there parking and blue cross", "parking", "insurance", certainty=0.4)
    ] == ["parking"]


def test_neighbours_of_one_intent_are_one_question_with_both_texts() -> None:
    text = "is the lab open sunday and is the pharmacy open, and where do I park"
    found = asked(text, "opening_hours", "opening_hours", "parking")
    assert found == [
        ("opening_hours", "is the lab open sunday and is the pharmacy open"),
        ("parking", "where do I park"),
    ]


@pytest.mark.parametrize("text", ["", "parking", "where do I park?", "...", "and", "a\n" * 50])
def test_a_text_of_one_piece_or_of_very_many_is_not_divided(text: str) -> None:
    assert divide(text) == []


@pytest.mark.parametrize("text", ["hi there, where are you? and how much is it\nthanks", "A&B & C; also d", "?x ?y"])
def test_parts_are_stretches_of_the_text_in_order_and_without_margins(text: str) -> None:
    spans = divide(text)
    assert len(spans) >= 2
    assert [text[start:end].strip(" ,\n") for start, end in spans] == [text[start:end] for start, end in spans]
    assert all(end <= later for (_, end), (later, _) in itertools.pairwise(spans))


@pytest.mark.parametrize("unit", [" ", "\n", ", ", "and ", "!?", "is it so ", " ,", "\n ;", "a"])
def test_a_text_made_to_be_slow_is_not(unit: str) -> None:
    text = unit * (20_000 // len(unit)) + "x"
    started = time.process_time()
    divide(text)
    questions_of(Part(text, 0, len(text), "parking", 0.9), [Part(text, 0, len(text), "parking", 0.9)] * 2)
    assert time.process_time() - started < 1  # milliseconds, unless the time grows with the square of the length
