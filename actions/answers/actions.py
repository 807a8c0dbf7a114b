"""The custom actions that answer: dispatch each question of a message to its composer."""

from collections.abc import Iterable, Sequence, Set
from itertools import zip_longest

from actions.answers import quick
from actions.answers.asked import read_question
from actions.answers.composers import compose
from actions.answers.smalltalk import invite
from actions.answers.wording import MAX_QUICK_REPLIES, reply
from actions.booking.reading import interruptions
from actions.calls import Action, Call, Outcome, Reply, follow_up, set_slot
from actions.hospital import Hospital
from actions.mentions import find_departments
from actions.services import Services

# Questions that a form takes up, after the others are answered here.
_FORMS = {
    "book_appointment": "booking_form",
    "reschedule_appointment": "reschedule_form",
    "cancel_appointment": "cancel_form",
}
_HAND_OFF = frozenset({"human_agent", "emergency", "clinical", "identifying", "unjudged"})
"""Intents that belong to people: with one of them in a message, none of it is answered automatically."""
_REMEMBERED = 2
"""How many earlier messages a question such as "and on Sunday?" may go on from."""


async def action_answer(call: Call, services: Services) -> Outcome:
    """Answer every question of the message that no form takes, then go on to the form that a question asks for."""
    if _HAND_OFF.intersection([call.intent, *(question.intent for question in call.questions)]):
        return Outcome(events=(follow_up("action_hand_off"),))
    hospital, now = services.hospital.current(), services.clock()
    questions = interruptions(call, hospital, now.astimezone(hospital.timezone).date())
    form = next((_FORMS[question.intent] for question in questions if question.intent in _FORMS), None)
    before = _departments_before(call, hospital)
    asked = [question for question in questions if question.intent not in _FORMS]
    if call.metadata.get("first_contact") and [question.intent for question in asked] == ["greet"]:
        return Outcome((invite(),))  # who is greeting stands in the disclosure just above
    found = [compose(question.intent, read_question(question, before, hospital, now)) for question in asked]
    answers = [answer for answer in found if answer is not None]
    if asked and not answers and form is None:
        return await action_misunderstood(call, services)
    if len(answers) < len(asked):
        answers.append(Reply("I did not understand the other part of your message. Please ask it in other words."))
    events = [set_slot("misunderstood", 0)] if answers and call.slots.get("misunderstood") else []
    # A form in progress goes on by itself; starting it once more would ask the patient twice.
    if form is not None and form != call.active_loop:
        events.append(follow_up(form))
    answered = {question.intent for question in asked}
    return Outcome(tuple(joined(answers, answered)), tuple(events))


def _departments_before(call: Call, hospital: Hospital) -> tuple[str, ...]:
    """Give the departments that the last messages named, the latest first, or else the one being booked."""
    texts = [str(event.get("text") or "") for event in call.events if event.get("event") == "user"]
    for text in reversed(texts[-1 - _REMEMBERED : -1]):
        named = tuple(mention.value for mention in find_departments(text, hospital))
        if named:
            return named
    booked = call.slots.get("department")
    return (str(booked),) if booked else ()


async def action_misunderstood(call: Call, services: Services) -> Outcome:
    """Ask to rephrase; the second time in a row, offer a person."""
    count = int(call.slots.get("misunderstood") or 0) + 1
    hospital = services.hospital.current()
    answer = _offer_person(hospital) if count > 1 else _ask_to_rephrase(call)
    return Outcome((answer,), (set_slot("misunderstood", count),))


def joined(answers: Sequence[Reply], answered: Set[str] = frozenset()) -> Iterable[Reply]:
    """Give each answer once; the last carries the quick replies, which platforms show under the last message only.

    What suggests an intent that was just answered is left out.
    """
    known = {quick.OF_INTENT[intent] for intent in answered if intent in quick.OF_INTENT}
    different = list({answer.text: answer for answer in answers}.values())
    ranked = zip_longest(*(answer.quick_replies for answer in different))
    mixed = dict.fromkeys(one for rank in ranked for one in rank if one is not None and one not in known)
    quick_replies = tuple(mixed)[:MAX_QUICK_REPLIES]
    last = len(different) - 1
    return [Reply(one.text, quick_replies if place == last else (), one.room) for place, one in enumerate(different)]


def _ask_to_rephrase(call: Call) -> Reply:
    sentences = ["I am sorry, I did not understand that. Could you say it in other words, or choose one of these?"]
    if call.active_loop is not None:
        sentences.append('To leave the booking, write "stop".')
    return reply(sentences, (quick.VISITING, quick.BOOK, quick.DIRECTIONS, quick.PERSON))


def _offer_person(hospital: Hospital) -> Reply:
    return reply(
        [
            "I am sorry, I still do not understand. Would you like a member of our staff to take over?",
            f'Write "talk to a person", or call {hospital.desk.phone}.',
        ],
        (quick.PERSON, quick.VISITING, quick.OPENING),
    )


ACTIONS: dict[str, Action] = {"action_answer": action_answer, "action_misunderstood": action_misunderstood}
