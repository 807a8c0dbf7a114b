"""Find known phrases in a text: plurals and one slip in a long word are forgiven, the longest phrase wins."""

from collections.abc import Iterable, Sequence

from actions.mentions.mention import FUZZY_LENGTH, Mention, Word, close_to, singular, without_overlaps, words_of

# Everyday words one letter from a hospital's word.
_NO_SLIPS = frozenset(
    {"imagine", "imagined", "casually", "deliver", "general", "medical", "radiator", "effusion", "clinical"}
)

Phrase = tuple[str, str, int]
"""Its words, the value it stands for, and its rank: of two phrases of the same words the smaller rank wins."""


class PhraseIndex:
    """Phrases by their words, for finding them in texts."""

    def __init__(self, kind: str, phrases: Iterable[Phrase]) -> None:
        self._kind = kind
        self._values: dict[tuple[str, ...], tuple[int, str]] = {}
        for text, value, rank in phrases:
            key = tuple(singular(word.folded) for word in words_of(text))
            if key and rank < self._values.get(key, (rank + 1, ""))[0]:
                self._values[key] = (rank, value)
        self._longest = max(map(len, self._values), default=0)
        self._vocabulary = frozenset(word for key in self._values for word in key)
        self._fuzzy: dict[str, list[str]] = {}
        for word in sorted(self._vocabulary):
            if len(word) >= FUZZY_LENGTH:
                self._fuzzy.setdefault(word[0], []).append(word)

    def find(self, text: str) -> list[Mention]:
        """Give the mentions in a text, in order, none overlapping."""
        words = words_of(text)
        spellings = [self._spellings(word) for word in words]
        found: list[tuple[tuple[int, ...], Mention]] = []
        for first in range(len(words)):
            for length in range(1, min(self._longest, len(words) - first) + 1):
                found.extend(self._match(words[first : first + length], spellings[first : first + length]))
        return without_overlaps(found)

    def _match(
        self, words: Sequence[Word], spellings: Sequence[Sequence[str]]
    ) -> list[tuple[tuple[int, ...], Mention]]:
        found: list[tuple[tuple[int, ...], Mention]] = []
        for key in _combinations(spellings):
            if key in self._values:
                rank, value = self._values[key]
                slips = sum(known != singular(word.folded) for known, word in zip(key, words, strict=True))
                mention = Mention(self._kind, value, words[0].start, words[-1].end)
                found.append(((-len(words), slips, -(mention.end - mention.start), rank), mention))
        return found

    def _spellings(self, word: Word) -> list[str]:
        """Give the known words that a word may be meant as."""
        form = singular(word.folded)
        if form in self._vocabulary:
            return [form]
        if word.folded in _NO_SLIPS:
            return []
        return [known for known in self._fuzzy.get(form[0], ()) if close_to(form, known)]


def _combinations(spellings: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Give every way to read a run of words; none when one of them is unknown."""
    readings: list[tuple[str, ...]] = [()]
    for choices in spellings:
        readings = [(*reading, choice) for reading in readings for choice in choices[:3]]
    return readings
