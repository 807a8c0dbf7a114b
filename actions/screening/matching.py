"""Find which rules match a message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from actions.screening import patterns
from actions.screening.patterns import Pattern, Words
from actions.screening.rules import Rule


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
                for phrase in anchor.phrases:
                    index.by_word.setdefault(phrase[0], []).append(entry)
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
        """Yield the matches of every rule that no exception of the rule itself touches."""
        exceptions: dict[str, list[tuple[int, int]]] = {}
        absent: dict[str, bool] = {}
        for rule, pattern in self.candidates(message).values():
            spans = patterns.find(pattern, message)
            if not spans:
                continue
            if rule.absent:
                if rule.id not in absent:
                    absent[rule.id] = any(patterns.find(p, message) for p in rule.absent)
                if absent[rule.id]:
                    continue
            if rule.unless:
                if rule.id not in exceptions:
                    exceptions[rule.id] = [span for p in rule.unless for span in patterns.find(p, message)]
                spans = [(s, e) for s, e in spans if not any(a < e and s < b for a, b in exceptions[rule.id])]
            for start, end in spans:
                yield Match(rule, start, end)


def without(message: Words, masks: Sequence[Match]) -> Words:
    """Return the message without the phrases that lie inside a mask."""
    if not masks:
        return message
    spans = [(m.start, m.end) for m in masks]
    phrases: dict[str, dict[int, list[int]]] = {}
    for name, hits in message.phrases.items():
        for start, ends in hits.items():
            kept = [end for end in ends if not any(s <= start and end <= e for s, e in spans)]
            if kept:
                phrases.setdefault(name, {})[start] = kept
    return Words(message.words, message.breaks, phrases, message.positions, message.vocabulary)


def covered(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask touches the match."""
    return any(m.start < match.end and match.start < m.end for m in masks)


def inside(match: Match, masks: Sequence[Match]) -> bool:
    """Tell whether a mask covers the whole match."""
    return any(m.start <= match.start and match.end <= m.end for m in masks)
