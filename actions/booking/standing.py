"""How an appointment stands, in words for staff. Pure."""

from datetime import datetime

from actions.booking.appointment import Appointment, AppointmentStatus
from actions.booking.texts import moment_text, what
from actions.hospital import Hospital


def standing(appointment: Appointment, hospital: Hospital, now: datetime) -> str:
    """Say what an appointment waits for, or what became of it."""
    if appointment.status is AppointmentStatus.BOOKED:
        return "confirmed"
    if appointment.status is AppointmentStatus.PENDING:
        return "to be confirmed"
    if appointment.is_open(now) and appointment.held_until is not None:
        return f"held until {moment_text(appointment.held_until, hospital)}"
    return "cancelled, or its time was released"


def line_for_staff(appointment: Appointment, hospital: Hospital, now: datetime) -> str:
    """Name an appointment, its code and how it stands: Dermatology, Tue 24 Nov 09:20, LK-7QX9TM: to be confirmed."""
    return f"{what(appointment, hospital)}, {appointment.reference}: {standing(appointment, hospital, now)}"
