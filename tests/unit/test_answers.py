"""Answers to routine questions: composed from the facts, fitting the question, short, and asking for nothing personal."""

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.answers import COMPOSERS, compose
from actions.answers.asked import Asked, read_question
from actions.answers.wording import MAX_ANSWER, MAX_QUICK_REPLIES
from actions.calls import Entity, Question, Reply
from actions.hospital import Department, Hospital, Weekday, clock_text, load_hospital, read_hospital
from actions.screening import Screener
from actions.screening.findings import Decision

FILE = Path(__file__).parents[2] / "hospital.yml"
HOSPITAL = load_hospital(FILE)
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)  # 10:00 in Lakemont, two days before Thanksgiving
EXAMPLES = {
    "visiting_hours": "when can I visit my aunt",
    "opening_hours": "what are your opening hours",
    "location_directions": "how do I get there",
    "parking": "where do I park",
    "insurance": "which insurance do you take",
    "billing_payment": "how do I pay my bill",
    "find_doctor_department": "do you do MRIs",
    "medical_records_request": "how do I get a copy of my records",
    "test_results_howto": "how do I get my results",
    "prescriptions_refill_howto": "how do refills work",
    "emergency_department_info": "is the ER open at night",
    "costs": "how much is a colonoscopy",
    "languages_interpreter": "do you have interpreters",
    "accessibility": "is there wheelchair access",
    "food_cafeteria": "where can I eat",
    "wifi_phone_rooms": "is there wifi",
    "lost_found": "I left my umbrella in the lobby",
    "vaccination_info_general": "do you give flu shots",
    "telehealth_info": "do you offer video visits",
    "jobs_volunteering": "are you hiring",
    "feedback_complaint_general": "how do I complain",
    "thanks_praise": "thank you",
    "greet": "hello",
    "goodbye": "bye",
    "bot_challenge": "are you a bot",
}
PERSONAL = (
    "medical_records_request",
    "test_results_howto",
    "prescriptions_refill_howto",
    "billing_payment",
    "feedback_complaint_general",
)


def ask(
    intent: str, text: str, now: datetime = TUESDAY, hospital: Hospital = HOSPITAL, before: tuple[str, ...] = ()
) -> str:
    return reply_to(intent, text, now, hospital, before).text


def reply_to(
    intent: str, text: str, now: datetime = TUESDAY, hospital: Hospital = HOSPITAL, before: tuple[str, ...] = ()
) -> Reply:
    reply = compose(intent, read_question(Question(text, intent), before, hospital, now))
    assert reply is not None
    return reply


def keeps_to_the_form(reply: Reply) -> bool:
    titles = [one.title for one in reply.quick_replies]
    plain = not re.search(r"[{}*_#`]|\[|\n", re.sub(r"https://\S+", "", reply.text))
    few = 2 <= len(titles) <= MAX_QUICK_REPLIES and len(set(titles)) == len(titles)
    return plain and few and 0 < len(reply.text) <= MAX_ANSWER and all(0 < len(title) <= 20 for title in titles)


@pytest.mark.parametrize("intent", sorted(COMPOSERS))
def test_every_routine_intent_has_an_answer_of_its_own(intent: str) -> None:
    answers = {one: ask(one, EXAMPLES[one]) for one in COMPOSERS}
    assert keeps_to_the_form(reply_to(intent, EXAMPLES[intent]))
    assert [one for one, text in answers.items() if text == answers[intent]] == [intent]
    assert "did not understand" not in answers[intent]


@pytest.mark.parametrize("intent", PERSONAL)
def test_topics_that_invite_personal_details_say_to_keep_them_out(intent: str) -> None:
    text = ask(intent, EXAMPLES[intent])
    assert "Please do not send" in text
    assert "+1 555" in text or HOSPITAL.private.portal in text


