"""Read composed YAML into the dataclasses of the facts, collecting every problem with its line.

The annotation of a field decides how it is read. Beyond plain types there are `Annotated[str, check]` (a function that
returns the standard form or raises ValueError), `Annotated[int, range(…)]`, `Refers` and `Unique`.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from actions.hospital.holidays import HolidayRule, parse_holiday_rule
from actions.hospital.hours import (
    Interval,
    Intervals,
    Weekday,
    WeekHours,
    parse_days,
    parse_interval,
    parse_intervals,
    week_of,
)
from actions.hospital.kinds import Refers, Unique, check_text
from actions.hospital.problems import NULL, Problem, nearest_of, shape, wanted


@dataclass(frozen=True, slots=True)
class _Mention:
    """A value that refers to, or must differ from, values elsewhere in the file."""

    group: str
    value: str
    path: str
    line: int


def parse_timezone(name: str) -> ZoneInfo:
    """Read an IANA timezone; ValueError says what is expected."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a timezone, expected one such as America/New_York") from None


_SCALARS: Mapping[Any, Callable[[str], Any]] = {
    str: check_text,
    ZoneInfo: parse_timezone,
    Interval: parse_interval,
    HolidayRule: parse_holiday_rule,
}


class Reader:
    """Reads one file; `problems` grows, and a value with a problem reads as None."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        """The line of each field that was read, by its path."""
        self._defined: dict[str, set[str]] = {}
        self._references: list[_Mention] = []
        self._uniques: list[_Mention] = []

    def problem(self, path: str, message: str, line: int | None = None) -> None:
        """Note a problem of a field; without a line, at the nearest part of the file that is known to hold it."""
        nearest = path
        while line is None:
            line = self.lines.get(nearest, None if nearest else 1)
            nearest = nearest.rpartition(".")[0]
        self.problems.append(Problem(line, path, message))

    def read(self, node: Node, hint: Any, path: str) -> Any:
        """Read a node as the type `hint` says, or note its problems and give None."""
        self.lines.setdefault(path, _line(node))
        if get_origin(hint) is Annotated:
            base, *extras = get_args(hint)
            return self._annotated(node, base, extras, path)
        if get_origin(hint) in (Union, types.UnionType):
            return self.read(node, next(arg for arg in get_args(hint) if arg is not type(None)), path)
        if hint == WeekHours:
            return self._week(node, path)
        if hint == tuple[Weekday, ...]:
            return self._weekdays(node, path)
        if hint == tuple[HolidayRule, ...] and isinstance(node, ScalarNode):
            rule = self._scalar(node, parse_holiday_rule, path)
            return None if rule is None else (rule,)
        if get_origin(hint) is tuple:
            return self._list(node, get_args(hint)[0], path)
        if get_origin(hint) is Mapping:
            key_hint, value_hint = get_args(hint)
            return self._mapping(node, key_hint, value_hint, path)
        if is_dataclass(hint) and hint not in _SCALARS:
            return self._dataclass(node, hint, path)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self._enum(node, hint, path)
        return self._scalar(node, _SCALARS[hint], path)

    def check_mentions(self) -> None:
        """Note each reference to something that does not exist and each name given twice."""
        for mention in self._references:
            defined = self._defined.get(mention.group)
            if defined is not None and mention.value not in defined:
                self.problem(
                    mention.path,
                    f"{mention.value!r} is not in {mention.group}, {nearest_of(mention.value, defined)}",
                    mention.line,
                )
        first: dict[tuple[str, str], _Mention] = {}
        for mention in self._uniques:
            earlier = first.setdefault((mention.group, mention.value), mention)
            if earlier is not mention:
                where = f"on line {earlier.line} ({earlier.path})"
                self.problem(
                    mention.path, f"{mention.value!r} already stands {where}, expected a word used once", mention.line
                )

    def _annotated(self, node: Node, base: Any, extras: list[Any], path: str) -> Any:
        value: Any
        if base is int:
            value = self._int(node, next((e for e in extras if isinstance(e, range)), range(1_000_000)), path)
        else:
            check = next((extra for extra in extras if isinstance(extra, types.FunctionType)), None)
            value = self._scalar(node, check, path) if check else self.read(node, base, path)
        if isinstance(value, str):
            self._note(value, extras, path, _line(node))
        return value

    def _note(self, value: str, extras: list[Any], path: str, line: int) -> None:
        for extra in extras:
            if isinstance(extra, Refers):
                self._references.append(_Mention(extra.to, value, path, line))
            elif isinstance(extra, Unique):
                self._uniques.append(_Mention(extra.group, value.casefold(), path, line))

    def _scalar(self, node: Node, check: Callable[[str], Any], path: str) -> Any:
        if not isinstance(node, ScalarNode):
            self.problem(path, f"is {shape(node)}, expected text")
            return None
        try:
            return check("" if node.tag == NULL else node.value)
        except ValueError as error:
            self.problem(path, str(error))
            return None

    def _int(self, node: Node, allowed: range, path: str) -> Any:
        def check(text: str) -> int:
            if text.strip().isascii() and text.strip().isdigit() and int(text) in allowed:
                return int(text)
            raise ValueError(f"{text!r} is wrong, expected a whole number from {allowed.start} to {allowed.stop - 1}")

        return self._scalar(node, check, path)

    def _enum(self, node: Node, kind: type[Enum], path: str) -> Any:
        def check(text: str) -> Enum:
            try:
                return kind(text.strip())
            except ValueError:
                raise ValueError(f"{text!r} is wrong, expected one of {', '.join(m.value for m in kind)}") from None

        return self._scalar(node, check, path)

    def _list(self, node: Node, hint: Any, path: str) -> tuple[Any, ...] | None:
        if not isinstance(node, SequenceNode):
            self.problem(path, f"is {shape(node)}, expected a list: one item a line after a dash, or [a, b]")
            return None
        values = tuple(self.read(item, hint, f"{path}[{number}]") for number, item in enumerate(node.value, start=1))
        self._defined[path] = {value for value in values if isinstance(value, str)}
        return values

    def _weekdays(self, node: Node, path: str) -> tuple[Weekday, ...] | None:
        if not isinstance(node, SequenceNode) or not node.value:
            self.problem(path, f"is {shape(node)}, expected a list of weekdays such as [mon, wed-fri]")
            return None
        parts = []
        for number, item in enumerate(node.value, start=1):
            self.lines[f"{path}[{number}]"] = _line(item)
            parts.append(self._scalar(item, parse_days, f"{path}[{number}]"))
        return tuple(sorted({day for part in parts if part for day in part}))

    def _entries(self, node: Node, path: str) -> dict[str, tuple[Node, Node]] | None:
        """Give a mapping's nodes by key, noting keys given twice."""
        if not isinstance(node, MappingNode):
            self.problem(path, f"is {shape(node)}, expected keys, each with its value")
            return None
        entries: dict[str, tuple[Node, Node]] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else "?"
            if name in entries:
                first = _line(entries[name][0])
                self.problem(_join(path, name), f"is given twice, first on line {first}, expected once", _line(key))
                continue
            entries[name] = (key, value)
        return entries

    def _mapping(self, node: Node, key_hint: Any, hint: Any, path: str) -> Mapping[str, Any] | None:
        entries = self._entries(node, path)
        if entries is None:
            return None
        self._defined[path] = set(entries)
        values: dict[str, Any] = {}
        for name, (key, value) in entries.items():
            key_path = _join(path, name)
            if self.read(key, key_hint, key_path) is None:
                continue
            values[name] = self.read(value, hint, key_path)
        return types.MappingProxyType(values)

    def _dataclass(self, node: Node, kind: Any, path: str) -> Any:
        entries = self._entries(node, path)
        if entries is None:
            return None
        hints, own = _hints(kind), {f.name: f for f in fields(kind) if not f.metadata.get("from_key")}
        values: dict[str, Any] = {f.name: path.rpartition(".")[2] for f in fields(kind) if f.metadata.get("from_key")}
        for name, (key, value) in entries.items():
            if name not in own:
                self.problem(
                    _join(path, name),
                    f"is not a known key, {nearest_of(name, set(own) - set(entries) or set(own))}",
                    _line(key),
                )
            else:
                self.lines[_join(path, name)] = _line(key)
                values[name] = self.read(value, hints[name], _join(path, name))
        for name, known in own.items():
            if name not in entries and known.default is MISSING:
                self.problem(_join(path, name), f"is missing, expected {wanted(hints[name])}")
                values[name] = None
        return kind(**values)

    def _week(self, node: Node, path: str) -> WeekHours | None:
        entries = self._entries(node, path)
        if entries is None:
            return None
        days: dict[Weekday, Intervals] = {}
        holidays: Intervals | None = None
        for name, (key, value) in entries.items():
            intervals = self._scalar(value, parse_intervals, self._place(path, name, key))
            if name == "holidays":
                holidays = intervals
                continue
            for day in self._scalar(key, parse_days, _join(path, name)) or ():
                if day in days:
                    self.problem(
                        _join(path, name), f"gives {day.name.lower()} a second time, expected each day once", _line(key)
                    )
                days[day] = intervals or ()
        missing = [day.name.lower() for day in Weekday if day not in days]
        if missing:
            self.problem(
                path,
                f"says nothing about {', '.join(missing)}, expected hours such as 08:00-20:00, or closed, for every day",
            )
        return week_of(days, holidays)

    def _place(self, path: str, name: str, key: Node) -> str:
        self.lines[_join(path, name)] = _line(key)
        return _join(path, name)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
