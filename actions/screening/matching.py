"""Find where patterns match a message, and which rules that makes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from actions.screening.patterns import Element, Kind, Pattern
from actions.screening.rules import HIDING, Rule

# Less than every start.
_NONE = -1_000_000
# With so few places to begin at, looking for the anchor first saves nothing.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Words:
    """What the matcher sees of a message.

    `phrases[class][start]` lists the ends of that class's phrases, `positions[word]` the places of a word.
    """

    words: Sequence[str]
    breaks: Sequence[bool]
    phrases: Mapping[str, Mapping[int, Sequence[int]]]
    positions: Mapping[str, Sequence[int]]
    vocabulary: frozenset[str]
    numbers: Sequence[str]
    commas: Sequence[bool]

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        breaks: Sequence[bool],
        phrases: Mapping[str, Mapping[int, Sequence[int]]],
        commas: Sequence[bool] = (),
    ) -> "Words":
        """Return the words with the places of each."""
        positions: dict[str, list[int]] = {}
        for i, word in enumerate(words):
            positions.setdefault(word, []).append(i)
        numbers = [w for w in positions if w[0].isdigit()]
        return cls(words, breaks, phrases, positions, frozenset(positions), numbers, commas)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's match: words from `start` up to, not including, `end`."""

    rule: Rule
    start: int
    end: int


def find(pattern: Pattern, message: Words, widest: bool = False) -> list[tuple[int, int]]:
    """Return the spans (first word, word after the last) where the pattern matches: for each end the shortest, or the widest.

    The matcher keeps the greatest start for each place; so for the widest spans it counts starts downwards.
    """
    for element in pattern.required:
        if not _possible(element, message):
            return []
    elements = pattern.elements
    first = elements[0]
    if first.kind is Kind.WORDS and not first.optional:
        places = _begin(first, message)
        elements = elements[1:]
    elif first.kind is Kind.BEGIN:
        places = {0: 0}
        elements = elements[1:]
    else:
        places = {i: i for i in range(len(message.words))}
    if len(places) > _FEW and not pattern.anchor.end:
        places = _near_anchor(pattern, places, message)
    if widest:
        places = {place: -start for place, start in places.items()}
    for element in elements:
        if not places:
            return []
        places = _step(element, places, message)
    return [(abs(start), end) for end, start in places.items() if end > abs(start)]


def _near_anchor(pattern: Pattern, places: dict[int, int], message: Words) -> dict[int, int]:
    """Keep the places from which the pattern's anchor can be reached."""
    anchors = bytearray(len(message.words) + 1)
    for place in _starts(pattern.anchor, message):
        for start in range(max(0, place - pattern.reach), place + 1):
            anchors[start] = 1
    return {place: start for place, start in places.items() if anchors[start]}


def _starts(element: Element, message: Words) -> Iterator[int]:
    """Yield where a word or phrase of the element begins."""
    for word in message.vocabulary & element.words:
        yield from message.positions[word]
    for name in element.classes:
        yield from message.phrases.get(name, ())
    for phrase in element.phrases:
        yield from message.positions.get(phrase[0], ())
    if element.special:
        for word in _special(element, message):
            yield from message.positions[word]


def _special(element: Element, message: Words) -> Iterator[str]:
    """Yield the words that are a stem's or a number of the element."""
    words = message.vocabulary if element.stems else message.numbers
    return (word for word in words if _holds(element, word))


def _possible(element: Element, message: Words) -> bool:
    """Tell whether the message holds anything that the element could match."""
    if not message.vocabulary.isdisjoint(element.words):
        return True
    for name in element.classes:
        if name in message.phrases:
            return True
    if element.end:
        return True
    if element.phrases and any(p[0] in message.vocabulary for p in element.phrases):
        return True
    return element.special and any(True for _ in _special(element, message))


