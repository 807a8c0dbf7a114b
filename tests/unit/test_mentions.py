"""What a text names: departments, doctors, days and times, with the words that name them."""

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.hospital import Hospital, load_hospital
from actions.mentions import (
    Mention,
    find_day,
    find_days,
    find_departments,
    find_doctors,
    find_services,
    find_time_of_day,
)
from actions.mentions.mention import one_slip_apart

HOSPITAL = load_hospital(Path(__file__).parents[2] / "hospital.yml")
SATURDAY = date(2026, 11, 21)
WORDS = [
    (word, department.id)
    for department in HOSPITAL.departments.values()
    for word in (department.name, *department.also_called)
]  # fmt: skip


def departments(text: str, hospital: Hospital = HOSPITAL) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.value) for one in find_departments(text, hospital)]


def day(text: str, today: date = SATURDAY) -> tuple[str, str] | None:
    found = find_day(text, today, HOSPITAL.calendar)
    return (text[found.start : found.end], found.value) if found else None


def time_of_day(text: str) -> str | None:
    found = find_time_of_day(text)
    return found.value if found else None


@pytest.mark.parametrize(("word", "department"), WORDS)
def test_every_word_of_the_file_finds_its_department(word: str, department: str) -> None:
    text = f"when can i visit the {word}, please"
    assert departments(text) == [(word, department)]
    assert departments(text.upper()) == [(word.upper(), department)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which gynaecologists are in", [("gynaecologists", "gynecology")]),
        ("do you do MRIs", [("MRIs", "radiology")]),
        ("children’s ward or ER?", [("children’s ward", "pediatrics"), ("ER", "emergency")]),
        ("the maternaty ward", [("maternaty ward", "maternity")]),
        ("dermatolgy appointment", [("dermatolgy", "dermatology")]),
        ("cardioolgy", [("cardioolgy", "cardiology")]),
        ("X-Ray, x ray and xrays", [("X-Ray", "radiology"), ("x ray", "radiology"), ("xrays", "radiology")]),
        ("A&E or A & E", [("A&E", "emergency"), ("A & E", "emergency")]),
        ("mental health unit", [("mental health unit", "psychiatry")]),
        ("neonatal intensive care", [("neonatal intensive care", "nicu")]),
        ("intensive care", [("intensive care", "icu")]),
        ("labor and delivery room", [("labor and delivery", "maternity")]),
        ("dialysis and DIALYSIS UNIT", [("dialysis", "nephrology"), ("DIALYSIS UNIT", "nephrology")]),
    ],
)
def test_plurals_slips_and_the_longest_phrase_are_understood(text: str, expected: list[tuple[str, str]]) -> None:
    assert departments(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "imagine that",
        "casually",
        "paternity leave",
        "eternity",
        "where is the burn unit",
        "labrador",
        "her",
        "periodic",
        "",
        "   ",
        "?!",
    ],
)
def test_everyday_words_name_no_department(text: str) -> None:
    assert departments(text) == []


def test_short_words_must_be_spelled_right() -> None:
    assert departments("the icy ward") == []
    assert departments("the icu ward") == [("icu", "icu")]


