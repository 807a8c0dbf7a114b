"""Find personal names by the inverted rule: a listed name that is no known safe word is a name, in any case."""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass

from actions.screening.lexicon import looks_medical, word_list
from actions.screening.name_cues import FUNCTION_WORDS, Cues, Trust
from actions.screening.normalise import Tokens
from actions.screening.spelling import near_known, pronounceable

# A name has no more words.
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class NameLists:
    """The lists that tell a name from a word.

    `only`: names that are nothing else; `also`: names that are words too; `first`: first names, words too or not;
    `safe`: words that are no name on their own; `words`: every known word; `common`: those of every day; `staff`: folded names of
    staff who may be named, by their first word.
    """

    only: Set[str]
    also: Set[str]
    first: Set[str]
    safe: Set[str]
    words: Set[str]
    common: Set[str]
    staff: Mapping[str, Collection[tuple[str, ...]]]
    cues: Cues

    @classmethod
    def load(cls, local: Set[str], everyday: Set[str], staff: Collection[tuple[str, ...]], cues: Cues) -> "NameLists":
        """Build the lists from the data files, the hospital's own words and the everyday words of the rules."""
        staffed = {part for name in staff for part in name}
        by_first = {first: [name for name in staff if name[0] == first] for first in {name[0] for name in staff}}
        return cls(
            word_list("names_only"),
            word_list("names_also_words"),
            word_list("first_names"),
            (local | everyday | cues.titles | cues.relatives) - staffed,
            word_list("words") | local | everyday,
            (word_list("common_words") | local | everyday) - word_list("names_only"),
            by_first,
            cues,
        )

    def plain(self, word: str) -> str:
        """Return the word without a possessive s, if it is a name then."""
        return word[:-1] if word.endswith("s") and word not in self.only and word[:-1] in self.only else word


@dataclass(frozen=True, slots=True)
class _View:
    text: str
    tokens: Tokens
    original: list[str]
    capital: list[bool]
    cased: bool  # capitals mean something in this text
    latin: bool  # it is Spanish or Italian, whose rarer words no list holds
    lists: NameLists

    def __len__(self) -> int:
        return len(self.tokens.words)

    def stop(self, i: int) -> bool:
        """Tell whether a sentence or a part of it ends before word i; the point of an initial ends nothing."""
        tokens = self.tokens
        return i >= len(tokens.words) or (tokens.breaks[i] and not self.initial(i - 1)) or tokens.commas[i]

    def initial(self, i: int) -> bool:
        """Tell whether word i is the initial of a name: one letter, in capitals or before a point."""
        word = self.tokens.words[i]
        if len(word) != 1 or not word.isalpha() or len(self.original[i]) != 1:
            return False
        if word in "ai" and self.text[self.tokens.ends[i] : self.tokens.ends[i] + 1] != ".":
            return False
        return self.capital[i] and self.cased or word not in "aieoy" and i + 1 < len(self) and self.tokens.breaks[i + 1]

    def shown(self, i: int) -> bool:
        """Tell whether word i is written with a capital that means something."""
        return self.cased and self.capital[i]

    def acronym(self, i: int) -> bool:
        """Tell whether word i is an abbreviation in capitals, or a brand with a capital inside."""
        word = self.original[i]
        return self.cased and not word[1:].islower() and word != word.lower() and len(word) > 1

    def unknown(self, i: int) -> bool:
        """Tell whether word i is in no list and no slip of the finger."""
        word, lists = self.tokens.words[i], self.lists
        known = len(word) < 4 or word in lists.words or looks_medical(word) is not None
        return not known and not near_known(word, lists.common)

    def joined(self, i: int) -> bool:
        """Tell whether a hyphen, and nothing else, ties word i to the word before it."""
        tokens = self.tokens
        return 0 < i < len(tokens) and self.text[tokens.ends[i - 1] : tokens.starts[i]] == "-"


