"""Short routine texts that the second net is not asked about: a booking form's answers, and one or two everyday words of the desk."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from actions.hospital import HospitalFile
from actions.mentions import find_departments, find_doctors
from actions.mentions.mention import words_of

# Words that a booking form's questions are answered with. None of them says anything of a person's health, in any order.
_ANSWERING = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun mondays
    tuesdays wednesdays thursdays fridays saturdays sundays january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    today tomorrow tmrw tmr tonight weekday weekdays weekend weekends morning mornings afternoon afternoons evening
    evenings noon midday midnight am pm oclock early earlier earliest late later latest next this coming day week
    month time date slot option number appointment
    one two three four five six seven eight nine ten eleven twelve thirty fifteen half quarter past
    first second third fourth fifth last 1st 2nd 3rd 4th 5th
    the a an at in on of for after before between to from until till by around about or and either any anytime
    whenever other another works work suits fine good great perfect best better ok okay k yes yeah yep no nope not
    sure please pls thanks thank you ty hi hello hey that it is would be lets go with make department clinic dr doctor
    lunes martes miercoles jueves viernes sabado domingo manana tarde noche hoy si
    lunedi martedi mercoledi giovedi venerdi sabato domenica mattina pomeriggio sera oggi domani grazie gracias
    """.split()
)
_NUMBER = re.compile(r"\d{1,2}(?:st|nd|rd|th|am|pm|h)?|\d{3,4}(?:am|pm)?")
_SHORT = 2
"""Words of a text that is routine because training knows it as one."""

Phrase = tuple[str, ...]
"""The folded words of a text."""


@dataclass(frozen=True, slots=True)
class RoutineAnswers:
    """Knows routine texts: a booking's words, the hospital's departments and doctors, and short routine examples."""

    hospital: HospitalFile

    def covers(self, text: str, short: frozenset[Phrase] = frozenset()) -> bool:
        """Tell whether a text is routine, given the short routine examples; a text without words is."""
        words = words_of(text)
        left = [word for word in words if not _answers(word.folded)]
        if not left:
            return True
        if len(words) <= _SHORT and (
            tuple(word.folded for word in words) in short or (len(left) == 1 and (left[0].folded,) in short)
        ):
            return True
        hospital = self.hospital.current()
        named = [*find_departments(text, hospital), *find_doctors(text, hospital)]
        return all(any(one.start <= word.start and word.end <= one.end for one in named) for word in left)


def short_phrases(examples: Iterable[str]) -> frozenset[Phrase]:
    """Give those examples that have one word or two."""
    phrases = (tuple(word.folded for word in words_of(text)) for text in examples)
    return frozenset(phrase for phrase in phrases if 0 < len(phrase) <= _SHORT)


def _answers(word: str) -> bool:
    return word in _ANSWERING or _NUMBER.fullmatch(word) is not None
