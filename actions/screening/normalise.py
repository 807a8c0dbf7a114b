"""Turn a message into a shadow text for matching, with the way back to the original's offsets."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

# Letters of other scripts that look like Latin ones (Unicode TR39 confusables, the common part of it).
LOOK_ALIKES = dict(zip("аеорсухіјѕһԁԛԝɡᴀαβεικνορτυχοѐёԍьӏ", "aeopcyxijshdqwgaabeikvoptuxoeegbl", strict=True))
# Letters that Unicode does not decompose.
PLAIN = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ß": "ss",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "“": '"',
    "”": '"',
}
LEET = str.maketrans("013457@$", "oieastas")

_TOKEN = re.compile(
    r"[^\W\d_]+(?:'[^\W\d_]+)*"  # a word, with its apostrophes
    r"|\d+(?:[.,/:]\d+)*"  # a number, a ratio, a date, a time
    r"|[\U0001F170-\U0001F19A\U0001F300-\U0001FAFF☀-➿]"  # one emoji
    r"|[.!?;\n,]"  # a break
)
_LEET_WORD = re.compile(r"(?<![\w.@/])(?=[a-z@$]*[013457@$])(?=[013457@$]?[a-z])[a-z013457@$]{3,14}(?![\w@/])")
# Names of tests and vitamins that only look like disguised words.
_CODES = frozenset("a1c b12 b6 h1n1 co2 hba1c g6pd p53 d3 k2".split())
_STRETCHED = re.compile(r"(.)\1{2,}")
_ELIDED = re.compile(r"^(l|dell|all|nell|dall|sull|un|quest|d)'(..+)$")
# Single letters that are words by themselves.
_OWN_WORDS = frozenset(("i", "a", "u"))
_BREAKS = frozenset(".!?;\n")
# A patient writes no longer words; a longer run is a key or junk, and no word list holds it.
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Shadow:
    """The text for matching. `starts[i]` and `ends[i]` give the original's span of its character i; None: the same."""

    text: str
    starts: list[int] | None
    ends: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of the shadow's span."""
        if self.starts is None or self.ends is None or start >= end:
            return start, end
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a shadow text. `breaks[i]` tells that a sentence ends between word i-1 and word i, `commas[i]` a comma."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    breaks: list[bool]
    commas: list[bool]

    def __len__(self) -> int:
        return len(self.words)


def _fold_character(character: str) -> str:
    out = []
    for c in unicodedata.normalize("NFKC", character).lower():
        for d in unicodedata.normalize("NFKD", PLAIN.get(c, c)):
            if not unicodedata.combining(d) and unicodedata.category(d) not in ("Cf", "Mn", "Me"):
                out.append(d)
    return "".join(out)


class _Folds(dict[str, str]):
    """Every character's fold, worked out once."""

    def __missing__(self, character: str) -> str:
        folded = _fold_character(character)
        if len(self) < 20_000:
            self[character] = folded
        return folded


_folds = _Folds()


def shadow(text: str) -> Shadow:
    """Fold case, accents, compatibility forms, invisible characters and look-alike letters."""
    if text.isascii():
        return Shadow(text.lower().replace("`", "'"), None, None)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    latin = sum(1 for c in text if "a" <= _folds[c][:1] <= "z")
    for i, character in enumerate(text):
        folded = _folds[character]
        if not folded:
            if ends:
                ends[-1] = i + 1  # an invisible character or an accent belongs to the letter before it
            continue
        for c in folded:
            # In a text without a Latin letter the look-alikes are themselves.
            out.append(LOOK_ALIKES.get(c, c) if latin else c)
            starts.append(i)
            ends.append(i + 1)
    return Shadow("".join(out), starts, ends)


def unreadable(text: str) -> bool:
    """Tell whether most letters belong to a script that no rule reads."""
    if text.isascii():
        return False
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalpha()]
    foreign = sum(1 for c in letters if not unicodedata.name(c, "").startswith(("LATIN", "FULLWIDTH LATIN")))
    if foreign * 2 <= len(letters):
        return False
    # A word or two that only borrows its letters still reads as Latin.
    return sum(1 for c in letters if _folds[c] in LOOK_ALIKES or "a" <= _folds[c][:1] <= "z") < len(letters)


def tokenize(text: str, known: Container[str]) -> Tokens:
    """Split a shadow text into words; `known` decides how a stretched or disguised word reads."""
    if not text.isalpha():
        text = _LEET_WORD.sub(lambda m: _plain_word(m.group(), known), text)
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[bool] = []
    commas: list[bool] = []
    broken, comma = True, False
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word in _BREAKS:
            broken = True
            continue
        if word == ",":
            comma = True
            continue
        start, end = match.span()
        if "'" in word:
            if elided := _ELIDED.match(word):
                word = elided.group(2)
                start += elided.start(2)
            # "i'll" is "I will", and not "ill".
            word = word.removesuffix("'ll").replace("'", "")
        if len(word) > 3 and _STRETCHED.search(word) and word[0].isalpha():
            word = _squeeze(word, known)
        words.append(word[:_LONGEST_WORD])
        starts.append(start)
        ends.append(end)
        breaks.append(broken)
        commas.append(comma)
        broken = comma = False
    return _join_spaced_letters(Tokens(words, starts, ends, breaks, commas), known)


def _plain_word(word: str, known: Container[str]) -> str:
    """Return the word behind look-alike digits, when there is one of the same length."""
    if word in _CODES:
        return word
    plain = word.translate(LEET)
    if plain in known and len(plain) == len(word):
        return plain
    other = word.replace("1", "l").translate(LEET)
    return other if other in known else word


def _squeeze(word: str, known: Container[str]) -> str:
    """Return a stretched word in the spelling that is known, or with single letters."""
    double = _STRETCHED.sub(r"\1\1", word)
    if double in known:
        return double
    single = _STRETCHED.sub(r"\1", word)
    return single if single in known or double not in known else double


def _join_spaced_letters(tokens: Tokens, known: Container[str]) -> Tokens:
    """Join runs of four or more single letters ("c a n c e r") into one word."""
    if sum(1 for w in tokens.words if len(w) == 1) < 4:
        return tokens
    joined = Tokens([], [], [], [], [])
    i, n = 0, len(tokens)
    while i < n:
        j = i
        while j < n and len(tokens.words[j]) == 1 and tokens.words[j].isalpha() and j - i < _LONGEST_WORD:
            j += 1
        j = j if j - i >= 4 else i + 1
        if j - i > 4 and tokens.words[i] in _OWN_WORDS and "".join(tokens.words[i + 1 : j]) in known:
            j = i + 1  # "i c a n t" is "i cant"
        joined.words.append("".join(tokens.words[i:j]))
        joined.starts.append(tokens.starts[i])
        joined.ends.append(tokens.ends[j - 1])
        joined.breaks.append(tokens.breaks[i])
        joined.commas.append(tokens.commas[i])
        i = j
    return joined
