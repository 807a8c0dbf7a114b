"""hospital.yml is read strictly: every problem at once, each with its line and what is expected."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.hospital import Hospital, HospitalError, load_hospital, read_hospital, slots_on

FILE = Path(__file__).parents[2] / "hospital.yml"
TEXT = FILE.read_text(encoding="utf-8")
WELL_TOLD = re.compile(r"hospital\.yml:[1-9]\d*: [^:]+: .*expected .+", re.DOTALL)
DEPARTMENTS = """emergency maternity nicu pediatrics icu cardiology oncology orthopedics surgery neurology psychiatry dermatology
radiology laboratory gynecology urology ent ophthalmology gastroenterology physical_therapy family_medicine pharmacy endocrinology
pulmonology nephrology""".split()


@pytest.fixture(scope="module")
def hospital() -> Hospital:
    return load_hospital(FILE)


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(HospitalError) as caught:
        read_hospital(text.encode())
    return caught.value.problems


def changed(old: str, new: str) -> tuple[str, int]:
    """Change the first place where `old` stands; give the text and the line of the change."""
    assert old in TEXT
    return TEXT.replace(old, new, 1), TEXT[: TEXT.index(old)].count("\n") + 1


def test_the_hospitals_own_file_is_good_and_complete(hospital: Hospital) -> None:
    assert hospital.name == "Lakemont General Hospital"
    assert set(DEPARTMENTS) <= set(hospital.departments)
    assert (hospital.emergency.number, hospital.emergency.crisis_line) == ("911", "988")
    assert len(hospital.doctors) == 12
    assert all(key == department.id for key, department in hospital.departments.items())


def test_every_department_has_a_phone_number_of_its_own(hospital: Hospital) -> None:
    phones = [department.phone for department in hospital.departments.values()]
    assert len(set(phones)) == len(phones)


FRIDAYS = 'fri: "09:00-13:00", sat-sun: closed, holidays: closed'


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("phone: +1 555 555 0121", "phone: 555", "departments.maternity.phone", "not a phone number"),
        ("phone: +1 555 555 0121", "phnoe: +1 555 555 0121", "departments.maternity.phnoe", "did you mean phone?"),
        ("mon-fri: 08:00-20:00", "mon-fri: 8-20", "departments.maternity.visiting.hours.mon-fri", "not a time"),
        ("department: cardiology", "department: cardiologie", "doctors[1].department", "did you mean cardiology?"),
        ("days: [mon, tue, thu]", "days: [mon, tuesday]", "doctors[1].days[2]", "not a weekday"),
        ("days: [mon, tue, thu]", "days: []", "doctors[1].days", "empty list"),
        ("name: Dr. Anita Patel", "name: Anita Patel", "doctors[1].name", "not a doctor's name"),
        ("building: Lakeside Clinic Building", "building: Lakeside", "departments.urgent_care.building", "one of Lakeside"),
        ("portal: https://portal.lakemont.example\n", "portal: portal.lakemont.example\n", "private.portal", "not a web address"),
        ("secure_email: secure@lakemont.example", "secure_email: secure at lakemont", "private.secure_email", "not an e-mail"),
        ("timezone: America/New_York", "timezone: New York", "timezone", "not a timezone"),
        ("time_format: 24h", "time_format: 13h", "time_format", "one of 24h, 12h"),
        ("number: 911", "number: call us", "emergency.number", "not an emergency number"),
        ("number: 911", "number:", "emergency.number", "not an emergency number"),
        ("when: 4th thu of nov", "when: late november", "holidays[8].when", "not a holiday's date"),
        ("max_visitors: 3", "max_visitors: three", "departments.maternity.visiting.max_visitors", "whole number from 0 to 20"),
        ("slot_minutes: 20", "slot_minutes: 2000", "booking.departments.dermatology.slot_minutes", "whole number from 5 to 240"),
        ("    dermatology:\n      hours", "    dermatlogy:\n      hours", "booking.departments.dermatlogy", "did you mean dermatology?"),
        ('mon-thu: "09:00-16:00"', 'mon-thu: "06:00-16:00"', "booking.departments.cardiology.hours", "opening hours"),
        (FRIDAYS, FRIDAYS.replace(", holidays: closed", ""), "booking.departments.cardiology.hours", "holidays: closed"),
        (FRIDAYS, FRIDAYS.replace("s: closed", "s: 09:00-10:00"), "booking.departments.cardiology.hours", "on holidays"),
        ("name: Pediatrics", "name: Pediatrics and young people", "departments.pediatrics.name", "at most 20"),
        ("peds,", "NICU,", "departments.pediatrics.also_called[8]", "already stands"),
        ("also_called: [kaiser]", "also_called: [aetna]", "insurance.not_accepted[1].also_called[1]", "already stands"),
        ("overnight: One support", "overnight: One {support}", "visiting.overnight", "plain text"),
        ("address: 400 Lakeshore Drive, Lakemont", "address: [400, Lakeshore]", "location.address", "is a list"),
        ("  hold_minutes: 30", "  hold_minutes: 30\n  hold_minutes: 40", "booking.hold_minutes", "given twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_field(old: str, new: str, field: str, said: str) -> None:
    text, line = changed(old, new)
    told = problems_of(text)
    hits = [one for one in told if one.split(": ")[1] == field and said in one]
    assert hits, told
    number = int(hits[0].split(":")[1])
    assert number - line in range(3), f"told on line {number}, made on line {line}"


def test_a_slot_that_fits_into_no_day_is_told() -> None:
    text, _ = changed('mon-fri: "08:30-15:30", sat-sun: closed', 'mon-fri: "08:30-08:50", sat-sun: closed')
    assert any("urology.slot_minutes: 30 minutes fit into no day's hours" in one for one in problems_of(text))


def test_a_missing_field_is_told_where_its_part_begins() -> None:
    text, line = changed("    phone: +1 555 555 0121\n", "")
    told = problems_of(text)
    assert len(told) == 1
    assert re.match(r"hospital\.yml:\d+: departments\.maternity\.phone: is missing, expected", told[0])
    assert 0 < line - int(told[0].split(":")[1]) < 6


def test_a_weekday_that_is_left_out_is_told() -> None:
    text, _ = changed("    sun: closed\n    holidays: closed\n\n# when", "    holidays: closed\n\n# when")
    assert any("desk.hours: says nothing about sun" in one for one in problems_of(text))


def test_a_weekday_given_twice_is_told() -> None:
    text, _ = changed("    sat: 09:00-13:00\n    sun: closed", "    sat: 09:00-13:00\n    sat-sun: closed")
    assert any("gives sat a second time" in one for one in problems_of(text))


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = TEXT.replace("timezone: America/New_York", "timezone: Mars").replace("max_visitors: 3", "max_visitors: x")
    text = text.replace("department: ent\n", "department: nose\n").replace("careers@lakemont.example", "careers")
    told = problems_of(text)
    fields = [one.split(": ")[1] for one in told]
    assert {"timezone", "departments.maternity.visiting.max_visitors", "doctors[11].department", "jobs.email"} <= set(
        fields
    )
    lines = [int(one.split(":")[1]) for one in told]
    assert lines == sorted(lines)


def test_a_part_that_is_missing_does_not_hide_problems_in_others() -> None:
    start = TEXT.index("\ndoctors:\n")
    text = TEXT[:start] + "\n" + TEXT[TEXT.index("\nbooking:\n") :].replace("slot_minutes: 40", "slot_minutes: no")
    fields = {one.split(": ")[1] for one in problems_of(text)}
    assert {"doctors", "booking.departments.neurology.slot_minutes"} <= fields


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"# only a comment\n", 1),
        (b"name: a\n\ttown: b\n", 2),
        (b"name: a\ntown: b: c\n", 2),
        (b"name: a\ntown: 'b\n", 3),
        (b"name: a\ntown: \xff\xfe\n", 2),
        (b"name: a\n---\nname: b\n", 2),
        (b"name: a\ntown: b\x07\n", 2),
        (b"- a\n- b\n", 1),
        (b"just words\n", 1),
        (b"[" * 3000, 1),
    ],
)
def test_a_file_that_is_no_yaml_or_no_facts_is_told_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(HospitalError) as caught:
        read_hospital(content)
    told = caught.value.problems
    assert all(WELL_TOLD.fullmatch(one) for one in told), told
    assert abs(int(told[0].split(":")[1]) - line) <= 1


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(HospitalError, match=r"hospital\.yml:1: file: cannot be read"):
        load_hospital(tmp_path / "hospital.yml")


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read() -> None:
    windows = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert read_hospital(windows).name == "Lakemont General Hospital"


LINES = TEXT.splitlines()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(min_value=0, max_value=len(LINES) - 1),
    st.sampled_from(
        [
            "",
            "x",
            "  - x",
            "name:",
            "mon: 99:99",
            "{",
            "a: b: c",
            "? [1]",
            "<<: *a",
            "&a x",
            "!!python/object:os.system x",
            "\t",
        ]
    ),
)
def test_any_line_changed_gives_facts_or_well_told_problems(number: int, line: str) -> None:
    text = "\n".join([*LINES[:number], line, *LINES[number + 1 :]])
    try:
        read_hospital(text.encode())
        told: tuple[str, ...] | None = None
    except HospitalError as error:
        told = error.problems
    assert told is None or (told and all(WELL_TOLD.fullmatch(one) for one in told)), told


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_in_another_way(content: bytes) -> None:
    with pytest.raises(HospitalError) as caught:
        read_hospital(content)
    assert all(WELL_TOLD.fullmatch(one) for one in caught.value.problems)


DAYS = [date(2026, 11, 1) + timedelta(days=ahead) for ahead in range(400)]


@settings(max_examples=150, deadline=None)
@given(day=st.sampled_from(DAYS), data=st.data())
def test_slots_lie_within_the_schedule_and_outside_its_breaks(
    hospital: Hospital, day: date, data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(hospital.booking.departments)))
    schedule = hospital.booking.departments[key]
    slots = slots_on(hospital, key, day)
    open_parts = hospital.hours_on(schedule.hours, day)
    assert bool(slots) == bool(open_parts)
    for start, following in zip(slots, (*slots, 1440)[1:], strict=True):
        end = start + schedule.slot_minutes
        assert end <= following
        assert any(part.start <= start and end <= part.end for part in open_parts)
        assert not any(start < pause.end and pause.start < end for pause in schedule.breaks)


def test_a_holiday_and_an_unlisted_department_have_no_slots(hospital: Hospital) -> None:
    assert slots_on(hospital, "dermatology", date(2026, 11, 26)) == ()
    assert slots_on(hospital, "dermatology", date(2026, 11, 25))
    assert slots_on(hospital, "oncology", date(2026, 11, 25)) == ()


def test_a_day_with_a_name_of_its_own_is_no_holiday(hospital: Hospital) -> None:
    assert hospital.holiday_on(date(2026, 11, 11)) is None
    thanksgiving = hospital.holiday_on(date(2026, 11, 26))
    assert thanksgiving is not None
    assert thanksgiving.name == "Thanksgiving Day"
