"""action_hand_off: the one action that a sensitive message can lead to."""

from collections.abc import Mapping
from typing import Any

from actions.calls import Action, Call, Outcome, close_form, set_slot
from actions.handoff.cases import CaseCategory
from actions.handoff.hand_off import hand_off, most_urgent
from actions.screening.findings import Category
from actions.services import Services

_FORM_SLOTS = (
    "department",
    "day",
    "time_of_day",
    "chosen_slot",
    "reference",
    "cancel_confirmed",
    "offered",
    "booking_notice",
    "requested_slot",
)
_OF_INTENT = {
    "emergency": CaseCategory.EMERGENCY,
    "clinical": CaseCategory.CLINICAL,
    "identifying": CaseCategory.IDENTIFYING,
    "human_agent": CaseCategory.HUMAN_AGENT,
}


async def action_hand_off(call: Call, services: Services) -> Outcome:
    """Open a case, tell the patient where to go on, close the form and empty its slots."""
    async with services.database.transaction() as connection:
        replies = await hand_off(
            connection,
            services.hospital.current(),
            conversation=call.conversation,
            category=_category(call),
            channel=str(call.metadata.get("channel", "rasa")),
            message_id=call.metadata.get("message_id"),
            redacted=call.text,
            now=services.clock(),
        )
    emptied = [set_slot(name, None) for name in _FORM_SLOTS if call.slots.get(name) is not None]
    return Outcome(replies, (close_form(), *emptied) if call.active_loop else tuple(emptied))


def _category(call: Call) -> CaseCategory:
    """Say why: the screening's word first, then the intent; a message that nobody has screened could not be judged."""
    screening: Mapping[str, Any] = call.metadata.get("screening") or {}
    if screening.get("decision", "answer") != "answer":
        return most_urgent(Category(name) for name in screening.get("categories", ()))
    return _OF_INTENT.get(call.intent, CaseCategory.UNJUDGED)


ACTIONS: dict[str, Action] = {"action_hand_off": action_hand_off}
