"""Rules as data: reading rules/*.yml, with every error of every file at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from actions.screening.lexicon import PhraseBook
from actions.screening.patterns import Pattern, PatternError, compile_pattern

RULES = Path(__file__).parent / "rules"
# Classes whose members come from word lists and word endings, not from a rule file.
COMPUTED_CLASSES = ("condition", "drug", "number", "unknown")
_KEYS = {"id", "title", "level", "type", "references", "patterns", "unless", "absent", "own", "examples", "languages"}


class Level(str, Enum):
    """What a rule's match does."""

    EMERGENCY = "emergency"  # danger to life: call now
    SEVERE = "severe"  # danger to life is near: ask nothing, show the number
    CLINICAL = "clinical"  # somebody's health, or advice asked
    SERVICE = "service"  # the words speak of the hospital's services: hides them from clinical rules
    LOOKALIKE = "lookalike"  # the words only sound like an emergency: hides them from emergency rules


class RuleError(ValueError):
    """Rule files that cannot be used; `problems` lists each as file:line: what is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `unless`: patterns that cancel a match they touch. `absent`: patterns that cancel the rule wherever they match.
    `own`, of a clinical rule: it also counts inside a question about services; of a service rule: it hides words from
    those rules too. `line` is where the rule stands in its file.
    """

    id: str
    title: str
    level: Level
    type: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    absent: tuple[Pattern, ...]
    own: bool
    references: tuple[str, ...]
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    file: str
    line: int


@dataclass(slots=True)
class RuleBook:
    """Every rule and phrase class of the rule files."""

    rules: list[Rule] = field(default_factory=list)
    phrases: PhraseBook = field(default_factory=PhraseBook)


class _LineLoader(yaml.SafeLoader if not yaml.__with_libyaml__ else yaml.CSafeLoader):  # type: ignore[misc]
    """Adds to each mapping the line on which it begins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=True)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping  # type: ignore[no-any-return]


def load_rules(folder: Path = RULES) -> RuleBook:
    """Read every rule file of the folder; raises RuleError with all problems at once."""
    book = RuleBook()
    problems: list[str] = []
    documents = []
    for path in sorted(folder.glob("*.yml")):
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), _LineLoader) or {}  # noqa: S506 (a safe loader)
        except yaml.YAMLError as error:
            problems.append(f"{path.name}: {error}")
            continue
        documents.append((path.name, document))
        _add_classes(book.phrases, path.name, document.get("classes") or {}, problems)
    names = frozenset(book.phrases.classes) | frozenset(COMPUTED_CLASSES)
    seen: set[str] = set()
    for file, document in documents:
        for entry in document.get("rules") or ():
            book.rules.extend(_rule(file, entry, names, seen, problems))
    if problems:
        raise RuleError(problems)
    return book


def _add_classes(book: PhraseBook, file: str, classes: Mapping[str, Any], problems: list[str]) -> None:
    line = classes.get("__line__", 1)
    for name, listed in classes.items():
        if name == "__line__":
            continue
        entries = listed
        if isinstance(listed, str):
            # A block of single words, or of phrases one to a line or with commas between.
            entries = [e for row in listed.splitlines() for e in row.split(",")]
        try:
            book.add(name, (e.strip() for e in entries if e.strip()))
        except (KeyError, AttributeError, TypeError) as error:
            problems.append(f"{file}:{line}: class {name}: {error!r}")


def _rule(file: str, entry: Any, names: frozenset[str], seen: set[str], problems: list[str]) -> Iterator[Rule]:
    line = entry.get("__line__", 0)
    where = f"{file}:{line}"
    examples = entry.get("examples") or {}
    errors = [
        f"{where}: missing {key}" for key in ("id", "title", "level", "references", "patterns") if not entry.get(key)
    ]
    errors += [f"{where}: unknown key {key}" for key in sorted(set(entry) - _KEYS - {"__line__"})]
    errors += [
        f"{where}: needs at least three examples that {kind}"
        for kind in ("match", "no_match")
        if len(examples.get(kind) or ()) < 3
    ]
    if entry.get("id") in seen:
        errors.append(f"{where}: id {entry['id']} is used twice")
    if entry.get("level") not in {level.value for level in Level}:
        errors.append(f"{where}: unknown level {entry.get('level')}")
    seen.add(str(entry.get("id")))
    compiled = _compiled(entry, where, names, errors)
    problems += errors
    if not errors:
        level = Level(entry["level"])
        yield Rule(
            entry["id"],
            entry["title"],
            level,
            str(entry.get("type", level.value)).upper(),
            tuple(compiled["patterns"]),
            tuple(compiled["unless"]),
            tuple(compiled["absent"]),
            bool(entry.get("own")),
            tuple(entry["references"]),
            tuple(map(str, examples["match"])),
            tuple(map(str, examples["no_match"])),
            file,
            line,
        )


def _compiled(entry: Any, where: str, names: frozenset[str], errors: list[str]) -> dict[str, list[Pattern]]:
    compiled: dict[str, list[Pattern]] = {"patterns": [], "unless": [], "absent": []}
    for key, out in compiled.items():
        for source in entry.get(key) or ():
            try:
                out.append(compile_pattern(str(source), names))
            except (PatternError, ValueError) as error:
                errors.append(f"{where}: {source!r}: {error}")
    return compiled
