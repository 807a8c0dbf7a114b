"""Whether a message is what was expected."""

import re
from datetime import date, datetime, timezone

import pytest

from actions.hospital import HospitalFile
from bot.talk.conversation import BotStep, Expectation
from bot.talk.expectation import BotMessage, LinkedCase, filled, find, holds, mismatches
from bot.talk.placeholders import Facts, UnknownPlaceholderError, facts_at, fill, names_in
from bot.talk.verdict import Mark, compare

LINK = "https://h.example/room/3f2c9d0e-6a55-4b69-9d9b-2f0a8a0a9a11.abc"


@pytest.fixture(scope="module")
def facts(hospital_file: HospitalFile) -> Facts:
    return Facts(hospital_file.current(), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Visiting hours on Sunday are 10:00-20:00.", "sunday", True),
        ("Visiting hours on\n  Sunday", "on Sunday", True),
        ("Don’t wait", "don't wait", True),
        ("It costs $30.", "$3", False),
        ("It costs $3.", "$3", True),
        ("call 9110", "911", False),
        ("call 911.", "911", True),
        ("room 14:00-18:00", "4:00", False),
        ("opens at 9 in the morning", "/opens at (8|9)\\b/", True),
        ("OPENS AT 9", "/opens at 9/", True),
        ("opens at 10", "/opens at (8|9)\\b/", False),
        ("3/4", "3/4", True),
    ],
)
def test_a_text_holds_another_whatever_its_case_and_spacing_and_a_number_only_whole(
    text: str, wanted: str, expected: bool
) -> None:
    assert holds(text, wanted) is expected


@pytest.mark.parametrize(
    ("expectation", "message", "wrong"),
    [
        (Expectation(says=("garage",)), BotMessage("The garage is open."), ()),
        (Expectation(says=("garage", "free")), BotMessage("The garage is open."), ('does not say "free"',)),
        (Expectation(says_not=("sorry",)), BotMessage("Sorry, what?"), ('says "sorry"',)),
        (Expectation(exactly="Goodbye."), BotMessage("Goodbye. And thanks."), ("is not exactly that text",)),
        (Expectation(exactly="Goodbye."), BotMessage(" goodbye. "), ()),
        (Expectation(offers=("Parking",)), BotMessage("x", (("parking", "p"),)), ()),
        (Expectation(offers=("Parking",)), BotMessage("x", (("Park", "p"),)), ('does not offer "Parking"',)),
        (Expectation(offers=("/Tue .*/",)), BotMessage("x", (("Tue Nov 24", "p"),)), ()),
        (Expectation(offers_not=("Parking",)), BotMessage("x", (("Parking", "p"),)), ('offers "Parking"',)),
        (Expectation(longest=5), BotMessage("too long"), ("is 8 characters long, at most 5 expected",)),
        (
            Expectation(remember=(("code", r"/LK-\w+/"),)),
            BotMessage("no"),
            (r"holds nothing to remember as code: /LK-\w+/",),
        ),
    ],
)
def test_a_mismatch_says_what_is_wrong(expectation: Expectation, message: BotMessage, wrong: tuple[str, ...]) -> None:
    assert mismatches(expectation, message) == wrong


@pytest.mark.parametrize(
    ("wanted", "text", "case", "wrong"),
    [
        ("clinical", f"here: {LINK}", LinkedCase("clinical", closed=False, of_this_patient=True), ()),
        ("clinical", "here: nothing", None, ("brings no private link",)),
        ("clinical", f"here: {LINK}", None, ("brings a private link that does not open a case of this patient",)),
        (
            "clinical",
            f"here: {LINK}",
            LinkedCase("clinical", closed=False, of_this_patient=False),
            ("brings a private link that does not open a case of this patient",),
        ),
        (
            "clinical",
            f"here: {LINK}",
            LinkedCase("failure", closed=True, of_this_patient=True),
            ("the case is failure, not clinical", "the case is closed"),
        ),
        (
            None,
            f"here: {LINK}",
            LinkedCase("clinical", closed=False, of_this_patient=True),
            ("brings a private link, and none was expected",),
        ),
    ],
)
def test_a_private_link_has_to_open_an_unclosed_case_of_that_category_and_patient(
    wanted: str | None, text: str, case: LinkedCase | None, wrong: tuple[str, ...]
) -> None:
    assert mismatches(Expectation(private_link=wanted), BotMessage(text, case=case)) == wrong


@pytest.mark.parametrize("text", ["Hello {name}", "Call [PHONE] now", "on floor None", "x" * 2001, "opens undefined"])
def test_what_no_patient_may_see_is_wrong_whatever_was_expected(text: str) -> None:
    assert mismatches(Expectation(), BotMessage(text))


def test_a_quick_reply_longer_than_the_platform_shows_is_wrong() -> None:
    assert mismatches(Expectation(), BotMessage("x", (("a title of 21 letters", "p"),)))


