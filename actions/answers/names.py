"""Names in questions beyond departments and doctors: insurers, priced services, vaccines, places to eat. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from actions.hospital import Hospital
from actions.mentions.phrases import Phrase, PhraseIndex


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def also_called(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Indexes of one version of the facts; each mention's value is the name in hospital.yml."""

    hospital: Hospital
    insurers: PhraseIndex
    prices: PhraseIndex
    vaccines: PhraseIndex
    food_places: PhraseIndex
    not_offered: PhraseIndex


_latest: list[Names] = []


def names_of(hospital: Hospital) -> Names:
    """Give the indexes of the facts, built once for each version of them."""
    for known in _latest:
        if known.hospital is hospital:
            return known
    insurance = hospital.insurance
    names = Names(
        hospital=hospital,
        insurers=PhraseIndex("insurer", _phrases((*insurance.accepted, *insurance.not_accepted))),
        prices=PhraseIndex("price", _phrases(hospital.costs.prices)),
        vaccines=PhraseIndex("vaccine", _phrases(hospital.vaccinations.vaccines)),
        food_places=PhraseIndex("food_place", _phrases(hospital.food.places)),
        not_offered=PhraseIndex("not_offered", _absent(hospital)),
    )
    _latest.insert(0, names)
    del _latest[4:]
    return names


def _phrases(named: Iterable[_Named]) -> Iterator[Phrase]:
    for one in named:
        for word in (one.name, *one.also_called):
            yield word, one.name, 0


def _absent(hospital: Hospital) -> Iterator[Phrase]:
    for name, others in hospital.finding_care.not_offered.items():
        for word in (name, *others):
            yield word, name, 0
