"""A patient in front of the booking forms: plays Rasa's part of the form protocol, without Rasa.

As rasa.core.actions.forms.FormAction does: the validation comes first; no slot from it means the form is rejected and the rules answer;
then the next slot is asked for, or the form closes and its last action runs.
"""

from dataclasses import dataclass, field
from typing import Any

from actions.booking import ACTIONS
from actions.booking.form import REQUIRED
from actions.calls import Call, Outcome, Question, Reply
from actions.services import Services

FORM_OF = {
    "book_appointment": "booking_form",
    "reschedule_appointment": "reschedule_form",
    "cancel_appointment": "cancel_form",
}
LAST_ACTION = {
    "booking_form": "action_book_slot",
    "reschedule_form": "action_reschedule",
    "cancel_form": "action_cancel",
}


@dataclass
class Patient:
    """One conversation."""

    services: Services
    conversation: str = "ann"
    slots: dict[str, Any] = field(default_factory=dict)
    form: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """The intents that another action than the forms' was left to answer in the last turn."""
    messages: int = 0
    _replies: list[Reply] = field(default_factory=list)
    _call: Call | None = None

    async def says(self, text: str, intent: str = "out_of_scope", *more: tuple[str, str]) -> list[Reply]:
        """Send a message of one question, or of several given as (text, intent); give the replies."""
        self.messages += 1
        questions = (Question(text, intent), *(Question(*one) for one in more))
        whole = ". ".join(question.text for question in questions)
        self._call = Call(
            "", self.conversation, whole, intent, questions, {}, None, {"message_id": self.messages, "channel": "test"}
        )
        self.events.append({"event": "user", "text": whole})
        self._replies, self.answered = [], []
        followup = await self._run_form(self.form) if self.form else "rules"
        if followup == "rules":
            form = FORM_OF.get(intent)
            self._note("action", "action_answer") if form is None or len(questions) > 1 else None
            self.answered = [intent] if form is None else []
            if form is not None and form != self.form:
                self.form = form
                self._note("active_loop", form)
            followup = await self._run_form(self.form) if self.form else None
        while followup:
            followup = await self._follow(followup)
        return self._replies

    async def _follow(self, action: str) -> str | None:
        if action == "action_answer":
            self.answered.append("asides")
            self._note("action", "action_answer")
            return await self._run_form(self.form) if self.form else None
        if action == "action_listen":
            return None
        return await self._run(action)

    async def _run_form(self, form: str) -> str | None:
        """Run the form as Rasa does; give the action that follows, or "rules" when the message was none for it."""
        before = len(self.events)
        outcome = await self._call_action(f"validate_{form}")
        names = {event["name"] for event in outcome.events if event["event"] == "slot"}
        answering = self.events[before - 1]["event"] == "user"
        if answering and not names - {"requested_slot"}:
            self._note("action_execution_rejected", form)
            return "rules"
        followup = self._apply(outcome)
        self._note("action", form)
        if "requested_slot" not in names:
            self.slots["requested_slot"] = next((one for one in REQUIRED[form] if self.slots.get(one) is None), None)
        if self.slots.get("requested_slot") is None:
            self.form = None
            self._note("active_loop", None)
            return followup or LAST_ACTION[form]
        return await self._run(f"action_ask_{self.slots['requested_slot']}") or followup

    async def _run(self, action: str) -> str | None:
        return self._apply(await self._call_action(action))

    async def _call_action(self, action: str) -> Outcome:
        assert self._call is not None
        call = self._call
        return await ACTIONS[action](
            Call(
                action,
                call.conversation,
                call.text,
                call.intent,
                call.questions,
                dict(self.slots),
                self.form,
                call.metadata,
                tuple(self.events),
            ),
            self.services,
        )

    def _apply(self, outcome: Outcome) -> str | None:
        """Apply the events, collect the replies, and give the action that was asked to follow."""
        self._replies.extend(outcome.replies)
        for event in outcome.events:
            self.events.append(dict(event))
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        return next((event["name"] for event in outcome.events if event["event"] == "followup"), None)

    def _note(self, kind: str, name: str | None) -> None:
        self.events.append({"event": kind, "name": name})


def text_of(replies: list[Reply]) -> str:
    """Give the words of replies."""
    return " | ".join(reply.text for reply in replies)


def titles_of(replies: list[Reply]) -> list[str]:
    """Give the titles of the last reply's quick replies."""
    return [one.title for one in replies[-1].quick_replies]
