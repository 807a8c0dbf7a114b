"""How problems of hospital.yml are told to the person who mends them."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, get_origin

from yaml.nodes import MappingNode, Node, SequenceNode

from actions.hospital.hours import WeekHours

NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in the file; `line` counts from 1."""

    line: int
    field: str
    message: str


def shape(node: Node) -> str:
    """Say what stands in the file where something else was expected."""
    if isinstance(node, MappingNode):
        return "a set of keys"
    if isinstance(node, SequenceNode):
        return "a list" if node.value else "an empty list"
    return "empty" if node.tag == NULL else "plain text"


def nearest_of(name: str, known: set[str]) -> str:
    """Suggest the known name nearest to an unknown one, or list those known."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}? expected one of those known"
    listed = sorted(known)
    return f"expected one of {', '.join(listed[:12])}{' …' if len(listed) > 12 else ''}"


def wanted(hint: Any) -> str:
    """Say in words what a field of this type holds."""
    if hint == WeekHours:
        return "hours for every weekday, such as mon-fri: 08:00-17:00"
    if is_dataclass(hint) or get_origin(hint) is Mapping:
        return "keys, each with its value"
    if get_origin(hint) is tuple:
        return "a list"
    return "a value"