def test_a_service_is_found_with_the_name_of_the_file() -> None:
    assert [one.value for one in find_services("do you do mammography or a cat scan", HOSPITAL)] == [
        "mammogram",
        "CT scan",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is Dr. Patel in", [("Dr. Patel", "Dr. Anita Patel")]),
        ("dr patels clinic", [("dr patels", "Dr. Anita Patel")]),
        ("doctor anita patel please", [("doctor anita patel", "Dr. Anita Patel")]),
        ("wei chen or DR NAIR", [("wei chen", "Dr. Wei Chen"), ("DR NAIR", "Dr. Priya Nair")]),
        ("is lindqvist in today", [("lindqvist", "Dr. Sofia Lindqvist")]),
        ("appointment with dr lindqist", [("dr lindqist", "Dr. Sofia Lindqvist")]),
        ("dr. hannah", [("dr. hannah", "Dr. Hannah Cole")]),
        ("Maria Santos", []),
        ("dr maria santos", []),
        ("coleslaw", []),
        ("dr smith", []),
    ],
)
def test_doctors_of_the_file_are_found_and_people_of_the_same_name_are_not(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(text[one.start : one.end], one.value) for one in find_doctors(text, HOSPITAL)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today please", ("today", "2026-11-21")),
        ("visit tonight?", ("tonight", "2026-11-21")),
        ("tmrw morning", ("tmrw", "2026-11-22")),
        ("tommorow", ("tommorow", "2026-11-22")),
        ("the day after tomorrow", ("day after tomorrow", "2026-11-23")),
        ("on Sunday evening", ("Sunday", "2026-11-22")),
        ("this friday", ("this friday", "2026-11-27")),
        ("next friday", ("next friday", "2026-11-27")),
        ("next Saturday", ("next Saturday", "2026-11-28")),
        ("saturday", ("saturday", "2026-11-21")),
        ("on thurs", ("thurs", "2026-11-26")),
        ("wensday", ("wensday", "2026-11-25")),
        ("wednsday", ("wednsday", "2026-11-25")),
        ("sundays", ("sundays", "2026-11-22")),
        ("every monday", ("every monday", "2026-11-23")),
        ("fri or sat", ("fri", "2026-11-27")),
        ("sat or sun", ("sat", "2026-11-21")),
        ("on sat", ("sat", "2026-11-21")),
        ("on the 3rd", ("3rd", "2026-12-03")),
        ("the 31st", ("31st", "2026-12-31")),
        ("the 3rd floor", None),
        ("24 nov", ("24 nov", "2026-11-24")),
        ("nov 24th", ("nov 24th", "2026-11-24")),
        ("24th of November", ("24th of November", "2026-11-24")),
        ("November 24, 2027", ("November 24, 2027", "2027-11-24")),
        ("nov 20", ("nov 20", "2027-11-20")),
        ("11/24", ("11/24", "2026-11-24")),
        ("11/24/27", ("11/24/27", "2027-11-24")),
        ("24/11/2026", ("24/11/2026", "2026-11-24")),
        ("2026-12-01", ("2026-12-01", "2026-12-01")),
        ("2/30", None),
        ("open 24/7?", None),
        ("christmas day", ("christmas day", "2026-12-25")),
        ("Christmas Eve", ("Christmas Eve", "2026-12-24")),
        ("New Year's Eve", ("New Year's Eve", "2026-12-31")),
        ("day after thanksgiving", ("day after thanksgiving", "2026-11-27")),
        ("on 4th of july", ("4th of july", "2027-07-04")),
        ("veterans day", ("veterans day", "2027-11-11")),
        ("labor and delivery", None),
        ("this weekend", ("this weekend", "2026-11-21")),
        ("next weekend", ("next weekend", "2026-11-28")),
        ("in 3 days", ("in 3 days", "2026-11-24")),
        ("in two weeks", ("in two weeks", "2026-12-05")),
        ("next week", ("next week", "2026-11-23")),
        ("next month", ("next month", "2026-12-01")),
        ("yesterday", None),
        ("last sunday", None),
        ("I sat in the sun, then we wed and left", None),
        ("may 4 people visit", None),
        ("Tue, Dec 1", ("Tue, Dec 1", "2026-12-01")),
        ("Tuesday the 24th", ("Tuesday the 24th", "2026-11-24")),
        ("wed 11/25", ("wed 11/25", "2026-11-25")),
        ("Tue 1 Dec 10:30", ("Tue 1 Dec", "2026-12-01")),
        ("Tue 24 Nov 2:30 pm", ("Tue 24 Nov", "2026-11-24")),
        ("dec 5 pm", None),
        ("a 1/2 hour", ("1/2", "2027-01-02")),
    ],
)  # fmt: skip
def test_a_day_is_read_as_a_date(text: str, expected: tuple[str, str] | None) -> None:
    assert day(text) == expected


def test_a_weekend_asked_about_in_the_week_is_the_coming_one() -> None:
    assert day("at the weekend", date(2026, 11, 24)) == ("weekend", "2026-11-28")
    assert day("next friday", date(2026, 11, 24)) == ("next friday", "2026-12-04")
    assert day("on friday", date(2026, 11, 27)) == ("friday", "2026-11-27")


def test_several_days_are_found_in_order() -> None:
    assert [one.value for one in find_days("monday or 11/25 or on sunday", SATURDAY)] == [
        "2026-11-23",
        "2026-11-25",
        "2026-11-22",
    ]


