"""Facts about getting care: finding it, the emergency department, and what follows a visit.

A `str` is a whole sentence that patients read as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from actions.hospital.hours import WeekHours
from actions.hospital.kinds import DepartmentId, Phone, Url


@dataclass(frozen=True, slots=True)
class EmergencyDepartment:
    """Facts about the emergency department, none of them about symptoms."""

    department: DepartmentId
    open: str
    waiting: str
    children: str
    bring: str
    companions: str
    urgent_care: str
    urgent_care_department: DepartmentId


@dataclass(frozen=True, slots=True)
class FindingCare:
    """How to find a department or doctor."""

    directory: Url
    phone: Phone
    choice: str
    """Whether a patient may ask for a particular doctor, a woman, or a second opinion."""
    referral: str
    not_offered: Mapping[str, tuple[str, ...]]
    """What people ask for and the hospital does not have, each with the other words people use."""
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Records:
    """Copies of medical records."""

    phone: Phone
    hours: WeekHours
    form: Url
    where: str
    how: str
    time: str
    fee: str
    images: str
    transfer: str
    for_another: str


@dataclass(frozen=True, slots=True)
class Results:
    """How results reach a patient."""

    phone: Phone
    how: str
    time: str
    paper: str
    images: str
    for_another: str


@dataclass(frozen=True, slots=True)
class Prescriptions:
    """How prescriptions are renewed and collected."""

    refill: str
    time: str
    pick_up: str
    transfer: str
    delivery: str
    renewal: str


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccination on offer."""

    name: str
    also_called: tuple[str, ...]
    price: str
    """With its unit: $40, free."""


@dataclass(frozen=True, slots=True)
class Vaccinations:
    """The vaccination clinic."""

    department: DepartmentId
    vaccines: tuple[Vaccine, ...]
    hours: WeekHours
    where: str
    walk_in: str
    price: str
    children: str
    travel: str
    proof: str


@dataclass(frozen=True, slots=True)
class Telehealth:
    """Video visits."""

    departments: tuple[DepartmentId, ...]
    phone: Phone
    hours: WeekHours
    what: str
    how: str
    needs: str
    cost: str
    help: str
