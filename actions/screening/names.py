"""Find personal names by the inverted rule: a listed name that is no known safe word is a name, in any case."""

import re
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from functools import lru_cache

from actions.screening.lexicon import looks_medical, word_list
from actions.screening.normalise import Tokens


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(","))


# After these the next words are a name, whatever they are, unless they are function words.
STRONG_CUES = _listed("""
    my name is, my names, my name s, my full name is, name is, me llamo, mi nombre es, mi chiamo, il mio nome e,
    se llama, si chiama, is called, name, full name, patient name, nombre, nome, nombre y apellido, nome e
    cognome, apellido, cognome, surname, last name is, first name is, maiden name is, last name, first name,
    surname is, goes by, named, everyone calls me, people call me, call me, regards, sincerely
""")
# After these the next word is a name if it can be one.
WEAK_CUES = _listed("""
    i am, im, i m, this is, its, it is, sono, soy, hi im, aqui, here is, habla, parla, my son, my daughter, my
    husband, my wife, my mother, my father, my mom, my mum, my dad, my brother, my sister, my baby, my child, my
    kid, my friend, my partner, my boyfriend, my girlfriend, my uncle, my aunt, my cousin, my nephew, my niece,
    my grandma, my grandpa, my grandmother, my grandfather, my boy, my girl, our son, our daughter, our baby, my
    boss, my neighbor, my neighbour, my fiance, my ex, mi hijo, mi hija, mi esposo, mi esposa, mi marido, mi
    mujer, mi madre, mi padre, mi hermano, mi hermana, mi abuela, mi abuelo, mio figlio, mia figlia, mio marito,
    mia moglie, mia madre, mio padre, mio fratello, mia sorella, mia mamma, mia nonna, mio nonno, patient,
    paciente, paziente, for, per, para, with, visit, visiting, see, behalf of
""")
TITLES = frozenset(
    """
    mr mrs ms miss mister missus sir madam mme sig signor signora signorina sr sra srta senor senora senorita
    don dona
    """.split()
)
STAFF_TITLES = frozenset(
    """
    dr drs doctor doc dra dott dottor dottore dottoressa dottssa prof professor nurse doctora np md
    """.split()
)
# Words that no cue turns into a name.
FUNCTION_WORDS = frozenset(
    """
    a an the is it its not on in at of and or but to for from with by as if so be been being was were are am im
    ive have has had do does did will would can could should may might must shall this that these those there
    here my your our his her their me you he she we they them us him who what when where why how which no yes ok
    okay please thanks thank hi hello hey again still just also very really too now today tomorrow going trying
    looking calling writing asking wondering having getting new old sure sorry glad happy sad lost late early
    good bad fine well sick ill pregnant el la los las un una de del que y o en con por para es soy esta estoy
    mi tu su no si il lo le gli i di da in e che non per con sono ho ha mio mia quiero necesito vorrei spelled
    wrong right correct incorrect misspelled listed different changed needed required under patient one someone
    somebody everyone anyone doctor nurse hospital appointment help about after before because up out off over
    only all any some more
    """.split()
)


@dataclass(frozen=True, slots=True)
class NameLists:
    """`only`: names that are nothing else; `also`: names that are words too; `safe`: words that are no name on their own;
    `words`: every known word; `staff`: folded names of staff who may be named.
    """

    only: Set[str]
    also: Set[str]
    safe: Set[str]
    words: Set[str]
    staff: Collection[tuple[str, ...]]

    @classmethod
    def load(cls, local: Set[str], everyday: Set[str], staff: Collection[tuple[str, ...]]) -> "NameLists":
        """Build the lists from the data files, the hospital's own words and the everyday words of the rules."""
        only = word_list("names_only")
        staffed = {part for name in staff for part in name}
        safe = (local | everyday) - staffed
        return cls(only, word_list("names_also_words"), safe, word_list("words") | local | everyday, staff)


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
        for name in lists.staff:
            if tuple(words[i : i + len(name)]) == name and len(name) > 1:
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
    return capital and cased and word not in lists.words


def _cued(view: _View, lists: NameLists) -> Iterator[tuple[int, int, str]]:
    words = view.tokens.words
    for i in range(len(words)):
        for cues, strong in ((_STRONG, True), (_WEAK, False)):
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
    if _SURNAME.fullmatch(word):
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


@lru_cache(4096)
def _edits(word: str) -> frozenset[str]:
    splits = [(word[:k], word[k:]) for k in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    return frozenset(
        [a + b[1:] for a, b in splits if b]
        + [a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1]
        + [a + c + b[1:] for a, b in splits if b for c in letters]
        + [a + c + b for a, b in splits for c in letters]
    )


def near_known(word: str, words: Set[str]) -> bool:
    """Tell whether the word is one slip of the finger from a known one, or two known ones run together."""
    if any(word[:k] in words and word[k:] in words for k in range(3, len(word) - 2)):
        return True
    return not words.isdisjoint(_edits(word))


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


def _by_first(cues: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    index: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        row = tuple(cue.split())
        index.setdefault(row[0], []).append(row)
    return {first: tuple(rows) for first, rows in index.items()}


_STRONG = _by_first(STRONG_CUES)
_WEAK = _by_first(WEAK_CUES)
