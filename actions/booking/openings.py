"""Schedules and their free slots in PostgreSQL: filled from hospital.yml, and what is open to booking.

Everything runs in the caller's transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from actions.booking.appointment import Appointment
from actions.booking.schedule import OFFERED, all_planned_slots, day_bounds, earliest_start, fingerprint, local_day
from actions.database import Connection, Queries, fetch_all, fetch_one
from actions.hospital import Hospital

_QUERIES = Queries("actions.booking", "booking.sql")


async def refresh_schedule(connection: Connection, hospital: Hospital, department: str, now: datetime) -> None:
    """Bring the department's slots in line with the hospital's facts and today's date; nothing to do is one quick read."""
    today = local_day(now, hospital.timezone)
    facts = fingerprint(hospital, department, today)
    row = await fetch_one(connection, _QUERIES["find_schedule"], department=department)
    if row is not None and row["facts"] == facts:
        return
    row = await fetch_one(connection, _QUERIES["lock_schedule"], department=department)
    assert row is not None
    if row["facts"] == facts:  # somebody else did it while this transaction waited
        return
    planned = all_planned_slots(hospital, department, today)
    bookable = hospital.booking.departments.get(department)
    parameters = {
        "schedule": row["id"],
        "department": department,
        "facts": facts,
        "now": now,
        "starts": [slot.start for slot in planned],
        "ends": [slot.end for slot in planned],
        "capacity": bookable.capacity if bookable else 0,
    }
    for step in ("free_lapsed", "cancel_lapsed", "drop_unplanned", "mark_withdrawn", "add_planned", "keep_facts"):
        await connection.execute(_QUERIES[step], parameters)


@dataclass(frozen=True, slots=True)
class Openings:
    """What can be booked now."""

    connection: Connection
    hospital: Hospital
    now: datetime
    mine: Appointment | None = None
    """An appointment whose own time counts as free, so that a message read twice finds what it found before."""

    @property
    def zone(self) -> ZoneInfo:
        """Give the hospital's timezone."""
        return self.hospital.timezone

    @property
    def today(self) -> date:
        """Give the date at the hospital."""
        return local_day(self.now, self.zone)

    async def starts(self, department: str, day: date) -> tuple[datetime, ...]:
        """List the starts of the department's free slots on a day."""
        await refresh_schedule(self.connection, self.hospital, department, self.now)
        begins, ends = day_bounds(day, self.zone)
        rows = await fetch_all(
            self.connection,
            _QUERIES["free_starts"],
            department=department,
            earliest=max(begins, earliest_start(self.hospital, self.now)),
            until=ends,
            now=self.now,
        )
        mine = self.mine
        if mine is not None and mine.department == department and local_day(mine.start, self.zone) == day:
            return tuple(sorted({mine.start, *(row["starts_at"] for row in rows)}))
        return tuple(row["starts_at"] for row in rows)

    async def days(self, department: str, since: date, count: int = OFFERED) -> tuple[date, ...]:
        """List the first days from `since` on on which the department has a free slot."""
        await refresh_schedule(self.connection, self.hospital, department, self.now)
        begins, _ = day_bounds(since, self.zone)
        rows = await fetch_all(
            self.connection,
            _QUERIES["free_days"],
            department=department,
            zone=self.zone.key,
            earliest=max(begins, earliest_start(self.hospital, self.now)),
            count=count,
            now=self.now,
        )
        return tuple(row["day"] for row in rows)