def find_names(text: str, tokens: Tokens, original: list[str], lists: NameLists) -> Iterator[tuple[int, int, str]]:
    """Yield (first word, word after the last, rule) of each name in a folded text; `original` are the words as written."""
    capital = [bool(o) and o[0].isupper() for o in original]
    letters = [o for o in original if o[:1].isalpha()]
    shouted = all(o.isupper() for o in letters)
    cased = bool(letters) and not shouted and sum(o[:1].isupper() for o in letters) * 2 <= len(letters) + 3
    latin = sum(word in _LATIN for word in tokens.words) * 5 >= len(tokens)
    view = _View(text, tokens, original, capital, cased, latin, lists)
    claimed = set(_staff(view))
    for first, last, rule in _cued(view):
        if not claimed.intersection(range(first, last)):
            start, end = _grow(first, last, view, claimed)
            claimed.update(range(start, end))
            yield start, end, rule
            yield from _beside(start, end, view, claimed, cued=True)
    for i, word in enumerate(tokens.words):
        if i in claimed or len(word) < 3 or not _alone(i, word, view):
            continue
        start, end = _grow(i, i + 1, view, claimed)
        claimed.update(range(start, end))
        if not _at_work(end, view):
            yield start, end, "id.name"
            yield from _beside(start, end, view, claimed)


def _at_work(end: int, view: _View) -> bool:
    """Tell whether the name before word `end` is a member of staff's: "Hugo from billing"."""
    words, cues = view.tokens.words, view.lists.cues
    if view.stop(end) or words[end] not in ("from", "at", "on"):
        return False
    end += 1
    while end < len(words) and words[end] in ("the", "your", "front", "main"):
        end += 1
    return end < len(words) and words[end] in cues.workplaces


def _beside(start: int, end: int, view: _View, claimed: set[int], cued: bool = False) -> Iterator[tuple[int, int, str]]:
    """Yield the rare word that "and" joins to a name: "ifeoma and ikemba"."""
    words, lists = view.tokens.words, view.lists
    for joint, j in ((end, end + 1), (start - 1, start - 2)):
        if (
            not (0 <= j < len(words) and words[joint] in ("and", "y", "e", "or"))
            or j in claimed
            or view.stop(max(joint, j))
        ):
            continue
        word = words[j]
        if cued and j > end and word in lists.first and word not in FUNCTION_WORDS:
            claimed.add(j)
            yield j, j + 1, "id.name_cue"
            continue
        rare = word.isalpha() and len(word) > 2 and word not in lists.common and looks_medical(word) is None
        if rare and (word in lists.first or word in lists.also or word not in lists.words):
            claimed.add(j)
            yield j, j + 1, "id.name"


_LATIN = frozenset(
    """
    el la los las un una unos unas de del que y en con por para se su mi al es esta como donde cuando cuanto hay tiene
    tengo puedo quiero hola il lo gli le di da e che non per uno dei delle della nel nella alla sono ho ha mio mia come
    dove quando quanto posso vorrei buongiorno ciao si ma anche mas pero muy ya te nos vi ci dal sul sulla
    """.split()
)


def _staff(view: _View) -> set[int]:
    words, lists = view.tokens.words, view.lists
    found: set[int] = set()
    for i, word in enumerate(words):
        if word in lists.cues.staff:
            pointed = len(word) < 5 and view.text[view.tokens.ends[i] : view.tokens.ends[i] + 1] == "."
            for j in range(i + 1, min(i + 4, len(words))):
                if view.tokens.breaks[j] and not (pointed and j == i + 1):
                    break
                if lists.plain(words[j]) in lists.only or (
                    j == i + 1 and (words[j] in lists.also or words[j] not in lists.words)
                ):
                    found.add(j)
                else:
                    break
        for name in lists.staff.get(word, ()):
            if tuple(words[i : i + len(name)]) == name:
                found.update(range(i, i + len(name)))
    return found


