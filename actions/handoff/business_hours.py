"""When staff read what is written: in the hospital's own time, holidays considered. Pure."""

from datetime import date, datetime, timedelta

from actions.answers.wording import time_text
from actions.hospital import Hospital, Weekday

_DAYS_AHEAD = 14


def say_when_read(hospital: Hospital, now: datetime) -> str:
    """Say whether staff read now, or when they do so next."""
    local = now.astimezone(hospital.timezone)
    minute = local.hour * 60 + local.minute
    for interval in hospital.hours_on(hospital.desk.hours, local.date()):
        if interval.contains(minute):
            if interval.whole_day:
                return "Our staff are reading messages now."
            return f"Our staff are reading messages now, until {time_text(interval.end, hospital)}."
        if minute < interval.start:
            return f"Our staff are away now and read messages today from {time_text(interval.start, hospital)}."
    return _next_day(hospital, local.date())


def say_moment(moment: datetime, hospital: Hospital) -> str:
    """Write a moment in the hospital's own time: Sat 21 Nov, 16:31."""
    local = moment.astimezone(hospital.timezone)
    return f"{local:%a} {local.day} {local:%b}, {time_text(local.hour * 60 + local.minute, hospital)}"


def _next_day(hospital: Hospital, today: date) -> str:
    for ahead in range(1, _DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        intervals = hospital.hours_on(hospital.desk.hours, day)
        if intervals:
            named = "tomorrow" if ahead == 1 else f"on {Weekday(day.weekday()).label}, {day:%B} {day.day}"
            return f"Our staff are away now and read messages again {named} from {time_text(intervals[0].start, hospital)}."
    return "Our staff are away now."
