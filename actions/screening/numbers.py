"""Read digits that are spelled out, disguised or spread."""

import re
from collections.abc import Sequence

from actions.screening.normalise import Shadow, Tokens

DIGIT_WORDS = {
    "zero": "0",
    "oh": "0",
    "nought": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
    "cero": "0",
    "uno": "1",
    "dos": "2",
    "tres": "3",
    "cuatro": "4",
    "cinco": "5",
    "seis": "6",
    "siete": "7",
    "ocho": "8",
    "nueve": "9",
    "due": "2",
    "tre": "3",
    "quattro": "4",
    "cinque": "5",
    "sei": "6",
    "sette": "7",
    "otto": "8",
    "nove": "9",
}
_ONES = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")
_TEENS = (
    ("diez", "dieci"),
    ("once", "undici"),
    ("doce", "dodici"),
    ("trece", "tredici"),
    ("catorce", "quattordici"),
    ("quince", "quindici"),
    ("dieciseis", "sedici"),
    ("diecisiete", "diciassette"),
    ("dieciocho", "diciotto"),
    ("diecinueve", "diciannove"),
)
DIGIT_WORDS |= {word: str(10 + n) for n, words in enumerate(_TEENS) for word in words}
_TWENTIES = ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
DIGIT_WORDS |= {f"veinti{one}": str(21 + n) for n, one in enumerate(_TWENTIES)}
TENS = {
    "twenty": "2",
    "thirty": "3",
    "forty": "4",
    "fifty": "5",
    "sixty": "6",
    "seventy": "7",
    "eighty": "8",
    "ninety": "9",
    "veinte": "2",
    "treinta": "3",
    "cuarenta": "4",
    "cincuenta": "5",
    "sesenta": "6",
    "setenta": "7",
    "ochenta": "8",
    "noventa": "9",
    "venti": "2",
    "trenta": "3",
    "quaranta": "4",
    "cinquanta": "5",
    "sessanta": "6",
    "settanta": "7",
    "ottanta": "8",
    "novanta": "9",
}
# Italian writes tens and ones as one word: "quarantacinque", "ventuno", "ottantotto".
DIGIT_WORDS |= {
    (ten[:-1] if one[0] in "uo" else ten) + one: TENS[ten] + str(n)
    for ten in ("venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
    for n, one in enumerate(_ONES, 1)
}
REPEATS = {"double": 2, "triple": 3, "doble": 2, "doppio": 2}
# What stands inside a spelled number: the letter o for zero, "eight hundred", the "y" of "treinta y cuatro".
_JOINS = frozenset(("o", "y", "hundred"))
_NUMBER_WORDS = DIGIT_WORDS.keys() | TENS.keys() | REPEATS.keys()
# How many digits must be spelled in a row before they are read as a number.
_SHORTEST = 4
_DISGUISED = re.compile(r"(?<![a-z\d])[\dol][\dol\-. ]{4,}[\dol](?![a-z])")
_DISGUISE = str.maketrans("ol", "01")


class Digits(str):
    """A string of digits only."""

    @classmethod
    def of(cls, text: str) -> "Digits":
        """Keep the digits of `text`."""
        return cls("".join(c for c in text if c.isdigit()))


def read_digits(shadow: Shadow, tokens: Tokens) -> Shadow:
    """Return the shadow with spelled-out digits as digits; the same object when there are none."""
    text = shadow.text
    if ("o" in text or "l" in text) and any(c.isdigit() for c in text):
        text = _DISGUISED.sub(
            lambda m: m.group().translate(_DISGUISE) if sum(c.isdigit() for c in m.group()) >= 3 else m.group(), text
        )
    if sum(1 for w in tokens.words if w in _NUMBER_WORDS) < 2:
        return shadow if text is shadow.text else Shadow(text, shadow.starts, shadow.ends)
    runs = _spelled_runs(tokens)
    return (
        _replace(Shadow(text, shadow.starts, shadow.ends), runs) if runs else Shadow(text, shadow.starts, shadow.ends)
    )


def _spelled_runs(tokens: Tokens) -> list[tuple[int, int, str]]:
    runs, i, n = [], 0, len(tokens)
    while i < n:
        digits, j, spelled, repeat = "", i, 0, 1
        while j < n and _counts(tokens.words, j, i):
            word = tokens.words[j]
            following = tokens.words[j + 1] if j + 1 < n else ""
            if following == "y" and word in TENS and j + 2 < n:  # "treinta y cuatro"
                following = tokens.words[j + 2]
            if word in _JOINS:
                digits += {"o": "0", "hundred": "00"}.get(word, "")
            elif word in REPEATS:
                repeat = REPEATS[word]
            elif word in TENS:
                ends = len(DIGIT_WORDS.get(following, "00")) == 1 and DIGIT_WORDS.get(following) != "0"
                digits += TENS[word] if ends else TENS[word] + "0"
            else:
                digits += DIGIT_WORDS.get(word, word) * repeat
                repeat = 1
            spelled += not word.isdigit()
            j += 1
        if len(digits) >= _SHORTEST and spelled >= 2:
            runs.append((tokens.starts[i], tokens.ends[j - 1], digits))
        i = max(j, i + 1)
    return runs


def _counts(words: Sequence[str], j: int, begin: int) -> bool:
    """Tell whether word j is part of a spelled number that began at `begin`."""
    word = words[j]
    if word in _NUMBER_WORDS or word.isdigit():
        return True
    followed = j > begin and j + 1 < len(words) and (words[j + 1] in _NUMBER_WORDS or words[j + 1].isdigit())
    return word in _JOINS and followed and (word != "y" or words[j - 1] in TENS)


def _replace(shadow: Shadow, runs: list[tuple[int, int, str]]) -> Shadow:
    text, starts, ends, place = "", [], [], 0

    def copy(until: int) -> None:
        nonlocal text
        text += shadow.text[place:until]
        for k in range(place, until):
            start, end = shadow.original(k, k + 1)
            starts.append(start)
            ends.append(end)

    for start, end, digits in runs:
        copy(start)
        first, last = shadow.original(start, end)
        text += digits
        # Each digit stands for the whole run, so that any find within it covers all of it.
        starts += [first] * len(digits)
        ends += [last] * len(digits)
        place = end
    copy(len(shadow.text))
    return Shadow(text, starts, ends)
