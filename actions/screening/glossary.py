"""Read Spanish and Italian word by word as English: the sentence encoder knows English alone, and has few examples of the others.

What comes out is no translation ("mi duele la cabeza": "my hurts the head"), but stands near the English examples of the same meaning.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "glossary.txt"
_TOKEN = re.compile(r"\[[A-Z_]+\]|[^\W\d_]+|\d+|[^\w\s'’]")
_SPACED = re.compile(r"\s+(?=[?.!,:;])")
_LONGEST = 5
"""Words of the longest phrase."""
_SHORTEST_BEGINNING = 4
_KNOWN, _FOREIGN = 0.5, 0.34
"""Shares of a message's words that the glossary must know, and that must be no English ones, for the message to be read by it."""
_ENGLISH = frozenset(
    """
    me no a i come dove are sale son in con la le lo an al si do per o e men once pie red fine car sole mole solo gas id
    can has de y pus color normal hospital doctor doctors hernia herpes anemia asma radio portal cafe bar taxi app wifi
    tv email mail alcohol insulin dialysis aspirin ibuprofen paracetamol marihuana positive terapia mil tan sera late mate
    beats dice ai ya ed
    """.split()
)
_SPANISH = frozenset(
    "el los las y esta estoy tengo tiene muy pero que es hay su al hijo hace desde puedo duele".split()
)
_ITALIAN = frozenset("è il gli e di che ho ha sono non della dei nel alla dove posso voglio fa da piu anni mio".split())


@dataclass(frozen=True, slots=True)
class Glossary:
    """English by phrases and by the beginnings of words."""

    phrases: dict[tuple[str, ...], str]
    beginnings: dict[str, str]

    @classmethod
    @cache
    def load(cls) -> "Glossary":
        """Read the glossary that the product ships."""
        phrases: dict[tuple[str, ...], str] = {}
        beginnings: dict[str, str] = {}
        for line in _FILE.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            english, _, words = line.partition(": ")
            for word in words.split():
                if word.endswith("*"):
                    beginnings[word[:-1]] = english
                else:
                    phrases[tuple(word.split("_"))] = english
        return cls(phrases, beginnings)

    def in_english(self, text: str) -> str:
        """Give a Spanish or Italian text word by word in English, with the words that it does not know; any other text as it is."""
        tokens = _TOKEN.findall(text)
        folded = [_fold(token) for token in tokens]
        words = sum(word[0].isalpha() for word in folded)
        out, known, foreign = self._read(tokens, folded)
        if known < _KNOWN * words or foreign < max(1, _FOREIGN * words):
            return text
        return _SPACED.sub("", " ".join(out))

    def _read(self, tokens: Sequence[str], folded: Sequence[str]) -> tuple[list[str], int, int]:
        """Give the text in English, how many words the glossary knew, and how many of those are not English."""
        spanish = sum(word in _SPANISH for word in folded) >= sum(word in _ITALIAN for word in folded)
        suffix = "/es" if spanish else "/it"
        out: list[str] = []
        known = foreign = at = 0
        while at < len(folded):
            size, english = self._find(folded, at, suffix)
            if english is None:
                out.append(tokens[at])
            else:
                out.append(english)
                known += size
                foreign += sum(word not in _ENGLISH for word in folded[at : at + size])
            at += size
        return out, known, foreign

    def _find(self, folded: Sequence[str], at: int, suffix: str) -> tuple[int, str | None]:
        """Look up the longest phrase that begins at a word, then the word's beginning; give how many words it takes."""
        for size in range(_LONGEST, 1, -1):
            if english := self.phrases.get(tuple(folded[at : at + size])):
                return min(size, len(folded) - at), english
        word = folded[at]
        english = self.phrases.get((word + suffix,)) or self.phrases.get((word,))
        for end in range(len(word), _SHORTEST_BEGINNING - 1, -1):
            english = english or self.beginnings.get(word[:end])
        return 1, english


def _fold(word: str) -> str:
    if word in "èÈ":
        return "è"  # Italian "is"; without the accent it is "and"
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
