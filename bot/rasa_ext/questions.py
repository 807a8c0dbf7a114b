"""The questions of one message: where a text may be divided, and which of its parts are questions of their own. Pure.

Dividing is conservative: a wrong division answers what nobody asked, a missed one answers one question of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

_MOST_PARTS: Final = 6
"""A text with more is a story, not a list of questions; it is not divided."""
_CERTAIN: Final = 0.5
"""Confidence from which a part that reads like a question counts."""
_CERTAIN_OTHERWISE: Final = 0.85
"""The same for a longer part that does not read like one, such as "sunday hours of the eye clinic"."""
_PLAIN: Final = 0.95
"""Confidence from which the whole text is one question, unless every part is as certain as _SURE."""
_SURE: Final = 0.8

_ASIDES: Final = frozenset({"greet", "thanks_praise", "goodbye", "out_of_scope"})
"""Intents of parts that nobody needs an answer to beside a real question."""
_PERSON: Final = "human_agent"
_STATED: Final = _ASIDES | {
    _PERSON, "lost_found", "feedback_complaint_general", "cancel_appointment", "reschedule_appointment",
}  # fmt: skip
"""Intents that people have without asking anything: "I lost my phone", "I can't make it on Friday"."""
_NAMES_ITS_PRICE: Final = frozenset(
    {
        "parking", "vaccination_info_general", "food_cafeteria", "wifi_phone_rooms", "telehealth_info",
        "medical_records_request", "languages_interpreter",
    }
)  # fmt: skip
"""Intents whose answer gives the price too: "and how much is it" beside them is no question of its own."""
_PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")
"""What screening put for an identifier: such a part says who somebody is."""
_OF_THE_LAST = re.compile(r"\b(?:it|that|this|they|those|these)\b", re.IGNORECASE)

_ASKING = (
    r"who|whos|who's|whom|what|whats|what's|wats|wat|when|whens|when's|wen|where|wheres|where's|which|why|how|hows|how's|"
    r"do|does|did|is|are|r|am|can|could|may|might|will|would|should|shall|have|has|any|anyone|anybody"
)
_REQUESTING = r"need|want|wanna|would like|d like|pls|plz|please|tell|send|show|give|book|cancel|change|move|looking for|wondering"

# No repetition stands beside another that matches the same: the time grows with the length of a text, not with its square.
_DIVIDERS = re.compile(
    rf"""
    (?<=[.?!…])\s                                     # the end of a sentence
    | [\n;]                                           # a new line
    | (?<=\s)(?:and|also|plus|n|&|\+|but)(?=\s)       # joined
    | ,(?=\s{{0,3}}(?:{_ASKING})\b)                    # a comma before a question word
    | (?<=\?)(?=\w)                                  # a question mark without a space after it
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AROUND: Final = " ,\t\r\n\xa0"
"""What a part has at its ends that is not of it."""
_READS_LIKE_A_QUESTION = re.compile(
    rf"\?|^\W*(?:(?:and|also|so|then|but|ok|okay)\W+)*(?:{_ASKING})\b|\b(?:{_REQUESTING})\b", re.IGNORECASE
)
_FEW_WORDS: Final = 4
"""A part this short, such as "visiting hours", is a question without a verb."""
_STATES = re.compile(r"\b(?:i|im|i'm|ive|i've|we|we're|weve|we've|he|she|they|my|our)\b", re.IGNORECASE)
"""Who is the subject of a part that asks nothing: it is background to the question beside it, unless it has an intent of _STATED."""
_BARE = re.compile(
    r"(?:\W*\b(?:where|when|who|why|what|which|how|is|are|was|that|this|it|so|still|there|true|ok|okay|right|do|does|can|you|i|we|and|also)\b)+\W*",
    re.IGNORECASE,
)
"""A part of nothing but such words ("is that so", "where") asks about the part before it."""


@dataclass(frozen=True)
class Part:
    """A stretch of a text with the classifier's opinion of it."""

    text: str
    start: int
    end: int
    intent: str
    confidence: float


def divide(text: str) -> list[tuple[int, int]]:
    """Give the spans into which the text may be divided; none when it is of one piece."""
    spans = list(_pieces(text))
    return spans if 2 <= len(spans) <= _MOST_PARTS else []


def questions_of(whole: Part, parts: Sequence[Part]) -> list[Part]:
    """Give the questions of a message in the order of the text; the whole message, unless several are certain.

    A wish for a person makes the whole message that wish. Greetings and thanks beside a question are left out.
    """
    certain = [part for part in parts if _is_certain(part)]
    wishes = [part.confidence for part in certain if part.intent == _PERSON]
    if wishes:
        return [replace(whole, intent=_PERSON, confidence=max(wishes))]
    asked = _grouped(whole.text, parts)
    if len(asked) == 1 and (whole.intent in _ASIDES or any(map(_introduces, parts))):
        return [replace(whole, intent=asked[0].intent, confidence=asked[0].confidence)]
    if len(asked) < 2 or (whole.confidence >= _PLAIN and min(part.confidence for part in asked) < _SURE):
        return [whole]
    return asked


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Give the spans between the dividers, without white space and pieces that have no letter."""
    start = 0
    for divider in [*_DIVIDERS.finditer(text), None]:
        end = divider.start() if divider else len(text)
        piece = text[start:end]
        if any(character.isalnum() for character in piece):
            yield start + len(piece) - len(piece.lstrip(_AROUND)), start + len(piece.rstrip(_AROUND))
        start = divider.end() if divider else end


def _is_certain(part: Part) -> bool:
    if _BARE.fullmatch(part.text):
        return False
    if _READS_LIKE_A_QUESTION.search(part.text):
        return part.confidence >= _CERTAIN
    if _STATES.search(part.text) and part.intent not in _STATED:
        return False
    few = len(part.text.split()) <= _FEW_WORDS
    return part.confidence >= (_CERTAIN if few else _CERTAIN_OTHERWISE)


def _introduces(part: Part) -> bool:
    return bool(_PLACEHOLDER.search(part.text)) and not _READS_LIKE_A_QUESTION.search(part.text)


def _asks_the_price_of(before: Part, part: Part) -> bool:
    return part.intent == "costs" and before.intent in _NAMES_ITS_PRICE and bool(_OF_THE_LAST.search(part.text))


def _grouped(text: str, parts: Sequence[Part]) -> list[Part]:
    """Give one part a question: neighbours of one intent are one, and what is no question belongs to the one before it, or the first."""
    groups: list[Part] = []
    start: int | None = None
    for part in parts:
        certain = _is_certain(part) and not (groups and _asks_the_price_of(groups[-1], part))
        if _introduces(part):
            continue
        if certain and part.intent in _ASIDES:
            continue
        start = part.start if start is None else start
        if certain and not (groups and groups[-1].intent == part.intent):
            groups.append(replace(part, start=part.start if groups else start))
        elif groups:
            groups[-1] = replace(
                groups[-1], end=part.end, confidence=max(groups[-1].confidence, part.confidence * certain)
            )
    return [replace(group, text=text[group.start : group.end]) for group in groups]
