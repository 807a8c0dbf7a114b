"""Departments, wards and services that a text names."""

from collections.abc import Iterator

from actions.hospital import Hospital
from actions.mentions.mention import Mention
from actions.mentions.phrases import Phrase, PhraseIndex

_indexes: list[tuple[Hospital, PhraseIndex, PhraseIndex]] = []


def find_departments(text: str, hospital: Hospital) -> list[Mention]:
    """Give the departments named in a text, by name, alias, or a service they offer; `value` is the id."""
    return _index(hospital)[0].find(text)


def find_services(text: str, hospital: Hospital) -> list[Mention]:
    """Give the services named in a text; `value` is the service's name in hospital.yml."""
    return _index(hospital)[1].find(text)


def _index(hospital: Hospital) -> tuple[PhraseIndex, PhraseIndex]:
    # The facts are replaced as a whole, so the same object means the same words; tests may hold a few at a time.
    for known, departments, services in _indexes:
        if known is hospital:
            return departments, services
    entry = (hospital, PhraseIndex("department", _phrases(hospital)), PhraseIndex("service", _services(hospital)))
    _indexes.insert(0, entry)
    del _indexes[4:]
    return entry[1], entry[2]


def _phrases(hospital: Hospital) -> Iterator[Phrase]:
    for department in hospital.departments.values():
        for word in (department.name, department.id.replace("_", " "), *department.also_called):
            yield word, department.id, 0
        for service, others in department.services.items():
            for word in (service, *others):
                yield word, department.id, 1


def _services(hospital: Hospital) -> Iterator[Phrase]:
    for department in hospital.departments.values():
        for service, others in department.services.items():
            for word in (service, *others):
                yield word, service, 0
