"""What actions work with: the hospital's facts, the database and the clock."""

from dataclasses import dataclass

from actions.clock import Clock
from actions.database import Database
from actions.hospital import HospitalFile


@dataclass(frozen=True, slots=True)
class Services:
    """Everything an action may use."""

    hospital: HospitalFile
    database: Database
    clock: Clock