def _can_be(i: int, view: _View, trust: Trust) -> bool:
    """Tell whether word i can be a name after a cue."""
    word, lists = view.tokens.words[i], view.lists
    if trust < Trust.KIN and (word in lists.cues.no_names or lists.plain(word) in lists.cues.no_names):
        return False
    if word in FUNCTION_WORDS or word in lists.cues.staff or len(word) < 2 or not word.isalpha():
        return word in _ALSO_VERBS and trust >= Trust.PERSON and view.stop(i + 1)
    shown = view.shown(i)
    if word in lists.only or lists.plain(word) in lists.only:
        return (
            word not in lists.safe or shown or trust == Trust.CERTAIN or trust >= Trust.PERSON and word in lists.first
        )
    if word in lists.also:
        if shown and word not in lists.safe or word not in lists.words:
            return True
        return trust >= Trust.PERSON and (shown or word in lists.first or trust == Trust.KIN and _acting(i, view))
    if word in lists.words:
        named = word in lists.first or shown and not view.tokens.breaks[i]
        return trust >= Trust.PERSON and named or trust == Trust.KIN and word not in lists.common and _acting(i, view)
    if view.acronym(i):
        return False
    if trust == Trust.KIN and len(word) > 2 and (_acting(i, view) or view.stop(i + 1)):
        return True
    return shown or trust > Trust.HINT and view.unknown(i)


# First names that are verbs: names only where nothing follows them.
_ALSO_VERBS = frozenset(("will", "may", "mark", "art"))


def _cued(view: _View) -> Iterator[tuple[int, int, str]]:
    words, cues = view.tokens.words, view.lists.cues
    for i, word in enumerate(words):
        for cue, least in cues.before.get(word, ()):
            if len(cue) > 1 and tuple(words[i : i + len(cue)]) != cue:
                continue
            start = i + len(cue)
            if i and words[i - 1] in cues.no_person:
                continue
            colon = start < len(words) and view.text[view.tokens.ends[start - 1]] == ":"
            trust = Trust.CERTAIN if colon and least == Trust.PERSON else least
            if start < len(words) and words[start] in cues.titles:
                continue  # "Regards, Mrs. Cruz": the title finds the name
            if (end := _run(start, view, trust)) > start:
                yield start, end, "id.name_cue"
        loose = word in cues.loose_titles and view.stop(i + 1)
        if word in cues.titles and not loose and (end := _run(i + 1, view, _title(word, cues))) > i + 1:
            yield (i if word not in _ARTICLE_TITLES else i + 1), end, "id.name_title"
        if word in cues.relatives and (found := _relative(i, view)):
            yield *found, "id.name_cue"
        if word in cues.thanks and (found := _signed(i, view)):
            yield *found, "id.name_cue"
        if word in cues.deeds and (found := _before(i, view)):
            yield *found, "id.name_cue"
        for cue in cues.after.get(word, ()):
            if i and tuple(words[i : i + len(cue)]) == cue and (found := _before(i, view)):
                yield *found, "id.name_cue"


# "sir" and "miss" address anybody: no part of a name.
_ARTICLE_TITLES = frozenset(("sir", "miss", "madam", "don", "dona"))


def _title(word: str, cues: Cues) -> Trust:
    return Trust.PERSON if word in cues.loose_titles else Trust.CERTAIN


