"""The words in which patients answer a booking form, besides departments, days and times."""

import re
from enum import Enum

from actions.mentions import Mention


class Wish(Enum):
    """What a patient wants besides naming a department, a day or a time."""

    STOP = "stop"  # to leave the form
    CANCEL = "cancel"  # to cancel "it": the form, or in the cancel form the appointment
    YES = "yes"  # agrees
    NO = "no"  # declines what was offered
    NO_CODE = "no code"  # does not have the reference code
    OTHER_DEPARTMENT = "other department"  # another department
    OTHER_DAY = "other day"  # another day
    EARLIER = "earlier"  # times before those offered
    LATER = "later"  # times after those offered
    MORE = "more"  # other times, or other days where days were offered


def _any_of(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


_POLITE = _any_of(
    "please", "pls", "plz", "thanks", "thank you", "thx", "actually", "ok", "okay", "oh", "well", "hmm", "um", "then", "sorry",
    "just", "let's", "can we", "could we", "can you", "could you", "i want to", "i'd like to", "i would like to", "want to",
)  # fmt: skip
# What stands between two words belongs to one side only: otherwise the ways to read a run of polite words double with each.
_BEFORE = rf"(?:{_POLITE}\b[ ,]*)*"
_AFTER = rf"(?:[ ,]*\b{_POLITE}\b)*[ ,.!…]*"
_LONGEST_WISH = 200
"""Characters; a longer message says more than one wish."""

# A message that is nothing else.
_WHOLE = {
    Wish.STOP: _any_of(
        "stop(?: (?:it|this|that|booking|the booking|now))?", "quit", "exit", "abort", "never ?mind", "nvm",
        "forget (?:it|about it|this|that)", "leave it", "no,? thanks?(?: you)?", "not now", "(?:i(?:'ve)? )?changed? my mind",
        "(?:i )?(?:don'?t|do not) (?:want|need)(?: (?:it|this|that|to|to book(?: anything| it)?|an appointment|one))?"
        "(?: any ?more| now)?",
        "(?:good)?bye",
    ),
    Wish.CANCEL: "(?:yes[, ]+)?(?:please )?cancel(?: (?:it|this|that|booking|the booking|everything))?",
    Wish.YES: _any_of(
        "yes", "yeah", "yep", "yup", "ya", "sure", "ok(?:ay)?", "fine", "perfect", "great", "correct", "right", "good", "confirm(?:ed)?",
        "do it", "go ahead", "sounds good", "(?:that )?works(?: for me)?", "that(?:'s| is) (?:fine|good|ok|okay|great|perfect)",
        "(?:i(?:'ll)? )?take it",
    ),
    Wish.NO: "(?:no|nope|nah|not really|don'?t|do not|(?:no[, ]+)?keep it)(?: (?:it|that one|this one|that))?",
}  # fmt: skip

# Anywhere in a message.
_WITHIN = {
    Wish.NO_CODE: r"(?:(?:do|did)(?:n'?t| not) (?:have|know|remember|get|see|find)|lost|forgot(?:ten)?|can'?t find|no) "
    r"(?:\w+ ){0,3}(?:it|one|code|reference|number)",
    Wish.OTHER_DEPARTMENT: "(?:another|a different|different|other|wrong|change(?: the)?) (?:department|clinic|ward)s?",
    Wish.OTHER_DAY: "(?:another|a different|different|other|wrong|change(?: the)?|later|not (?:that|this)) (?:day|date)s?",
    Wish.EARLIER: "earlier|sooner|too late",
    Wish.LATER: "later|too (?:early|soon)",
    Wish.MORE: "(?:an)?other(?: (?:time|one|option|slot)s?)?|different (?:time|one|slot)s?|(?:wrong|change(?: the)?) time|more"
    "|else|none(?: of (?:them|these|those))?",
}
_WHOLE_PATTERNS = [(wish, re.compile(f"{_BEFORE}{words}{_AFTER}", re.IGNORECASE)) for wish, words in _WHOLE.items()]
_WITHIN_PATTERNS = [(wish, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for wish, words in _WITHIN.items()]

SOONEST = re.compile(
    r"\b(?:(?:soonest|earliest|first|next)(?: (?:possible|free|available|open))+|soonest|earliest|a\.?s\.?a\.?p|"
    r"as soon as (?:possible|you can)|any ?day|whichever day|whenever)\b",
    re.IGNORECASE,
)
ANY_TIME = re.compile(
    r"\b(?:any ?time|any (?:hour|slot)|whenever|no preference|(?:don'?t|do not) (?:mind|care)|doesn'?t matter|all day)\b",
    re.IGNORECASE,
)
LONE_PART_OF_DAY = re.compile(r"\W*(morning|afternoon|evening)\W*", re.IGNORECASE)
"""A greeting anywhere else, an answer here."""
PAST_DAY = re.compile(r"\b(?:yesterday|last (?:week|month|mon|tue|wed|thu|fri|sat|sun)\w*)\b", re.IGNORECASE)
RANGE_OF_DAYS = re.compile(r"\b(?:week|month)", re.IGNORECASE)
"""Within the words of a day: "next week" is no day but the days from there on."""

AFTER = re.compile(r"\b(?:after|between|from|since|later than|(?<!half )(?<!quarter )past)\b", re.IGNORECASE)
BEFORE = re.compile(r"\b(?:before|until|till?|by|earlier than)\b", re.IGNORECASE)
ABOUT = re.compile(r"\b(?:around|about|near)\b|ish\b", re.IGNORECASE)

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_ORDINAL = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)}|last)\b(?! (?:available|free|possible|open|thing|week|month))|(?P<nth>[1-6])(?:st|nd|rd|th)\b"
    r"|(?:number|option|choice)\s*(?P<place>[1-6])\b)",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(
    r"\W*(?:(?:the|at|on|ok|yes|number)\s+)*#?(?P<number>\d{1,2})(?:\s+(?:please|pls|one))?\W*", re.IGNORECASE
)

