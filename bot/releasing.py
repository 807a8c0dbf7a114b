"""Closes the cases of holds that lapsed unused, now and then."""

import asyncio

import structlog

from actions.booking.releasing import close_unused_cases
from actions.clock import Clock
from actions.database import Database

PAUSE_SECONDS = 600.0

_log = structlog.get_logger()


async def release_forever(database: Database, clock: Clock) -> None:
    """Close what has lapsed, and sleep."""
    while True:
        async with database.transaction() as connection:
            closed = await close_unused_cases(connection, clock())
        if closed:
            _log.info("cases.closed_unused", cases=closed)
        await asyncio.sleep(PAUSE_SECONDS)