@pytest.mark.parametrize(
    ("intent", "text", "says"),
    [
        ("visiting_hours", "maternity on Sunday evening?", "Sunday from 10:00 to 20:00, so yes, Sunday evening is fine until 20:00."),
        ("visiting_hours", "can I visit the maternity ward on Sunday evening?", "The maternity ward has visiting hours"),
        ("visiting_hours", "icu at 2pm tomorrow", "and from 16:00 to 19:00, so I am sorry, 14:00 is outside"),
        ("visiting_hours", "icu at half past five today", "so yes, 17:30 is fine."),
        ("visiting_hours", "psych ward saturday evening", "Saturday evening is outside visiting hours"),
        ("visiting_hours", "maternity sunday morning", "so yes, Sunday morning is fine from 10:00."),
        ("visiting_hours", "can I visit surgery now", "right now is outside visiting hours"),
        ("visiting_hours", "pediatrics right now?", "so yes, right now is fine."),
        ("visiting_hours", "maternity on thanksgiving", "on Thursday (Thanksgiving Day) from 10:00 to 18:00."),
        ("visiting_hours", "visiting maternity on holidays?", "on holidays from 10:00 to 18:00."),
        ("visiting_hours", "is the nicu different on holidays", "on holidays as on other days."),
        ("visiting_hours", "maternity on weekends", "on Saturdays and on Sundays from 10:00 to 20:00."),
        ("visiting_hours", "maternity ward", "Monday to Friday 08:00 to 20:00, Saturday and Sunday 10:00 to 20:00, holidays 10:00"),
        ("visiting_hours", "maternity and icu on friday", "The intensive care unit has visiting hours on Friday from 11:00"),
        ("visiting_hours", "how many visitors in the nicu", "Up to 2 visitors at a time"),
        ("visiting_hours", "can kids come to the oncology ward", HOSPITAL.departments["oncology"].visiting.children),  # type: ignore[union-attr]
        ("visiting_hours", "flowers on the surgical ward ok?", HOSPITAL.visiting.flowers),
        ("visiting_hours", "can I visit on dermatology", "no visiting hours, as patients do not stay there overnight"),
        ("visiting_hours", "visiting hours of the burns unit", "We have no burn unit here."),
        ("opening_hours", "is the lab open saturday at 7am", "laboratory is open on Saturday from 07:00 to 12:00, so yes, 07:00"),
        ("opening_hours", "is dermatology open on saturdays", "The dermatology clinic is closed on Saturdays."),
        ("opening_hours", "pharmacy on christmas day", "on Friday, December 25 (Christmas Day) from 10:00 to 16:00."),
        ("opening_hours", "eye clinic hours", "It is open now until 17:00."),
        ("opening_hours", "is the er open at 3am", "open 24 hours a day, every day of the year"),
        ("opening_hours", "r u open on christmas day", "The hospital is open day and night"),
        ("opening_hours", "what is open on thanksgiving", "Pharmacy (10:00 to 16:00) and Nephrology (06:00 to 21:00)"),
        ("opening_hours", "when does the cafeteria close on sunday", "The Lakeview Cafeteria is open on Sunday from 07:30 to 19:00."),
        ("opening_hours", "when is the records office open", "The records office is open Monday to Friday 08:30 to 16:30"),
        ("opening_hours", "vaccine clinic hours today", "The vaccination clinic is open today (Tuesday) from 09:00 to 17:00."),
        ("opening_hours", "is cardiology open for visitors on sunday", "The cardiology department has visiting hours on Sunday from 10:00"),
        ("opening_hours", "urgent care tonight?", "so yes, tonight is fine until 20:00."),
        ("location_directions", "what floor is radiology on", "The radiology department is on the 1st floor of the Main Building."),
        ("location_directions", "where is the er", "Harbor Street"),
        ("location_directions", "by train?", HOSPITAL.location.train),
        ("location_directions", "where is the coffee bar", "The coffee bar is in the lobby of the Main Building."),
        ("location_directions", "your address", HOSPITAL.location.map_link),
        ("parking", "is there disabled parking", HOSPITAL.parking.disabled),
        ("parking", "can I charge my electric car", HOSPITAL.parking.charging),
        ("find_doctor_department", "do you do MRIs", "MRI scan, at the radiology department, on the 1st floor of the Main Building"),
        ("find_doctor_department", "do you have a skin clinic", "Yes, the dermatology clinic is on the 2nd floor"),
        ("find_doctor_department", "is Dr. Patel in on thursdays", "Thursday, so yes, on Thursdays."),
        ("find_doctor_department", "is dr bianchi there on wednesday", "so not tomorrow (Wednesday)|so not on Wednesday"),
        ("find_doctor_department", "is dr goldberg in on thanksgiving", "but the neurology department is closed on Thursday"),
        ("find_doctor_department", "do you have a dentist", "We do not offer dental care here."),
        ("find_doctor_department", "is dr smithers in", "I do not find a doctor by that name"),
        ("find_doctor_department", "which departments do you have", "Maternity, NICU, Pediatrics"),
        ("insurance", "do you take aetna?", "Yes, we accept Aetna (HMO, PPO and Open Choice)."),
        ("insurance", "kaiser ok?", "not in the network of Kaiser Permanente"),
        ("insurance", "do you accept Zebrafish Mutual", "I do not find that insurer in my list."),
        ("insurance", "BCBS", "Yes, we accept Blue Cross Blue Shield"),
        ("costs", "how much is an mri", "MRI scan $950 to $1,600"),
        ("costs", "price of a ct and an x-ray", "CT scan $520 to $980 and X-ray $95 to $180"),
        ("costs", "what does a kidney cost", HOSPITAL.costs.price_list),
        ("languages_interpreter", "do you speak spanish", "Yes, staff interpreters speak Spanish."),
        ("languages_interpreter", "polish?", HOSPITAL.languages.other),
        ("vaccination_info_general", "shingles vaccine price", "$210"),
        ("vaccination_info_general", "flu shot on saturday", "Hours on Saturday: 09:00 to 12:00."),
        ("telehealth_info", "video visit with cardiology", "not offered by the cardiology department"),
        ("emergency_department_info", "how long is the wait", HOSPITAL.emergency_department.waiting),
        ("emergency_department_info", "urgent care hours", "08:00 to 20:00"),
        ("food_cafeteria", "halal?", HOSPITAL.food.diets),
        ("wifi_phone_rooms", "how do I call a patient's room", HOSPITAL.phone),
        ("greet", "hi", "Hello!"),
        ("bot_challenge", "human?", "automated assistant"),
    ],
)  # fmt: skip
def test_the_answer_fits_the_question(intent: str, text: str, says: str) -> None:
    reply = reply_to(intent, text)
    assert any(one in reply.text for one in says.split("|")), reply.text
    assert keeps_to_the_form(reply)


