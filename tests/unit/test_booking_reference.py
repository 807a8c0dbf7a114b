"""Reference codes: made and found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.booking.reference import (
    ALPHABET,
    LENGTH,
    find_reference,
    has_mistyped_reference,
    new_reference,
    without_reference,
)


def test_a_code_is_the_prefix_and_six_characters_that_look_like_no_other() -> None:
    codes = {new_reference() for _ in range(2000)}
    assert len(codes) > 1990  # two alike among these: once in a hundred runs
    assert all(code.startswith("LK-") and len(code) == 3 + LENGTH for code in codes)
    assert set("".join(code[3:] for code in codes)) == set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOU01LS5BZ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("LK-7QX9TM", "LK-7QX9TM", id="alone"),
        pytest.param("my code is lk-7qx9tm, thanks", "LK-7QX9TM", id="in a sentence, small letters"),
        pytest.param("LK 7QX9TM", "LK-7QX9TM", id="space for hyphen"),
        pytest.param("lk7qx9tm", "LK-7QX9TM", id="no hyphen"),
        pytest.param("LK–7QX9TM.", "LK-7QX9TM", id="dash of a phone keyboard"),
        pytest.param("LK-7QX9TMM", None, id="too long"),
        pytest.param("LK-7QX9T", None, id="too short"),
        pytest.param("LK-7QX9T0", None, id="a character that no code has"),
        pytest.param("milk-7QX9TM", None, id="within a word"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_code_is_found_however_it_is_typed(text: str, code: str | None) -> None:
    assert find_reference(text) == code


@pytest.mark.parametrize(
    ("text", "mistyped"),
    [("LK-7QX9T0", True), ("lk-12345", True), ("LK-7QX9TM", False), ("like that", False), ("where do I park", False)],
)
def test_a_mistyped_code_is_told_from_no_code(text: str, mistyped: bool) -> None:
    assert has_mistyped_reference(text) == mistyped


@given(st.text(), st.text())
def test_a_code_is_found_and_taken_out_between_any_texts(before: str, after: str) -> None:
    code = new_reference()
    text = f"{before} {code} {after}"
    assert find_reference(text) is not None
    assert code not in without_reference(text)
