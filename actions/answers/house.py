"""Answers about the house: food, rooms, lost things, languages, jobs and feedback. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.hours import on_days, open_now
from actions.answers.names import names_of
from actions.answers.wording import NO_DETAILS, capital, chosen, listed, reply, week_text
from actions.calls import Reply
from actions.hospital.amenities import FoodPlace

# Languages that people ask for, to tell one that is not in hospital.yml from a question that names none.
_LANGUAGES = (
    r"spanish|espa[nñ]ol|mandarin|chinese|cantonese|vietnamese|arabic|portuguese|french|german|italian|russian|ukrainian|polish|korean|"
    r"japanese|hindi|urdu|bengali|punjabi|tagalog|filipino|farsi|persian|turkish|greek|hebrew|somali|amharic|swahili|haitian|creole|"
    r"hmong|khmer|thai|burmese|nepali|gujarati|tamil|telugu|romanian|hungarian|czech|dutch|swedish|albanian|armenian|igbo|yoruba"
)


def answer_food(asked: Asked) -> Reply:
    """Answer where to eat, when, and what."""
    food = asked.hospital.food
    named = {mention.value for mention in names_of(asked.hospital).food_places.find(asked.text)}
    aspects = (
        (r"vending|snack|machine", food.vending),
        (r"vegan|vegetarian|halal|kosher|gluten|diet|allerg|lactose", food.diets),
        (r"bring|own food|home ?cooked|from home|cake|takeout|take-out", food.bringing),
        (r"deliver|doordash|uber ?eats|grubhub|pizza|order in", food.delivery),
        (r"tray|guest meal|patients?\b|room service|meals? for|menu", food.patients),
        (r"pay\b|card|cash|price|cost|how much|apple pay", food.payment),
        (r"night|late|24|after hours", food.vending),
    )
    about = chosen(asked.text, aspects, ())
    places = [one for one in food.places if one.name in named]
    if not places and (not about or asked.asks(r"open|close|hours|time|where")):
        places = list(food.places)
    sentences = [sentence for place in places for sentence in _food_place(place, asked)]
    steps = (quick.FOOD, quick.WIFI, quick.VISITING, quick.PARKING)
    return reply([*sentences, *about, None if about else food.vending], steps)


def _food_place(place: FoodPlace, asked: Asked) -> list[str]:
    hospital, name = asked.hospital, f"{capital(place.name)}, {place.where},"
    if asked.days or asked.time:
        return on_days(
            place.hours, asked, is_open=f"{name} is open", is_closed=f"{name} is closed", place="opening hours"
        )
    week = f"{name} is open {week_text(place.hours, hospital)}."
    return [week, open_now(place.hours, asked)] if asked.about_now else [week, place.offers]


def answer_rooms(asked: Asked) -> Reply:
    """Answer what rooms have and how to reach someone in one."""
    rooms = asked.hospital.rooms
    aspects = (
        (r"password|passcode", rooms.wifi_password),
        (r"wi-?\s?fi|internet|network|online|stream", rooms.wifi),
        (
            r"call(?:ing)? (?:a|my|the|into|someone|him|her|mom|mum|dad|grandma|grandpa|patient)|"
            r"reach|put through|room number|landline|phone number",
            rooms.calling,
        ),
        (r"charg|usb|cable|outlet|socket", rooms.charging),
        (r"hair ?dryer|device|appliance|fan\b|plug", rooms.power),
        (r"tv|television|channel|netflix|movie", rooms.television),
        (r"private|single|own room|shared|share a room|roommate|change rooms|double", rooms.private),
        (r"quiet|noise|night|lights out", rooms.quiet),
        (r"pack|bring|what (?:should|do) i (?:bring|take|need)", rooms.bring),
        (r"phone|mobile|cell", rooms.phones),
        (r"bathroom|shower|fridge|safe\b|locker|chair|what(?:'s| is) in|in the rooms?", rooms.furnishing),
    )
    sentences = chosen(asked.text, aspects, (rooms.furnishing, rooms.wifi))
    if rooms.wifi in sentences and rooms.wifi_password not in sentences:
        sentences.append(rooms.wifi_password)
    phone = f"Switchboard: {asked.hospital.phone}." if rooms.calling in sentences else None
    return reply([*sentences, phone], (quick.WIFI, quick.ROOMS, quick.VISITING, quick.FOOD))


def answer_lost(asked: Asked) -> Reply:
    """Answer where lost things are kept."""
    lost = asked.hospital.lost_property
    aspects = (
        (r"i (?:have |just |'ve )*found (?!it|my)|someone'?s|hand(?:ed)? in|turn(?:ed)? in|somebody'?s", lost.found),
        (r"how long|keep|kept|still|days|weeks", lost.kept),
        (r"mail|ship|send|post(?:ed)?\b", lost.shipping),
    )
    sentences = chosen(asked.text, aspects, (lost.kept,))
    if asked.days or asked.time:
        sentences += on_days(
            lost.hours, asked, is_open="The desk is open", is_closed="The desk is closed", place="opening hours"
        )
    phone = f"Phone: {lost.phone}, {week_text(lost.hours, asked.hospital)}."
    return reply([lost.where, lost.how, *sentences, phone], (quick.DIRECTIONS, quick.OPENING, quick.PERSON))


def answer_languages(asked: Asked) -> Reply:
    """Answer which languages are spoken and how to get an interpreter."""
    languages = asked.hospital.languages
    spoken = [one for one in languages.spoken if asked.asks(one.lower())]
    sentences: list[str | None] = []
    default: tuple[str, ...] = (languages.interpreter, languages.price)
    if asked.asks(r"sign language|asl\b|sign\b|deaf|signing"):
        sentences.append(languages.sign)
        default = (languages.price,)
    elif spoken:
        sentences.append(f"Yes, staff interpreters speak {listed(spoken)}.")
    elif asked.asks(_LANGUAGES):
        sentences += [f"Our staff interpreters speak {listed(languages.spoken)}.", languages.other]
        default = (languages.price,)
    aspects = (
        (r"forms?\b|document|leaflet|paper|translated|written|brochure", languages.forms),
        (r"cost|free|price|pay|charge|how much", languages.price),
        (r"family|my (?:son|daughter|wife|husband|kid|child|cousin|friend)|bring my own|relative", languages.family),
        (r"how (?:do|can|to)|request|book|arrange|ask for|ahead|notice", languages.request),
    )
    sentences += chosen(asked.text, aspects, default)
    last = f"Interpreter services: {languages.phone}."
    return reply([*sentences, last], (quick.BOOK, quick.ACCESS, quick.VIDEO))


def answer_jobs(asked: Asked) -> Reply:
    """Answer how to work, volunteer or learn here."""
    jobs = asked.hospital.jobs
    aspects = (
        (r"volunteer|help out", jobs.volunteering),
        (r"shadow|observ", jobs.shadowing),
        (r"resident|residency|fellowship|nursing program|new grad", jobs.residency),
        (r"student|intern|placement|rotation|clinical hours|school|practicum|extern", jobs.students),
        (r"status|applied|my application|heard back|interview|hear back", jobs.status),
    )
    sentences = chosen(asked.text, aspects, (jobs.apply,))
    ways = f"Recruiting team: {jobs.phone} or {jobs.email}. Careers page: {jobs.careers}"
    return reply([*sentences, ways], (quick.JOBS, quick.VOLUNTEER, quick.DIRECTIONS))


def answer_feedback(asked: Asked) -> Reply:
    """Answer whom to tell what went wrong or could be better."""
    feedback = asked.hospital.feedback
    aspects = (
        (r"how long|when|reply|hear back|answer|response|no reply|sent", feedback.answer_within),
        (r"state|outside|regulator|ombuds|health department|higher|escalat|who else", feedback.outside),
        (r"office|in person|where|come by|visit", feedback.office),
    )
    complaint = asked.asks(
        r"complain|rude|wait|worst|terrible|ignored|unacceptable|dirty|disappoint|awful|bad\b|angry|upset|ridiculous|shouted"
    )
    sorry = "I am sorry that something was not right." if complaint else "Thank you for wanting to tell us."
    about = chosen(asked.text, aspects, (feedback.answer_within,))
    ways = f"Phone: {feedback.phone}, {week_text(feedback.hours, asked.hospital)}. Form: {feedback.form}"
    private = f"{NO_DETAILS} For those, use {asked.hospital.private.secure_email}."
    return reply([sorry, feedback.how, *about], (quick.PERSON, quick.FEEDBACK), closing=[private, ways])
