"""Answers about records, results, prescriptions, vaccinations and video visits: how things work, never what they mean. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.hours import open_now
from actions.answers.names import names_of
from actions.answers.wording import NO_DETAILS, chosen, hours_or_closed, listed, reply, week_text
from actions.calls import Reply


def answer_records(asked: Asked) -> Reply:
    """Answer how to get copies of records."""
    records = asked.hospital.records
    aspects = (
        (r"imag|cd\b|disc|dvd|x-?ray|mri|ct\b|scan|picture|film|ultrasound", records.images),
        (r"transfer|send|another|other hospital|new doctor|fax|forward", records.transfer),
        (
            r"my (?:mom|mum|mother|dad|father|son|daughter|wife|husband|child|kid|parent|partner)|"
            r"someone else|behalf|power of attorney|deceased",
            records.for_another,
        ),
        (r"how long|take|when|fast|quick|days|soon|turnaround", records.time),
        (r"cost|fee|charge|price|free|pay|how much", records.fee),
        (r"where|office|in person|pick ?up|come in|address|room", records.where),
        (r"how|form|request|copy|copies|get|download|portal|online", records.how),
    )
    sentences = chosen(asked.text, aspects, (records.how, records.time))
    ways = f"Phone: {records.phone}. Form: {records.form} or portal: {asked.hospital.private.portal}"
    return reply(sentences, (quick.RESULTS, quick.OPENING, quick.PERSON), closing=[NO_DETAILS, ways])


def answer_results(asked: Asked) -> Reply:
    """Answer how results reach a patient."""
    results = asked.hospital.results
    aspects = (
        (
            r"my (?:mom|mum|mother|dad|father|son|daughter|wife|husband|child|kid|parent)|someone else|behalf|proxy",
            results.for_another,
        ),
        (r"how long|when|take|days|wait|still|yet|ready|soon|turnaround", results.time),
        (
            r"mail|paper|print|post|no (?:portal|computer|internet)|without|phone|call|in person|fax|email",
            results.paper,
        ),
        (r"cd\b|picture|image|film|disc", results.images),
        (r"how|where|portal|online|see|find|get|login|log in|access|app\b", results.how),
    )
    sentences = chosen(asked.text, aspects, (results.how, results.time))
    private = asked.hospital.private
    ways = f"Results line: {results.phone}. Portal: {private.portal}"
    login = (
        f"Portal help: {private.portal_help}." if asked.asks(r"log ?in|password|portal|account|app\b|sign in") else None
    )
    return reply(
        [*sentences, login], (quick.RECORDS, quick.PERSON), closing=[f"I cannot see results. {NO_DETAILS}", ways]
    )


def answer_prescriptions(asked: Asked) -> Reply:
    """Answer how refills work; never which medicine or how much."""
    scripts = asked.hospital.prescriptions
    pharmacy = asked.hospital.departments.get("pharmacy")
    aspects = (
        (r"deliver|mail|ship|post|bring it home|sent (?:to|home)", scripts.delivery),
        (
            r"transfer|another pharmacy|different pharmacy|other pharmacy|move|switch|cvs|walgreens|send",
            scripts.transfer,
        ),
        (r"pick ?(?:it |them |\w+ )?up|collect|ready|where", scripts.pick_up),
        (r"how long|when|fast|days|take|same day|turnaround", scripts.time),
        (r"renew|no refills|ran out of refills|expired|new prescription|out of refills", scripts.renewal),
        (r"how|refill|request|order|repeat|portal|online|app\b|phone", scripts.refill),
    )
    sentences = chosen(asked.text, aspects, (scripts.refill, scripts.time))
    ways = f"Portal: {asked.hospital.private.portal}"
    phone = f"Pharmacy: {pharmacy.phone}, {week_text(pharmacy.opening_hours, asked.hospital)}." if pharmacy else None
    private = "Please do not send the names of medicines or other medical details here."
    return reply([*sentences, phone], (quick.PHARMACY, quick.BOOK, quick.PERSON), closing=[private, ways])


def answer_vaccinations(asked: Asked) -> Reply:
    """Answer which vaccinations are offered, where, when and at what price."""
    facts = asked.hospital.vaccinations
    named = {mention.value for mention in names_of(asked.hospital).vaccines.find(asked.text)}
    offered = [one for one in facts.vaccines if one.name in named][:3]
    sentences: list[str | None] = []
    if offered:
        sentences.append(f"Yes, we offer {listed([f'{one.name} ({one.price} without insurance)' for one in offered])}.")
    elif not asked.asks(r"record|proof|certificate|walk"):
        sentences.append(f"We offer {listed([one.name for one in facts.vaccines])}.")
    aspects = (
        (r"walk[- ]?in|appointment|book|just come|show up|drop", facts.walk_in),
        (r"child|kid|baby|babies|toddler|son\b|daughter|school|teen|pediatric", facts.children),
        (r"travel|abroad|trip|yellow fever|typhoid", facts.travel),
        (r"record|proof|certificate|card\b|print", facts.proof),
        (r"cost|price|how much|free|insurance|cover|pay", facts.price),
        (r"where|location|place|find", facts.where),
    )
    sentences += chosen(asked.text, aspects, (facts.where, facts.walk_in))
    phone = asked.hospital.departments[facts.department].phone
    return reply(
        [*sentences, *_vaccination_hours(asked), f"Phone: {phone}."],
        (quick.FLU_SHOTS, quick.DIRECTIONS, quick.INSURANCE),
    )


def _vaccination_hours(asked: Asked) -> list[str]:
    hours = asked.hospital.vaccinations.hours
    if asked.days:
        return [
            f"Hours {asked.when(asked.days[0])}: {hours_or_closed(asked.days[0].hours(hours, asked.hospital), asked.hospital)}."
        ]
    if asked.about_now:
        return [open_now(hours, asked)]
    return [f"Hours: {week_text(hours, asked.hospital)}."]


def answer_telehealth(asked: Asked) -> Reply:
    """Answer how video visits work."""
    facts = asked.hospital.telehealth
    with_video = [asked.hospital.departments[key] for key in facts.departments]
    aspects = (
        (r"need|app\b|computer|camera|phone|tablet|browser|internet|device|laptop|download|zoom|ipad", facts.needs),
        (r"cost|price|how much|insurance|cover|pay|free", facts.cost),
        (r"problem|help|not work|doesn'?t work|frozen|connect|sound|mic|fail|drop", facts.help),
        (r"how|work|start|join|book|schedule|link|do you (?:do|offer|have)", facts.how),
    )
    sentences = chosen(asked.text, aspects, (facts.how, facts.needs))
    named = [one for one in asked.departments if one in with_video]
    if asked.departments:
        what = [
            f"Yes, {one.called} offers video visits."
            if one in named
            else f"Video visits are not offered by {one.called}."
            for one in asked.departments[:1]
        ]
    else:
        what = [f"{facts.what.rstrip('.')} in {listed([one.name for one in with_video])}."]
    hours = week_text(facts.hours, asked.hospital)
    if asked.days:
        day = asked.days[0]
        hours = f"{asked.when(day)} {hours_or_closed(day.hours(facts.hours, asked.hospital), asked.hospital)}"
    return reply(
        [*what, *sentences, f"Video help line: {facts.phone}, {hours}."], (quick.BOOK, quick.INSURANCE, quick.PERSON)
    )
