"""What booking forms make of what patients write."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.booking import texts
from actions.booking.reading import (
    BOOKING_FORM,
    CANCEL_FORM,
    RESCHEDULE_FORM,
    Reading,
    interruptions,
    questions_in_form,
    read,
    takes,
)
from actions.booking.schedule import PartOfDay
from actions.booking.wording import Wish
from actions.calls import Call, Question, QuickReply
from actions.hospital import Hospital, HospitalFile, TimeFormat

TODAY = date(2026, 11, 21)  # a Saturday
MONDAY, TUESDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)


@pytest.fixture(scope="module")
def hospital(hospital_file: HospitalFile) -> Hospital:
    return hospital_file.current()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "dermatology tuesday morning",
            {"departments": ("dermatology",), "days": (TUESDAY,), "time_of_day": "morning"},
        ),
        ("Tue 24 Nov at 10:30", {"days": (TUESDAY,), "time_of_day": "10:30"}),
        ("Tue 24 Nov 10:30", {"days": (TUESDAY,), "time_of_day": "10:30"}),
        ("Tue 1 Dec 10:30", {"days": (date(2026, 12, 1),), "time_of_day": "10:30"}),
        ("Wed, Dec 2 2:30 pm", {"days": (date(2026, 12, 2),), "time_of_day": "14:30"}),
        ("the 30th please", {"days": (date(2026, 11, 30),)}),
        ("tuesday or friday", {"days": (TUESDAY, FRIDAY)}),
        ("next week", {"days_from": MONDAY}),
        ("yesterday", {"past_day": True}),
        ("first available", {"soonest": True}),
        ("as soon as possible", {"soonest": True}),
        ("morning", {"time_of_day": "morning"}),
        ("Good morning", {}),
        ("any time", {"time_of_day": "any"}),
        ("i don't mind", {"time_of_day": "any"}),
        ("after 2pm on friday", {"days": (FRIDAY,), "time_of_day": "after 14:00"}),
        ("before noon", {"time_of_day": "before 12:00"}),
        ("sometime around 11", {"time_of_day": "about 11:00"}),
        ("half past two", {"time_of_day": "14:30"}),
        ("between 10 and 12", {"time_of_day": "after 10:00"}),
        ("at 2", {"time_of_day": "14:00"}),
        ("2", {"number": 2}),
        ("#3", {"number": 3}),
        ("the second one", {"place": 2}),
        ("option 4", {"place": 4}),
        ("the last one", {"place": -1}),
        ("3rd", {"place": 3}),
        ("other times", {"wish": Wish.MORE}),
        ("none of these", {"wish": Wish.MORE}),
        ("later", {"wish": Wish.LATER}),
        ("do you have anything earlier?", {"wish": Wish.EARLIER}),
        ("another day", {"wish": Wish.OTHER_DAY}),
        ("a different department", {"wish": Wish.OTHER_DEPARTMENT}),
        ("stop", {"wish": Wish.STOP}),
        ("ok never mind, thanks", {"wish": Wish.STOP}),
        ("I don't want an appointment anymore", {"wish": Wish.STOP}),
        ("no thanks", {"wish": Wish.STOP}),
        ("cancel", {"wish": Wish.CANCEL}),
        ("yes, cancel it", {"wish": Wish.CANCEL}),
        ("yes please", {"wish": Wish.YES}),
        ("that works", {"wish": Wish.YES}),
        ("no", {"wish": Wish.NO}),
        ("no, keep it", {"wish": Wish.NO}),
        ("I lost the code", {"wish": Wish.NO_CODE}),
        ("my code is lk-7qx9tm", {"reference": "LK-7QX9TM"}),
        ("LK-7QX9T0", {"mistyped_reference": True}),
        ("cardiology or neurology", {"departments": ("cardiology", "neurology")}),
        ("with Dr. Patel", {"departments": ("cardiology",), "doctor": "Dr. Anita Patel"}),
        ("a mammogram on monday", {"departments": ("radiology",), "days": (MONDAY,)}),
        ("where do I park?", {}),
        ("", {}),
    ],
)
def test_a_message_is_read(hospital: Hospital, text: str, found: dict[str, Any]) -> None:
    assert replace(read(text, hospital, TODAY), plain=False) == Reading(**found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9:40 is too early for me", {"refused_time": "09:40", "wish": Wish.LATER}),
        ("9:40 is a bit too late", {"refused_time": "09:40", "wish": Wish.EARLIER}),
        ("not 10:30", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("not at 10:30 please", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("I can't do 10:30", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("i cannot make it at 10:30", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("10:30 doesn't work for me", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("10:30 isn’t possible", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("anything but 10:30", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("any time except 10:30", {"refused_time": "10:30", "wish": Wish.MORE}),
        ("not 10:30 but 11:00", {"refused_time": "10:30", "time_of_day": "11:00"}),
        (
            "10:30 is too early, 11:30 would be good",
            {"refused_time": "10:30", "time_of_day": "11:30", "wish": Wish.LATER},
        ),
        ("not tuesday", {"refused_days": (TUESDAY,), "wish": Wish.OTHER_DAY}),
        ("tuesday doesn't work", {"refused_days": (TUESDAY,), "wish": Wish.OTHER_DAY}),
        ("tuesday i can't", {"refused_days": (TUESDAY,), "wish": Wish.OTHER_DAY}),
        ("I can't do tuesday or friday", {"refused_days": (TUESDAY, FRIDAY), "wish": Wish.OTHER_DAY}),
        ("any day but tuesday", {"refused_days": (TUESDAY,), "soonest": True, "wish": Wish.OTHER_DAY}),
        ("not tuesday, friday", {"refused_days": (TUESDAY,), "days": (FRIDAY,)}),
        ("friday, not tuesday", {"refused_days": (TUESDAY,), "days": (FRIDAY,)}),
        ("friday instead of tuesday", {"refused_days": (TUESDAY,), "days": (FRIDAY,)}),
        ("I can't do tuesday but friday works", {"refused_days": (TUESDAY,), "days": (FRIDAY,)}),
        ("no mornings", {"time_of_day": "after 12:00"}),
        ("not in the morning", {"time_of_day": "after 12:00"}),
        ("mornings are bad", {"time_of_day": "after 12:00"}),
        ("no afternoons please", {"time_of_day": "before 12:00"}),
        ("not before 10", {"time_of_day": "after 10:00"}),
        ("no later than 3 pm", {"time_of_day": "before 15:00", "wish": Wish.LATER}),
        ("not the first one", {"wish": Wish.MORE}),
        ("the first one is too early", {"wish": Wish.LATER}),
        # What only sounds like it.
        ("no, friday", {"days": (FRIDAY,)}),
        ("no friday instead", {"days": (FRIDAY,)}),
        ("why not friday", {"days": (FRIDAY,)}),
        ("can't you do friday", {"days": (FRIDAY,)}),
        ("can't wait until friday", {"days": (FRIDAY,)}),
        ("friday is fine, is it not?", {"days": (FRIDAY,)}),
        ("friday 10:30 please, no rush", {"days": (FRIDAY,), "time_of_day": "10:30"}),
    ],
)
def test_what_is_turned_down_is_not_taken(hospital: Hospital, text: str, found: dict[str, Any]) -> None:
    assert replace(read(text, hospital, TODAY), plain=False) == Reading(**found)


@given(st.text())
def test_any_text_can_be_read(hospital_file: HospitalFile, text: str) -> None:
    assert isinstance(read(text, hospital_file.current(), TODAY).empty, bool)


@pytest.mark.parametrize(
    ("text", "intent", "requested", "form", "taken"),
    [
        # A plain answer is one whatever the classifier makes of it.
        ("tuesday", "opening_hours", "day", BOOKING_FORM, True),
        ("radiology please", "location_directions", "department", BOOKING_FORM, True),
        ("the second one", "jobs_volunteering", "chosen_slot", BOOKING_FORM, True),
        ("10:30", "parking", "chosen_slot", BOOKING_FORM, True),
        ("do you have friday?", "opening_hours", "day", BOOKING_FORM, True),
        ("LK-7QX9TM", "billing_payment", "reference", CANCEL_FORM, True),
        # A question is one although a day or a department stands in it.
        ("can I visit maternity on sunday?", "visiting_hours", "day", BOOKING_FORM, False),
        ("how do I get to radiology", "location_directions", "department", BOOKING_FORM, False),
        ("where do I park?", "parking", "chosen_slot", BOOKING_FORM, False),
        ("talk to a person", "human_agent", "day", BOOKING_FORM, False),
        ("how do I get there on friday", "location_directions", "day", BOOKING_FORM, False),
        ("how about friday", "opening_hours", "day", BOOKING_FORM, True),
        ("what do you have on friday?", "opening_hours", "day", BOOKING_FORM, True),
        ("what is open on friday?", "opening_hours", "day", BOOKING_FORM, True),
        ("are you a robot", "bot_challenge", "day", BOOKING_FORM, False),
        # Naming a department is the answer to "which department?".
        ("do you have a dermatologist?", "find_doctor_department", "department", BOOKING_FORM, True),
        ("do you have a dermatologist?", "find_doctor_department", "day", BOOKING_FORM, False),
        ("actually cardiology", "find_doctor_department", "day", BOOKING_FORM, True),
        # What the classifier can make nothing of is the form's.
        ("zzz", "nlu_fallback", "day", BOOKING_FORM, True),
        ("hello", "greet", "day", BOOKING_FORM, True),
        ("never mind", "feedback_complaint_general", "day", BOOKING_FORM, True),
        # Another form's wish, or a change of this one's.
        ("book cardiology instead", "book_appointment", "day", BOOKING_FORM, True),
        ("can you move it to friday", "reschedule_appointment", "chosen_slot", BOOKING_FORM, True),
        ("I need to move my appointment", "reschedule_appointment", "day", BOOKING_FORM, False),
        ("move LK-7QX9TM to friday", "reschedule_appointment", "day", BOOKING_FORM, False),
        ("cancel my appointment", "cancel_appointment", "day", BOOKING_FORM, False),
        ("cancel my appointment on friday", "cancel_appointment", "day", RESCHEDULE_FORM, False),
        ("cancel it", "cancel_appointment", "day", BOOKING_FORM, True),
        ("I can't make Tuesday", "cancel_appointment", "day", BOOKING_FORM, True),
        ("I can't do 10:30", "cancel_appointment", "chosen_slot", BOOKING_FORM, True),
        ("10:30 is too early", "opening_hours", "chosen_slot", BOOKING_FORM, True),
        ("I can't make my appointment on Tuesday", "cancel_appointment", "day", BOOKING_FORM, False),
        ("I can't make Tuesday, cancel my appointment", "cancel_appointment", "day", BOOKING_FORM, False),
        ("move my appointment instead", "reschedule_appointment", "cancel_confirmed", CANCEL_FORM, False),
        ("yes, cancel it", "cancel_appointment", "cancel_confirmed", CANCEL_FORM, True),
        ("yes", "book_appointment", "cancel_confirmed", CANCEL_FORM, True),
    ],
)
def test_a_form_takes_answers_and_leaves_questions(
    hospital: Hospital, text: str, intent: str, requested: str, form: str, taken: bool
) -> None:
    assert takes(Question(text, intent), read(text, hospital, TODAY), requested, form) == taken


def test_the_parts_of_a_message_that_no_form_takes_are_interruptions(hospital: Hospital) -> None:
    parts = (Question("tuesday please", "visiting_hours"), Question("where do I park?", "parking"))
    call = Call("", "ann", "", "parking", parts, {"requested_slot": "day"}, BOOKING_FORM, {})
    assert interruptions(call, hospital, TODAY) == parts[1:]
    assert interruptions(replace(call, active_loop=None), hospital, TODAY) == parts


def all_quick_replies(hospital: Hospital) -> list[QuickReply]:
    moments = [datetime(2026, 11, 22, tzinfo=timezone.utc) + timedelta(days=day, minutes=97 * day) for day in range(60)]
    own = [value for value in vars(texts).values() if isinstance(value, QuickReply)]
    return [
        *own,
        *texts.department_choices(hospital.booking.departments, hospital),
        *texts.day_choices(moment.date() for moment in moments),
        *texts.part_choices(PartOfDay),
        *texts.time_choices(moments, hospital),
        *texts.code_choices(["LK-7QX9TM"]),
    ]


@pytest.mark.parametrize("time_format", TimeFormat)
def test_a_quick_reply_fits_its_button_and_says_the_same_typed_or_touched(
    hospital: Hospital, time_format: TimeFormat
) -> None:
    facts = replace(hospital, time_format=time_format)
    choices = all_quick_replies(facts)
    assert len(choices) > 140
    for choice in choices:
        assert 0 < len(choice.title) <= 20, choice
        if choice not in (texts.CHANGE, texts.CANCEL, texts.BOOK, texts.PERSON):  # these start something else
            assert not read(choice.payload, facts, TODAY).empty, choice
            assert read(choice.payload, facts, TODAY) == read(choice.title, facts, TODAY), choice


@pytest.mark.parametrize("time_format", TimeFormat)
def test_the_quick_reply_of_a_time_reads_as_that_very_time(hospital: Hospital, time_format: TimeFormat) -> None:
    facts = replace(hospital, time_format=time_format)
    for hour in range(7, 21):
        for day in range(1, 60):
            moment = datetime(2026, 11, 21, hour, 30, tzinfo=facts.timezone) + timedelta(days=day)
            reading = read(texts.time_choices([moment], facts)[0].payload, facts, TODAY)
            assert (reading.days, reading.time_of_day) == ((moment.date(),), f"{moment:%H:%M}")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Tue 24 Nov please, and where can I park?", ["Tue 24 Nov please", "where can I park?"]),
        ("in the morning. is there wifi", ["in the morning", "is there wifi"]),
        ("where can I park, and is it free?", ["where can I park, and is it free?"]),
    ],
)
def test_an_answer_before_a_question_is_a_part_of_its_own(hospital: Hospital, text: str, parts: list[str]) -> None:
    slots = {"requested_slot": "day"}
    call = Call("validate", "c", text, "parking", (Question(text, "parking"),), slots, BOOKING_FORM, {})
    assert [one.text for one in questions_in_form(call, hospital, TODAY)] == parts


def test_another_day_corrects_the_booking_whatever_the_classifier_calls_it(hospital: Hospital) -> None:
    question = Question("no wait, Wed 25 Nov instead", "reschedule_appointment")
    assert takes(question, read(question.text, hospital, TODAY), "time_of_day", BOOKING_FORM)
