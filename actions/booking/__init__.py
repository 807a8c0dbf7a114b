"""Booking: three forms that hold, move and cancel appointments without asking who the patient is."""

from actions.booking.asking import ASKING
from actions.booking.draft import BOOKING_SLOTS
from actions.booking.ending import ENDING
from actions.booking.form import REQUIRED, validation
from actions.calls import Action

ACTIONS: dict[str, Action] = {**{f"validate_{form}": validation(form) for form in REQUIRED}, **ASKING, **ENDING}

__all__ = ["ACTIONS", "BOOKING_SLOTS"]
