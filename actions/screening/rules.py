"""Rules as data: what a rule is. `reading` makes them of the rule files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from actions.screening.lexicon import PhraseBook
from actions.screening.patterns import Pattern

RULES = Path(__file__).parent / "rules"
# A hospital's own rules, in the project's folder.
OWN_FILE = "screening.yml"


class Level(str, Enum):
    """What a rule's match does."""

    EMERGENCY = "emergency"  # danger to life: call now
    SEVERE = "severe"  # danger to life is near: ask nothing, show the number
    CLINICAL = "clinical"  # somebody's health, or advice asked
    IDENTIFYING = "identifying"  # says who somebody is: redacted
    SERVICE = "service"  # the words speak of the hospital's services: hides them from clinical rules
    LOOKALIKE = "lookalike"  # the words only sound like an emergency: hides them from emergency rules


HIDING = frozenset((Level.SERVICE, Level.LOOKALIKE))
URGENT = frozenset((Level.EMERGENCY, Level.SEVERE))


class RuleError(ValueError):
    """Rule files that cannot be used; `problems` lists each as file:line: what is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `patterns` are over words; `codes`, of an identifying rule, over characters, and `valid` names a further test of what
    they find. An identifying rule without either is found by the code that its title speaks of.
    `unless`: patterns that cancel a match they touch. `absent`: patterns that cancel the rule wherever they match.
    `own`, of a clinical rule: it also counts inside a question about services; of a service rule: it hides words from
    those rules too. `line` is where the rule stands in its file; `local`: the file is the hospital's.
    """

    id: str
    title: str
    level: Level
    type: str
    patterns: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    absent: tuple[Pattern, ...]
    codes: tuple[re.Pattern[str], ...]
    valid: str
    own: bool
    references: tuple[str, ...]
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    file: str
    line: int
    local: bool


@dataclass(frozen=True, slots=True)
class Off:
    """A rule that the hospital switches off, and why."""

    rule: str
    reason: str
    line: int


@dataclass(slots=True)
class RuleBook:
    """Every rule and phrase class of the rule files; `off` are the rules that a hospital does without."""

    rules: list[Rule] = field(default_factory=list)
    phrases: PhraseBook = field(default_factory=PhraseBook)
    off: dict[str, Off] = field(default_factory=dict)

    def of(self, *levels: Level) -> list[Rule]:
        """Return the rules of these levels that are not switched off."""
        return [rule for rule in self.rules if rule.level in levels and rule.id not in self.off]

    def words(self) -> frozenset[str]:
        """Return the single words that the rules' patterns look for."""
        return frozenset(w for rule in self.rules for p in rule.patterns for e in p.elements for w in e.words)
