"""What Rasa asks of the action server, and what it gets back.

The wire format is Rasa's: https://rasa.com/docs/rasa/action-server/ (request and response bodies of POST /webhook).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from actions.services import Services


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of the patient's message, as the NLU found it in the redacted text."""

    type: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a message that asked several; `intent` is the classifier's."""

    text: str
    intent: str
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request of Rasa to run an action, reduced to what actions use."""

    action: str
    conversation: str
    """The conversation's pseudonym, Rasa's sender_id."""
    text: str
    """The patient's latest message, redacted."""
    intent: str
    questions: tuple[Question, ...]
    """The questions of the latest message; one, unless it asked several."""
    slots: Mapping[str, Any]
    active_loop: str | None
    """The form in progress."""
    metadata: Mapping[str, Any]
    """What bot/turn.py sent with the message: message_id, channel, visibility, screening, first_contact."""
    events: Sequence[Mapping[str, Any]] = ()
    """The tracker's events of the current session, oldest first."""


@dataclass(frozen=True, slots=True)
class QuickReply:
    """A suggested next step: `title` is shown (at most 20 characters), `payload` is the text it stands for."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the patient."""

    text: str
    quick_replies: tuple[QuickReply, ...] = ()
    room: UUID | None = None
    """The case whose private-room link follows the text; the link itself is made when the message is sent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action did: replies in order, and Rasa events such as `{"event": "slot", "name": …, "value": …}`."""

    replies: tuple[Reply, ...] = ()
    events: tuple[Mapping[str, Any], ...] = field(default=())


class Action(Protocol):
    """A custom action: an async function, registered under its name in actions/server.py."""

    async def __call__(self, call: Call, services: Services) -> Outcome:
        """Run the action."""
        ...


def set_slot(name: str, value: Any) -> dict[str, Any]:
    """Build Rasa's event that sets a slot."""
    return {"event": "slot", "name": name, "value": value, "timestamp": None}


def follow_up(action: str) -> dict[str, Any]:
    """Build Rasa's event that makes `action` the next one, whatever the policies say."""
    return {"event": "followup", "name": action, "timestamp": None}


def close_form() -> dict[str, Any]:
    """Build Rasa's event that ends the form in progress."""
    return {"event": "active_loop", "name": None, "timestamp": None}
