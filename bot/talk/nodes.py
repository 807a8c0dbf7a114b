"""Reading the nodes of a conversation file: every problem is noted with its line, none stops the reading. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_NULL = "tag:yaml.org,2002:null"
E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file; `line` counts from 1."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        """Write it as `FILE:LINE: FIELD: what is wrong, what is expected`."""
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class Nodes:
    """Reads the nodes of one file; `problems` grows, and what has a problem reads as empty."""

    def __init__(self, file: str) -> None:
        """Note problems under the name `file`."""
        self.file = file
        self.problems: list[Problem] = []

    def problem(self, at: Node | int, field: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, at if isinstance(at, int) else line_of(at), field, message))

    def mapping(self, node: Node, field: str, allowed: Collection[str]) -> dict[str, Node]:
        """Read a mapping; a key that is unknown or stands twice is a problem."""
        if not isinstance(node, MappingNode):
            self.problem(node, field, f"is {_kind(node)}, expected {quoted(allowed)}, each with a colon")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in allowed:
                self.problem(key, name, f"is not known here, expected one of {quoted(allowed)}")
            elif name in found:
                self.problem(key, name, "stands twice, expected it once")
            else:
                found[name] = value
        return found

    def items(self, node: Node, field: str, of: str) -> list[Node]:
        """Read a list."""
        if not isinstance(node, SequenceNode) or not node.value:
            self.problem(node, field, f"is {_kind(node)}, expected a list of {of}, each after a dash")
            return []
        return list(node.value)

    def text(self, node: Node | None, field: str, example: str) -> str:
        """Read a text; an empty one is a problem."""
        if node is None or not isinstance(node, ScalarNode) or node.tag == _NULL or not node.value.strip():
            if node is not None:
                self.problem(node, field, f"is {_kind(node)}, expected a text such as {example}")
            return ""
        return str(node.value)

    def texts(self, node: Node | None, field: str) -> tuple[str, ...]:
        """Read a text or a list of texts; nothing at all is none."""
        if node is None or is_empty(node):
            return ()
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(text for text in (self.text(one, field, '"Sunday"') for one in nodes) if text)

    def number(self, node: Node, field: str, allowed: range) -> int:
        """Read a whole number."""
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        if not value.isdecimal() or int(value) not in allowed:
            self.problem(
                node, field, f"is {value or _kind(node)}, expected a number from {allowed.start} to {allowed.stop - 1}"
            )
            return allowed.start
        return int(value)

    def choice(self, node: Node | None, field: str, kinds: type[E]) -> E | None:
        """Read one of the values of an enum."""
        if node is None:
            return None
        values = [str(kind.value) for kind in kinds]
        value = str(node.value) if isinstance(node, ScalarNode) else ""
        if value not in values:
            self.problem(node, field, f"is {repr(value) if value else _kind(node)}, expected one of {quoted(values)}")
            return None
        return kinds(value)

    def nothing(self, node: Node, field: str) -> None:
        """Read an empty value."""
        if not is_empty(node):
            self.problem(node, field, f"is {_kind(node)}, expected nothing after the colon")

    def pairs(self, node: Node | None, field: str) -> Mapping[str, Node]:
        """Read a mapping of names that the file's author chooses; nothing at all is none."""
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            self.problem(node, field, f"is {_kind(node)}, expected NAME: /what finds it/")
            return {}
        return {str(key.value): value for key, value in node.value}


def line_of(node: Node) -> int:
    """Give the line on which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1


def is_empty(node: Node) -> bool:
    """Tell whether nothing stands after the colon."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def quoted(values: Iterable[str]) -> str:
    """Write values as a list for a sentence."""
    return ", ".join(f"`{value}`" for value in values)


def _kind(node: Node) -> str:
    if is_empty(node) or (isinstance(node, ScalarNode) and not node.value.strip()):
        return "empty"
    if isinstance(node, ScalarNode):
        return f"the text {node.value!r}" if len(node.value) < 40 else "a text"
    return "a list" if isinstance(node, SequenceNode) else "a mapping"
