"""Times, weekdays, weeks and holidays as hospital.yml writes them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.hospital import Holiday, Interval, Weekday
from actions.hospital.holidays import parse_holiday_rule
from actions.hospital.hours import clock_text, parse_days, parse_intervals, parse_time, week_of

MINUTES = st.integers(min_value=0, max_value=1440)


@given(MINUTES)
def test_a_time_reads_back_as_it_was_written(minute: int) -> None:
    assert parse_time(clock_text(minute)) == minute


@given(st.sets(MINUTES, min_size=2, max_size=8).map(sorted))
def test_hours_read_back_as_they_were_written(bounds: list[int]) -> None:
    intervals = tuple(Interval(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=False))
    assert parse_intervals(", ".join(map(str, intervals))) == intervals


@pytest.mark.parametrize("text", ["8", "25:00", "24:01", "08:60", "08.00", "8am", "", "-1:00", "08:00:00"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected HH:MM"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("08:00", "not a span"),
        ("20:00-08:00", "ends before it begins"),
        ("08:00-08:00", "ends before it begins"),
        ("08:00-12:00, 11:00-13:00", "overlaps"),
        ("14:00-16:00, 08:00-12:00", "out of order"),
        ("open", "not a span"),
        ("", "not a span"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_intervals(text)


def test_closed_has_no_hours_and_24_hours_has_the_whole_day() -> None:
    assert parse_intervals("closed") == ()
    assert parse_intervals("24 hours") == (Interval(0, 1440),)


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon", [0]), ("mon-fri", [0, 1, 2, 3, 4]), ("Sat-Sun", [5, 6]), ("daily", [0, 1, 2, 3, 4, 5, 6])],
)
def test_weekdays_and_ranges_are_read(text: str, days: list[int]) -> None:
    assert list(parse_days(text)) == days


@pytest.mark.parametrize("text", ["monday", "fri-mon", "mon-", "mon-fr", "", "holidays"])
def test_a_weekday_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected mon, tue"):
        parse_days(text)


def test_holiday_hours_replace_the_weekdays_only_where_they_are_given() -> None:
    weekly = {Weekday.FRI: (Interval(480, 960),)}
    friday = date(2026, 12, 25)
    assert week_of(weekly, ()).on(friday, holiday=True) == ()
    assert week_of(weekly, ()).on(friday, holiday=False) == (Interval(480, 960),)
    assert week_of(weekly).on(friday, holiday=True) == (Interval(480, 960),)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("dec 25", [date(2026, 12, 25), date(2027, 12, 25), date(2028, 12, 25)]),
        ("4th thu of nov", [date(2026, 11, 26), date(2027, 11, 25), date(2028, 11, 23)]),
        ("last mon of may", [date(2026, 5, 25), date(2027, 5, 31), date(2028, 5, 29)]),
        ("3rd mon of jan", [date(2026, 1, 19), date(2027, 1, 18), date(2028, 1, 17)]),
        ("1st mon of sep", [date(2026, 9, 7), date(2027, 9, 6), date(2028, 9, 4)]),
        ("2026-11-27", [date(2026, 11, 27), None, None]),
        ("feb 29", [None, None, date(2028, 2, 29)]),
    ],
)
def test_a_holiday_falls_on_its_date_in_each_year(rule: str, expected: list[date | None]) -> None:
    assert [parse_holiday_rule(rule).in_year(year) for year in (2026, 2027, 2028)] == expected


@pytest.mark.parametrize(
    "text", ["25 dec", "dec 32", "5th mon of may", "2026-02-30", "20261127", "4th foo of nov", "foo 3", ""]
)
def test_a_holiday_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a date such as dec 25"):
        parse_holiday_rule(text)


@given(
    st.sampled_from(["1st", "2nd", "3rd", "4th", "last"]),
    st.sampled_from(list(Weekday)),
    st.sampled_from("jan feb mar apr may jun jul aug sep oct nov dec".split()),
    st.integers(min_value=2024, max_value=2100),
)
def test_the_nth_weekday_is_that_weekday_at_that_place_of_the_month(
    nth: str, day: Weekday, month: str, year: int
) -> None:
    found = parse_holiday_rule(f"{nth} {day.name.lower()} of {month}").in_year(year)
    assert found is not None
    assert found.weekday() == day
    if nth == "last":
        assert (found + timedelta(days=7)).month != found.month
    else:
        assert (found.day - 1) // 7 + 1 == int(nth[0])


def test_the_next_date_of_a_holiday_counts_today() -> None:
    christmas = Holiday("Christmas Day", (parse_holiday_rule("dec 25"),))
    assert christmas.next_from(date(2026, 12, 25)) == date(2026, 12, 25)
    assert christmas.next_from(date(2026, 12, 26)) == date(2027, 12, 25)
