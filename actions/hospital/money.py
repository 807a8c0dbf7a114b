"""Facts about money: insurers, prices and bills.

A `str` is a whole sentence that patients read as it stands.
"""

from dataclasses import dataclass

from actions.hospital.hours import WeekHours
from actions.hospital.kinds import InsurerWord, Phone, Url


@dataclass(frozen=True, slots=True)
class Insurer:
    """An insurer, and which of its plans are accepted."""

    name: InsurerWord
    also_called: tuple[InsurerWord, ...] = ()
    plans: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Insurance:
    """Which insurers pay for care here."""

    accepted: tuple[Insurer, ...]
    not_accepted: tuple[Insurer, ...]
    phone: Phone
    hours: WeekHours
    check: str
    authorization: str
    coverage: str
    out_of_network: str
    uninsured: str
    bring: str


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one service without insurance."""

    name: str
    also_called: tuple[str, ...]
    price: str
    """An amount or a range: $450, $1,900 to $2,600."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices before insurance, estimates and help."""

    prices: tuple[Price, ...]
    price_list: Url
    estimate_phone: Phone
    estimate_hours: WeekHours
    estimate: str
    with_insurance: str
    self_pay: str
    financial_assistance: str


@dataclass(frozen=True, slots=True)
class Billing:
    """How bills are paid and questions about them answered."""

    phone: Phone
    hours: WeekHours
    online: Url
    pay: str
    ways: str
    plan: str
    receipt: str
    refund: str
    question: str
    office: str
