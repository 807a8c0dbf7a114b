"""Answers about finding a department, a doctor, and emergency care. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked, AskedDay
from actions.answers.names import names_of
from actions.answers.opening import opening_sentences, place_of
from actions.answers.wording import NO_DETAILS, capital, chosen, listed, place_text, reply
from actions.calls import QuickReply, Reply
from actions.hospital import Department, Doctor
from actions.mentions import find_services

_SOME_DOCTOR = (
    r"(?:dr|doctor|prof)\.? (?!who|that|for|do|does|is|on|in|with|to|at|here|there|now|today|tomorrow|and|or|name|called|"
    r"of|can|i\b|available|please)[a-z]{3,}"
)


def answer_finding(asked: Asked) -> Reply:
    """Answer which doctor or department does something, and when a doctor is in."""
    care = asked.hospital.finding_care
    if asked.doctors:
        about = [_doctor(doctor, asked) for doctor in asked.doctors[:2]]
        department = asked.hospital.departments[asked.doctors[0].department]
        return reply([*about, f"Phone: {department.phone}."], _steps(department, asked))
    if asked.departments:
        return _departments(asked)
    absent = names_of(asked.hospital).not_offered.find(asked.text)
    steps = (quick.BOOK, quick.INSURANCE, quick.PERSON)
    if absent:
        return reply([f"We do not offer {absent[0].value} here.", f"{care.elsewhere} Call {care.phone}."], steps)
    sentences = _general(asked)
    if asked.asks(r"department|clinics|what do you (?:have|offer)|services|specialt"):
        sentences.insert(0, f"We have {listed([one.name for one in asked.hospital.departments.values()])}.")
    elif asked.asks(_SOME_DOCTOR):
        sentences.insert(0, "I do not find a doctor by that name in my list, which is not complete.")
    return reply(sentences, steps)


def _general(asked: Asked) -> list[str | None]:
    care = asked.hospital.finding_care
    aspects = (
        (r"woman|women|female|lady|male\b|man\b|second opinion|choose|particular|same doctor", care.choice),
        (r"referral|refer\b|referred", care.referral),
    )
    last = f"All our doctors and services are listed at {care.directory}, and the find-care line helps at {care.phone}."
    return [*chosen(asked.text, aspects, ()), last]


def _doctor(doctor: Doctor, asked: Asked) -> str:
    department = asked.hospital.departments[doctor.department]
    days = listed([day.label for day in doctor.days])
    text = f"{doctor.name} works in {department.called} and sees patients on {days}"
    if asked.days:
        return f"{text}, {_is_in(doctor, department, asked, asked.days[0])}"
    if asked.asks(r"in today|now|working today|available today|in\?$|around\?"):
        return f"{text}, {_is_in(doctor, department, asked, AskedDay(asked.today))}"
    return f"{text}. {_focus(doctor)}".strip()


def _is_in(doctor: Doctor, department: Department, asked: Asked, day: AskedDay) -> str:
    when = asked.when(day)
    if day.on.weekday() not in doctor.days:
        return f"so not {when}, I am sorry."
    if not day.hours(department.opening_hours, asked.hospital):
        return f"but {department.called} is closed {when}."
    return f"so yes, {when}."


def _focus(doctor: Doctor) -> str:
    return f"Known for: {doctor.focus}." if doctor.focus else ""


def _departments(asked: Asked) -> Reply:
    first = asked.departments[0]
    services = {mention.value for mention in find_services(asked.text, asked.hospital)}
    sentences: list[str | None] = []
    for department in asked.departments[:2]:
        offered = [service for service in department.services if service in services]
        where = f"{place_text(department)}, phone {department.phone}"
        if offered:
            sentences.append(f"Yes, we offer this: {listed(offered)}, at {department.called}, {where}.")
        else:
            yes = asked.asks(r"do you (?:have|do|offer|treat)|is there|have you got|are there")
            sentences.append(f"{'Yes, ' + department.called if yes else capital(department.called)} is {where}.")
        sentences.append(department.note)
    sentences += [
        _doctor(doctor, asked)
        for department in asked.departments[:2]
        for doctor in asked.hospital.doctors_of(department.id)
    ]
    if asked.asks(r"woman|women|female|lady|male\b|man\b|second opinion|referral"):
        sentences += _general(asked)
    return reply(sentences, _steps(first, asked))


def _steps(department: Department, asked: Asked) -> tuple[QuickReply, ...]:
    return (
        *quick.booking_with(department, asked.hospital),
        quick.hours_of(department),
        quick.way_to(department),
        quick.INSURANCE,
    )


def answer_emergency_department(asked: Asked) -> Reply:
    """Answer a question about the emergency department or urgent care; never one about symptoms."""
    hospital = asked.hospital
    facts = hospital.emergency_department
    urgent = hospital.departments[facts.urgent_care_department]
    if urgent in asked.departments or asked.asks(r"urgent care|walk[- ]?in"):
        about = [
            facts.urgent_care,
            *opening_sentences(place_of(urgent), asked),
            f"It is {place_text(urgent)}, phone {urgent.phone}.",
        ]
        return reply(about, _emergency_steps(), closing=[_call(asked)])
    aspects = (
        (r"wait|busy|line\b|queue|how long|crowd|full|triage", facts.waiting),
        (r"child|kid|baby|babies|pediatric|peds|son\b|daughter|under|toddler|teen", facts.children),
        (r"bring|need to have|document|papers|id\b|insurance|card", facts.bring),
        (
            r"companion|come in with|stay with|visit|wife|husband|partner|family|friend|with me|accompany",
            facts.companions,
        ),
        (r"open|24|hours|night|close|appointment|holiday|weekend|sunday|saturday|always|walk", facts.open),
    )
    department = hospital.departments[facts.department]
    sentences = chosen(asked.text, aspects, (facts.open, facts.waiting))
    if asked.asks(r"where|address|entrance|find|phone|number|call\b|directions"):
        sentences.insert(0, f"{hospital.location.emergency_entrance} Phone: {department.phone}.")
    return reply(sentences, _emergency_steps(), closing=[_call(asked)])


def _call(asked: Asked) -> str:
    return f"In an emergency call {asked.hospital.emergency.number}. {NO_DETAILS}"


def _emergency_steps() -> tuple[QuickReply, ...]:
    return (quick.URGENT_CARE, quick.DIRECTIONS, quick.PARKING)
