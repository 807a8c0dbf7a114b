"""The hospital's facts: the tree that hospital.yml fills, one dataclass for each of its parts.

The types are the file's schema: `actions.hospital.reading` reads each field as its annotation says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Annotated
from zoneinfo import ZoneInfo

from actions.hospital.amenities import (
    Accessibility,
    Feedback,
    Food,
    Jobs,
    Languages,
    LostProperty,
    Parking,
    Rooms,
)
from actions.hospital.care import (
    EmergencyDepartment,
    FindingCare,
    Prescriptions,
    Records,
    Results,
    Telehealth,
    Vaccinations,
)
from actions.hospital.holidays import Holiday
from actions.hospital.hours import Interval, Intervals, Weekday, WeekHours
from actions.hospital.kinds import (
    Building,
    DepartmentId,
    DepartmentTitle,
    DepartmentWord,
    DoctorName,
    Email,
    Key,
    Phone,
    ShortCode,
    Url,
)
from actions.hospital.money import Billing, Costs, Insurance


class TimeFormat(Enum):
    """How answers write a time of day."""

    HOURS_24 = "24h"  # 20:00
    HOURS_12 = "12h"  # 8 pm


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """The numbers for danger to life and for a crisis; short codes or phone numbers."""

    number: ShortCode
    crisis_line: ShortCode


@dataclass(frozen=True, slots=True)
class PrivateChannels:
    """Where personal and medical details may be sent."""

    secure_email: Email
    portal: Url
    portal_help: Phone


@dataclass(frozen=True, slots=True)
class Desk:
    """The people who take over from the assistant."""

    phone: Phone
    hours: WeekHours


@dataclass(frozen=True, slots=True)
class Location:
    """Where the hospital is and how to get there and around."""

    address: str
    map_link: Url
    buildings: Mapping[str, str]
    """Each building and the way to it from the main entrance."""
    open: str
    main_entrance: str
    night_entrance: str
    emergency_entrance: str
    bus: str
    train: str
    car: str
    taxi: str


@dataclass(frozen=True, slots=True)
class Visiting:
    """A department's own visiting hours and rules."""

    hours: WeekHours
    max_visitors: Annotated[int, range(21)]
    """How many visitors a patient may have at one time."""
    children: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class VisitingRules:
    """Visiting rules of the whole hospital."""

    general: str
    children: str
    at_once: str
    overnight: str
    flowers: str


@dataclass(frozen=True, slots=True)
class Department:
    """A department or ward; `id` is its key in hospital.yml and in the slot `department`."""

    name: DepartmentTitle
    """At most 20 characters, to fit a quick reply: Maternity."""
    called: str
    """As it stands within a sentence: the maternity ward."""
    also_called: tuple[DepartmentWord, ...]
    phone: Phone
    building: Building
    floor: str
    opening_hours: WeekHours
    services: Mapping[str, tuple[str, ...]]
    """What it offers, each with the other words people use for it."""
    visiting: Visiting | None = None
    note: str | None = None
    id: Key = field(default="", metadata={"from_key": True})


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor whom the assistant may name."""

    name: DoctorName
    """With the title: Dr. Anita Patel."""
    department: DepartmentId
    days: tuple[Weekday, ...]
    focus: str | None = None
    """What the doctor is known for: heart rhythm and pacemakers."""

    @property
    def surname(self) -> str:
        """Give the last word of the name."""
        return self.name.split()[-1]


@dataclass(frozen=True, slots=True)
class BookableDepartment:
    """The schedule of a department that takes bookings online."""

    hours: WeekHours
    slot_minutes: Annotated[int, range(5, 241)]
    capacity: Annotated[int, range(1, 51)]
    """How many patients one slot takes at the same time."""
    breaks: tuple[Interval, ...] = ()
    """Parts of every day without slots; a slot that would run into one is not offered."""
    bring: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """Online booking: what is open to it and its limits."""

    days_ahead: Annotated[int, range(1, 366)]
    """The last day that can be booked is today plus this."""
    notice_hours: Annotated[int, range(169)]
    """The first slot that can be booked starts this long from now."""
    hold_minutes: Annotated[int, range(1, 241)]
    """How long a chosen slot is held until identity is settled."""
    departments: Mapping[DepartmentId, BookableDepartment]
    cancellation: str


@dataclass(frozen=True, slots=True, repr=False)
class Hospital:
    """Everything the assistant may say about the hospital."""

    name: str
    town: str
    timezone: ZoneInfo
    time_format: TimeFormat
    phone: Phone
    website: Url
    emergency: EmergencyNumbers
    private: PrivateChannels
    desk: Desk
    holidays: tuple[Holiday, ...]
    named_days: tuple[Holiday, ...]
    """Days that people name and on which nothing changes: Easter Sunday, Veterans Day."""
    location: Location
    visiting: VisitingRules
    departments: Mapping[Key, Department]
    doctors: tuple[Doctor, ...]
    booking: Booking
    emergency_department: EmergencyDepartment
    finding_care: FindingCare
    insurance: Insurance
    costs: Costs
    billing: Billing
    records: Records
    results: Results
    prescriptions: Prescriptions
    vaccinations: Vaccinations
    telehealth: Telehealth
    parking: Parking
    languages: Languages
    accessibility: Accessibility
    food: Food
    rooms: Rooms
    lost_property: LostProperty
    jobs: Jobs
    feedback: Feedback

    def __repr__(self) -> str:
        return f"Hospital({self.name!r})"

    @property
    def calendar(self) -> tuple[Holiday, ...]:
        """Give every day with a name, for `actions.mentions.find_day`."""
        return self.holidays + self.named_days

    def holiday_on(self, day: date) -> Holiday | None:
        """Give the holiday of a date."""
        return next((holiday for holiday in self.holidays if holiday.falls_on(day)), None)

    def hours_on(self, hours: WeekHours, day: date) -> Intervals:
        """Give the hours of a date, holidays considered."""
        return hours.on(day, holiday=self.holiday_on(day) is not None)

    def doctors_of(self, department: str) -> tuple[Doctor, ...]:
        """Give the named doctors of a department, by its id."""
        return tuple(doctor for doctor in self.doctors if doctor.department == department)
