"""Find which rules match a message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from actions.screening import patterns
from actions.screening.patterns import Pattern, Words
from actions.screening.rules import Level, Rule


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's match: words from `start` up to, not including, `end`."""

    rule: Rule
    start: int
    end: int


@dataclass(slots=True)
class RuleIndex:
    """Rules by the words, word beginnings and classes that their patterns wait for."""

    by_word: dict[str, list[tuple[Rule, Pattern]]] = field(default_factory=dict)
    by_class: dict[str, list[tuple[Rule, Pattern]]] = field(default_factory=dict)
    by_stem: dict[str, list[tuple[Rule, Pattern]]] = field(default_factory=dict)
    stems: tuple[str, ...] = ()
    numbers: list[tuple[Rule, Pattern]] = field(default_factory=list)

    @classmethod
    def build(cls, rules: Sequence[Rule]) -> "RuleIndex":
        """Index the rules' patterns."""
        index = cls()
        for rule in rules:
            for pattern in rule.patterns:
                anchor, entry = pattern.anchor, (rule, pattern)
                for word in anchor.words:
                    index.by_word.setdefault(word, []).append(entry)
                for name in anchor.classes:
                    index.by_class.setdefault(name, []).append(entry)
                for stem in anchor.stems:
                    index.by_stem.setdefault(stem, []).append(entry)
                if anchor.numbers or anchor.ratio:
                    index.numbers.append(entry)
        index.stems = tuple(index.by_stem)
        return index

    def candidates(self, message: Words) -> dict[int, tuple[Rule, Pattern]]:
        """Return the patterns whose anchor occurs in the message."""
        found: dict[int, tuple[Rule, Pattern]] = {}
        digits = False
        for word in set(message.words):
            for entry in self.by_word.get(word, ()):
                found[id(entry)] = entry
            if self.stems and word.startswith(self.stems):
                for stem, entries in self.by_stem.items():
                    if word.startswith(stem):
                        found.update((id(e), e) for e in entries)
            digits = digits or word[0].isdigit()
        for name in message.phrases:
            for entry in self.by_class.get(name, ()):
                found[id(entry)] = entry
        if digits:
            found.update((id(e), e) for e in self.numbers)
        return found

    def matches(self, message: Words) -> Iterator[Match]:
        """Yield every match of every rule that no exception of the rule itself covers."""
        for rule, pattern in self.candidates(message).values():
            for start, end in patterns.find(pattern, message):
                if rule.unless and _excepted(rule, start, end, message):
                    continue
                yield Match(rule, start, end)


def _excepted(rule: Rule, start: int, end: int, message: Words) -> bool:
    return any(s < end and start < e for p in rule.unless for s, e in patterns.find(p, message))


def hidden(match: Match, masks: Sequence[Match], level: Level) -> bool:
    """Tell whether a mask of that level covers the match."""
    return any(m.rule.level is level and m.start <= match.start and match.end <= m.end for m in masks)
