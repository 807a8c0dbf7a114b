"""Judge one message: what is in it, what may happen with it, and its redacted text."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from actions.screening.context import asks_anew, continues, joined
from actions.screening.findings import Category, Decision, Finding, Screening, Visibility
from actions.screening.identifiers import Hit, Own, find_identifiers, find_numbers, without_references
from actions.screening.lexicon import Phrases, local_words, looks_medical, word_list
from actions.screening.lowering import lowered_by
from actions.screening.masks import covered, inside, without
from actions.screening.matching import Match, RuleIndex, Words
from actions.screening.name_cues import Cues
from actions.screening.names import NameLists, find_names
from actions.screening.normalise import Shadow, Tokens, shadow, tokenize, unreadable
from actions.screening.numbers import read_digits
from actions.screening.reading import load_rules
from actions.screening.rules import OWN_FILE, URGENT, Level, Rule, RuleBook, RuleError
from actions.screening.spelling import Slips

# Longer texts are not judged: nobody asks for opening hours in a thousand words.
MAX_CHARACTERS = 4_000
# How much of the conversation counts as context.
CONTEXT_MESSAGES = 4
CONTEXT_CHARACTERS = 400
NAME = "NAME"
# Classes of words that only the search for identifiers uses.
CUE = "cue_"
_STAFF = re.compile(r"\b(?:Dr|Dra|Prof)\.? ([A-Z]\w+) ([A-Z]\w+)")


@dataclass(frozen=True, slots=True, repr=False)  # its text would be as large as all it knows
class Screener:
    """The screening engine, loaded once and used for every message."""

    phrases: Phrases
    masks: RuleIndex
    emergencies: RuleIndex
    own_health: RuleIndex
    health: RuleIndex
    names: NameLists
    own: Own
    drugs: frozenset[str]
    conditions: frozenset[str]
    codes: tuple[Rule, ...]
    slips: Slips
    book: RuleBook
    today: Callable[[], date]

    @classmethod
    def load(cls, root: Path, today: Callable[[], date] = date.today) -> "Screener":
        """Load the rules, the hospital's own too, and the vocabulary of the hospital under `root`; raises RuleError on unusable rules."""
        own = root / OWN_FILE
        screener = cls.build(load_rules(own=own), root, today)
        if own.is_file() and (problems := screener.silenced(cls.build(load_rules(), root, today))):
            raise RuleError(problems)
        return screener

    @classmethod
    def build(cls, book: RuleBook, root: Path, today: Callable[[], date]) -> "Screener":
        """Make a screener of the rules and of what `root` says about the hospital."""
        conditions = word_list("conditions")
        cues = {name: book.phrases.classes.pop(name) for name in sorted(book.phrases.classes) if name.startswith(CUE)}
        spoken = (*book.phrases.classes.values(), cues.get("cue_no_name", ()))
        everyday = frozenset(w for rows in spoken for row in rows for w in row)
        book.phrases.add("condition", (c for c in conditions if " " in c))
        path = root / "hospital.yml"
        facts = path.read_text(encoding="utf-8") if path.is_file() else ""
        staff = {tuple(shadow(part).text for part in match) for match in _STAFF.findall(facts)}
        spared = frozenset(row[0] for row in book.phrases.classes.get("no_condition", ()))
        clinical = book.of(Level.CLINICAL)
        names = NameLists.load(local_words(root), everyday, staff, Cues.of(cues))
        lists = (names.words, names.only, names.also, conditions, word_list("drugs"))
        return cls(
            book.phrases.compile(),
            RuleIndex.build(book.of(Level.SERVICE, Level.LOOKALIKE)),
            RuleIndex.build(book.of(Level.EMERGENCY, Level.SEVERE)),
            RuleIndex.build([r for r in clinical if r.own]),
            RuleIndex.build([r for r in clinical if not r.own]),
            names,
            Own.of(facts),
            word_list("drugs") - spared,
            frozenset(c for c in conditions if " " not in c) - spared,
            tuple(r for r in book.of(Level.IDENTIFYING) if r.codes),
            Slips(everyday | book.words(), lists),
            book,
            today,
        )

    def screen(self, text: str, visibility: Visibility = Visibility.PRIVATE, context: Sequence[str] = ()) -> Screening:
        """Judge `text`; `context` are the conversation's earlier messages, oldest first. Never raises: a failure is unjudged."""
        try:
            if len(text) > MAX_CHARACTERS or unreadable(text):
                return _unjudged()
            return self._judge(
                text, Visibility(visibility), tuple(c[-CONTEXT_CHARACTERS:] for c in tuple(context)[-CONTEXT_MESSAGES:])
            )
        except Exception:
            return _unjudged()

    def read(self, text: str) -> tuple[Shadow, Tokens, Words]:
        """Return the text for matching, its words, and what the rules over words see of it."""
        view = _view(text)
        tokens = tokenize(view.text, self.names.words)
        return view, tokens, self._words(tokens)

    def _words(self, tokens: Tokens) -> Words:
        words = self.slips.mended(tokens.words)
        return Words.of(words, tokens.breaks, self._hits(words), tokens.commas)

    def matching(self, text: str) -> frozenset[str]:
        """Return the ids of the rules that match, masks and rules that a mask overruled among them."""
        view, tokens, message = self.read(text)
        indexes = (self.masks, self.emergencies, self.own_health, self.health)
        found = {match.rule.id for index in indexes for match in index.matches(message)}
        return frozenset(found | {f.rule for f in self._identifiers(text, view, tokens)})

    def silenced(self, ours: "Screener") -> list[str]:
        """Return the product's examples of emergencies that `ours`, without the hospital's rules, finds and this does not.

        Each as file:line: what is wrong.
        """
        problems = []
        for rule in ours.book.of(*URGENT):
            for text in rule.match:
                if (
                    self.screen(text).decision is Decision.EMERGENCY
                    or ours.screen(text).decision is not Decision.EMERGENCY
                ):
                    continue
                masks = [m.rule for m in self.masks.matches(self.read(text)[2]) if m.rule.local]
                where = (
                    f"{masks[0].file}:{masks[0].line}: {masks[0].id}" if masks else f"{OWN_FILE}:1: a class of words"
                )
                problems.append(f"{where} would silence an emergency: {text!r} ({rule.id})")
        return problems

    def _judge(self, text: str, visibility: Visibility, context: tuple[str, ...]) -> Screening:
        view = _view(text)
        tokens = tokenize(view.text, self.names.words)
        identifying = self._identifiers(text, view, tokens)
        clinical, emergency = self._content(tokens)
        findings = [self._content_finding(m, view, tokens) for m in (*emergency, *clinical)]
        categories: set[Category] = {Category.CLINICAL} if clinical else set()
        if emergency:
            categories.add(Category.EMERGENCY)
        if context and (whole := joined(text, context)):
            more, content, kinds = self._in_context(text, tokens, *whole)
            identifying = _merge([*identifying, *more])
            findings += content
            categories |= kinds
        if identifying:
            categories.add(Category.IDENTIFYING)
        decision = _decide(categories, identifying, visibility)
        return Screening(decision, frozenset(categories), (*identifying, *findings), redact(text, identifying))

    def _in_context(
        self, text: str, own: Tokens, whole: str, begin: int
    ) -> tuple[list[Finding], list[Finding], set[Category]]:
        """Judge what the message completes: findings that reach into it from the messages before, in its own offsets."""
        view = _view(whole)
        tokens = tokenize(view.text, self.names.words)
        identifying = [
            Finding(f.type, max(f.start - begin, 0), f.end - begin, f.rule)
            for f in self._identifiers(whole, view, tokens)
            if f.end > begin
        ]
        if asks_anew(own.words):
            return identifying, [], set()
        clinical, emergency = self._content(tokens)
        continued = continues(own.words)
        content: list[Finding] = []
        kinds: set[Category] = set()
        for category, matches in ((Category.EMERGENCY, emergency), (Category.CLINICAL, clinical)):
            for match in matches:
                found = self._content_finding(match, view, tokens)
                if found.start < begin < found.end:
                    content.append(Finding(found.type, 0, found.end - begin, found.rule))
                    kinds.add(category)
                elif continued and found.end <= begin:
                    # "since yesterday" says as much of somebody's health as the message it goes on with.
                    content.append(Finding(found.type, 0, len(text), found.rule))
                    kinds.add(Category.CLINICAL)
        return identifying, content, kinds

    @staticmethod
    def _content_finding(match: Match, view: Shadow, tokens: Tokens) -> Finding:
        start, end = view.original(tokens.starts[match.start], tokens.ends[match.end - 1])
        return Finding(match.rule.type, start, end, match.rule.id)

    def _content(self, tokens: Tokens) -> tuple[list[Match], list[Match]]:
        message = self._words(tokens)
        masks = list(self.masks.matches(message))
        lookalikes = [m for m in masks if m.rule.level is Level.LOOKALIKE]
        own = without(message, [m for m in masks if m.rule.own or m.rule.level is Level.LOOKALIKE])
        clinical: list[Match] = []
        emergency: list[Match] = []
        for match in self.emergencies.matches(message):
            if not covered(match, lookalikes):
                (clinical if lowered_by(match, message) else emergency).append(match)
        whole = [m for m in masks if m.rule.own or m.rule.level is Level.LOOKALIKE]
        clinical += (
            m for m in self.own_health.matches(own, message) if not inside(m, whole) and not covered(m, lookalikes)
        )
        if not clinical:
            clinical += (m for m in self.health.matches(without(message, masks), message) if not inside(m, masks))
        return _one_a_rule(clinical), _one_a_rule(emergency)

    def _hits(self, words: Sequence[str]) -> dict[str, dict[int, list[int]]]:
        hits: dict[str, dict[int, list[int]]] = {}
        self.phrases.find(words, hits)
        for i, word in enumerate(words):
            if len(word) < 5:
                continue
            name = "condition" if word in self.conditions else "drug" if word in self.drugs else None
            if name is None and word not in self.names.words and word.isalpha():
                name = looks_medical(word)
                if name is None and len(word) > 5 and word not in self.names.only and word not in self.names.also:
                    name = "unknown"
            if name:
                hits.setdefault(name, {}).setdefault(i, []).append(i + 1)
        return hits

    def _identifiers(self, text: str, view: Shadow, tokens: Tokens) -> list[Finding]:
        found = [self._finding(h, view) for h in find_identifiers(view.text, self.own)]
        digits = read_digits(view, tokens)
        found += [self._finding(h, digits) for h in find_numbers(digits.text, self.own, self.today(), self.codes)]
        original = [text[slice(*view.original(s, e))] for s, e in zip(tokens.starts, tokens.ends, strict=True)]
        for first, last, rule in find_names(view.text, tokens, original, self.names):
            found.append(Finding(NAME, *view.original(tokens.starts[first], tokens.ends[last - 1]), rule))
        return _merge([f for f in found if f.rule not in self.book.off] if self.book.off else found)

    @staticmethod
    def _finding(hit: Hit, view: Shadow) -> Finding:
        return Finding(hit.type, *view.original(hit.start, hit.end), hit.rule)


