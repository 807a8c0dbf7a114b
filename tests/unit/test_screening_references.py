"""The product's own reference codes and booking dates say nothing about who somebody is."""

import random
from datetime import date
from pathlib import Path

import pytest

from actions.booking.reference import ALPHABET, LENGTH, find_reference
from actions.screening import Category, Screener

ROOT = Path(__file__).resolve().parents[2]
SCREENER = Screener.load(ROOT, today=lambda: date(2026, 11, 21))
SENTENCES = (
    "cancel my appointment {}",
    "{}",
    "Hi, {} please move it to friday",
    "my code is {}.",
    "the reference is {}, can you check it?",
    "i want to change {} to december 12 at 9",
    "quiero cancelar mi cita {}",
    "vorrei spostare l'appuntamento {}",
)


def codes() -> list[str]:
    pick = random.Random(7)
    return ["".join(pick.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(400)]


@pytest.mark.parametrize("form", ["LK-{}", "lk-{}", "Lk {}", "lk{}", "LK–{}", "LK- {}"])
@pytest.mark.parametrize("change", [str, str.lower, str.title], ids=["upper", "lower", "title"])
def test_no_reference_code_is_taken_for_somebodys_name_or_number(form: str, change: type[str]) -> None:
    wrong = []
    for n, code in enumerate(codes()):
        text = SENTENCES[n % len(SENTENCES)].format(form.format(change(code)))
        assert find_reference(text), text
        judged = SCREENER.screen(text)
        if judged.categories or judged.redacted != text:
            wrong.append((text, judged.redacted))
    assert wrong == []


@pytest.mark.parametrize("text", ["cancel LK-ABCDEF", "cancel lk-o0i1st please", "move LK-7KQ4T to monday"])
def test_a_mistyped_reference_code_identifies_nobody(text: str) -> None:
    assert SCREENER.screen(text).redacted == text


@pytest.mark.parametrize("text", ["LK-7KQ4TX is John Smith's", "lk-cdfghj call 555 867 5309"])
def test_an_identifier_beside_a_reference_code_is_still_found(text: str) -> None:
    judged = SCREENER.screen(text)
    assert Category.IDENTIFYING in judged.categories
    assert find_reference(judged.redacted) is not None


def test_a_reference_code_does_not_hide_a_number_behind_its_prefix() -> None:
    assert SCREENER.screen("LK-5558675309").redacted != "LK-5558675309"


@pytest.mark.parametrize(
    "text",
    [
        "Tue 24 Nov 10:30",
        "Tuesday 24 November 10:30 please",
        "24 nov 10:30",
        "24 nov 10.30",
        "24 november 10 am",
        "24 nov 10am",
        "mon 30 nov 9",
        "book me for 24 nov 10",
        "martedì 24 novembre 10:30",
        "martes 24 de noviembre 10:30",
        "24-11 10:30",
        "24/11 9:15",
        "Tue 24 Nov 10-11",
        "friday 11 dec at 14:00",
    ],
)
def test_a_day_and_time_to_come_is_no_date_of_the_past(text: str) -> None:
    judged = SCREENER.screen(text)
    assert judged.categories == frozenset(), judged


@pytest.mark.parametrize(
    "text", ["i was in on 24 nov 10", "seen 24 Nov '10", "the visit of 3 may 19", "4-jul-76", "24/11/10"]
)
def test_a_full_date_of_the_past_still_identifies(text: str) -> None:
    assert Category.IDENTIFYING in SCREENER.screen(text).categories


@pytest.mark.parametrize(
    "text",
    [
        "do you still do phone appointments like in 2020",
        "phone lines open in 2026?",
        "do you take medicare in 2026",
        "does my policy from 2024 still work",
        "the visitor policy of 2025",
    ],
)
def test_a_year_after_a_word_for_a_number_is_no_number_of_somebody(text: str) -> None:
    assert SCREENER.screen(text).categories == frozenset()


@pytest.mark.parametrize(
    "text", ["policy number 2024", "my pin is 2020", "policy 20245", "card ending 1234", "mrn 2019"]
)
def test_a_number_after_its_word_is_found_even_if_it_looks_like_a_year(text: str) -> None:
    assert Category.IDENTIFYING in SCREENER.screen(text).categories
