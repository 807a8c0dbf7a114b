"""Answers about getting to the hospital, parking and access. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.names import names_of
from actions.answers.wording import capital, chosen, place_text, reply
from actions.calls import Reply


def answer_location(asked: Asked) -> Reply:
    """Answer a question about the address, the way, or where a department is inside."""
    place = asked.hospital.location
    ways = _ways(asked)
    if asked.departments:
        where = [f"{capital(one.called)} is {place_text(one)}." for one in asked.departments[:3]]
        first = asked.departments[0]
        entrance = place.emergency_entrance if first.id == asked.hospital.emergency_department.department else None
        steps = (quick.hours_of(first), quick.PARKING, quick.ACCESS, *quick.booking_with(first, asked.hospital))
        return reply([*where, entrance, *ways, None if ways or entrance else place.buildings[first.building]], steps)
    steps = (quick.PARKING, quick.DISABLED_PARKING, quick.OPENING, quick.FIND)
    inside = _inside(asked)
    if inside:
        return reply([*inside, *ways], steps)
    absent = names_of(asked.hospital).not_offered.find(asked.text)
    return reply(
        [
            f"We have no {absent[0].value} here." if absent else None,
            f"{asked.hospital.name} is at {place.address}.",
            *(ways or [place.main_entrance]),
            f"Map: {place.map_link}",
        ],
        steps,
    )


def _ways(asked: Asked) -> list[str | None]:
    place = asked.hospital.location
    aspects = (
        (r"bus|public trans|transit", place.bus),
        (r"train|subway|metro|tram|station|public trans|transit", place.train),
        (r"car\b|driv|highway|freeway|route|exit|gps|sat ?nav|interstate", place.car),
        (r"taxi|cab\b|uber|lyft|ride ?share|drop", place.taxi),
        (r"night|after hours|late|after 9|midnight", place.night_entrance),
        (r"emergency entrance|ambulance", place.emergency_entrance),
        (r"(?<!emergency )entrance|way in|front door|which door", place.main_entrance),
    )
    return chosen(asked.text, aspects, ())


def _inside(asked: Asked) -> list[str]:
    """Say where places that are no departments are."""
    hospital = asked.hospital
    found = {mention.value for mention in names_of(hospital).food_places.find(asked.text)}
    sentences = [f"{capital(one.name)} is {one.where}." for one in hospital.food.places if one.name in found]
    offices = (
        (r"billing|cashier", hospital.billing.office),
        (r"records?\b", hospital.records.where),
        (r"lost (?:and|&|n) found|lost property|security", hospital.lost_property.where),
        (r"restroom|toilet|bathroom|washroom|changing", hospital.accessibility.toilets),
        (r"elevator|lift\b|lifts\b", hospital.accessibility.lifts),
        (r"vaccin|(?:flu|covid) (?:shot|jab)", hospital.vaccinations.where),
        (r"patient relations|complaint", hospital.feedback.office),
        (r"wheelchair", hospital.accessibility.wheelchairs),
        (r"garage|car park|parking", hospital.parking.where),
        (r"vending", hospital.food.vending),
    )
    return sentences + [text for text in chosen(asked.text, offices, ()) if text]


def answer_parking(asked: Asked) -> Reply:
    """Answer a question about parking."""
    parking = asked.hospital.parking
    aspects = (
        (r"disab|accessible|handicap|blue badge|permit|wheelchair|placard", parking.disabled),
        (r"valet", parking.valet),
        (r"drop|pull up|curb|unload|pick ?(?:him|her|them|someone|my)?\s?up", parking.drop_off),
        (
            r"charg(?:e|ing|er) (?:my|station|point|for ev|a tesla|an ev)|charger|ev\b|electric|tesla|plug",
            parking.charging,
        ),
        (r"bike|bicycle|cycle|scooter|motor", parking.bicycles),
        (r"lost (?:my|the|a|our)?\s?(?:parking )?ticket|lost ticket|ticket", parking.lost_ticket),
        (r"week|pass\b|passes|monthly|long[- ]term|several days|discount|multi", parking.passes),
        (r"pay\b|paid\b|payment|card|cash|coin|apple pay|machine", parking.payment),
        (r"free|validat|gratis", parking.free),
        (r"how much|cost|price|fee|rate|expensive|charge\b|per hour|per day|daily|max", parking.price),
        (r"open|24|overnight|over night|close|hours\b|at night|late|all night", parking.hours),
    )
    sentences = chosen(asked.text, aspects, (parking.where, parking.price, parking.free))
    if asked.asks(r"where|can i park|place to park"):
        sentences.insert(0, parking.where)
    return reply(sentences, (quick.DISABLED_PARKING, quick.DIRECTIONS, quick.VISITING, quick.ACCESS))


def answer_accessibility(asked: Asked) -> Reply:
    """Answer a question about access."""
    access = asked.hospital.accessibility
    aspects = (
        (
            r"borrow|loan|rent|lend|wheelchairs?\b.*\b(?:use|get|available|at the)|(?:need|get|have) a wheel ?chair|deposit|reserve",
            access.wheelchairs,
        ),
        (r"ramp|entrance|door|step|stair|level|access", access.entrances),
        (r"lift|elevator|stair|floor", access.lifts),
        (r"toilet|restroom|bathroom|changing", access.toilets),
        (r"hear|deaf|loop|t-coil|caption|tty|relay|hoh\b|amplifier|vibrat|pager", access.hearing),
        (r"blind|braille|large[- ]print|sight|vision|visual|screen ?reader|font|voiceover", access.sight),
        (r"dog|animal|pet\b", access.service_animals),
        (r"quiet|autis|sensory|noise|overwhelm|social story", access.quiet),
        (r"escort|push|walk|help me|meet (?:us|me|him|her)|far|guide|bench|sit down|cart|shuttle", access.escort),
    )
    sentences = chosen(asked.text, aspects, (access.entrances, access.lifts, access.wheelchairs))
    where = [f"{capital(one.called)} is {place_text(one)}." for one in asked.departments[:1]]
    last = f"For anything you need arranged, call {access.phone}."
    return reply([*sentences, *where, last], (quick.DISABLED_PARKING, quick.DIRECTIONS, quick.INTERPRETER))
