"""Slips of spelling are put right, and nothing else is touched."""

import pytest

from bot.rasa_ext.spelling import Spelling

TEXTS = [
    "where is the parking garage",
    "visiting hours of the maternity ward",
    "is the pharmacy open",
    "cancel my appointment",
    "does the cafeteria have halal food",
    "refill my prescription",
    "wheelchair at the entrance",
] * 3
DICTIONARY = {"lactation", "location", "scam", "scan", "invoice", "espresso", "patel", "hasn"}


@pytest.fixture(scope="module")
def spelling():
    return Spelling.of(TEXTS, DICTIONARY)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("wher is the parkng", "where is the parking"),
        ("pharmcy open?", "pharmacy open?"),
        ("visting horus", "visiting hours"),
        ("cancel my apointment", "cancel my appointment"),
        ("CAFETRIA", "cafeteria"),
        ("perscription", "prescription"),
        ("whelchair, pls", "wheelchair, pls"),
    ],
)
def test_a_slip_becomes_the_word_that_patients_use(spelling, slip, meant):
    assert spelling.correct(slip) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Where is the parking garage?",
        "lactation",  # a word of its own, two letters from another
        "scam",
        "invoices",  # a known word with an ending
        "espresso in the cafeteria",
        "Dr. Patel's pharmacy",
        "is it ok",
        "[NAME] needs parking",
        "病院 👍",
    ],
)
def test_what_is_no_slip_stays_to_the_letter(spelling, text):
    assert spelling.correct(text) == text


def test_short_words_are_left_alone(spelling):
    assert spelling.correct("teh wrd") == "teh wrd"


def test_a_first_letter_is_never_changed(spelling):
    assert spelling.correct("barking") == "barking"


def test_another_language_is_left_alone(spelling):
    text = "ist das krankenhaus sonntags offen und gibt es dort parkplatz"
    assert spelling.correct(text) == text


def test_the_word_of_fewer_slips_wins_over_the_more_frequent():
    spelling = Spelling.of(["refund refund refund refund", "refill refill refill"], ())
    assert spelling.correct("refil") == "refill"


def test_a_slip_in_the_training_texts_is_no_word():
    assert Spelling.of([*TEXTS, "parkng"], ()).correct("parkng") == "parking"


def test_stored_words_correct_alike(spelling, tmp_path):
    spelling.save(tmp_path)
    again = Spelling.load(tmp_path)
    assert again == spelling
    assert again.correct("visting horus") == "visiting hours"


def test_without_training_texts_nothing_is_corrected():
    assert Spelling.of([], ()).correct("parkng") == "parkng"
