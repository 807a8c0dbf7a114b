"""The booking forms as a patient meets them, on a real PostgreSQL: what is said, what is held, what follows."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from actions.booking import ACTIONS, BOOKING_SLOTS, reservations
from actions.booking.appointment import Appointment, AppointmentStatus
from actions.calls import Call, Question, Reply
from actions.database import Database
from actions.hospital import Hospital, HospitalFile
from actions.services import Services
from tests.booking_patient import Patient, text_of, titles_of
from tests.conftest import SetClock

SATURDAY = datetime(2026, 11, 21, 15, 0, tzinfo=timezone.utc)  # 10:00 in Lakemont
BOOK, MOVE, CANCEL = "book_appointment", "reschedule_appointment", "cancel_appointment"
TEXT_LIMIT, CHOICES_LIMIT, TITLE_LIMIT = 640, 13, 20


class Facts:
    """A file of facts that a test may change."""

    def __init__(self, hospital: Hospital) -> None:
        self.hospital = hospital

    def current(self) -> Hospital:
        return self.hospital


@pytest.fixture
def services(database: Database, hospital_file: HospitalFile) -> Services:
    """The services of a Saturday morning; urology and neurology take one patient at a time."""
    clock = SetClock(SATURDAY)
    return Services(Facts(hospital_file.current()), database, clock)  # type: ignore[arg-type]


Says = Callable[..., Awaitable[list[Reply]]]


@pytest.fixture
def patient(services: Services) -> Patient:
    return Patient(services)


@pytest.fixture
def says(patient: Patient) -> Says:
    """Say one message after the other; give the last replies."""

    async def talk(*messages: str | tuple[Any, ...]) -> list[Reply]:
        replies: list[Reply] = []
        for message in messages:
            replies = await patient.says(*([message] if isinstance(message, str) else message))
            check_limits(replies)
        return replies

    return talk


def check_limits(replies: list[Reply]) -> None:
    for reply in replies:
        assert 0 < len(reply.text) <= TEXT_LIMIT
        assert len(reply.quick_replies) <= CHOICES_LIMIT
        assert all(0 < len(one.title) <= TITLE_LIMIT for one in reply.quick_replies)
        assert len({one.title for one in reply.quick_replies}) == len(reply.quick_replies)


async def own(services: Services, conversation: str = "ann") -> list[Appointment]:
    async with services.database.transaction() as connection:
        return list(await reservations.open_appointments(connection, conversation, services.clock()))


def set_time(services: Services, **passed: float) -> None:
    assert isinstance(services.clock, SetClock)
    services.clock.pass_time(**passed)


async def test_department_day_and_time_are_asked_and_the_choice_is_held(
    services: Services, patient: Patient, says: Says
) -> None:
    replies = await says(("I need an appointment", BOOK))
    assert "Which department" in text_of(replies)
    assert titles_of(replies)[:2] == ["Cardiology", "Dermatology"]
    replies = await says("dermatology")
    assert "Which day" in text_of(replies)
    assert titles_of(replies) == ["Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Fri 27 Nov", "Mon 30 Nov", "Tue 1 Dec"]
    replies = await says("Tue 24 Nov")
    assert titles_of(replies) == ["Morning", "Afternoon", "Any time"]
    replies = await says("afternoon")
    assert titles_of(replies)[:2] == ["Tue 24 Nov 13:00", "Tue 24 Nov 13:20"]
    assert titles_of(replies)[-2:] == ["Other times", "Another day"]
    replies = await says(replies[-1].quick_replies[1].payload)
    (held,) = await own(services)
    assert held.start == datetime(2026, 11, 24, 18, 20, tzinfo=timezone.utc)
    assert held.status is AppointmentStatus.PROPOSED
    assert f"Dermatology, Tue 24 Nov 13:20 for you until 10:30 today. Your reference code: {held.reference}" in text_of(
        replies
    )
    assert "otherwise it is released" in text_of(replies)
    assert replies[-1].room == held.case_id is not None
    assert patient.form is None
    assert {name: patient.slots.get(name) for name in BOOKING_SLOTS} == dict.fromkeys(BOOKING_SLOTS)


async def test_the_form_never_asks_who_the_patient_is_or_why(services: Services, says: Says) -> None:
    said = ""
    for message in [
        ("book an appointment", BOOK),
        "pottery",
        "cardiology",
        "zzz",
        "monday",
        "zzz",
        "morning",
        "zzz",
        "2",
    ]:
        said += text_of(await says(message)).lower()
    for word in ("your name", "birth", "symptom", "reason", "insurance", "phone number", "e-mail", "why"):
        assert word not in said


async def test_the_case_for_the_private_room_is_a_booking_of_this_conversation(services: Services, says: Says) -> None:
    replies = await says(("book urology tuesday 9:00", BOOK))
    async with services.database.transaction() as connection:
        case = await (await connection.execute("select * from cases where id = %s", [replies[-1].room])).fetchone()
    assert case is not None
    assert (case["category"], case["conversation_id"], case["channel"], case["state"]) == (
        "booking",
        "ann",
        "test",
        "open",
    )


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        pytest.param(
            [("book dermatology tuesday morning", BOOK)],
            "Free in Dermatology on Tue 24 Nov: 1) 09:00",
            id="all but the time",
        ),
        pytest.param(
            [("book dermatology tuesday 10:20", BOOK)], "holding Dermatology, Tue 24 Nov 10:20", id="all in one message"
        ),
        pytest.param(
            [("tuesday morning, an appointment please", BOOK), "cardiology"],
            "Free in Cardiology on Tue 24 Nov",
            id="department last",
        ),
        pytest.param(
            [("book dr. chen tomorrow week, i mean monday", BOOK)], "Dr. Wei Chen works in Orthopedics", id="doctor"
        ),
        pytest.param(
            [("an MRI, first available", BOOK)], "Free in Radiology on Mon 23 Nov", id="service and first available"
        ),
        pytest.param(
            [("book cardiology or neurology", BOOK)],
            "Which of these do you mean: Cardiology or Neurology?",
            id="two departments",
        ),
        pytest.param(
            [("book cardiology or neurology", BOOK), "the second"],
            "Which day would suit you in Neurology",
            id="one of two",
        ),
        pytest.param(
            [("book psychiatry", BOOK)],
            "Psychiatry does not take online bookings; please call +1 555 555",
            id="phone only",
        ),
        pytest.param([("book", BOOK), "pottery"], "Sorry, I do not know that department", id="unknown department"),
        pytest.param([("book ent", BOOK), "sunday"], "takes no bookings on Sun 22 Nov. Which day", id="closed day"),
        pytest.param([("book ent", BOOK), "thanksgiving"], "closed on Thu 26 Nov (Thanksgiving Day)", id="holiday"),
        pytest.param([("book ent", BOOK), "yesterday"], "That day is in the past. Which day", id="past day"),
        pytest.param([("book ent", BOOK), "2026-11-02"], "That day is in the past. Which day", id="past date"),
        pytest.param(
            [("book ent", BOOK), "march 3 2027"], "too far ahead: online booking goes up to Wed 20 Jan", id="far ahead"
        ),
        pytest.param(
            [("book radiology", BOOK), "today"],
            "needs 24 hours' notice; for Sat 21 Nov please call",
            id="within the notice",
        ),
        pytest.param([("book ent", BOOK), "the 3rd"], "What time of day on Thu 3 Dec", id="day of the month"),
        pytest.param([("book ent", BOOK), "30"], "What time of day on Mon 30 Nov", id="bare day of the month"),
        pytest.param([("book ent", BOOK), "the second one"], "What time of day on Tue 24 Nov", id="second day offered"),
        pytest.param([("book ent", BOOK), "in december"], "Sorry, I could not tell which day", id="a month alone"),
        pytest.param([("book ent", BOOK), "next month"], "free times: Tue 1 Dec, Wed 2 Dec", id="next month"),
        pytest.param([("book ent", BOOK), "another day"], "free times: Wed 2 Dec, Thu 3 Dec", id="other days"),
        pytest.param([("book ent", BOOK), "any day"], "Free in Ear, nose and throat on Mon 23 Nov", id="any day"),
        pytest.param(
            [("book ent", BOOK), "sunday or monday"], "What time of day on Mon 23 Nov", id="the open one of two days"
        ),
        pytest.param(
            [("book ent tuesday", BOOK), "10"],
            "holding Ear, nose and throat, Tue 24 Nov 10:00",
            id="bare hour for a time of day",
        ),
        pytest.param([("book ent tuesday", BOOK), "whenever"], "1) 09:00", id="any time"),
        pytest.param(
            [("book ent tuesday", BOOK), "evening"],
            "Nothing is free in the evening on Tue 24 Nov; these are the nearest",
            id="no evening",
        ),
        pytest.param([("book ent tuesday", BOOK), "after 3pm"], "1) 15:00 · 2) 15:20 · 3) 15:40.", id="after"),
        pytest.param([("book ent tuesday", BOOK), "before 10"], "1) 09:00 · 2) 09:20 · 3) 09:40.", id="before"),
        pytest.param([("book ent tuesday", BOOK), "around 3"], "1) 14:00 · 2) 14:20", id="around"),
        pytest.param(
            [("book ent tuesday", BOOK), "12:30"],
            "Nothing is free at 12:30 on Tue 24 Nov; these are the nearest",
            id="in the break",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "the last one"],
            "holding Ear, nose and throat, Tue 24 Nov 10:40",
            id="last",
        ),
        pytest.param([("book ent tuesday morning", BOOK), "2"], "Tue 24 Nov 09:20", id="number"),
        pytest.param(
            [("book ent tuesday morning", BOOK), "11"],
            "1) 10:00 · 2) 10:20 · 3) 10:40 · 4) 11:00",
            id="an hour with several times",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "the earliest"],
            "holding Ear, nose and throat, Tue 24 Nov 09:00",
            id="earliest",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "11:40 please"],
            "holding Ear, nose and throat, Tue 24 Nov 11:40",
            id="a free one not offered",
        ),
        pytest.param([("book ent tuesday morning", BOOK), "yes"], "Which of them?", id="yes to many"),
        pytest.param([("book ent tuesday 11:30", BOOK), "another time"], "1) 13:", id="other times"),
        pytest.param([("book ent tuesday morning", BOOK), "later", "earlier"], "1) 09:00", id="later, then earlier"),
        pytest.param(
            [("book ent tuesday morning", BOOK), "earlier"],
            "Those are all the free times on that day. Which day",
            id="nothing earlier",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "another day"],
            "free times: Wed 25 Nov, Fri 27 Nov",
            id="another day at the times",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "actually friday"],
            "Free in Ear, nose and throat on Fri 27 Nov: 1) 09:00",
            id="another day by name",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "afternoon instead"], "1) 13:00", id="another part of the day"
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "sorry, cardiology"],
            "Free in Cardiology on Tue 24 Nov: 1) 09:00",
            id="another department",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "another department"],
            "Which department would you like",
            id="change of department",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "Wed 25 Nov at 09:40"],
            "holding Ear, nose and throat, Wed 25 Nov 09:40",
            id="day and time at once",
        ),
        pytest.param(
            [("book ent tuesday morning", BOOK), "zzz"], 'You can write "the second one"', id="not understood"
        ),
        pytest.param([("book ent", BOOK), ("hello", "greet")], "Which day would suit you", id="greeting"),
    ],
)
async def test_a_conversation_leads_to(says: Says, messages: list[Any], said: str) -> None:
    assert said in text_of(await says(*messages))


OFFERS = ("book ent tuesday morning", BOOK)  # 09:00 to 10:40, every twenty minutes


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        pytest.param([OFFERS, "9:40 is too early for me"], "on Tue 24 Nov: 1) 11:00", id="a time too early"),
        pytest.param([OFFERS, "9:40 is too late"], "Those are all the free times on that day. Which", id="too late"),
        pytest.param([OFFERS, "not 10:30"], "1) 11:00", id="not a time"),
        pytest.param([OFFERS, "I can't do 10:20"], "1) 11:00", id="a time that cannot be"),
        pytest.param([OFFERS, ("I can't make 10:20", CANCEL)], "1) 11:00", id="a time that cannot be made"),
        pytest.param([OFFERS, "anything but 10:20"], "1) 11:00", id="anything but a time"),
        pytest.param([OFFERS, "not the first one"], "1) 11:00", id="not the first"),
        pytest.param([OFFERS, "not 10:20, 11:20 please"], "holding Ear, nose and throat, Tue 24 Nov 11:20", id="but"),
        pytest.param([OFFERS, "no mornings"], "on Tue 24 Nov: 1) 13:00", id="no mornings"),
        pytest.param([OFFERS, "not in the morning"], "on Tue 24 Nov: 1) 13:00", id="not in the morning"),
        pytest.param([OFFERS, "no mornings", "not 13:00"], "1) 15:00", id="more that fits"),
        pytest.param(
            [OFFERS, "after 15:00", "not 15:00"], "on Tue 24 Nov: 1) 15:20 · 2) 15:40.", id="the rest that fits"
        ),
        pytest.param([OFFERS, "not tuesday"], "free times: Mon 23 Nov, Wed 25 Nov", id="not the day"),
        pytest.param([("book ent", BOOK), "not tuesday"], "times: Mon 23 Nov, Wed 25 Nov, Fri", id="none of a day"),
        pytest.param(
            [("book ent", BOOK), "any day but monday"], "Free in Ear, nose and throat on Tue 24", id="any but"
        ),
        pytest.param([("book ent", BOOK), "tuesday is too early"], "free times: Wed 25 Nov, Fri", id="a day too early"),
        pytest.param(
            [("book ent", BOOK), "I can't do tuesday, friday"], "What time of day on Fri 27", id="another day"
        ),
        pytest.param([("book ent tuesday", BOOK), "9:40 is too early"], "1) 09:40", id="a time of day too early"),
        pytest.param([("book ent, not tuesday", BOOK)], "times: Mon 23 Nov, Wed 25 Nov, Fri", id="at the opening"),
    ],
)
async def test_what_is_turned_down_is_never_held(
    services: Services, says: Says, messages: list[Any], said: str
) -> None:
    assert said in text_of(await says(*messages))
    assert [
        one.start.astimezone(services.hospital.current().timezone).strftime("%H:%M") for one in await own(services)
    ] in ([], ["11:20"])


async def test_after_two_misses_in_a_row_a_person_is_offered(says: Says) -> None:
    first = await says(("book ent", BOOK), "zzz")
    assert "Talk to a person" not in titles_of(first)
    assert "Talk to a person" in titles_of(await says("zzz"))
    assert "Talk to a person" not in titles_of(await says("tuesday"))


async def test_a_question_in_between_is_left_to_the_rules_and_the_form_asks_again(patient: Patient, says: Says) -> None:
    before = await says(("book ent tuesday morning", BOOK))
    after = await says(("where do I park?", "parking"))
    assert patient.answered == ["parking"]
    assert after == before
    assert "holding" in text_of(await says("the first one"))


async def test_an_answer_and_a_question_in_one_message_are_both_taken(patient: Patient, says: Says) -> None:
    replies = await says(("book ent", BOOK), ("tuesday please", "visiting_hours", ("where do I park?", "parking")))
    assert patient.answered == ["asides"]
    assert text_of(replies).startswith("What time of day on Tue 24 Nov")


async def test_a_choice_and_a_question_in_one_message_are_both_taken(
    services: Services, patient: Patient, says: Says
) -> None:
    replies = await says(
        ("book ent tuesday morning", BOOK), ("the first one", "out_of_scope", ("where do I park?", "parking"))
    )
    assert patient.answered == ["asides"]
    assert len(replies) == 1
    assert "holding" in text_of(replies)
    assert patient.form is None


async def test_stop_and_a_question_in_one_message_are_both_taken(patient: Patient, says: Says) -> None:
    replies = await says(("book ent", BOOK), ("never mind", "out_of_scope", ("where do I park?", "parking")))
    assert patient.answered == ["asides"]
    assert text_of(replies) == "All right, I have stopped; nothing new was booked."
    assert patient.form is None


@pytest.mark.parametrize("word", ["stop", "Never mind, thanks", "cancel", "forget it", "no thanks", "bye"])
@pytest.mark.parametrize("messages", [[("book", BOOK)], [("book ent", BOOK)], [("book ent tuesday morning", BOOK)]])
async def test_stop_leaves_the_form_with_nothing_held(
    services: Services, patient: Patient, says: Says, messages: list[Any], word: str
) -> None:
    replies = await says(*messages, word)
    assert text_of(replies) == "All right, I have stopped; nothing new was booked."
    assert patient.form is None
    assert {name: patient.slots.get(name) for name in BOOKING_SLOTS} == dict.fromkeys(BOOKING_SLOTS)
    assert await own(services) == []


async def test_two_patients_choose_one_time_and_the_other_gets_the_next_ones_in_the_same_reply(
    services: Services,
) -> None:
    people = [Patient(services, f"patient-{number}") for number in range(6)]
    for person in people:
        offered = await person.says("book urology tuesday morning", BOOK)
    choice = offered[-1].quick_replies[1]
    outcomes = await asyncio.gather(*(person.says(choice.payload) for person in people))
    held = [replies for replies in outcomes if "holding" in text_of(replies)]
    others = [replies for replies in outcomes if replies not in held]
    assert len(held) == 1
    for replies in others:
        assert "just been taken" in text_of(replies)
        assert "Which one shall I hold" in text_of(replies)
        assert choice.title not in titles_of(replies)
        assert titles_of(replies)[0] == offered[-1].quick_replies[0].title


async def test_a_time_that_went_before_it_was_chosen_by_its_place_is_offered_no_more(
    services: Services, says: Says
) -> None:
    await says(("book urology tuesday morning", BOOK))
    rival = Patient(services, "ben")
    await rival.says("book urology tuesday 9:00", BOOK)
    replies = await says("the second one")
    assert "just been taken" in text_of(replies)
    assert "Tue 24 Nov 09:00" not in titles_of(replies)


@pytest.mark.parametrize(
    "messages",
    [
        [("book urology tuesday morning", BOOK), "1"],
        [("book urology tuesday morning", BOOK), "the last one"],
        [("book urology tuesday morning", BOOK), "Tue 24 Nov at 09:30"],
        [("book urology tuesday", BOOK), "9:30"],
        [("book urology tuesday 9:30", BOOK)],
    ],
)
async def test_a_turn_that_runs_twice_holds_once_and_says_the_same(services: Services, messages: list[Any]) -> None:
    first = Patient(services)
    for message in messages[:-1]:
        await first.says(*([message] if isinstance(message, str) else message))
    again = as_remembered(first)
    last = messages[-1] if isinstance(messages[-1], tuple) else (messages[-1],)
    assert await first.says(*last) == await again.says(*last)
    assert len(await own(services)) == 1


async def test_a_move_that_runs_twice_moves_once_and_says_where_it_is(services: Services) -> None:
    booked = await book_fully(services)
    message = (f"move {booked.reference} to friday at 9", MOVE)
    for _ in range(2):
        assert "Fri 27 Nov 09:00. The reference code" in text_of(await Patient(services).says(*message))
    assert [one.start for one in await own(services)] == [datetime(2026, 11, 27, 14, tzinfo=timezone.utc)]


async def test_a_cancellation_that_runs_twice_cancels_once_and_says_the_same(services: Services) -> None:
    booked = await book_fully(services)
    first = Patient(services)
    await first.says(f"cancel {booked.reference}", CANCEL)
    again = as_remembered(first)
    said = {text_of(await one.says("yes, cancel it")) for one in (first, again)}
    assert said == {f"Urology, Tue 24 Nov 09:00 ({booked.reference}) is cancelled."}


def as_remembered(patient: Patient) -> Patient:
    """The same conversation as Rasa remembers it when the end of a turn was lost."""
    return Patient(patient.services, patient.conversation, dict(patient.slots), patient.form, list(patient.events))


async def test_a_lapsed_hold_is_offered_to_others(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK))
    ben = Patient(services, "ben")
    assert "Tue 24 Nov 09:00" not in titles_of(await ben.says("book urology tuesday morning", BOOK))
    set_time(services, minutes=30)
    assert "Tue 24 Nov 09:00" in titles_of(await Patient(services, "cleo").says("book urology tuesday morning", BOOK))


async def test_a_second_booking_says_that_it_replaces_the_hold(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK))
    replies = await says(("book neurology", BOOK))
    assert "still holding Urology, Tue 24 Nov 09:00" in text_of(replies)
    replies = await says("wednesday 9:00")
    assert text_of(replies).startswith(
        "Urology, Tue 24 Nov 09:00 is released. I am holding Neurology, Wed 25 Nov 09:00"
    )
    assert [one.department for one in await own(services)] == ["neurology"]


async def test_a_conversation_with_three_appointments_ahead_is_led_to_a_person(
    services: Services, patient: Patient, says: Says
) -> None:
    for day in ("tuesday", "wednesday", "friday"):
        assert patient.form is None
        await book_fully(services, text=f"book urology {day} 9:00")
    replies = await says(("book urology monday 9:00", BOOK))
    assert text_of(replies).startswith("You have 3 appointments ahead: Urology, Tue 24 Nov 09:00")
    assert "Talk to a person" in titles_of(replies)
    assert patient.form is None
    assert len(await own(services)) == 3
    await says(("cancel my appointment", CANCEL), "the first one", "yes, cancel it")
    assert "holding Urology" in text_of(await says(("book urology monday 9:00", BOOK)))


async def test_leaving_a_second_booking_keeps_the_first_and_says_so(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK), ("book neurology", BOOK))
    assert "Still yours: Urology, Tue 24 Nov 09:00" in text_of(await says("stop"))
    assert len(await own(services)) == 1


async def book_fully(
    services: Services, conversation: str = "ann", text: str = "book urology tuesday 9:00"
) -> Appointment:
    """Book and let staff confirm."""
    replies = await Patient(services, conversation).says(text, BOOK)
    room = replies[-1].room
    assert room is not None
    async with services.database.transaction() as connection:
        settled = await reservations.settle_identity(connection, room, services.clock())
        assert settled is not None
        return await reservations.confirm(connection, settled.reference, services.clock())


async def test_a_booked_appointment_moves_by_its_code_from_anywhere(services: Services) -> None:
    booked = await book_fully(services)
    other = Patient(services, "ann's sister")
    replies = await other.says(f"can I move {booked.reference} to friday morning", MOVE)
    assert f"Your appointment {booked.reference} is Urology, Tue 24 Nov 09:00." in text_of(replies)
    replies = await other.says(replies[-1].quick_replies[0].payload)
    assert text_of(replies) == f"Moved: Urology, Fri 27 Nov 08:30. The reference code stays {booked.reference}."
    assert replies[-1].room is None
    (moved,) = await own(services)
    assert (moved.id, moved.status) == (booked.id, AppointmentStatus.BOOKED)
    assert "Tue 24 Nov 09:00" in titles_of(await Patient(services, "ben").says("book urology tuesday morning", BOOK))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("I can't make my appointment on Tuesday at 09:00, can I move it?", "Which day would suit you in Urology"),
        ("I want to move my appointment on Tuesday at 9:00", "Which day would suit you in Urology"),
        ("move my appointment of Tue 24 Nov 09:00", "Which day would suit you in Urology"),
        ("can I move my appointment from Tuesday to Friday", "What time of day on Fri 27 Nov"),
        ("move my appointment from Tue 24 Nov 09:00 to Fri 27 Nov 11:00", "Moved: Urology, Fri 27 Nov 11:00."),
        ("move my Tuesday appointment at 9 to Friday at 11", "Moved: Urology, Fri 27 Nov 11:00."),
        ("change my appointment from 9:00 to friday at 9:30", "Moved: Urology, Fri 27 Nov 09:30."),
        ("reschedule Tuesday for Friday morning", "Free in Urology on Fri 27 Nov"),
        ("I can't do Tuesday 9:00, could I come on Friday at 9:30 instead", "Moved: Urology, Fri 27 Nov 09:30."),
        ("Friday at 9 instead of Tuesday at 9, can I move it", "What time of day on Fri 27 Nov"),
        ("move my appointment to Friday at 9", "Moved: Urology, Fri 27 Nov 09:00."),
        ("move my appointment to Tuesday at 9", "it stays on Tue 24 Nov 09:00. The reference code is still"),
    ],
)
async def test_a_move_reads_where_to_and_not_where_from(
    services: Services, says: Says, message: str, said: str
) -> None:
    await book_fully(services)
    assert said in text_of(await says((message, MOVE)))


async def test_an_appointment_that_is_moved_to_its_own_time_is_said_to_stay(services: Services, says: Says) -> None:
    booked = await book_fully(services)
    replies = await says(("I need to move my appointment", MOVE), "Tuesday at 9:00")
    assert text_of(replies) == (
        f"Your appointment in Urology was not moved: it stays on Tue 24 Nov 09:00. "
        f"The reference code is still {booked.reference}."
    )


async def test_a_hold_that_moves_is_held_anew_under_its_code(services: Services, patient: Patient, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK))
    (held,) = await own(services)
    set_time(services, minutes=20)
    replies = await says(("move my appointment", MOVE), "friday at 9")
    assert (
        f"holding Urology, Fri 27 Nov 09:00 for you until 10:50 today. Your reference code: {held.reference}"
        in text_of(replies)
    )
    assert replies[-1].room == held.case_id


async def test_a_stranger_who_moves_a_hold_by_its_code_gets_a_room_of_their_own(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK))
    (held,) = await own(services)
    replies = await Patient(services, "ben").says(f"move {held.reference} to friday at 9", MOVE)
    assert replies[-1].room is not None
    assert replies[-1].room != held.case_id


async def test_moving_offers_the_next_times_when_the_chosen_one_has_gone(services: Services, says: Says) -> None:
    booked = await book_fully(services)
    await says((f"move {booked.reference} to friday morning", MOVE))
    await Patient(services, "ben").says("book urology friday 8:30", BOOK)
    assert "just been taken" in text_of(await says("the first one"))
    assert "Moved: Urology" in text_of(await says("the first one"))


async def test_without_a_code_the_code_is_asked_for(says: Says, services: Services) -> None:
    booked = await book_fully(services, "ben")
    replies = await says(("I need to move my appointment", MOVE))
    assert "reference code" in text_of(replies)
    assert "Which day would suit you in Urology" in text_of(await says(booked.reference.lower().replace("-", " ")))


async def test_one_of_several_own_appointments_is_chosen_from_a_list(services: Services, says: Says) -> None:
    first = await book_fully(services)
    second = await book_fully(services, text="book neurology wednesday 9:00")
    replies = await says(("cancel my appointment", CANCEL))
    assert titles_of(replies)[:2] == [first.reference, second.reference]
    assert f"Cancel Neurology, Wed 25 Nov 09:00 ({second.reference})?" in text_of(await says("the second one"))


async def test_cancelling_asks_first_and_frees_the_time(services: Services, says: Says) -> None:
    booked = await book_fully(services)
    replies = await says((f"please cancel {booked.reference}", CANCEL))
    assert titles_of(replies) == ["Yes, cancel it", "No, keep it"]
    assert services.hospital.current().booking.cancellation in text_of(replies)
    assert len(await own(services)) == 1
    replies = await says((replies[-1].quick_replies[0].payload, CANCEL))
    assert text_of(replies) == f"Urology, Tue 24 Nov 09:00 ({booked.reference}) is cancelled."
    assert await own(services) == []
    assert "Tue 24 Nov 09:00" in titles_of(await says(("book urology tuesday morning", BOOK)))


async def told(services: Services) -> list[tuple[str, str, str]]:
    """Give what staff are told of, with the conversation and category of the unclosed case it stands in."""
    async with services.database.transaction() as connection:
        cursor = await connection.execute(
            "select conversation_id, category, redacted from case_message join cases on cases.id = case_id"
            " where author = 'bot' and state <> 'closed' order by case_message.id"
        )
        return [tuple(row.values()) for row in await cursor.fetchall()]  # type: ignore[misc]


async def close_cases(services: Services) -> None:
    async with services.database.transaction() as connection:
        await connection.execute("update cases set state = 'closed'")


async def test_staff_are_told_once_that_a_settled_appointment_was_cancelled(services: Services, says: Says) -> None:
    booked = await book_fully(services)
    await close_cases(services)
    await says((f"cancel {booked.reference}", CANCEL), "yes, cancel it", (f"cancel {booked.reference}", CANCEL))
    note = f"[APPOINTMENT CANCELLED {booked.reference}: Urology, Tue 24 Nov 09:00]"
    assert await told(services) == [("ann", "booking", note)]


async def test_staff_are_told_in_the_patients_case_whoever_moves_a_settled_appointment(services: Services) -> None:
    booked = await book_fully(services)
    other = Patient(services, "ann's sister")
    for _ in range(2):
        await other.says(f"move {booked.reference} to friday at 9", MOVE)
    note = f"[APPOINTMENT MOVED {booked.reference}: Urology, Tue 24 Nov 09:00 to Fri 27 Nov 09:00]"
    assert await told(services) == [("ann", "booking", note)]


async def test_staff_are_not_told_of_a_hold_that_they_do_not_know(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK), ("move it to friday at 9", MOVE))
    await says(("cancel my appointment", CANCEL), "yes, cancel it")
    assert await told(services) == []


async def test_keeping_an_appointment_keeps_it(services: Services, says: Says, patient: Patient) -> None:
    await book_fully(services)
    replies = await says(("cancel my appointment", CANCEL), "No, keep it")
    assert text_of(replies).startswith("All right, nothing was cancelled. Still yours: Urology, Tue 24 Nov 09:00")
    assert patient.form is None
    assert len(await own(services)) == 1


async def test_the_word_that_opens_the_cancelling_does_not_confirm_it(services: Services, says: Says) -> None:
    await book_fully(services)
    assert "Cancel Urology" in text_of(await says(("cancel it", CANCEL)))
    assert len(await own(services)) == 1


@pytest.mark.parametrize("wrong", ["unknown", "lapsed", "cancelled"])
async def test_a_wrong_code_gets_one_neutral_answer_whatever_is_wrong(
    services: Services, says: Says, wrong: str
) -> None:
    code = "LK-CCCCCC"
    if wrong == "lapsed":
        await Patient(services, "ben").says("book urology tuesday 9:00", BOOK)
        code = (await own(services, "ben"))[0].reference
        set_time(services, minutes=31)
    if wrong == "cancelled":
        booked = await book_fully(services, "ben")
        code = booked.reference
        async with services.database.transaction() as connection:
            await reservations.cancel(connection, code, services.clock())
    replies = await says((f"cancel {code}", CANCEL))
    phone = services.hospital.current().phone
    assert text_of(replies).startswith(
        f"I find no appointment that stands under that code. Please check it, or call {phone}."
    )


async def test_five_wrong_codes_end_the_form_and_a_right_one_has_to_wait_an_hour(
    services: Services, patient: Patient, says: Says
) -> None:
    booked = await book_fully(services, "ben")
    await says(("cancel my appointment", CANCEL), *["LK-CCCCCC"] * 5)
    replies = await says(booked.reference)
    assert "too many codes" in text_of(replies)
    assert titles_of(replies) == ["Book an appointment", "Talk to a person"]
    assert patient.form is None
    set_time(services, hours=1)
    assert "Cancel Urology" in text_of(await says((f"cancel {booked.reference}", CANCEL)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("LK-12345", "Sorry, I saw no reference code in that"),
        ("I lost it", "Without the code our team can help you: call +1 555 555 0100"),
        ("hm", "Sorry, I saw no reference code in that"),
    ],
)
async def test_a_patient_without_a_code_is_helped(says: Says, text: str, said: str) -> None:
    replies = await says(("cancel my appointment", CANCEL), text)
    assert said in text_of(replies)
    assert "Talk to a person" in titles_of(replies)


async def test_forms_give_way_to_each_other(services: Services, patient: Patient, says: Says) -> None:
    booked = await book_fully(services)
    replies = await says(("book neurology", BOOK), ("I want to cancel my appointment", CANCEL))
    assert f"Cancel Urology, Tue 24 Nov 09:00 ({booked.reference})?" in text_of(replies)
    assert patient.form == "cancel_form"
    replies = await says(("or move my appointment", MOVE))
    assert patient.form == "reschedule_form"
    assert "Which day would suit you in Urology" in text_of(replies)
    await says(("book something new", BOOK))
    assert patient.form == "booking_form"


async def test_a_department_that_leaves_hospital_yml_in_the_middle_is_asked_for_again(
    services: Services, says: Says
) -> None:
    await says(("book urology tuesday morning", BOOK))
    facts = services.hospital.current()
    others = {name: one for name, one in facts.booking.departments.items() if name != "urology"}
    services.hospital.hospital = replace(facts, booking=replace(facts.booking, departments=others))  # type: ignore[attr-defined]
    assert "Which department" in text_of(await says("the first one"))
    assert "Free in Neurology on Tue 24 Nov" in text_of(await says("neurology"))


async def test_an_own_hold_is_offered_and_chosen_again_without_harm(services: Services, says: Says) -> None:
    await says(("book urology tuesday 9:00", BOOK))
    (before,) = await own(services)
    replies = await says(("book urology tuesday morning", BOOK))
    assert "Tue 24 Nov 09:00" in titles_of(replies)
    replies = await says("Tue 24 Nov at 09:00")
    assert before.reference in text_of(replies)
    assert await own(services) == [before]


async def test_a_change_of_hospital_yml_counts_at_once(services: Services, says: Says) -> None:
    await says(("book urology tuesday morning", BOOK))
    facts = services.hospital.current()
    later = replace(facts.booking.departments["urology"], slot_minutes=60)
    changed = replace(
        facts, booking=replace(facts.booking, departments={**facts.booking.departments, "urology": later})
    )
    services.hospital.hospital = changed  # type: ignore[attr-defined]
    replies = await says("other times", "another day", "monday", "morning")
    assert "1) 08:30 · 2) 09:30 · 3) 10:30." in text_of(replies)


def with_one_slot_a_day(services: Services) -> None:
    facts = services.hospital.current()
    urology = replace(facts.booking.departments["urology"], slot_minutes=180)  # 08:30 to 11:30
    booking = replace(facts.booking, departments={**facts.booking.departments, "urology": urology})
    services.hospital.hospital = replace(facts, booking=booking)  # type: ignore[attr-defined]


async def test_a_day_that_is_full_offers_the_next_days(services: Services, says: Says) -> None:
    with_one_slot_a_day(services)
    await Patient(services, "ben").says("book urology tuesday 8:30", BOOK)
    replies = await says(("book urology tuesday", BOOK))
    assert "Urology has no free time left on Tue 24 Nov. Which day" in text_of(replies)
    assert titles_of(replies)[:2] == ["Wed 25 Nov", "Fri 27 Nov"]


@pytest.mark.parametrize("asked", ["time_of_day", "chosen_slot"])
async def test_a_day_that_fills_up_while_the_form_asks_offers_other_days(services: Services, asked: str) -> None:
    with_one_slot_a_day(services)
    await Patient(services, "ben").says("book urology tuesday 8:30", BOOK)
    slots = {"department": "urology", "day": "2026-11-24", "time_of_day": "morning", "requested_slot": asked}
    call = Call(f"action_ask_{asked}", "ann", "", "", (), slots, "booking_form", {})
    outcome = await ACTIONS[call.action](call, services)
    assert "have just gone. Which other day" in text_of(list(outcome.replies))
    assert titles_of(list(outcome.replies))[:2] == ["Mon 23 Nov", "Wed 25 Nov"]


async def test_a_department_that_is_full_gives_its_phone(services: Services, says: Says) -> None:
    facts = services.hospital.current()
    closed = replace(facts.booking, days_ahead=1)  # Saturday and Sunday
    services.hospital.hospital = replace(facts, booking=closed)  # type: ignore[attr-defined]
    assert "Urology has no free times online up to Sun 22 Nov" in text_of(await says(("book urology", BOOK)))


@pytest.mark.parametrize(
    ("now", "day", "clock", "utc"),
    [
        pytest.param(
            datetime(2026, 10, 30, 12, tzinfo=timezone.utc),
            "monday",
            "09:00",
            datetime(2026, 11, 2, 14, tzinfo=timezone.utc),
            id="over the end",
        ),
        pytest.param(
            datetime(2027, 3, 12, 12, tzinfo=timezone.utc),
            "monday",
            "09:00",
            datetime(2027, 3, 15, 13, tzinfo=timezone.utc),
            id="over the start",
        ),
        pytest.param(
            datetime(2027, 11, 5, 12, tzinfo=timezone.utc),
            "monday",
            "09:00",
            datetime(2027, 11, 8, 14, tzinfo=timezone.utc),
            id="a year later",
        ),
    ],
)
async def test_a_time_booked_over_a_change_of_clocks_is_the_hospitals(
    services: Services, says: Says, now: datetime, day: str, clock: str, utc: datetime
) -> None:
    assert isinstance(services.clock, SetClock)
    services.clock.now = now
    assert f" {clock} for you until" in text_of(await says((f"book urology {day} {clock}", BOOK)))
    assert (await own(services))[0].start == utc


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 10, 30, 12, tzinfo=timezone.utc), date(2026, 11, 1)),
        (datetime(2027, 3, 12, 12, tzinfo=timezone.utc), date(2027, 3, 14)),
    ],
)
async def test_a_department_open_on_the_very_night_offers_only_times_that_exist(
    services: Services, says: Says, now: datetime, day: date
) -> None:
    assert isinstance(services.clock, SetClock)
    services.clock.now = now
    facts = services.hospital.current()
    hours = facts.departments["emergency"].opening_hours
    night = replace(facts.booking.departments["urology"], hours=hours, breaks=(), slot_minutes=30)
    booking = replace(facts.booking, departments={**facts.booking.departments, "urology": night})
    services.hospital.hospital = replace(facts, booking=booking)  # type: ignore[attr-defined]
    replies = await says((f"book urology {day.isoformat()} after 0:30 am", BOOK))
    times = (
        ["00:30", "01:00", "01:30", "02:00", "02:30", "03:00"]
        if day.month == 11
        else ["00:30", "01:00", "03:00", "03:30", "04:00", "04:30"]
    )
    assert [title[-5:] for title in titles_of(replies)[:6]] == times


async def test_a_hold_made_just_before_midnight_says_which_day_it_ends(services: Services, says: Says) -> None:
    assert isinstance(services.clock, SetClock)
    services.clock.now = datetime(2026, 11, 22, 4, 45, tzinfo=timezone.utc)  # Saturday 23:45
    assert "until Sun 22 Nov 00:15" in text_of(await says(("book urology tuesday 9:00", BOOK)))


async def test_slots_left_over_from_another_form_do_not_count(services: Services) -> None:
    call = Call(
        "validate_booking_form",
        "ann",
        "book",
        BOOK,
        (Question("book", BOOK),),
        {
            "department": "ent",
            "day": "2020-01-01",
            "time_of_day": "morning",
            "reference": "LK-CCCCCC",
            "requested_slot": "chosen_slot",
        },
        "booking_form",
        {},
        (
            {"event": "user"},
            {"event": "action", "name": "action_answer"},
            {"event": "active_loop", "name": "booking_form"},
        ),
    )
    outcome = await ACTIONS["validate_booking_form"](call, services)
    slots = {event["name"]: event["value"] for event in outcome.events if event["event"] == "slot"}
    assert (slots["department"], slots["day"], slots["reference"], slots["requested_slot"]) == (
        None,
        None,
        None,
        "department",
    )


def test_every_action_has_the_name_that_rasa_looks_for() -> None:
    assert set(ACTIONS) == {
        *(f"validate_{form}" for form in ("booking_form", "reschedule_form", "cancel_form")),
        *(
            f"action_ask_{slot}"
            for slot in ("department", "day", "time_of_day", "chosen_slot", "reference", "cancel_confirmed")
        ),
        *("action_book_slot", "action_reschedule", "action_cancel", "action_leave_booking"),
    }


async def test_what_is_booked_is_the_length_of_the_departments_slots(services: Services, says: Says) -> None:
    await says(("book neurology tuesday 9:00", BOOK))
    (held,) = await own(services)
    assert held.end - held.start == timedelta(minutes=40)
