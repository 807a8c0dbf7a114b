"""What ops asks the internal listener: is everything there, and how long has anybody waited."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import psycopg
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from actions.clock import Clock
from actions.database import Database, Queries, fetch_one
from actions.hospital import HospitalFile
from bot import metrics
from bot.dialogue import Rasa

_QUERIES = Queries("bot", "health.sql")
LATE_SECONDS = 30.0
"""A message or a reply that waits longer makes the service degraded."""


@dataclass(frozen=True, slots=True)
class _Waits:
    """The ages, in seconds, of the oldest unfinished message and of the oldest unsent reply (0 for none), and what nobody could read."""

    message: float
    reply: float
    dead_letters: int


def health_routes(database: Database, rasa: Rasa, hospital: HospitalFile, clock: Clock) -> list[web.RouteDef]:
    """Give the routes of the health page and the metrics."""

    async def health(_request: web.Request) -> web.Response:
        waits, listening = await asyncio.gather(_waits(database, clock), rasa.alive())
        well = listening and waits is not None and max(waits.message, waits.reply) < LATE_SECONDS
        document = {
            "status": "ok" if well else "degraded",
            "database": waits is not None,
            "rasa": listening,
            "hospital": _say_whether_good(hospital),
            "oldest_waiting_seconds": waits.message if waits else None,
            "oldest_unsent_seconds": waits.reply if waits else None,
            "dead_letters": waits.dead_letters if waits else None,
        }
        return web.json_response(document, status=200 if well else 503)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def show_metrics(_request: web.Request) -> web.Response:
        waits = await _waits(database, clock)
        if waits is not None:
            metrics.WAITING.set(waits.message)
            metrics.UNSENT.set(waits.reply)
            metrics.DEAD_LETTERS.set(waits.dead_letters)
        hospital.current()
        metrics.HOSPITAL_PROBLEMS.set(len(hospital.problems))
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/health", health), web.get("/health/live", alive), web.get("/metrics", show_metrics)]


def unfinished_routes(database: Database) -> list[web.RouteDef]:
    """Give the route that says how many messages are unfinished, for conversation tests; mounted beside the simulator only."""

    async def unfinished(_request: web.Request) -> web.Response:
        async with database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["unfinished"])
        return web.json_response(row)

    return [web.get("/simulator/unfinished", unfinished)]


def _say_whether_good(hospital: HospitalFile) -> str:
    """Say whether hospital.yml is in force as it is now."""
    hospital.current()
    return f"refused, {len(hospital.problems)} problems" if hospital.problems else "ok"


async def _waits(database: Database, clock: Clock) -> _Waits | None:
    """Look how long anything has waited; None when the database does not answer."""
    try:
        async with asyncio.timeout(2), database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["oldest"])
    except (psycopg.Error, asyncio.TimeoutError):
        return None
    assert row is not None
    now = clock()
    return _Waits(_age(row["message"], now), _age(row["reply"], now), row["dead_letters"])


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
