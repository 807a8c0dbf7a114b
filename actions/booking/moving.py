"""What a message that asks to move an appointment says about where to: its own day and time only say which one is meant. Pure."""

import re
from datetime import date, datetime

from actions.booking.reading import Reading, names_in, read
from actions.hospital import Hospital

_NAMED = "\ue000"
_TO = re.compile(
    r"\bto\s+(?:(?:the|a|on|at|in|next|this|coming|either|some ?time|around|about|before|after|between)\s+){0,3}"
    + _NAMED,
    re.IGNORECASE,
)


def read_move(text: str, hospital: Hospital, today: date, own: datetime) -> Reading:
    """Read where an appointment is to be moved; `own` is the hospital's time at which it stands.

    "From A to B" is B. Its own day and time are left out, unless all that is asked for is to have it exactly there.
    """
    wanted = _after_to(text, hospital, today)
    part = text if wanted is None else wanted
    reading = read(part, hospital, today)
    day, clock = own.date(), f"{own:%H:%M}"
    if wanted is not None and (reading.days, reading.time_of_day) == ((day,), clock):
        return reading
    named = names_in(part, hospital, today)
    own_days = [one for one in named.days if one.value == day.isoformat()]
    if reading.days and not own_days:
        return reading  # "to Friday at 9": at the same time on another day
    for one in (*own_days, *(one for one in named.times if one.value == clock)):
        part = part[: one.start] + " " * (one.end - one.start) + part[one.end :]
    return read(part, hospital, today)


def _after_to(text: str, hospital: Hospital, today: date) -> str | None:
    """Give what follows "to" where a day or a time does; None where it is said in other words."""
    named = names_in(text, hospital, today)
    marked = text
    for one in (*named.days, *named.times):
        marked = marked[: one.start] + _NAMED * (one.end - one.start) + marked[one.end :]
    found = list(_TO.finditer(marked))
    return text[found[-1].start() + len("to") :] if found else None
