"""When in a turn Rasa calls a form's action, and which parts of the message are the form's. Pure."""

from datetime import date
from enum import Enum

from actions.booking.reading import questions_in_form, read, takes
from actions.calls import Call, Question
from actions.hospital import Hospital

_NO_STEP = frozenset({"action_listen", "action_extract_slots", "action_session_start"})


class Moment(Enum):
    """When in a turn Rasa calls a form's action."""

    OPENING = "opening"  # the message has just opened the form
    ANSWERING = "answering"  # the message came while the form was asking
    RETURNING = "returning"  # another action has answered the message, and the form goes on


def moment_of(call: Call, form: str) -> Moment:
    """Tell from the tracker's events when in the turn the form is called."""
    for event in reversed(call.events):
        kind, name = event.get("event"), event.get("name")
        if kind == "user":
            break
        if kind == "active_loop" and name == form:
            return Moment.OPENING
        if kind == "action_execution_rejected" or (kind == "action" and name != form and name not in _NO_STEP):
            return Moment.RETURNING
    return Moment.ANSWERING


def answers_first(call: Call) -> bool:
    """Tell whether another action is about to answer a part of the message, after which the form asks."""
    for event in reversed(call.events):
        if event.get("event") == "user" or (event.get("event") == "action" and event.get("name") == "action_answer"):
            return False
        if event.get("event") == "followup" and event.get("name") == "action_answer":
            return True
    return False


def hear(
    call: Call, hospital: Hospital, today: date, requested: str | None, form: str
) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """Give the questions of the message that the form takes as answers, and those that are answered on their own."""
    questions = questions_in_form(call, hospital, today)
    taken = [takes(one, read(one.text, hospital, today), requested, form) for one in questions]
    pairs = list(zip(questions, taken, strict=True))
    return tuple(one for one, is_taken in pairs if is_taken), tuple(one for one, is_taken in pairs if not is_taken)
