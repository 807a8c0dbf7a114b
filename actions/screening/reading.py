"""Read rule files into rules, keeping every problem with its file and line."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from actions.screening.codes import VALIDATORS
from actions.screening.lowering import LOWERING
from actions.screening.patterns import Pattern, PatternError, compile_pattern
from actions.screening.rules import RULES, URGENT, Level, Off, Rule, RuleBook, RuleError

# Classes whose members come from word lists and word endings, not from a rule file.
COMPUTED_CLASSES = ("condition", "drug", "number", "unknown")
# Words that turn an emergency into something less: a hospital's file may not add to them.
_GUARDED_CLASSES = frozenset(LOWERING)
_FILE_KEYS = {"classes", "rules"}
_KEYS = {
    "id", "title", "level", "type", "references", "patterns", "unless", "absent", "own", "examples", "regexes", "formats", "valid",
}  # fmt: skip
_FORMAT = re.compile(r"[\w#@ ./\-]{3,40}")
_SIGNS = {"#": r"\d", "@": "[a-z]", " ": "[ -]?"}


class _LineLoader(yaml.SafeLoader if not yaml.__with_libyaml__ else yaml.CSafeLoader):  # type: ignore[misc]
    """Adds to each mapping the line on which it begins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=True)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping  # type: ignore[no-any-return]


def load_rules(folder: Path = RULES, own: Path | None = None) -> RuleBook:
    """Read every rule file of the folder, and the hospital's `own` if it exists; raises RuleError with all problems at once."""
    reader = Reader()
    files = [(path, False) for path in sorted(folder.glob("*.yml"))]
    if own is not None and own.is_file():
        files.append((own, True))
    documents: list[tuple[str, Mapping[str, Any], bool]] = []
    for path, local in files:
        document = reader.document(path, local)
        if document is not None:
            documents.append((path.name, document, local))
            reader.classes(path.name, document.get("classes"), local)
    for name, document, local in documents:
        reader.rules(name, document.get("rules"), local)
        reader.switched_off(name, document.get("switch_off"))
    if reader.problems:
        raise RuleError(reader.problems)
    return reader.book


class Reader:
    """Collects the rules of several files in `book`, and what is wrong with them in `problems`."""

    def __init__(self) -> None:
        self.book = RuleBook()
        self.problems: list[str] = []

    def document(self, path: Path, local: bool) -> Mapping[str, Any] | None:
        """Read one file; None when it is no YAML mapping."""
        try:
            found = yaml.load(path.read_text(encoding="utf-8"), _LineLoader)  # noqa: S506 (a safe loader)
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or str(error)
            self.problems.append(f"{path.name}:{mark.line + 1 if mark else 1}: not YAML: {what}")
            return None
        if found is None:
            return {}
        if not isinstance(found, dict):
            self.problems.append(
                f"{path.name}:1: must be a mapping with the keys classes, rules{' and switch_off' if local else ''}"
            )
            return None
        for key in sorted(map(str, found.keys() - _FILE_KEYS - {"__line__"} - ({"switch_off"} if local else set()))):
            self.problems.append(f"{path.name}:{found['__line__']}: unknown key {key}")
        return found

    def classes(self, file: str, classes: Any, local: bool) -> None:
        """Add a file's classes of words."""
        if classes is None:
            return
        if not isinstance(classes, dict):
            self.problems.append(f"{file}:1: classes: must be a mapping of names to words")
            return
        line = classes.get("__line__", 1)
        for name, listed in classes.items():
            if name == "__line__":
                continue
            if local and name in _GUARDED_CLASSES:
                self.problems.append(
                    f"{file}:{line}: class {name}: would silence emergencies, only the product's own words count"
                )
                continue
            entries = listed
            if isinstance(listed, str):
                # A block of single words, or of phrases one to a line or with commas between.
                entries = [e for row in listed.splitlines() for e in row.split(",")]
            try:
                self.book.phrases.add(name, (e.strip() for e in entries if e.strip()))
            except (KeyError, AttributeError, TypeError) as error:
                self.problems.append(f"{file}:{line}: class {name}: {error!r}")

    def switched_off(self, file: str, entries: Any) -> None:
        """Add the rules that a hospital switches off; those against emergencies stay."""
        for line, entry in self._entries(file, "switch_off", entries):
            where, name, reason = f"{file}:{line}", entry.get("rule"), entry.get("reason")
            rule = next((r for r in self.book.rules if r.id == name), None)
            for key in sorted(set(entry) - {"rule", "reason", "__line__"}):
                self.problems.append(f"{where}: unknown key {key}")
            if rule is None:
                self.problems.append(f"{where}: no rule is called {name}")
            elif rule.level in URGENT:
                self.problems.append(f"{where}: {name} finds emergencies and cannot be switched off")
            if not isinstance(reason, str) or not reason.strip():
                self.problems.append(f"{where}: needs a reason")
            if rule is not None:
                self.book.off[rule.id] = Off(rule.id, str(reason), line)

    def rules(self, file: str, entries: Any, local: bool) -> None:
        """Add a file's rules."""
        names = frozenset(self.book.phrases.classes) | frozenset(COMPUTED_CLASSES)
        for line, entry in self._entries(file, "rules", entries):
            errors = list(self._errors(entry, local))
            compiled = _compiled(entry, names, errors)
            codes = _codes(entry, errors)
            self.problems += (f"{file}:{line}: {error}" for error in errors)
            if not errors:
                self.book.rules.append(_rule(file, line, entry, compiled, codes, local))

    def _entries(self, file: str, key: str, entries: Any) -> Iterator[tuple[int, dict[str, Any]]]:
        if entries is None:
            return
        if not isinstance(entries, list):
            self.problems.append(f"{file}:1: {key}: must be a list")
            return
        for n, entry in enumerate(entries, 1):
            if isinstance(entry, dict):
                yield entry["__line__"], entry
            else:
                self.problems.append(f"{file}:1: {key}: entry {n} must be a mapping")

    def _errors(self, entry: Mapping[str, Any], local: bool) -> Iterator[str]:
        """Yield what is wrong with a rule's own fields."""
        identifying = entry.get("level") == Level.IDENTIFYING.value
        needed = ["id", "title", "level", "references"] + ([] if identifying else ["patterns"])
        yield from (f"missing {key}" for key in needed if not entry.get(key))
        yield from (f"unknown key {key}" for key in sorted(map(str, set(entry) - _KEYS - {"__line__"})))
        for key in ("references", "patterns", "unless", "absent", "regexes", "formats"):
            listed = entry.get(key, [])
            if not isinstance(listed, list):
                yield f"{key}: must be a list"
            elif odd := [one for one in listed if not isinstance(one, str)]:
                yield f"{key}: {odd[0]!r} must be text, put it in quotes"
        examples = entry.get("examples")
        for kind in ("match", "no_match"):
            listed = examples.get(kind) if isinstance(examples, dict) else None
            if not isinstance(listed, list) or len(listed) < 3:
                yield f"needs at least three examples that {kind}"
        if any(rule.id == entry.get("id") for rule in self.book.rules):
            yield f"id {entry['id']} is used twice"
        if entry.get("level") not in {level.value for level in Level}:
            yield f"unknown level {entry.get('level')}"
        if entry.get("valid", "") not in VALIDATORS:
            yield f"unknown test {entry['valid']}, known are {', '.join(sorted(filter(None, VALIDATORS)))}"
        if local and entry.get("regexes"):
            yield "regexes: only the product's own rules have them, use formats"
        if local and identifying and not entry.get("formats"):
            yield "missing formats"
        if identifying and not str(entry.get("id")).startswith("id."):
            yield "the id of an identifying rule begins with id."


