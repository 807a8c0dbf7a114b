"""Reading Spanish and Italian word by word."""

import pytest

from actions.screening.clauses import clauses
from actions.screening.glossary import Glossary


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("mi duele la cabeza", "my hurts the head"),
        ("Mi papá no respira", "my dad not breathing"),
        ("dov'è il pronto soccorso?", "where is the emergency department?"),
        ("non voglio più vivere", "not want more live"),
        ("¿cuánto cuesta una resonancia?", "¿ how much cost a mri?"),
    ],
)
def test_what_it_knows_is_read_in_english(text: str, english: str) -> None:
    assert Glossary.load().in_english(text) == english


@pytest.mark.parametrize(
    "text",
    ["", "?", "[NAME]", "where do i park", "me no come", "no", "la la la", "can i see dr okafor", "請問", "\ud800"],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert Glossary.load().in_english(text) == text


def test_a_word_that_both_languages_have_is_read_in_the_messages_own() -> None:
    assert "eats" in Glossary.load().in_english("la nina no come nada desde ayer")
    assert "how" in Glossary.load().in_english("come posso pagare la fattura della visita")


def test_what_it_does_not_know_is_kept() -> None:
    assert Glossary.load().in_english("mi hija tiene zxqwy en el pie") == "my daughter has zxqwy in the foot"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where do i park", []),
        ("", []),
        ("please move my visit, i threw up all night", ["please move my visit", "i threw up all night"]),
        ("can you help, hi. my leg is numb", ["can you help, hi.", "my leg is numb"]),
        ("cancel it because i cant walk and cant sit", ["cancel it", "because i cant walk", "and cant sit"]),
    ],
)
def test_a_message_is_divided_into_clauses_of_three_words_at_least(text: str, parts: list[str]) -> None:
    assert [text[begin:end] for begin, end in clauses(text)] == parts


def test_a_long_message_is_divided_in_bounded_time() -> None:
    assert len(clauses("and, " * 800)) <= 8
    assert len(clauses(" " * 4000)) <= 8
    assert len(clauses("a " + " " * 4000 + "b c d, e f g")) <= 8
