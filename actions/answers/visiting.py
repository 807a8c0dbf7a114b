"""Answers about visiting patients. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked, AskedDay
from actions.answers.hours import on_days, on_holidays
from actions.answers.names import names_of
from actions.answers.wording import MAX_ANSWER, capital, hours_or_closed, listed, reply, week_text
from actions.calls import Reply
from actions.hospital import Department, Intervals, Weekday
from actions.hospital.facts import Visiting

_CHILDREN = (
    r"kid|child|son\b|daughter|toddler|bab(?:y|ies)|sibling|brother|sister|teen|grand(?:son|kid|daughter)|"
    r"under \d|years? old|age\b|minor"
)
_HOW_MANY = r"how many|number of|at once|at the same time|at a time|people|visitors|persons|all of us|group|limit"
_OVERNIGHT = r"over ?night|stay the night|sleep|stay over|all night"
_GIFTS = r"flower|bouquet|plant|balloon"
_RULES = r"rule|policy|policies|check in|badge|mask"
_SUGGESTED = ("maternity", "pediatrics", "surgery", "cardiology")


def answer_visiting(asked: Asked) -> Reply:
    """Answer a question about visiting: the ward's hours on the day asked, or the list of wards."""
    wards = [department for department in asked.departments if department.visiting]
    if wards:
        sentences = [sentence for ward in wards[:3] for sentence in _ward(ward, asked)]
        steps = (quick.way_to(wards[0]), quick.PARKING, quick.DIRECTIONS, quick.FOOD)
        return reply([*sentences, *_house_rules(asked)], steps)
    if asked.departments:
        return _without_beds(asked.departments[0], asked)
    return _list_of_wards(asked)


def _ward(ward: Department, asked: Asked) -> list[str | None]:
    visiting = ward.visiting
    assert visiting is not None
    name = capital(ward.called)
    is_open, is_closed = f"{name} has visiting hours", f"{name} has no visiting hours"
    sentences: list[str | None] = []
    if asked.about_holidays:
        sentences.append(on_holidays(visiting.hours, asked, is_open=is_open, is_closed=is_closed))
    if asked.days or asked.time or asked.about_now:
        sentences += on_days(visiting.hours, asked, is_open=is_open, is_closed=is_closed, place="visiting hours")
    if not sentences:
        sentences.append(
            f"Visiting hours of {ward.called}: {week_text(visiting.hours, asked.hospital, none='no visiting')}."
        )
    if asked.asks(_CHILDREN):
        sentences.append(visiting.children)
    if asked.asks(_HOW_MANY):
        sentences.append(_limit(visiting))
    return [*sentences, visiting.note]


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
    return reply(
        [
            f"{capital(department.called)} has no visiting hours, as patients do not stay there overnight.",
            f"It is open {week_text(department.opening_hours, asked.hospital)}.",
            f"If you are looking for a patient's ward, the switchboard can help: {asked.hospital.phone}.",
        ],
        (quick.VISITING, quick.way_to(department), quick.PARKING),
    )


def _list_of_wards(asked: Asked) -> Reply:
    """List every ward's hours on the day asked about, or today."""
    hospital = asked.hospital
    day = None if asked.about_holidays and not asked.days else (*asked.days, AskedDay(asked.today))[0]
    wards = [(ward, ward.visiting) for ward in hospital.departments.values() if ward.visiting]
    hours = [
        f"{ward.name} {hours_or_closed(_listed_hours(visiting, day, asked), hospital)}" for ward, visiting in wards
    ]
    when = asked.when(day) if day else "on holidays"
    table = f"Each ward has its own visiting hours. These are the wards and their hours {when}: {'; '.join(hours)}."
    question = "Which ward would you like to visit?"
    if len(table) + len(question) >= MAX_ANSWER:
        table = f"Each ward has its own visiting hours. We have {listed([ward.name for ward, _ in wards])}."
    absent = names_of(hospital).not_offered.find(asked.text)
    opening = [f"We have no {absent[0].value} here." if absent else None]
    suggested = [ward for ward, _ in wards if ward.id in _SUGGESTED] or [ward for ward, _ in wards]
    # The table comes before the rules of the house: of the two it must fit.
    rules = asked.hospital.visiting
    limits = [rules.children if asked.asks(_CHILDREN) else None, rules.at_once if asked.asks(_HOW_MANY) else None]
    return reply(
        [*opening, table, *limits, *_house_rules(asked)],
        [quick.visiting_of(ward) for ward in suggested],
        closing=[question],
    )


def _listed_hours(visiting: Visiting, day: AskedDay | None, asked: Asked) -> Intervals:
    """Give a ward's hours for the list: of a day, or of holidays in general."""
    if day is not None:
        return day.hours(visiting.hours, asked.hospital)
    # A ward that no holiday changes shows the hours of a Sunday, which most holidays resemble.
    return visiting.hours.week[Weekday.SUN] if visiting.hours.holidays is None else visiting.hours.holidays
