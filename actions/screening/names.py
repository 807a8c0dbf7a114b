"""Find personal names by the inverted rule: a listed name that is no known safe word is a name, in any case."""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass

from actions.screening.lexicon import looks_medical, word_list
from actions.screening.name_cues import FUNCTION_WORDS, STAFF_TITLES, STRONG, TITLES, WEAK
from actions.screening.normalise import Tokens
from actions.screening.spelling import near_known, pronounceable


@dataclass(frozen=True, slots=True)
class NameLists:
    """The lists that tell a name from a word.

    `only`: names that are nothing else; `also`: names that are words too; `safe`: words that are no name on their own;
    `words`: every known word; `staff`: folded names of staff who may be named, by their first word.
    """

    only: Set[str]
    also: Set[str]
    safe: Set[str]
    words: Set[str]
    staff: Mapping[str, Collection[tuple[str, ...]]]

    @classmethod
    def load(cls, local: Set[str], everyday: Set[str], staff: Collection[tuple[str, ...]]) -> "NameLists":
        """Build the lists from the data files, the hospital's own words and the everyday words of the rules."""
        only = word_list("names_only")
        staffed = {part for name in staff for part in name}
        safe = (local | everyday) - staffed
        by_first = {first: [name for name in staff if name[0] == first] for first in {name[0] for name in staff}}
        return cls(only, word_list("names_also_words"), safe, word_list("words") | local | everyday, by_first)


@dataclass(frozen=True, slots=True)
class _View:
    tokens: Tokens
    original: list[str]
    capital: list[bool]
    cased: bool  # capitals mean something in this text


def find_names(tokens: Tokens, original: list[str], lists: NameLists) -> Iterator[tuple[int, int, str]]:
    """Yield (first word, word after the last, rule) of each name; `original` are the words as written."""
    words = tokens.words
    capital = [bool(o) and o[0].isupper() for o in original]
    letters = [o for o in original if o[:1].isalpha()]
    cased = (
        bool(letters)
        and not all(o.isupper() for o in letters)
        and sum(map(str.isupper, (o[:1] for o in letters))) * 2 <= len(letters) + 3
    )
    view = _View(tokens, original, capital, cased)
    staff = _staff(words, lists)
    claimed = set(staff)
    for start, end, rule in _cued(view, lists):
        if not claimed.intersection(range(start, end)):
            claimed.update(range(start, end))
            yield start, end, rule
    for i, word in enumerate(words):
        if i in claimed or not _alone(i, word, view, lists):
            continue
        start, end = _grow(i, view, lists, claimed)
        claimed.update(range(start, end))
        yield start, end, "id.name"


def _plain(word: str, lists: NameLists) -> str:
    """Return the word without a possessive s, if it is a name then."""
    return word[:-1] if word.endswith("s") and word not in lists.only and word[:-1] in lists.only else word


def _staff(words: list[str], lists: NameLists) -> set[int]:
    found: set[int] = set()
    for i, word in enumerate(words):
        if word in STAFF_TITLES:
            for j in range(i + 1, min(i + 4, len(words))):
                if _plain(words[j], lists) in lists.only or (
                    j == i + 1 and (words[j] in lists.also or words[j] not in lists.words)
                ):
                    found.add(j)
                else:
                    break
        for name in lists.staff.get(word, ()):
            if tuple(words[i : i + len(name)]) == name:
                found.update(range(i, i + len(name)))
    return found


def _can_be(word: str, capital: bool, cased: bool, lists: NameLists) -> bool:
    """Tell whether a word after a cue can be a name."""
    if word in FUNCTION_WORDS or not word.isalpha() or len(word) < 2:
        return False
    if word in lists.only or _plain(word, lists) in lists.only:
        return word not in lists.safe or (capital and cased)
    if word in lists.also and word not in lists.safe:
        return capital and cased or word not in lists.words
    if word in lists.words:
        return False
    return (capital and cased) or (len(word) > 3 and looks_medical(word) is None and not near_known(word, lists.words))


def _cued(view: _View, lists: NameLists) -> Iterator[tuple[int, int, str]]:
    words = view.tokens.words
    for i in range(len(words)):
        for cues, strong in ((STRONG, True), (WEAK, False)):
            for cue in cues.get(words[i], ()):
                if tuple(words[i : i + len(cue)]) != cue:
                    continue
                start = i + len(cue)
                end = _run(
                    start,
                    view,
                    lists,
                    strong and cue != ("name",) and cue != ("names",) and cue != ("call", "me"),
                    len(cue) > 1 and strong,
                )
                if end > start:
                    yield start, end, "id.name_cue"
        if words[i] in TITLES:
            start = i + 1
            end = _run(start, view, lists, words[i] not in ("don", "dona", "miss", "sir", "madam"), False)
            if end > start:
                yield start, end, "id.name_title"


