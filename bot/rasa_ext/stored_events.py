"""The events of a conversation as they are stored: the current session, without what nothing reads again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, SESSION_START_METADATA_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

LONGEST_SESSION: Final = 30
"""Messages of a patient in one session before its beginning is folded into the slots and the form it led to."""
KEPT_OF_LONG_SESSION: Final = 10
"""Messages that folding leaves. Rules look at one message; actions at the last few."""

_RANKING: Final = 3
"""Candidates kept of the classifier's ranking."""
_PARSE_KEYS: Final = frozenset({"intent", "entities", "intent_ranking", "questions", "screening"})
"""What is kept of the parse data. Rasa fills text, message id and metadata in again from the event itself."""
_OWN_METADATA: Final = frozenset({"model_id", "assistant_id", "vector", "screening"})
"""Metadata that Rasa puts on every event, the sentence vector should anything have left it there, and what the parse data has too."""
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""An escaped NUL (not a backslash followed by "u0000"): PostgreSQL's jsonb cannot hold one."""


def to_json(events: Sequence[Event], domain: Domain) -> str:
    """Write the current session of a conversation as a JSON list, at the end of a turn."""
    session = _folded(_ended(_current_session(list(events))), domain)
    stored = [_slim(event) for event in session if not _is_session_metadata(event)]
    body = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return _NUL.sub(r"\1\\ufffd", body).encode("utf-8", "replace").decode("utf-8")


def from_json(stored: Iterable[Mapping[str, Any]], domain: Domain) -> list[Event]:
    """Read the events back, without slots and forms that the domain has lost since: Rasa logs an error for each such event, or stops."""
    slots = {slot.name for slot in domain.slots}
    forms = set(domain.form_names)
    known = [
        event
        for event in stored
        if not (event["event"] == SlotSet.type_name and event.get("name") not in slots)
        and not (event["event"] == ActiveLoop.type_name and event.get("name") not in forms | {None})
    ]
    return [_event_class(event["event"])._from_parameters(event) for event in known]


@cache
def _event_class(name: str) -> type[Event]:
    """Give the class of an event's name. Rasa goes through all its classes for each event it reads, a tenth of a turn and more."""
    found: type[Event] = Event.resolve_by_type(name)
    return found


def _current_session(events: list[Event]) -> list[Event]:
    """Give the events from the last start of a session on, with the action that started it."""
    for index in range(len(events) - 1, -1, -1):
        if isinstance(events[index], SessionStarted):
            by_action = index > 0 and _is_action(events[index - 1], ACTION_SESSION_START_NAME)
            return events[index - 1 if by_action else index :]
    return events


def _ended(events: list[Event]) -> list[Event]:
    """End a turn that Rasa broke off at its limit of actions: it would count them on, and never act in this conversation again."""
    last = next((event for event in reversed(events) if isinstance(event, ActionExecuted)), None)
    if last is None or last.action_name in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME):
        return events
    return [*events, ActionExecuted(ACTION_LISTEN_NAME, timestamp=events[-1].timestamp)]


def _folded(events: list[Event], domain: Domain) -> list[Event]:
    """Shorten a long session to its last messages, preceded by the slots and the form that the earlier ones led to."""
    messages = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(messages) <= LONGEST_SESSION:
        return events
    cut = messages[-KEPT_OF_LONG_SESSION]
    while cut > 0 and not _is_action(events[cut], ACTION_LISTEN_NAME):
        cut -= 1
    before = DialogueStateTracker.from_events("", events[:cut], domain.slots)
    head = [
        event
        for event in events[:2]
        if _is_action(event, ACTION_SESSION_START_NAME) or isinstance(event, SessionStarted)
    ]
    when = events[cut].timestamp
    slots = [SlotSet(slot.name, slot.value, when) for slot in before.slots.values() if slot.value != slot.initial_value]
    form = [ActiveLoop(before.active_loop_name, when)] if before.active_loop_name else []
    return [*head, *slots, *form, *events[cut:]]


def _slim(event: Event) -> dict[str, Any]:
    """Write one event without empty values and without what Rasa makes again when it reads it."""
    written = event.as_dict()
    written["metadata"] = _kept(written.get("metadata"))
    if isinstance(event, UserUttered):
        parse_data = written["parse_data"]
        # Screening that had no result to go by redacts the parse data's text alone (bot/rasa_ext/screening.py).
        written["text"] = parse_data.get("text", written["text"])
        written["parse_data"] = {key: value for key, value in parse_data.items() if key in _PARSE_KEYS}
        written["parse_data"]["intent_ranking"] = (parse_data.get("intent_ranking") or [])[:_RANKING]
    elif isinstance(written.get("data"), Mapping):
        written["data"] = {key: value for key, value in written["data"].items() if value is not None}
    return {key: value for key, value in written.items() if value is not None and not _is_default(key, value)}


def _is_default(key: str, value: Any) -> bool:
    """Tell what Rasa takes for granted where it is missing."""
    return (key == "metadata" and not value) or (key == "hide_rule_turn" and value is False)


def _kept(metadata: Any) -> dict[str, Any]:
    """Give an event's metadata without what Rasa adds to each."""
    return {key: value for key, value in metadata.items() if key not in _OWN_METADATA} if metadata else {}


def _is_action(event: Event, name: str) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == name


def _is_session_metadata(event: Event) -> bool:
    """Tell the slot in which Rasa keeps a copy of the first message's metadata."""
    return isinstance(event, SlotSet) and event.key == SESSION_START_METADATA_SLOT