def _view(text: str) -> Shadow:
    """Return the text for matching, in which the product's own appointment codes are no words."""
    view = shadow(text)
    plain = without_references(view.text)
    return view if plain is view.text else Shadow(plain, view.starts, view.ends)


def _one_a_rule(matches: Sequence[Match]) -> list[Match]:
    """Keep the first and longest match of each rule, in the order of the text."""
    kept: dict[str, Match] = {}
    for match in sorted(matches, key=lambda m: (m.start, -m.end, m.rule.id)):
        kept.setdefault(match.rule.id, match)
    return list(kept.values())


def _decide(categories: Iterable[Category], identifying: Sequence[Finding], visibility: Visibility) -> Decision:
    if Category.EMERGENCY in categories:
        return Decision.EMERGENCY
    if Category.CLINICAL in categories:
        return Decision.HAND_OFF
    if identifying and (visibility is Visibility.PUBLIC or any(f.type != NAME for f in identifying)):
        return Decision.HAND_OFF
    return Decision.ANSWER


def _merge(findings: Sequence[Finding]) -> list[Finding]:
    """Join overlapping findings into one that covers both and has the longer one's type."""
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if finding.start >= finding.end:
            continue
        if merged and finding.start < merged[-1].end:
            last = merged[-1]
            longer = last if last.end - last.start >= finding.end - finding.start else finding
            merged[-1] = Finding(longer.type, last.start, max(last.end, finding.end), longer.rule)
        else:
            merged.append(finding)
    return merged


def redact(text: str, findings: Sequence[Finding]) -> str:
    """Replace each finding's span by its type in brackets; the findings must not overlap."""
    out, place = [], 0
    for finding in findings:
        out += [text[place : finding.start], f"[{finding.type}]"]
        place = finding.end
    return "".join((*out, text[place:]))


def _unjudged() -> Screening:
    return Screening(Decision.HAND_OFF, frozenset({Category.UNJUDGED}), (), "[UNJUDGED]")
