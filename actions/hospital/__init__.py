"""What the hospital is: hospital.yml as typed facts, with errors that name file and line."""

from actions.hospital.booking_slots import slots_on
from actions.hospital.facts import BookableDepartment, Booking, Department, Doctor, Hospital, TimeFormat
from actions.hospital.file import HospitalFile
from actions.hospital.holidays import Holiday
from actions.hospital.hours import Interval, Intervals, Weekday, WeekHours, clock_text
from actions.hospital.last_good import LAST_GOOD, LastGood
from actions.hospital.loading import HospitalError, load_hospital, read_hospital

__all__ = [
    "LAST_GOOD",
    "BookableDepartment",
    "Booking",
    "Department",
    "Doctor",
    "Holiday",
    "Hospital",
    "HospitalError",
    "HospitalFile",
    "Interval",
    "Intervals",
    "LastGood",
    "TimeFormat",
    "WeekHours",
    "Weekday",
    "clock_text",
    "load_hospital",
    "read_hospital",
    "slots_on",
]