@pytest.mark.parametrize(
    "text", ["when can I visit", "visiting on sunday", "visiting hours ward 4", "burn unit", "can the kids come?"]
)
def test_a_question_that_names_no_known_ward_gets_the_list_of_wards_to_choose_from(text: str) -> None:
    reply = reply_to("visiting_hours", text)
    wards = [one for one in HOSPITAL.departments.values() if one.visiting]
    assert all(ward.name in reply.text for ward in wards)
    assert reply.text.endswith("Which ward would you like to visit?")
    assert {"Maternity", "Pediatrics"} <= {one.title for one in reply.quick_replies}


def test_the_list_of_wards_shows_the_hours_of_the_day_asked_about() -> None:
    assert "Psychiatry 13:00 to 17:00" in ask("visiting_hours", "visiting on sunday")
    assert "Psychiatry 17:00 to 19:30" in ask("visiting_hours", "visiting on wednesday")
    assert "hours on holidays: " in ask("visiting_hours", "visiting on public holidays?")


def test_quick_replies_for_wards_are_questions_that_get_that_wards_hours() -> None:
    for one in reply_to("visiting_hours", "when can I visit").quick_replies:
        assert "Which ward" not in ask("visiting_hours", one.payload)


def test_every_suggested_next_step_may_be_answered_automatically() -> None:
    screener = Screener.load(FILE.parent)
    replies = [reply_to(intent, EXAMPLES[intent]) for intent in COMPOSERS]
    for department in HOSPITAL.departments.values():
        for intent in ("visiting_hours", "opening_hours", "location_directions", "find_doctor_department"):
            replies.append(reply_to(intent, f"{EXAMPLES[intent]} {department.called}"))
    payloads = sorted({one.payload for reply in replies for one in reply.quick_replies})
    assert len(payloads) > 60
    assert [one for one in payloads if screener.screen(one).decision is not Decision.ANSWER] == []


def test_times_are_the_hospitals_whatever_the_clock_runs_on() -> None:
    late_monday = datetime(2026, 11, 24, 3, 0, tzinfo=timezone.utc)  # 22:00 on Monday in Lakemont
    assert "It is closed right now and opens tomorrow (Tuesday) at 06:30." in ask(
        "opening_hours", "lab hours", late_monday
    )
    tokyo = late_monday.astimezone(ZoneInfo("Asia/Tokyo"))
    assert ask("opening_hours", "lab hours", tokyo) == ask("opening_hours", "lab hours", late_monday)


@pytest.mark.parametrize(
    ("text", "department"),
    [
        ("and on sunday?", "maternity"),
        ("what about sunday evening", "maternity"),
        ("is it open on sunday", "maternity"),
    ],
)
def test_a_question_that_goes_on_is_about_the_department_before(text: str, department: str) -> None:
    assert "The maternity ward has visiting hours on Sunday" in ask("visiting_hours", text, before=(department,))