def _begin(element: Element, message: Words) -> dict[int, int]:
    """Return the places after each match of a pattern's first element."""
    reached: dict[int, int] = {}
    positions = message.positions
    for word in message.vocabulary & element.words:
        for place in positions[word]:
            reached[place + 1] = place
    if element.special:
        for word in _special(element, message):
            for place in positions[word]:
                reached[place + 1] = place
    _add_phrases(element, None, message, reached)
    return reached


def _add_phrases(element: Element, places: Mapping[int, int] | None, message: Words, reached: dict[int, int]) -> None:
    """Add the places after the element's phrases, from `places` or from anywhere."""
    for name in element.classes:
        if hits := message.phrases.get(name):
            for place, ends in hits.items():
                if places is None:
                    start = place
                elif place in places:
                    start = places[place]
                else:
                    continue
                for end in ends:
                    if start > reached.get(end, _NONE):
                        reached[end] = start
    words = message.words
    for phrase in element.phrases:
        for place in message.positions.get(phrase[0], ()):
            if (places is None or place in places) and tuple(words[place : place + len(phrase)]) == phrase:
                start = place if places is None else places[place]
                end = place + len(phrase)
                if start > reached.get(end, _NONE):
                    reached[end] = start


def _step(element: Element, places: dict[int, int], message: Words) -> dict[int, int]:
    if element.kind is Kind.GAP:
        return _gap(element, places, message)
    if element.kind is Kind.BEGIN:
        return {0: 0} if 0 in places else {}
    n = len(message.words)
    if element.kind is Kind.END:
        return {n: places[n]} if n in places else {}
    reached: dict[int, int] = dict(places) if element.optional else {}
    words, choices, special = message.words, element.words, element.special
    for place, start in places.items():
        if (
            place < n
            and (words[place] in choices or special and _holds(element, words[place]))
            and start > reached.get(place + 1, _NONE)
        ):
            reached[place + 1] = start
    _add_phrases(element, places, message, reached)
    if element.end and n in places:
        reached[n] = max(places[n], reached.get(n, _NONE))
    return reached


def _holds(element: Element, word: str) -> bool:
    """Tell whether the word is a stem's or a number of the element."""
    if element.stems and word.startswith(element.stems):
        return True
    if (element.numbers or element.ratio) and word[0].isdigit():
        if element.ratio and "/" in word and word.count("/") == 1:
            return True
        value = _number(word)
        return value is not None and any(low <= value <= high for low, high in element.numbers)
    return False


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None


def _gap(element: Element, places: dict[int, int], message: Words) -> dict[int, int]:
    reached: dict[int, int] = {}
    n, breaks, far = len(message.words), message.breaks, element.far
    for place, start in places.items():
        for end in range(place, min(place + element.size, n) + 1):
            # A gap stays within a sentence, but for a far one.
            if end < n and breaks[end] and end > 0 and not far:
                break
            if start > reached.get(end, _NONE):
                reached[end] = start
    return reached


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
        for word in message.positions:
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

    def matches(self, message: Words, whole: Words | None = None) -> Iterator[Match]:
        """Yield the matches of every rule that no exception of the rule itself touches.

        `whole`: the message with nothing hidden, in which the exceptions are looked for.
        """
        whole = whole or message
        exceptions: dict[str, list[tuple[int, int]]] = {}
        absent: dict[str, bool] = {}
        for rule, pattern in self.candidates(message).values():
            spans = find(pattern, message, rule.level in HIDING)
            if not spans:
                continue
            if rule.absent:
                if rule.id not in absent:
                    absent[rule.id] = any(find(p, whole) for p in rule.absent)
                if absent[rule.id]:
                    continue
            if rule.unless:
                if rule.id not in exceptions:
                    exceptions[rule.id] = [span for p in rule.unless for span in find(p, whole, True)]
                spans = [(s, e) for s, e in spans if not any(a < e and s < b for a, b in exceptions[rule.id])]
            for start, end in spans:
                yield Match(rule, start, end)
