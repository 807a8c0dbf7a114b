"""The vocabulary of screening: word lists shipped with it, the hospital's own words, and phrases in classes."""

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from actions.screening.normalise import shadow
from actions.screening.patterns import inflect

DATA = Path(__file__).parent / "data"

# Endings that only medical words have; applied to words that no list knows.
_DISEASE = re.compile(
    r"[a-z]{3,}(itis|itises|osis|oses|emia|aemia|uria|algia|pathy|pathic|ectomy|otomy|ostomy|oscopy|"
    r"plasty|oma|omas|plegia|paresis|"
    r"phagia|pnea|rrhea|rrhoea|rrhage|sclerosis|megaly|penia|trophy|cytosis|stenosis|ectasia|kinesia|"
    r"phasia|philia|toxicity|"
    r"cele|lysis|centesis|graphy|gram|thorax|itide|osi|ite)"
)
_DRUG = re.compile(
    r"[a-z]{2,}(statin|pril|sartan|olol|azole|cillin|mycin|micin|cycline|floxacin|prazole|tidine|zepam|"
    r"zolam|gliptin|glitazone|"
    r"gliflozin|glutide|oxetine|triptan|setron|dipine|mab|nib|vir|parin|xaban|lukast|profen|caine|codone|"
    r"morphone|barbital|"
    r"phylline|terol|sone|solone|thiazide|semide|actone|fibrate|dronate|sulfa|mide|zine|pine)"
)


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a list that tools/build_lexicon.py wrote."""
    return frozenset(gzip.decompress((DATA / f"{name}.txt.gz").read_bytes()).decode().split("\n"))


def words_of(text: str) -> Iterator[str]:
    """Yield the folded words of any text."""
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", shadow(text).text):
        yield word.replace("'", "")
        if "'" in word:
            yield from word.split("'")


def local_words(root: Path) -> frozenset[str]:
    """Return the words of hospital.yml and of the training examples under `root`, whichever exist."""
    found: set[str] = set()
    for path in (root / "hospital.yml", *sorted((root / "data" / "nlu").glob("*.yml"))):
        if path.is_file():
            found.update(words_of(path.read_text(encoding="utf-8")))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one or more words, each with the classes it belongs to, found in one pass over a message."""

    by_first: Mapping[str, Sequence[tuple[tuple[str, ...], tuple[str, ...]]]]

    def find(self, words: Sequence[str], hits: dict[str, dict[int, list[int]]]) -> None:
        """Add every phrase of the message to `hits[class][start]`."""
        by_first = self.by_first
        for i, word in enumerate(words):
            for rest, names in by_first.get(word, ()):
                end = i + 1 + len(rest)
                if rest and tuple(words[i + 1 : end]) != rest:
                    continue
                for name in names:
                    hits.setdefault(name, {}).setdefault(i, []).append(end)


@dataclass(slots=True)
class PhraseBook:
    """Collects phrases by class before they are compiled."""

    classes: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)

    def add(self, name: str, entries: Iterable[str]) -> None:
        """Add entries: words with `+` for their endings, alternatives with `|`, other classes in braces."""
        target = self.classes.setdefault(name, set())
        for entry in entries:
            if entry.startswith("{"):
                target |= self.classes[entry.strip("{}")]  # KeyError: the class is not defined above
                continue
            rows: list[tuple[str, ...]] = [()]
            # A message's words are split between letters and digits ("a1c"), so entries are too.
            for part in re.sub(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", entry).split():
                forms = {form for choice in part.split("|") for form in _forms(choice)}
                rows = [(*row, form) for row in rows for form in sorted(forms)]
            target |= set(rows)

    def compile(self) -> Phrases:
        """Return the phrases, indexed by their first word."""
        index: dict[tuple[str, ...], list[str]] = {}
        for name, rows in self.classes.items():
            for row in rows:
                index.setdefault(row, []).append(name)
        by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for row, names in index.items():
            by_first.setdefault(row[0], []).append((row[1:], tuple(names)))
        return Phrases(by_first)


def _forms(choice: str) -> frozenset[str]:
    return inflect(choice[:-1]) if choice.endswith("+") else frozenset((choice,))


def looks_medical(word: str) -> str | None:
    """Return the class that an unknown word's ending gives it: condition, drug or none."""
    if len(word) < 7:
        return None
    if _DISEASE.fullmatch(word) or (word.endswith("s") and _DISEASE.fullmatch(word[:-1])):
        return "condition"
    return "drug" if _DRUG.fullmatch(word) else None
