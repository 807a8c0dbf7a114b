"""The desk's page: the open cases, the most urgent first; redacted, read-only."""

from datetime import datetime
from pathlib import Path

from aiohttp import web

from actions.booking.reservations import appointments_of
from actions.booking.standing import standing
from actions.booking.texts import what
from actions.clock import Clock
from actions.database import Database
from actions.handoff import cases
from actions.hospital import HospitalFile
from bot.pages.layout import Pages


def desk_routes(database: Database, hospital: HospitalFile, clock: Clock) -> list[web.RouteDef]:
    """Give the routes of the staff's listener."""
    pages = Pages(Path(__file__).parent / "templates")

    async def show(_request: web.Request) -> web.Response:
        now = clock()
        async with database.transaction() as connection:
            rows = await cases.unclosed_cases(connection)
            appointments = await appointments_of(connection, [row["id"] for row in rows])
        facts = hospital.current()
        about = {one.case_id: f"{what(one, facts)}: {standing(one, facts, now)}" for one in reversed(appointments)}
        return pages.show(
            "desk.html",
            hospital=facts,
            cases=[{**row, "age": age(row["opened_at"], now), "about": about.get(row["id"])} for row in rows],
            as_of=now.astimezone(facts.timezone),
        )

    return [web.get("/", show)]


def age(since: datetime, now: datetime) -> str:
    """Say how long ago something was, in the largest unit that fits."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // (24 * 60)} days"