def _rule(
    file: str,
    line: int,
    entry: Any,
    compiled: dict[str, list[Pattern]],
    codes: tuple[re.Pattern[str], ...],
    local: bool,
) -> Rule:
    level = Level(entry["level"])
    return Rule(
        id=str(entry["id"]),
        title=str(entry["title"]),
        level=level,
        type=str(entry.get("type", level.value)).upper(),
        patterns=tuple(compiled["patterns"]),
        unless=tuple(compiled["unless"]),
        absent=tuple(compiled["absent"]),
        codes=codes,
        valid=str(entry.get("valid", "")),
        own=bool(entry.get("own")),
        references=tuple(map(str, entry["references"])),
        match=tuple(map(str, entry["examples"]["match"])),
        no_match=tuple(map(str, entry["examples"]["no_match"])),
        file=file,
        line=line,
        local=local,
    )


def _compiled(entry: Any, names: frozenset[str], errors: list[str]) -> dict[str, list[Pattern]]:
    compiled: dict[str, list[Pattern]] = {"patterns": [], "unless": [], "absent": []}
    for key, out in compiled.items():
        listed = entry.get(key)
        for source in listed if isinstance(listed, list) else ():
            try:
                out.append(compile_pattern(str(source), names))
            except (PatternError, ValueError) as error:
                errors.append(f"{source!r}: {error}")
    return compiled


def _codes(entry: Any, errors: list[str]) -> tuple[re.Pattern[str], ...]:
    """Compile what an identifying rule looks for: expressions, or formats such as "LGH-######" (# a digit, @ a letter)."""
    sources = entry.get("regexes")
    codes = [str(source) for source in sources] if isinstance(sources, list) else []
    formats = entry.get("formats")
    for form in formats if isinstance(formats, list) else ():
        if not _FORMAT.fullmatch(str(form)) or "#" not in str(form):
            errors.append(f"{form!r}: a format is 3 to 40 letters, digits, spaces, # @ . / and -, with a # among them")
            continue
        body = "".join(_SIGNS.get(c) or re.escape(c) for c in str(form).lower())
        codes.append(rf"(?<!\w){body}(?!\w)")
    compiled = []
    for source in codes:
        try:
            compiled.append(re.compile(source))
        except re.error as error:
            errors.append(f"{source!r}: {error}")
    return tuple(compiled)
