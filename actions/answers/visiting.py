"""Answers about visiting patients. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked, AskedDay, sentence_name, verdict
from actions.answers.names import names_of
from actions.answers.wording import hours_or_closed, reply, spans_text, week_text
from actions.calls import Reply
from actions.hospital import Department, Intervals
from actions.hospital.facts import Visiting

_CHILDREN = r"kid|child|son\b|daughter|toddler|bab(?:y|ies)|sibling|brother|sister|teen|grand(?:child|son|kid|daughter)|under \d|years? old|age"
_HOW_MANY = r"how many|number of|at once|at the same time|at a time|people|visitors|persons|all of us|group|limit"
_OVERNIGHT = r"over ?night|stay the night|sleep|stay over"
_GIFTS = r"flower|bouquet|plant|balloon"
_RULES = r"rule|policy|polic|allowed|check in|badge|mask"


def answer_visiting(asked: Asked) -> Reply:
    """Answer a question about visiting: the ward's hours on the day asked, or the list of wards."""
    wards = [department for department in asked.departments if department.visiting]
    if wards:
        sentences = [sentence for ward in wards[:3] for sentence in _ward(ward, asked)]
        others = (quick.PARKING, quick.DIRECTIONS, quick.VISITING, quick.FOOD)
        return reply([*sentences, *_house_rules(asked)], (quick.way_to(wards[0]), *others))
    if asked.departments:
        return _without_beds(asked.departments[0], asked)
    return _list_of_wards(asked)


def _ward(ward: Department, asked: Asked) -> list[str | None]:
    visiting = ward.visiting
    assert visiting is not None
    sentences: list[str | None] = [_hours(ward, visiting, asked, day) for day in asked.days[:2]]
    if asked.about_holidays:
        holidays = visiting.hours.holidays
        same = "on holidays the same visiting hours as on other days"
        sentences = [f"{sentence_name(ward)} has {same}: {week_text(visiting.hours, asked.hospital)}."]
        if holidays is not None:
            sentences = [_on("on holidays", ward, holidays, asked)]
    if not sentences:
        sentences = _now_or_week(ward, visiting, asked)
    if asked.asks(_CHILDREN):
        sentences.append(visiting.children)
    if asked.asks(_HOW_MANY):
        sentences.append(_limit(visiting))
    return [*sentences, visiting.note]


def _now_or_week(ward: Department, visiting: Visiting, asked: Asked) -> list[str | None]:
    """Say today's hours with a verdict when a time or this moment is asked about, else the week's."""
    if asked.time or asked.about_now:
        return [_hours(ward, visiting, asked, AskedDay(asked.today))]
    week = week_text(visiting.hours, asked.hospital, none="no visiting")
    return [f"Visiting hours of {ward.called}: {week}."]


def _hours(ward: Department, visiting: Visiting, asked: Asked, day: AskedDay) -> str:
    intervals = day.hours(visiting.hours, asked.hospital)
    when = day.text(asked.hospital, asked.today)
    if not intervals:
        return f"{sentence_name(ward)} has no visiting hours {when.rstrip(',')}."
    base = _on(when, ward, intervals, asked)
    says = verdict(intervals, asked, day, place="visiting hours")
    if says is None and asked.about_now:
        inside = any(part.contains(asked.minute) for part in intervals)
        says = "so yes, you can visit now." if inside else "so not at this moment, I am sorry."
    return f"{base.rstrip('.')}, {says}" if says else base


def _on(when: str, ward: Department, intervals: Intervals, asked: Asked) -> str:
    if not intervals:
        return f"{sentence_name(ward)} has no visiting hours {when}."
    return f"{sentence_name(ward)} has visiting hours {when} {spans_text(intervals, asked.hospital)}."


def _limit(visiting: Visiting) -> str:
    count = visiting.max_visitors
    return f"Up to {count} visitors at a time, please." if count != 1 else "One visitor at a time, please."


def _house_rules(asked: Asked) -> list[str | None]:
    rules = asked.hospital.visiting
    return [
        rules.overnight if asked.asks(_OVERNIGHT) else None,
        rules.flowers if asked.asks(_GIFTS) else None,
        rules.general if asked.asks(_RULES) else None,
    ]


def _without_beds(department: Department, asked: Asked) -> Reply:
    hours = week_text(department.opening_hours, asked.hospital)
    return reply(
        [
            f"{sentence_name(department)} has no visiting hours, as patients do not stay there overnight.",
            f"It is open {hours}." if hours else None,
            f"If you are looking for a patient's ward, the switchboard can help: {asked.hospital.phone}.",
        ],
        (quick.VISITING, quick.way_to(department), quick.PARKING),
    )


def _list_of_wards(asked: Asked) -> Reply:
    """List every ward's hours on the day asked about, or today."""
    hospital = asked.hospital
    day = asked.days[0] if asked.days else AskedDay(asked.today)
    wards = [department for department in hospital.departments.values() if department.visiting]
    hours = [
        f"{ward.name} {hours_or_closed(day.hours(ward.visiting.hours, hospital), hospital)}" for ward in wards if ward.visiting
    ]
    absent = names_of(hospital).not_offered.find(asked.text)
    when = day.text(hospital, asked.today).rstrip(",")
    return reply(
        [
            f"We have no {absent[0].value} here." if absent else None,
            *_house_rules(asked),
            f"Each ward has its own visiting hours. These are the wards and their hours {when}: {'; '.join(hours)}.",
            "Which ward would you like to visit?",
        ],
        [quick.visiting_of(ward) for ward in wards if ward.id in ("maternity", "pediatrics", "surgery", "cardiology")] or [quick.PARKING],
    )