def test_29_february_is_the_next_one_there_is() -> None:
    assert day("feb 29") == ("feb 29", "2028-02-29")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the morning", "morning"),
        ("Sunday evening", "evening"),
        ("tonight", "evening"),
        ("any afternoon", "afternoon"),
        ("good morning, where are you", None),
        ("morning!", None),
        ("at noon", "12:00"),
        ("lunchtime", "12:00"),
        ("until midnight", "00:00"),
        ("10am", "10:00"),
        ("10 AM", "10:00"),
        ("12 am", "00:00"),
        ("12pm", "12:00"),
        ("7 p.m.", "19:00"),
        ("9:30 pm", "21:30"),
        ("2 to 4 pm", "14:00"),
        ("19:30", "19:30"),
        ("8:30", "08:30"),
        ("5:40", "17:40"),
        ("after 5", "17:00"),
        ("at 9", "09:00"),
        ("at 8 in the evening", "20:00"),
        ("at 7 tonight", "19:00"),
        ("at 6 in the morning", "06:00"),
        ("half past nine", "09:30"),
        ("quarter to 6", "17:45"),
        ("10 past 5", "17:10"),
        ("nine o'clock", "09:00"),
        ("3 oclock", "15:00"),
        ("monday 10", "10:00"),
        ("after work", "evening"),
        ("for 2 people", None),
        ("at 2 visitors", None),
        ("by 5 may", None),
        ("at 24/7", None),
        ("on 11/24", None),
        ("$9.30", None),
        ("25:00", None),
        ("13 pm", None),
        ("a night in hospital costs", None),
    ],
)
def test_a_time_of_day_is_read(text: str, expected: str | None) -> None:
    assert time_of_day(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("after 5 please", "5"), ("around 3 pm", "3 pm"), ("at half past nine", "half past nine"), ("by 9.15", "9.15")],
)
def test_a_time_is_marked_without_the_preposition_before_it(text: str, words: str) -> None:
    found = find_time_of_day(text)
    assert found is not None
    assert text[found.start : found.end] == words


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            "visit the Maternity ward on sun sunday next the 3rd 24 nov 11/24 11/31 2/29 may 5 at pm half past nine dr Patel er "
            "children’s İstanbul ß ǆ 5pm x-ray & weekend 31st of in 2 days christmas eve 99:99 0 12am".split(" ")
        ),
        max_size=12,
    ).map(" ".join),
)


def well_formed(text: str, found: list[Mention]) -> bool:
    spans = [(one.start, one.end) for one in found]
    inside = all(0 <= start < end <= len(text) for start, end in spans)
    apart = all(before[1] <= after[0] for before, after in pairwise(spans))
    return inside and apart and all(text[start:end].strip() == text[start:end] for start, end in spans)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 12, 31)))
def test_mentions_lie_within_the_text_and_apart_and_hold_what_they_promise(text: str, today: date) -> None:
    days = find_days(text, today, HOSPITAL.calendar)
    assert well_formed(text, days)
    assert all(date.fromisoformat(one.value) >= today for one in days)
    found = find_departments(text, HOSPITAL)
    assert well_formed(text, found)
    assert all(one.value in HOSPITAL.departments for one in found)
    assert well_formed(text, find_doctors(text, HOSPITAL))
    clock = find_time_of_day(text)
    if clock is not None:
        assert well_formed(text, [clock])
        part = clock.value in ("morning", "afternoon", "evening")
        assert part or (
            re.fullmatch(r"\d\d:\d\d", clock.value) and int(clock.value[:2]) < 24 and int(clock.value[3:]) < 60
        )


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 12, 31)), st.integers(min_value=0, max_value=300))
def test_a_date_written_out_is_read_back_whatever_today_is(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    for text in (
        meant.strftime("%B %d"),
        meant.strftime("%d %b"),
        meant.strftime("%m/%d"),
        meant.strftime("%m/%d/%Y"),
        meant.isoformat(),
    ):
        assert day(f"on {text} please", today) == (text, meant.isoformat())


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 12, 31)), st.integers(min_value=0, max_value=6))
def test_a_weekday_is_read_as_its_next_date(today: date, ahead: int) -> None:
    meant = today + timedelta(days=ahead)
    assert day(f"open on {meant.strftime('%A')}?", today) == (meant.strftime("%A"), meant.isoformat())


LONG = sorted({word for phrase, _ in WORDS for word in phrase.split() if len(word) >= 6 and word.isalpha()})


@given(st.sampled_from(LONG), st.data())
def test_one_slip_is_one_slip_whatever_it_is(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(min_value=0, max_value=len(word) - 2))
    letter = data.draw(st.sampled_from("aeioutrs"))
    slips = [
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    ]
    assert all(one_slip_apart(slip, word) for slip in slips)
    assert not one_slip_apart(word + "qq", word)
    assert not one_slip_apart("zz" + word[2:], "yy" + word[2:])
