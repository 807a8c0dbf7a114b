"""Doctors of hospital.yml that a text names."""

from actions.hospital import Doctor, Hospital
from actions.mentions.mention import Mention, Word, close_to, without_overlaps, words_of

_TITLES = frozenset({"dr", "doctor", "doc", "prof", "professor"})
# A surname alone is taken for the doctor only where a first name cannot stand before it: "Maria Santos" is not Dr. Santos.
_BEFORE_SURNAME = frozenset(
    "is does did has are was will would can with see sees seeing for by from to of and or about has when where "
    "what in find like want meet contact call reach ask".split()
)


def find_doctors(text: str, hospital: Hospital) -> list[Mention]:
    """Give the doctors named in a text; `value` is the full name with the title."""
    words = words_of(text)
    found: list[tuple[tuple[int, ...], Mention]] = []
    for position in range(len(words)):
        for doctor in hospital.doctors:
            span = _match(words, position, doctor)
            if span is not None:
                first, last = span
                found.append(((-(last - first),), Mention("doctor", doctor.name, words[first].start, words[last].end)))
    return without_overlaps(found)


def _match(words: list[Word], position: int, doctor: Doctor) -> tuple[int, int] | None:
    """Give the first and last word of the doctor's name that ends at `position`."""
    _, *given, surname = (part.lower() for part in doctor.name.split())
    word = words[position].folded
    last = words[position - 1].folded if position > 0 else ""
    titled = last in _TITLES
    if titled and word in given:
        return position - 1, position
    if not _is_name(word, surname):
        return None
    if titled:
        return position - 1, position
    first = position - len(given)
    if first >= 0 and [other.folded for other in words[first:position]] == given:
        return (first - 1 if first > 0 and words[first - 1].folded in _TITLES else first), position
    exact = word in (surname, surname + "s")
    return (position, position) if exact and (not last or last in _BEFORE_SURNAME) else None


def _is_name(word: str, name: str) -> bool:
    return word in (name, name + "s") or close_to(word, name)
