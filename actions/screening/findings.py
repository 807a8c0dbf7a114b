"""The values of screening: what was found in a message, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Visibility(str, Enum):
    """Who can read the message on the platform."""

    PRIVATE = "private"  # only the page and the sender
    PUBLIC = "public"  # a comment that anyone reads


class Category(str, Enum):
    """Why a message is sensitive."""

    IDENTIFYING = "identifying"  # names or numbers that say who somebody is
    CLINICAL = "clinical"  # somebody's health, or a request for medical advice
    EMERGENCY = "emergency"  # danger to life now
    UNJUDGED = "unjudged"  # could not be judged: attachment, unknown script, over-long, error


class Decision(str, Enum):
    """What may happen with the message."""

    ANSWER = "answer"  # the bot may answer it
    HAND_OFF = "hand_off"  # a person answers, on a private channel
    EMERGENCY = "emergency"  # the emergency number at once, and a person


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: `type` (such as PHONE or SYMPTOM), the span in the original text, and the id of the rule."""

    type: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Screening:
    """The judgement of one message. `redacted` is the text with identifying spans replaced by `[TYPE]`."""

    decision: Decision
    categories: frozenset[Category]
    findings: Sequence[Finding]
    redacted: str
