"""The actions that answer: one reply for each question, the forms they lead to, and what is not understood."""

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, cast

import pytest

from actions.answers import ACTIONS, COMPOSERS
from actions.calls import Call, Outcome, Question, set_slot
from actions.database import Database
from actions.hospital import HospitalFile
from actions.services import Services

SERVICES = Services(
    hospital=HospitalFile(Path(__file__).parents[2] / "hospital.yml"),
    database=cast(Database, None),  # answers read no database
    clock=lambda: datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc),
)
VISIT = Question("when can I visit the maternity ward", "visiting_hours")
PARK = Question("where do I park", "parking")
BOOK = Question("book dermatology", "book_appointment")


async def run(
    *questions: Question,
    action: str = "action_answer",
    slots: Mapping[str, Any] | None = None,
    loop: str | None = None,
    earlier: tuple[str, ...] = (),
) -> Outcome:
    text = " ".join(question.text for question in questions)
    events = [{"event": "user", "text": one} for one in (*earlier, text)]
    call = Call(action, "someone", text, questions[0].intent, questions, slots or {}, loop, {}, events)
    return await ACTIONS[action](call, SERVICES)


def followed_by(outcome: Outcome) -> list[str]:
    return [event["name"] for event in outcome.events if event["event"] == "followup"]


async def test_one_question_gets_one_reply() -> None:
    outcome = await run(PARK)
    assert len(outcome.replies) == 1
    assert "garage" in outcome.replies[0].text
    assert outcome.events == ()


async def test_two_questions_get_two_replies_in_their_order() -> None:
    outcome = await run(VISIT, PARK)
    first, second = outcome.replies
    assert "maternity ward" in first.text
    assert "garage" not in first.text
    assert "garage" in second.text


async def test_quick_replies_of_several_answers_stand_under_the_last() -> None:
    first, last = (await run(VISIT, PARK)).replies
    assert first.quick_replies == ()
    titles = [one.title for one in last.quick_replies]
    assert 2 <= len(titles) <= 4
    assert len(set(titles)) == len(titles)


async def test_the_same_question_twice_gets_one_reply() -> None:
    assert len((await run(PARK, Question("where can I park the car", "parking"))).replies) == 1


async def test_two_questions_of_one_intent_get_the_answer_of_each() -> None:
    outcome = await run(VISIT, Question("and when can I visit the icu", "visiting_hours"))
    assert ["maternity" in one.text for one in outcome.replies] == [True, False]
    assert "intensive care unit" in outcome.replies[1].text


async def test_every_routine_intent_is_answered() -> None:
    for intent in COMPOSERS:
        outcome = await run(Question("hello there", intent))
        assert outcome.replies, intent
        assert "did not understand" not in outcome.replies[0].text


@pytest.mark.parametrize(
    ("intent", "form"),
    [
        ("book_appointment", "booking_form"),
        ("reschedule_appointment", "reschedule_form"),
        ("cancel_appointment", "cancel_form"),
    ],
)
async def test_a_question_for_a_form_is_followed_by_it_and_the_others_are_answered_first(
    intent: str, form: str
) -> None:
    wish = Question("my appointment", intent)
    alone, mixed = await run(wish), await run(wish, PARK)
    assert alone.replies == ()
    assert followed_by(alone) == followed_by(mixed) == [form]
    assert [("garage" in one.text) for one in mixed.replies] == [True]


async def test_inside_a_form_only_what_the_form_does_not_take_is_answered() -> None:
    slots = {"requested_slot": "day", "department": "dermatology"}
    outcome = await run(Question("Tuesday please", "opening_hours"), PARK, slots=slots, loop="booking_form")
    assert len(outcome.replies) == 1
    assert "garage" in outcome.replies[0].text
    assert followed_by(outcome) == []


async def test_inside_a_form_an_answer_to_the_form_alone_is_left_to_it() -> None:
    slots = {"requested_slot": "day", "department": "dermatology"}
    outcome = await run(Question("Tuesday please", "opening_hours"), slots=slots, loop="booking_form")
    assert outcome == Outcome()


@pytest.mark.parametrize("intent", ["human_agent", "emergency", "clinical", "identifying", "unjudged"])
async def test_nothing_is_answered_beside_something_that_belongs_to_a_person(intent: str) -> None:
    for questions in ((Question("…", intent),), (PARK, Question("…", intent)), (Question("…", intent), BOOK)):
        outcome = await run(*questions)
        assert outcome.replies == ()
        assert followed_by(outcome) == ["action_hand_off"]


async def test_a_part_that_is_not_understood_is_said_to_be() -> None:
    outcome = await run(PARK, Question("blue elephants", "out_of_scope"))
    assert len(outcome.replies) == 2
    assert "did not understand the other part" in outcome.replies[1].text


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback", "an intent of tomorrow"])
async def test_a_question_without_an_answer_is_misunderstood(intent: str) -> None:
    outcome = await run(Question("blue elephants", intent))
    assert "did not understand" in outcome.replies[0].text
    assert outcome.events == (set_slot("misunderstood", 1),)


async def test_the_first_misunderstanding_offers_examples_and_the_second_in_a_row_a_person() -> None:
    odd = Question("blue elephants", "nlu_fallback")
    first = await run(odd, action="action_misunderstood", slots={"misunderstood": 0})
    second = await run(odd, action="action_misunderstood", slots={"misunderstood": 1})
    assert "in other words" in first.replies[0].text
    assert "take over" not in first.replies[0].text
    assert len(first.replies[0].quick_replies) >= 2
    assert first.events == (set_slot("misunderstood", 1),)
    assert "member of our staff" in second.replies[0].text
    assert second.replies[0].quick_replies[0].payload == "Talk to a person"
    assert second.events == (set_slot("misunderstood", 2),)


async def test_an_answer_in_between_makes_up_for_a_misunderstanding() -> None:
    assert set_slot("misunderstood", 0) in (await run(PARK, slots={"misunderstood": 1})).events
    assert (await run(PARK, slots={"misunderstood": 0})).events == ()


async def test_inside_a_form_a_misunderstanding_says_how_to_leave_it() -> None:
    odd = Question("blue elephants", "nlu_fallback")
    inside = await run(odd, action="action_misunderstood", loop="booking_form")
    outside = await run(odd, action="action_misunderstood")
    assert 'write "stop"' in inside.replies[0].text
    assert "stop" not in outside.replies[0].text


async def test_a_question_that_goes_on_is_about_the_department_of_the_message_before() -> None:
    going_on = Question("and on Sunday?", "visiting_hours")
    outcome = await run(going_on, earlier=("visiting hours of the maternity ward",))
    assert "The maternity ward has visiting hours on Sunday" in outcome.replies[0].text
    later = await run(going_on, earlier=("visiting hours of the maternity ward", "thanks", "where do I park"))
    assert "Which ward" in later.replies[0].text