def _relative(i: int, view: _View) -> tuple[int, int] | None:
    """Return the name beside a word for a relative: "my son Wei", "rosa, my daughter", "grandma pina"."""
    words, cues = view.tokens.words, view.lists.cues
    owner = next((j for j in range(i - 1, max(i - 4, -1), -1) if words[j] in cues.owners), None)
    start = i + 1
    if words[start : start + 2] == ["in", "law"]:
        start += 2
    elif words[start : start + 1] in (["of"], ["de"], ["di"]) and (end := _run(start + 1, view, Trust.KIN)) > start + 1:
        return start + 1, end  # "la hija de Milagros"
    if owner is None and words[i] not in cues.kin_titles:
        return None
    if start < len(words) and not view.tokens.breaks[start]:
        # "the kids ward", "my daughter's pink bag": the next word is what somebody has.
        loose = words[i].endswith("s") or view.tokens.commas[start] and not view.stop(start + 1)
        trust = Trust.WEAK if loose else Trust.KIN
        if (end := _run(start, view, trust)) > start:
            return (start if owner is not None else i), end
    return _before(owner, view) if owner and words[owner - 1] not in ("is", "are", "and") else None


def _before(i: int, view: _View) -> tuple[int, int] | None:
    """Return the name that begins a sentence and ends before word i: "ali here", "hope is my name"."""
    words = view.tokens.words
    for start in range(max(i - 3, 0), i):
        first = start == 0 or view.tokens.breaks[start] or view.tokens.commas[start] or words[start - 1] in _GREETINGS
        strange = start == i - 1 and len(words[start]) > 2 and words[start] not in view.lists.words
        strange |= (
            start == i - 1
            and words[i] == "here"
            and view.tokens.commas[i + 1 : i + 2] == [True]
            and words[start] in _ALSO_VERBS
        )
        listed = i - start > 1 and words[i] in _BIRTHS and all(_listed(w, view.lists) for w in words[start:i])
        if first and (_run(start, view, Trust.PERSON, i) == i or listed or strange and words[start].isalpha()):
            return start, i
    return None


_BIRTHS = frozenset(("dob", "date", "birth", "born", "d"))


def _listed(word: str, lists: NameLists) -> bool:
    return word not in FUNCTION_WORDS and (word in lists.only or word in lists.also)


_GREETINGS = frozenset("hi hello hey hiya hola ciao yo buenas buongiorno salve sup so ok".split())


def _signed(i: int, view: _View) -> tuple[int, int] | None:
    """Return the name at the end of a message, or of a line, after thanks: "thanks - Nikhil"."""
    tokens, original = view.tokens, view.original
    start = i + 1
    while start < len(tokens) and tokens.words[start] in view.lists.cues.thanks_more:
        start += 1
    if start >= len(tokens):
        return None
    end = _run(start, view, Trust.PERSON)
    last = end == len(tokens) and end > start and original[end - 1][:1].isalpha()
    return (start, end) if last and not (len(tokens) == 2 and tokens.words[start] in view.lists.safe) else None


def _run(start: int, view: _View, trust: Trust, limit: int | None = None) -> int:
    """Return the end of the name that begins at word `start`."""
    words, lists = view.tokens.words, view.lists
    end, last = start, min(start + _LONGEST, len(words) if limit is None else limit)
    certain = trust == Trust.CERTAIN
    while end < last:
        word = words[end]
        if end > start and view.stop(end):
            break
        inside = end > start
        fits = _can_be(end, view, trust if not inside or word not in lists.safe else Trust.WEAK) or (
            inside
            and trust >= Trust.PERSON
            and (
                len(words[end - 1]) == 1
                and word in lists.only  # "D. Marsh"
                or _belongs(end, view, frozenset())
                or len(word) > 4
                and word not in lists.words
                and not looks_medical(word)
            )
        )
        free = (
            certain
            and word not in FUNCTION_WORDS
            and len(word) > 1
            and word.isalpha()
            and (not inside or end == start + 1 and (word not in lists.safe or view.shown(end)))
        )
        particle = (
            word in _PARTICLES and end + 1 < len(words) and not view.stop(end + 1) and _can_be(end + 1, view, trust)
        )
        initial = len(word) == 1 and (view.initial(end) or inside and word.isalpha() and word not in "aiyeo")
        if not (fits or free or particle and (certain or inside) or initial and end + 1 - start < _LONGEST):
            break
        end += 1
    while end > start + certain and words[end - 1] in _PARTICLES and not _can_be(end - 1, view, trust):
        end -= 1
    # An initial alone is no name, unless it is all that a sure cue announces.
    return start if not certain and all(len(w) == 1 for w in words[start:end]) else end


