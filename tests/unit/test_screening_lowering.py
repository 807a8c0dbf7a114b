"""What makes less of an emergency, what does not, and how a slip of the finger is read."""

from datetime import date
from pathlib import Path

import pytest

from actions.screening import Decision, Screener
from actions.screening.spelling import Slips

SCREENER = Screener.load(Path(__file__).resolve().parents[2], today=lambda: date(2026, 11, 21))


@pytest.mark.parametrize(
    "text",
    [
        "he had a seizure in 2014",
        "in 2014, my son had a seizure",
        "no chest pain, seizures or fainting",
        "my uncle died of an overdose",
        "what happens if somebody has a seizure",
        "she had a stroke last spring, can she fly",
    ],
)
def test_a_denied_a_past_and_a_supposed_danger_is_clinical(text: str) -> None:
    assert SCREENER.screen(text).decision is Decision.HAND_OFF


@pytest.mark.parametrize(
    "text",
    [
        "she had a stroke in 2019 and now her face is drooping",
        "her face is drooping, she had a stroke in 2019",
        "not better, he cant breathe",
        "i dont know what to do, she collapsed",
        "no fever but he is having a seizure",
        "what if i kill myself",
        "chemo last week, and he is having a seizure",
    ],
)
def test_a_danger_of_now_stays_an_emergency(text: str) -> None:
    assert SCREENER.screen(text).decision is Decision.EMERGENCY


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("unconcious", "unconscious"),
        ("siezure", "seizure"),
        ("bleedingg", "bleeding"),
        ("seizure", "seizure"),
        ("sezr", "sezr"),
        ("kettles", "kettles"),
        ("parkingspot", "parkingspot"),
    ],
)
def test_a_word_one_slip_away_is_read_as_it_was_meant(word: str, read: str) -> None:
    slips = Slips(frozenset(("unconscious", "seizure", "bleeding", "kettle")), (frozenset(("parking",)),))
    assert slips.mended(["my", word]) == ["my", read]


def test_a_message_full_of_strange_words_is_left_alone() -> None:
    slips = Slips(frozenset(("seizure",)), ())
    words = ["siezure"] * 30
    assert slips.mended(words) == words
