"""Slots as moments, on ordinary days and on those on which clocks change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.booking.schedule import (
    DayProblem,
    PartOfDay,
    all_planned_slots,
    at_time_of_day,
    choose_offers,
    day_bounds,
    day_problem,
    fingerprint,
    last_day,
    part_of_day,
    planned_slots,
)
from actions.hospital import BookableDepartment, Hospital, HospitalFile, Interval, WeekHours

ZONE = ZoneInfo("America/New_York")
CLOCK_CHANGES = [date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)]
NOON = datetime(2026, 11, 21, 17, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def hospital(hospital_file: HospitalFile) -> Hospital:
    return hospital_file.current()


def opened(
    hospital: Hospital, *hours: tuple[int, int], minutes: int = 30, breaks: Sequence[tuple[int, int]] = ()
) -> Hospital:
    """The hospital with urology open every day at these minutes after midnight."""
    day = tuple(Interval(*one) for one in hours)
    urology = BookableDepartment(WeekHours((day,) * 7), minutes, 1, tuple(Interval(*one) for one in breaks))
    return replace(hospital, timezone=ZONE, booking=replace(hospital.booking, departments={"urology": urology}))


def local_starts(hospital: Hospital, day: date) -> list[str]:
    return [f"{slot.start.astimezone(ZONE):%H:%M %Z}" for slot in planned_slots(hospital, "urology", day)]


@st.composite
def open_hours(draw: st.DrawFn) -> list[tuple[int, int]]:
    """One to three parts of a day, in order, midnight to midnight allowed."""
    edges = sorted(draw(st.lists(st.integers(0, 288).map(lambda five: five * 5), min_size=2, max_size=6, unique=True)))
    return [(edges[place], edges[place + 1]) for place in range(0, len(edges) - 1, 2)]


@given(
    open_hours(),
    open_hours(),
    st.integers(5, 240),
    st.one_of(st.sampled_from(CLOCK_CHANGES), st.dates(date(2026, 1, 1), date(2028, 1, 1))),
)
@settings(deadline=None)
def test_slots_never_overlap_and_lie_within_the_opening_hours_and_outside_breaks(
    hospital_file: HospitalFile, hours: list[tuple[int, int]], breaks: list[tuple[int, int]], minutes: int, day: date
) -> None:
    slots = planned_slots(opened(hospital_file.current(), *hours, minutes=minutes, breaks=breaks), "urology", day)
    assert all(slot.end - slot.start == timedelta(minutes=minutes) for slot in slots)
    assert all(before.end <= after.start for before, after in pairwise(slots))
    for slot in slots:
        begins, ends = (moment.astimezone(ZONE).replace(tzinfo=None) for moment in (slot.start, slot.end))
        midnight = datetime.combine(day, time())
        first, last = ((moment - midnight).total_seconds() / 60 for moment in (begins, ends))
        assert any(start <= first and last <= end for start, end in hours), (first, last)
        assert not any(first < end and start < last for start, end in breaks) or day in CLOCK_CHANGES


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        pytest.param(
            date(2026, 11, 1),
            ["00:30 EDT", "01:00 EDT", "01:30 EDT", "02:00 EST", "02:30 EST", "03:00 EST"],
            id="clocks go back: the repeated hour stays empty",
        ),
        pytest.param(
            date(2027, 3, 14),
            ["00:30 EST", "01:00 EST", "03:00 EDT"],
            id="clocks go forward: the skipped hour has no slots",
        ),
        pytest.param(
            date(2027, 11, 7),
            ["00:30 EDT", "01:00 EDT", "01:30 EDT", "02:00 EST", "02:30 EST", "03:00 EST"],
            id="clocks go back a year later",
        ),
    ],
)
def test_a_night_on_which_clocks_change_has_slots_only_at_times_that_exist(
    hospital: Hospital, day: date, starts: list[str]
) -> None:
    assert local_starts(opened(hospital, (30, 210)), day) == starts


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 10, 31), -4), (date(2026, 11, 1), -5), (date(2027, 3, 13), -5), (date(2027, 3, 14), -4)],
)
def test_nine_o_clock_is_nine_o_clock_at_the_hospital_before_and_after_the_change(
    hospital: Hospital, day: date, offset: int
) -> None:
    first = planned_slots(opened(hospital, (540, 720)), "urology", day)[0]
    assert first.start == datetime.combine(day, time(9 - offset), timezone.utc)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 1), 25), (date(2027, 3, 14), 23), (date(2026, 11, 24), 24)])
def test_a_day_lasts_from_midnight_to_midnight_at_the_hospital(day: date, hours: int) -> None:
    begins, ends = day_bounds(day, ZONE)
    assert ends.astimezone(timezone.utc) - begins.astimezone(timezone.utc) == timedelta(hours=hours)


def test_slots_reach_from_today_to_the_last_day_ahead(hospital: Hospital) -> None:
    facts = opened(hospital, (540, 720))
    days = {slot.start.astimezone(ZONE).date() for slot in all_planned_slots(facts, "urology", date(2026, 11, 21))}
    assert (min(days), max(days)) == (date(2026, 11, 21), last_day(facts, date(2026, 11, 21)))


def test_the_fingerprint_changes_with_whatever_changes_the_slots(hospital: Hospital) -> None:
    today = date(2026, 11, 21)
    facts = opened(hospital, (540, 720))
    prints = [
        fingerprint(facts, "urology", today),
        fingerprint(facts, "urology", today + timedelta(days=1)),
        fingerprint(opened(hospital, (540, 725)), "urology", today),
        fingerprint(opened(hospital, (540, 720), minutes=20), "urology", today),
        fingerprint(replace(facts, holidays=facts.holidays[1:]), "urology", today),
        fingerprint(replace(facts, booking=replace(facts.booking, days_ahead=7)), "urology", today),
        fingerprint(facts, "cardiology", today),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(opened(hospital, (540, 720)), "urology", today) == prints[0]


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (date(2026, 11, 20), DayProblem.PAST),
        (date(2026, 11, 21), DayProblem.CLOSED),
        (date(2026, 11, 22), DayProblem.CLOSED),
        (date(2026, 11, 23), None),
        (date(2026, 11, 26), DayProblem.HOLIDAY),
        (date(2026, 12, 25), DayProblem.HOLIDAY),
        (date(2027, 1, 20), None),
        (date(2027, 1, 21), DayProblem.TOO_FAR),
    ],
)
def test_a_day_that_cannot_be_booked_says_why(hospital: Hospital, day: date, problem: DayProblem | None) -> None:
    assert day_problem(hospital, "dermatology", day, NOON) is problem


def test_a_day_whose_slots_all_begin_within_the_notice_is_too_soon(hospital: Hospital) -> None:
    monday_evening = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)
    assert day_problem(hospital, "dermatology", date(2026, 11, 24), monday_evening) is DayProblem.TOO_SOON
    assert day_problem(hospital, "dermatology", date(2026, 11, 24), monday_evening - timedelta(hours=5)) is None


def at(*clocks: str) -> list[datetime]:
    return [
        datetime.combine(date(2026, 11, 24), time.fromisoformat(clock), ZONE).astimezone(timezone.utc)
        for clock in clocks
    ]


DAY = at("09:00", "09:30", "10:00", "11:30", "12:00", "13:00", "14:30", "16:30", "17:00", "18:30")


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("00:00", PartOfDay.MORNING),
        ("11:59", PartOfDay.MORNING),
        ("12:00", PartOfDay.AFTERNOON),
        ("16:59", PartOfDay.AFTERNOON),
        ("17:00", PartOfDay.EVENING),
    ],
)
def test_a_part_of_the_day_is_told_by_the_hospitals_clock(clock: str, part: PartOfDay) -> None:
    assert part_of_day(at(clock)[0], ZONE) is part


@pytest.mark.parametrize(
    ("wish", "clocks"),
    [
        ("morning", ["09:00", "09:30", "10:00", "11:30"]),
        ("afternoon", ["12:00", "13:00", "14:30", "16:30"]),
        ("evening", ["17:00", "18:30"]),
        ("any", ["09:00", "09:30", "10:00", "11:30", "12:00", "13:00"]),
        ("after 14:30", ["14:30", "16:30", "17:00", "18:30"]),
        ("before 12:00", ["09:00", "09:30", "10:00", "11:30"]),
        ("before 18:00", ["10:00", "11:30", "12:00", "13:00", "14:30", "16:30", "17:00"][-6:]),
        ("10:00", ["10:00"]),
        ("about 10:10", ["09:00", "09:30", "10:00", "11:30", "12:00", "13:00"]),
        ("about 18:00", ["12:00", "13:00", "14:30", "16:30", "17:00", "18:30"]),
        ("after 19:00", ["12:00", "13:00", "14:30", "16:30", "17:00", "18:30"]),
    ],
)
def test_the_times_offered_fit_the_wish_or_are_the_nearest_to_it(wish: str, clocks: list[str]) -> None:
    assert choose_offers(DAY, wish, ZONE) == tuple(at(*clocks))


def test_a_part_of_the_day_without_times_offers_the_nearest(hospital: Hospital) -> None:
    mornings = at("09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "11:40")
    assert at_time_of_day(mornings, "evening", ZONE) == ()
    assert choose_offers(mornings, "evening", ZONE) == tuple(mornings[1:])