_PARTICLES = frozenset(
    "de da di del della dello degli van von der den ten ter la le lo dos das bin ibn bint al el st mac".split()
)


def _alone(i: int, word: str, view: _View) -> bool:
    """Tell whether the word is a name with no cue at all."""
    if not word.isalpha():
        return False
    lists, tokens = view.lists, view.tokens
    name = lists.plain(word)
    if word in lists.cues.place_after and word in lists.safe:
        return False
    if name in lists.only:
        if name not in lists.safe and word not in lists.safe:
            return not _place(i, view)
        return _paired(i, view) and not _place(i, view)
    if word in lists.also and word not in lists.safe and view.shown(i):
        return _paired(i, view) and not _place(i, view)
    if _rare_pair(i, view):
        return not _place(i, view)
    if word in lists.words or word in FUNCTION_WORDS:
        return False
    if len(view.original[i]) > len(word) and _letters_apart(view.original[i]):
        return True
    if foreign(i, view):
        return not _place(i, view)
    if (
        i
        and view.initial(i - 1)
        and not view.tokens.commas[i]
        and view.text[tokens.ends[i - 1] : tokens.starts[i]] == ". "
    ):
        return len(word) > 4 and looks_medical(word) is None  # "J. K. Fernsby"
    if view.shown(i) and len(word) > 3 and name not in lists.words and not view.original[i].isupper():
        if tokens.breaks[i]:
            return _acting(i, view) and view.unknown(i) and pronounceable(word) or _paired(i, view)
        return _acting(i, view) and not _place(i, view) and tokens.words[i - 1] not in _ARTICLES
    return False


def _acting(i: int, view: _View) -> bool:
    """Tell whether what follows word i is what a person does or is."""
    words, cues = view.tokens.words, view.lists.cues
    return not view.stop(i + 1) and (words[i + 1] in cues.deeds or words[i + 1] in _BEING)


_BEING = frozenset("is was has had and will can from would did does isnt wasnt hasnt wont cant".split())
_ARTICLES = frozenset("the a an any some el la un una il lo los las i gli le of".split())
_LETTERS_APART = re.compile(r"[^\W\d_](?:[\-. ]{1,3}[^\W\d_]){3,}")


def _letters_apart(original: str) -> bool:
    return _LETTERS_APART.fullmatch(original) is not None


def _place(i: int, view: _View) -> bool:
    """Tell whether the word is part of the name of a place: "the johnson pavilion", "st vincent"."""
    words, cues = view.tokens.words, view.lists.cues
    if i and words[i - 1] in cues.place_before and not view.tokens.breaks[i]:
        return True
    for j in (i + 1, i + 2):
        if j < len(words) and not view.stop(j) and words[j] in cues.place_after:
            return True
        if j >= len(words) or view.stop(j) or words[j] not in view.lists.only:
            return False
    return False


_SURNAME = re.compile(
    r"[a-z]{3,}(?:ov|ova|ev|eva|sky|skii?|ska|skaya|vic|vich|vna|enko|escu|nen|sson|sen|dottir|oglu|yan|"
    r"ides|poulos|akis|shvili|adze|berg|mann|ovic|evic|czyk|ellini|ucci|uzzi|etti|elli)"
)


def foreign(i: int, view: _View) -> bool:
    """Tell whether a word that no list knows is a name by its form: a capital with an accent, a surname's ending, a name beside it."""
    word, lists = view.tokens.words[i], view.lists
    if view.shown(i) and not view.original[i].isascii() and not view.tokens.breaks[i]:
        return True
    if len(word) < 5 or near_known(word, lists.words) or looks_medical(word):
        return False
    if _SURNAME.fullmatch(word) and not view.latin:
        return True
    beside = (j for j in (i - 1, i + 1) if 0 <= j < len(view) and not view.stop(max(i, j)))
    return any(view.tokens.words[j] in lists.only or not view.latin and view.unknown(j) for j in beside)