@pytest.mark.parametrize("text", ["when can I visit on sunday", "and the burn unit on sunday?", "and ward 4 on sunday"])
def test_a_question_of_its_own_is_not_about_the_department_before(text: str) -> None:
    assert "Which ward would you like to visit?" in ask("visiting_hours", text, before=("maternity",))


def test_a_department_that_only_the_classifier_found_counts() -> None:
    question = Question(
        "visiting hours where babies are born", "visiting_hours", (Entity("department", "maternity", 21, 37),)
    )
    asked = read_question(question, (), HOSPITAL, TUESDAY)
    assert [one.id for one in asked.departments] == ["maternity"]
    unknown = Question("visiting", "visiting_hours", (Entity("department", "the moon", 0, 8),))
    assert read_question(unknown, (), HOSPITAL, TUESDAY).departments == ()


def test_a_change_of_the_facts_changes_the_answer() -> None:
    changed = read_hospital(FILE.read_bytes().replace(b"sat-sun: 10:00-20:00", b"sat-sun: 10:00-21:30"))
    assert "until 21:30" in ask("visiting_hours", "maternity sunday evening", hospital=changed)
    assert "until 20:00" in ask("visiting_hours", "maternity sunday evening")


def test_a_hospital_that_writes_12_hours_gets_them() -> None:
    changed = read_hospital(FILE.read_bytes().replace(b"time_format: 24h", b"time_format: 12h"))
    said = ask("visiting_hours", "psych unit on friday at 6pm", hospital=changed)
    assert "from 5 pm to 7:30 pm, so yes, 6 pm is fine." in said


def test_the_answer_never_repeats_the_patients_words() -> None:
    odd = "xyzzyq"
    for intent in COMPOSERS:
        assert odd not in ask(intent, f"{EXAMPLES[intent]} {odd}").lower()


PARTS = st.sampled_from(["", "morning", "afternoon", "evening", "at 3pm", "at 07:15", "at midnight", "now"])
ANY_DAY = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))
SECONDS = st.integers(min_value=0, max_value=2 * 366 * 86400)
NOWS = SECONDS.map(lambda seconds: datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(HOSPITAL.departments)),
    ANY_DAY,
    PARTS,
    NOWS,
    st.sampled_from(["visiting_hours", "opening_hours"]),
)
def test_every_department_on_every_day_gets_a_well_formed_answer_with_its_hours(
    key: str, day: date, part: str, now: datetime, intent: str
) -> None:
    department: Department = HOSPITAL.departments[key]
    reply = reply_to(intent, f"{department.called} on {day.isoformat()} {part}", now)
    assert keeps_to_the_form(reply)
    hours = (
        department.visiting.hours if intent == "visiting_hours" and department.visiting else department.opening_hours
    )
    if hours.always or (intent == "visiting_hours" and not department.visiting):
        return
    expected = HOSPITAL.hours_on(hours, day)
    for interval in expected:
        assert f"{clock_text(interval.start)} to {clock_text(interval.end)}" in reply.text
    if not expected:
        assert re.search(r"is closed|has no visiting hours", reply.text)
    assert Weekday(day.weekday()).label in reply.text


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(sorted(HOSPITAL.departments)),
    ANY_DAY,
    st.integers(min_value=0, max_value=23),
    st.integers(min_value=0, max_value=59),
)
def test_a_yes_or_sorry_agrees_with_the_hours(key: str, day: date, hour: int, minute: int) -> None:
    department = HOSPITAL.departments[key]
    if department.opening_hours.always or (hour, minute) == (0, 0):
        return
    text = ask("opening_hours", f"is {department.called} open on {day.isoformat()} at {hour:02d}:{minute:02d}")
    intervals = HOSPITAL.hours_on(department.opening_hours, day)
    inside = any(part.contains(hour * 60 + minute) for part in intervals)
    assert ("so yes" in text) == inside
    assert ("so I am sorry" in text) == (bool(intervals) and not inside)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(COMPOSERS)), st.text(max_size=120), NOWS)
def test_any_text_gets_a_well_formed_answer(intent: str, text: str, now: datetime) -> None:
    assert keeps_to_the_form(reply_to(intent, text, now))


def test_what_is_named_is_read_once_for_all() -> None:
    asked = read_question(Question("is Dr Patel or the ER open on Sunday at 9", "opening_hours"), (), HOSPITAL, TUESDAY)
    assert isinstance(asked, Asked)
    assert [one.surname for one in asked.doctors] == ["Patel"]
    assert [one.id for one in asked.departments] == ["emergency"]
    assert [one.on for one in asked.days] == [date(2026, 11, 24) + timedelta(days=5)]
    assert asked.time == "09:00"
