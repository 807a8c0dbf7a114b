"""Load hospital.yml, or say everything that is wrong with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import Node

from actions.hospital.facts import Department, Hospital
from actions.hospital.hours import Intervals, Weekday, WeekHours
from actions.hospital.problems import Problem
from actions.hospital.reading import Reader


class HospitalError(Exception):
    """The file of the hospital's facts cannot be used; mend the lines listed and save it again."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
        """Each as `hospital.yml:LINE: field: what is wrong, what is expected`."""


def load_hospital(path: Path) -> Hospital:
    """Load the facts; HospitalError holds every problem of the file."""
    return read_hospital(content_of(path), Path(path).name)


def content_of(path: Path) -> bytes:
    """Give the file's content; HospitalError when it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise HospitalError(
            [f"{Path(path).name}:1: file: cannot be read ({error.strerror}), expected a readable file"]
        ) from error


def read_hospital(content: bytes, name: str = "hospital.yml") -> Hospital:
    """Read the facts from the file's content; HospitalError holds every problem, each beginning with `name`."""
    reader = Reader()
    root = _compose(content, reader)
    hospital: Hospital | None = None
    if root is not None:
        hospital = reader.read(root, Hospital, "")
        reader.check_mentions()
        if hospital is not None:
            _check_bookings(hospital, reader)
    if reader.problems or hospital is None:
        raise HospitalError(
            [f"{name}:{p.line}: {p.field or 'file'}: {p.message}" for p in sorted(set(reader.problems))]
        )
    return hospital


def _compose(content: bytes, reader: Reader) -> Node | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reader.problems.append(Problem(line, "file", "is not text in UTF-8, expected it saved as UTF-8"))
        return None
    # The C parser is ten times as fast and gives the same lines; not every build of PyYAML has it.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root: Node | None = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "the file's structure cannot be read"
        line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
        hint = (
            "expected YAML: spaces for indents (no tabs), a space after each colon, text with a colon in it in quotes"
        )
        reader.problems.append(Problem(line, "file", f"{what}, {hint}"))
        return None
    if root is None:
        reader.problems.append(Problem(1, "file", "is empty, expected the hospital's facts"))
    return root


def _check_bookings(hospital: Hospital, reader: Reader) -> None:
    """Note schedules that are open while their department is closed, or too short for one slot."""
    bookable = getattr(hospital.booking, "departments", None) or {}
    departments = hospital.departments or {}
    for key, booking in bookable.items():
        department = departments.get(key)
        if booking is None or not isinstance(booking.hours, WeekHours):
            continue
        path = f"booking.departments.{key}"
        if isinstance(department, Department) and isinstance(department.opening_hours, WeekHours):
            for day in _outside(booking.hours, department.opening_hours):
                message = f"{day} goes beyond the department's opening hours, expected hours within departments.{key}.opening_hours"
                reader.problem(f"{path}.hours", message)
            if _outside_on_holidays(booking.hours, department.opening_hours):
                message = "takes bookings on holidays beyond the department's hours, expected holidays: closed, or hours within"
                reader.problem(f"{path}.hours", f"{message} departments.{key}.opening_hours")
        longest = max((part.end - part.start for parts in booking.hours.week for part in parts), default=0)
        if isinstance(booking.slot_minutes, int) and booking.slot_minutes > longest:
            reader.problem(
                f"{path}.slot_minutes", f"{booking.slot_minutes} minutes fit into no day's hours, expected fewer"
            )


def _outside(inner: WeekHours, outer: WeekHours) -> list[str]:
    """Give the days on which `inner` is open while `outer` is not."""
    return [day.name.lower() for day in Weekday if not _within(inner.week[day], outer.week[day])]


def _outside_on_holidays(inner: WeekHours, outer: WeekHours) -> bool:
    """Tell whether on a holiday, on whatever weekday, `inner` is open while `outer` is not, and holidays are the reason."""
    if inner.holidays is None and outer.holidays is None:
        return False
    return any(
        not _within(
            inner.week[day] if inner.holidays is None else inner.holidays,
            outer.week[day] if outer.holidays is None else outer.holidays,
        )
        for day in Weekday
    )


def _within(parts: Intervals, opening: Intervals) -> bool:
    return all(any(o.start <= part.start and part.end <= o.end for o in opening) for part in parts)
