"""What ops asks the internal listener: is everything there, and how long has anybody waited."""

import asyncio

import psycopg
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from actions.clock import Clock
from actions.database import Database, Queries, fetch_one
from bot import metrics
from bot.dialogue import Rasa

_QUERIES = Queries("bot", "health.sql")
LATE_SECONDS = 30.0
"""A message that waits longer makes the service degraded."""


def health_routes(database: Database, rasa: Rasa, clock: Clock) -> list[web.RouteDef]:
    """Give the routes of the health page and the metrics."""

    async def health(_request: web.Request) -> web.Response:
        waiting, listening = await asyncio.gather(_oldest_waiting(database, clock), rasa.alive())
        well = listening and waiting is not None and waiting < LATE_SECONDS
        document = {
            "status": "ok" if well else "degraded",
            "database": waiting is not None,
            "rasa": listening,
            "oldest_waiting_seconds": waiting,
        }
        return web.json_response(document, status=200 if well else 503)

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def show_metrics(_request: web.Request) -> web.Response:
        waiting = await _oldest_waiting(database, clock)
        if waiting is not None:
            metrics.WAITING.set(waiting)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/health", health), web.get("/health/live", alive), web.get("/metrics", show_metrics)]


def unfinished_routes(database: Database) -> list[web.RouteDef]:
    """Give the route that says how many messages are unfinished, for conversation tests; mounted beside the simulator only."""

    async def unfinished(_request: web.Request) -> web.Response:
        async with database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["unfinished"])
        return web.json_response(row)

    return [web.get("/simulator/unfinished", unfinished)]


async def _oldest_waiting(database: Database, clock: Clock) -> float | None:
    """Give the age in seconds of the oldest unfinished message, 0 for none, None when the database does not answer."""
    try:
        async with asyncio.timeout(2), database.transaction() as connection:
            row = await fetch_one(connection, _QUERIES["oldest"])
    except (psycopg.Error, asyncio.TimeoutError):
        return None
    oldest = row["oldest"] if row else None
    return max(0.0, (clock() - oldest).total_seconds()) if oldest else 0.0
