"""Facts about the house and the people in it: parking, food, rooms, languages, access, lost property, jobs, feedback.

A `str` is a whole sentence that patients read as it stands.
"""

from dataclasses import dataclass

from actions.hospital.hours import WeekHours
from actions.hospital.kinds import Email, Phone, Url


@dataclass(frozen=True, slots=True)
class Parking:
    """Where to leave the car and what it costs."""

    where: str
    hours: str
    price: str
    passes: str
    payment: str
    disabled: str
    drop_off: str
    valet: str
    charging: str
    bicycles: str
    lost_ticket: str
    free: str


@dataclass(frozen=True, slots=True)
class Languages:
    """Interpreters and translated papers."""

    phone: Phone
    spoken: tuple[str, ...]
    """Languages that staff interpreters speak in the house."""
    interpreter: str
    request: str
    price: str
    sign: str
    forms: str
    other: str
    family: str


@dataclass(frozen=True, slots=True)
class Accessibility:
    """Help for people who move, hear or see with difficulty."""

    phone: Phone
    entrances: str
    wheelchairs: str
    lifts: str
    toilets: str
    hearing: str
    sight: str
    service_animals: str
    quiet: str
    escort: str


@dataclass(frozen=True, slots=True)
class FoodPlace:
    """A place to eat or drink."""

    name: str
    also_called: tuple[str, ...]
    where: str
    hours: WeekHours
    offers: str


@dataclass(frozen=True, slots=True)
class Food:
    """Food for visitors and patients."""

    places: tuple[FoodPlace, ...]
    vending: str
    diets: str
    bringing: str
    delivery: str
    patients: str
    payment: str


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a room has, and how to stay in touch with someone in it."""

    wifi: str
    wifi_password: str
    phones: str
    calling: str
    charging: str
    television: str
    private: str
    furnishing: str
    quiet: str
    bring: str
    power: str


@dataclass(frozen=True, slots=True)
class LostProperty:
    """Where things that were left behind are kept."""

    phone: Phone
    hours: WeekHours
    where: str
    how: str
    kept: str
    shipping: str
    found: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Working, volunteering and learning here."""

    careers: Url
    phone: Phone
    email: Email
    apply: str
    status: str
    volunteering: str
    students: str
    shadowing: str
    residency: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """Complaints, suggestions and praise."""

    phone: Phone
    hours: WeekHours
    form: Url
    how: str
    office: str
    answer_within: str
    outside: str
    praise: str