QUESTION = re.compile(
    r"\b(?:how (?!about)|where|when|who|why|what(?! about| else| times?\b| slots?\b| do you have|(?:'s| is) (?:free|available|open)))\b",
    re.IGNORECASE,
)
"""What makes a question of words that would otherwise be an answer: "how do I get to radiology"."""
ASKS_FOR_EXISTENCE = re.compile(r"\b(?:do you|have you|is there|are there)\b", re.IGNORECASE)

FILLERS = frozenset(
    """
    a an the at on in for to of and or with is are am be it its that this these those there any some all i id im ill ive me my
    mine we us our you your would like love want wanna need please pls plz thanks thank thx ok okay yes yeah yep sure fine good
    great perfect works work well hmm um uh oh actually maybe perhaps rather instead then how about what can could may might will
    have has take get got book booked booking make made schedule do does did let lets go going see prefer preferably preference
    appointment appointments time times slot slots day days date department dept clinic unit ward doctor dr free available
    availability open possible possibly if no not now so just sorry hi hello hey one ones first second third fourth fifth sixth
    last number option choose pick select later earlier sooner other another others different more else something anything none
    suits suit best better also too from until till between after before around since than past by near move moved change
    changed reschedule next earliest soonest asap as soon early late reference code lk here heres whenever anytime mind care dont
    doesnt matter which wrong clock o am pm hour checkup check up keep sometime between cancel new ish week month
    cant cannot wont isnt arent couldnt wouldnt but except busy bad impossible unfortunately sadly bit little way much
    anything everything nothing every
    """.split()
)
"""Words that add no question of their own to an answer."""

FORM_VERBS = {
    "book_appointment": re.compile(r"\bbook|\bschedul|\bmake\b|\bappointment", re.IGNORECASE),
    "reschedule_appointment": re.compile(
        r"\bmove|\breschedul|\bchang|\bpostpon|\bswap|\bpush|\bswitch|\brebook", re.IGNORECASE
    ),
    "cancel_appointment": re.compile(
        r"\bcancel|\bcan'?t (?:make|come)|\bcannot (?:make|come)|\bcall off", re.IGNORECASE
    ),
}
"""By intent, the words without which a message in a form is not taken for the wish to start another one."""
OF_AN_APPOINTMENT = re.compile(r"\bcancel|\bcall off|\bappointment|\breschedul", re.IGNORECASE)
"""What makes "I can't make Tuesday" the wish to change an appointment that exists already."""
TURNED_ROUND = {"morning": "after 12:00", "afternoon": "before 12:00", "evening": "before 17:00"}
"""By a part of the day that was turned down, the rest of the day."""


def find_wish(text: str) -> Wish | None:
    """Give what a message wants: the whole message first, then the first kind that stands in it."""
    plain = " ".join(text.replace("’", "'").split()).lstrip(" ,")
    if len(plain) <= _LONGEST_WISH:
        for wish, pattern in _WHOLE_PATTERNS:
            if pattern.fullmatch(plain):
                return wish
    return next((wish for wish, pattern in _WITHIN_PATTERNS if pattern.search(plain)), None)


def find_place(text: str) -> Mention | None:
    """Give the place in a list that a message names: 1 is the first, -1 the last."""
    found = _ORDINAL.search(text)
    if found is None:
        return None
    word = (found["word"] or "").lower()
    place = (_ORDINALS.index(word) + 1 if word != "last" else -1) if word else int(found["nth"] or found["place"])
    return Mention("place", str(place), *found.span())


def bare_number(text: str) -> int | None:
    """Give the number that is all a message says."""
    found = _BARE_NUMBER.fullmatch(text)
    return int(found["number"]) if found else None