def _paired(i: int, view: _View) -> bool:
    """Tell whether a neighbour makes a first name and surname of the word."""
    words, lists = view.tokens.words, view.lists
    for j in (i - 1, i + 1):
        if not 0 <= j < len(view) or view.stop(max(i, j)):
            continue
        other = words[j]
        if other in lists.only and other not in FUNCTION_WORDS:
            # "burns ward", "rice curry": two everyday words are no name in small letters.
            return (
                other not in lists.safe
                or words[i] not in lists.safe
                or view.shown(i)
                or words[min(i, j)] in lists.first
            )
        if view.shown(j) and view.shown(i) and (other in lists.also or other not in lists.words):
            return not view.tokens.breaks[min(i, j)] or other not in lists.safe
    return False


def _rare_pair(i: int, view: _View) -> bool:
    """Tell whether the word and the next are rare ones, one of them listed as a name ("xiao ling", "Totò Abbate")."""
    lists, words = view.lists, view.tokens.words
    if view.stop(i + 1) or view.latin and not (view.shown(i) and view.shown(i + 1)):
        return False
    pair = (words[i], words[i + 1])
    if any(not w.isalpha() or len(w) < 2 or w in lists.common or looks_medical(w) or w in FUNCTION_WORDS for w in pair):
        return False
    listed = [w in lists.also or w in lists.first or w in lists.only for w in pair]
    return all(listed) or any(listed) and any(w not in lists.words and not near_known(w, lists.common) for w in pair)


def _grow(start: int, end: int, view: _View, claimed: Set[int]) -> tuple[int, int]:
    """Extend a name over the neighbours that belong to it."""
    words, n = view.tokens.words, len(view)
    while end < n and end - start < _LONGEST and not view.stop(end):
        after = end + 1 < n and not view.stop(end + 1) and _belongs(end + 1, view, claimed)
        if (words[end] in _PARTICLES or len(words[end]) == 1 and words[end].isalpha()) and after:
            end += 2
        elif _belongs(end, view, claimed) or view.joined(end) and words[end].isalpha() and end not in claimed:
            end += 1
        else:
            break
    turned = end < n and view.tokens.commas[end] and not view.tokens.breaks[end] and end not in claimed
    if (
        turned
        and end - start == 1
        and words[end] in view.lists.first
        and view.stop(end + 1)
        and words[start] in view.lists.only
    ):
        end += 1  # "Johnson, Mary"
    while start > 0 and end - start < _LONGEST and not view.stop(start):
        before = start - 1
        if words[before] in _PARTICLES and before and not view.stop(before) and _belongs(before - 1, view, claimed):
            start = before - 1
            continue
        first = words[before] in view.lists.first and words[before] not in FUNCTION_WORDS and before not in claimed
        if not (first or _belongs(before, view, claimed) or view.initial(before) or view.joined(start)):
            break
        start = before
    return start, end


def _belongs(j: int, view: _View, claimed: Set[int]) -> bool:
    """Tell whether the word beside a name is part of it."""
    word, lists = view.tokens.words[j], view.lists
    if j in claimed or not word.isalpha() or word in lists.cues.place_after and not view.shown(j):
        return False
    if word in FUNCTION_WORDS and not (view.shown(j) and not view.tokens.breaks[j]):
        return False
    if len(word) == 1:
        return view.initial(j)
    if word in lists.only or lists.plain(word) in lists.only:
        return word not in lists.safe or view.shown(j)
    if word in lists.also:
        return view.shown(j) or word not in lists.safe and word not in lists.first
    return view.shown(j) and word not in lists.safe or word not in lists.words and view.unknown(j)
