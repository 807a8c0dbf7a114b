"""The slots of a day, from the booking part of hospital.yml."""

from datetime import date

from actions.hospital.facts import Hospital


def slots_on(hospital: Hospital, department: str, day: date) -> tuple[int, ...]:
    """Give the starts of a department's slots on a date, in minutes after midnight; empty when it takes none."""
    schedule = hospital.booking.departments.get(department)
    if schedule is None:
        return ()
    starts: list[int] = []
    for part in hospital.hours_on(schedule.hours, day):
        start = part.start
        while start + schedule.slot_minutes <= part.end:
            pause = next(
                (b for b in schedule.breaks if start < b.end and b.start < start + schedule.slot_minutes), None
            )
            if pause is None:
                starts.append(start)
                start += schedule.slot_minutes
            else:
                start = pause.end
    return tuple(starts)