def _run(start: int, view: _View, lists: NameLists, anything: bool, longer: bool) -> int:
    """Return the end of the name that begins at `start`; `anything`: its first word needs no list."""
    words, end = view.tokens.words, start
    while end < min(start + 4, len(words)):
        word = words[end]
        if end > start and (view.tokens.breaks[end] or view.tokens.commas[end]):
            break
        initial = len(word) == 1 and word.isalpha() and end > start and word not in ("a", "i", "y", "e", "o")
        fits = _can_be(word, view.capital[end], view.cased, lists)
        free = (
            anything
            and word not in FUNCTION_WORDS
            and word.isalpha()
            and len(word) > 1
            and (end == start or longer and end == start + 1 and word not in lists.safe)
        )
        if not (fits or free or initial):
            break
        end += 1
    return end


def _alone(i: int, word: str, view: _View, lists: NameLists) -> bool:
    """Tell whether the word is a name with no cue at all."""
    if len(word) < 3 or not word.isalpha():
        return False
    name = _plain(word, lists)
    if name in lists.only:
        if name not in lists.safe and word not in lists.safe:
            return True
        return _paired(i, view, lists)
    if word in lists.also and word not in lists.safe and view.cased and view.capital[i]:
        return _paired(i, view, lists)
    if word not in lists.words and foreign(i, view, lists):
        return True
    if view.cased and view.capital[i] and word not in lists.words and name not in lists.words and len(word) > 3:
        return not view.tokens.breaks[i] or _paired(i, view, lists)
    return False


_SURNAME = re.compile(
    r"[a-z]{3,}(?:ov|ova|ev|eva|sky|skii?|ska|skaya|vic|vich|vna|enko|escu|nen|sson|sen|dottir|oglu|yan|"
    r"ides|poulos|akis|shvili|adze|berg|mann|ovic|evic|czyk|ellini|ucci|uzzi|etti|elli)"
)


def foreign(i: int, view: _View, lists: NameLists) -> bool:
    """Tell whether a word that no list knows is a name by its form: an accent, a surname's ending, or an unknown neighbour."""
    word = view.tokens.words[i]
    if not view.original[i].isascii() and view.original[i].isalpha():
        return True
    if len(word) < 5 or near_known(word, lists.words):
        return False
    if _SURNAME.fullmatch(word) or (
        len(word) > 5 and not any(view.capital) and looks_medical(word) is None and pronounceable(word)
    ):
        return True
    for j in (i - 1, i + 1):
        if 0 <= j < len(view.tokens.words) and not view.tokens.breaks[max(i, j)]:
            other = view.tokens.words[j]
            if other in lists.only or (
                len(other) > 3
                and other.isalpha()
                and other not in lists.words
                and looks_medical(other) is None
                and not near_known(other, lists.words)
            ):
                return looks_medical(word) is None
    return False


def _paired(i: int, view: _View, lists: NameLists) -> bool:
    """Tell whether a neighbour makes a first name and surname of the word."""
    words, n = view.tokens.words, len(view.tokens.words)
    for j in (i - 1, i + 1):
        if not 0 <= j < n or view.tokens.breaks[max(i, j)] or view.tokens.commas[max(i, j)]:
            continue
        other = words[j]
        if other in lists.only and other not in FUNCTION_WORDS:
            return True
        if view.cased and view.capital[j] and view.capital[i] and (other in lists.also or other not in lists.words):
            return not view.tokens.breaks[min(i, j)] or other not in lists.safe
    return False


def _grow(i: int, view: _View, lists: NameLists, claimed: Set[int]) -> tuple[int, int]:
    """Extend a name over the neighbours that belong to it."""
    words, n = view.tokens.words, len(view.tokens.words)

    def belongs(j: int) -> bool:
        word = words[j]
        if (
            j in claimed
            or word in FUNCTION_WORDS
            and not (view.cased and view.capital[j] and not view.tokens.breaks[j])
        ):
            return False
        if len(word) == 1:
            return word.isalpha() and view.capital[j] and view.cased
        if word in lists.only and word not in lists.safe:
            return True
        return view.cased and view.capital[j] and (word in lists.only or word in lists.also or word not in lists.words)

    start, end = i, i + 1
    while end < n and end - i < 4 and not view.tokens.breaks[end] and not view.tokens.commas[end] and belongs(end):
        end += 1
    while (
        start > 0
        and i - start < 3
        and not view.tokens.breaks[start]
        and not view.tokens.commas[start]
        and belongs(start - 1)
    ):
        start -= 1
    return start, end
