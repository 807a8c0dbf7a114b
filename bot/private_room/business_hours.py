"""When staff read what is written: in the hospital's own time, holidays considered. Pure."""

from datetime import date, datetime, timedelta

from actions.hospital import Hospital, TimeFormat, Weekday, clock_text

_DAYS_AHEAD = 14


def say_when_read(hospital: Hospital, now: datetime) -> str:
    """Say whether staff read now, or when they do so next."""
    local = now.astimezone(hospital.timezone)
    minute = local.hour * 60 + local.minute
    for interval in hospital.hours_on(hospital.desk.hours, local.date()):
        if interval.contains(minute):
            if interval.whole_day:
                return "Our staff are reading messages now."
            return f"Our staff are reading messages now, until {_time(interval.end, hospital.time_format)}."
        if minute < interval.start:
            return f"Our staff are away now and read messages today from {_time(interval.start, hospital.time_format)}."
    return _next_day(hospital, local.date())


def _next_day(hospital: Hospital, today: date) -> str:
    for ahead in range(1, _DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        intervals = hospital.hours_on(hospital.desk.hours, day)
        if intervals:
            named = "tomorrow" if ahead == 1 else f"on {Weekday(day.weekday()).label}, {day:%B} {day.day}"
            return f"Our staff are away now and read messages again {named} from {_time(intervals[0].start, hospital.time_format)}."
    return "Our staff are away now."


def _time(minute: int, time_format: TimeFormat) -> str:
    if minute % (24 * 60) == 0:
        return "midnight"
    if time_format is TimeFormat.HOURS_24:
        return clock_text(minute)
    hour, rest = divmod(minute, 60)
    return f"{(hour - 1) % 12 + 1}{f':{rest:02d}' if rest else ''} {'am' if hour % 24 < 12 else 'pm'}"