def test_placeholders_give_days_that_are_no_holiday_and_at_least_two_days_ahead(facts: Facts) -> None:
    # 2026-11-24 is a Tuesday and 2026-11-26 is Thanksgiving.
    texts = {
        "today": "Tue 24 Nov",
        "tomorrow": "Wed 25 Nov",
        "wednesday": "Wed 2 Dec",
        "thursday": "Thu 3 Dec",
        "friday": "Fri 27 Nov",
    }
    assert {name: facts.value(name) for name in texts} == texts


def test_today_is_the_hospitals_today(hospital_file: HospitalFile) -> None:
    facts = facts_at(hospital_file.current(), datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc))
    assert facts.today == date(2026, 11, 23)


def test_placeholders_are_filled_from_facts_and_from_what_is_remembered(facts: Facts) -> None:
    assert fill("move {code} to {Friday}", facts, {"code": "LK-7QX9TM"}) == "move LK-7QX9TM to Fri 27 Nov"
    assert fill("call {emergency number} or {hospital.emergency.crisis_line}", facts, {}) == "call 911 or 988"
    assert fill("{hospital.departments.maternity.phone}", facts, {}) == "+1 555 555 0121"


def test_other_braces_stay_as_they_are(facts: Facts) -> None:
    text = '/inform{"department":"x"} {} {0} /\\d{2}/ {1,2}'
    assert fill(text, facts, {}) == text
    assert names_in(text) == ()


def test_double_braces_stand_for_single_ones(facts: Facts) -> None:
    assert fill("{{department}} and {{0}} and {{today}}", facts, {}) == "{department} and {0} and {today}"
    assert names_in("{{today}} {today}") == ("today",)


def test_a_placeholder_that_stands_for_nothing_is_refused(facts: Facts) -> None:
    for name in ("someday", "hospital.nothing", "hospital.parking", "hospital"):
        with pytest.raises(UnknownPlaceholderError):
            facts.value(name)


def test_a_value_put_into_a_pattern_counts_as_plain_text(facts: Facts) -> None:
    expectation = filled(
        Expectation(says=("/call {hospital.phone}/", "{hospital.phone}")),
        lambda text, escape: fill(text, facts, {}, escape),
    )
    assert mismatches(expectation, BotMessage("please call +1 555 555 0100")) == ()
    assert find(expectation.says[0], "call  1 555 555 0100") is None


def steps(*texts: str) -> list[BotStep]:
    return [BotStep(number, "Ann", Expectation(says=(text,))) for number, text in enumerate(texts, 1)]


def marks(expected: list[BotStep], *received: str) -> list[tuple[Mark, int | None]]:
    entries = compare(
        expected,
        [BotMessage(text) for text in received],
        "bot",
        lambda expectation: expectation,
        lambda name, value: None,
    )
    return [(entry.mark, entry.line) for entry in entries]


@pytest.mark.parametrize(
    ("expected", "received", "found"),
    [
        (["a", "b"], ["a", "b"], [(Mark.FITS, 1), (Mark.FITS, 2)]),
        (["a"], [], [(Mark.MISSING, 1)]),
        ([], ["a"], [(Mark.UNEXPECTED, None)]),
        (["a"], ["b"], [(Mark.DIFFERS, 1)]),
        (["a", "b"], ["b"], [(Mark.MISSING, 1), (Mark.FITS, 2)]),
        (["b"], ["a", "b"], [(Mark.UNEXPECTED, None), (Mark.FITS, 1)]),
        (["a", "b"], ["a", "b", "c"], [(Mark.FITS, 1), (Mark.FITS, 2), (Mark.UNEXPECTED, None)]),
        (["a", "b", "c"], ["a", "x", "c"], [(Mark.FITS, 1), (Mark.DIFFERS, 2), (Mark.FITS, 3)]),
        (["a", "b"], ["b", "a"], [(Mark.UNEXPECTED, None), (Mark.FITS, 1), (Mark.MISSING, 2)]),
    ],
)
def test_messages_are_compared_in_order_and_every_one_counts(
    expected: list[str], received: list[str], found: list[tuple[Mark, int | None]]
) -> None:
    assert marks(steps(*expected), *received) == found


def test_what_a_message_says_is_remembered_for_the_next_one() -> None:
    remembered: dict[str, str] = {}
    first = BotStep(1, "Ann", Expectation(remember=(("code", r"/code (LK-\w+)/"),)))
    second = BotStep(2, "Ann", Expectation(says=("{code}",)))

    def filled_now(expectation: Expectation) -> Expectation:
        return filled(expectation, lambda text, _: re.sub(r"\{code\}", lambda _: remembered.get("code", "?"), text))

    entries = compare(
        [first, second],
        [BotMessage("Your code LK-AB12."), BotMessage("Keep LK-AB12.")],
        "bot",
        filled_now,
        remembered.__setitem__,
    )
    assert [entry.mark for entry in entries] == [Mark.FITS, Mark.FITS]
    assert remembered == {"code": "LK-AB12"}
