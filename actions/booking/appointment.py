"""Appointments and the states they and their slots go through, named as FHIR R4 names them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID


class SlotStatus(str, Enum):
    """FHIR's slotstatus, as far as it is used: https://hl7.org/fhir/R4/valueset-slotstatus.html."""

    FREE = "free"  # can be taken
    BUSY_TENTATIVE = "busy-tentative"  # held until held_until, then free again
    BUSY = "busy"  # taken


class AppointmentStatus(str, Enum):
    """FHIR's appointmentstatus, as far as it is used: https://hl7.org/fhir/R4/valueset-appointmentstatus.html."""

    PROPOSED = "proposed"  # a slot is held for a while; nobody knows yet for whom
    PENDING = "pending"  # identity was left in the private room; staff have to confirm; no longer lapses
    BOOKED = "booked"  # confirmed by staff
    CANCELLED = "cancelled"  # cancelled, or the hold lapsed


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment and, while it is only proposed, until when its slot is held."""

    id: int
    reference: str
    conversation: str
    department: str
    start: datetime
    end: datetime
    status: AppointmentStatus
    held_until: datetime | None
    case_id: UUID | None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it still stands: ahead, and confirmed or held."""
        if self.start <= now or self.status is AppointmentStatus.CANCELLED:
            return False
        return self.status is not AppointmentStatus.PROPOSED or (self.held_until is not None and self.held_until > now)


class SlotTakenError(Exception):
    """The time is no longer free: offer the next ones."""


class UnknownReferenceError(Exception):
    """No appointment that stands has this reference code: ask for the code again."""


class TooManyTriesError(Exception):
    """The conversation has sent too many wrong reference codes: it has to wait, or ask a person."""
