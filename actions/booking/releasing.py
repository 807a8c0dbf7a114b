"""Cases of holds that lapsed unused: nobody wrote in the private room, so nobody needs to look at them."""

from datetime import datetime, timedelta

from actions import audit
from actions.database import Connection, Queries, fetch_all

_QUERIES = Queries("actions.booking", "booking.sql")
UNUSED_FOR = timedelta(days=1)
"""How long after the hold the private room stays open: whoever comes late may still find the time free, or ask."""


async def close_unused_cases(connection: Connection, now: datetime) -> int:
    """Close the open booking cases whose holds ended a day ago without a word from anybody, and release the holds; give their number."""
    rows = await fetch_all(connection, _QUERIES["hold_unused_cases"], since=now - UNUSED_FOR)
    for row in rows:
        place = {"case": row["id"], "now": now}
        for step in ("free_slots_of_case", "cancel_proposed_of_case", "close_unused_case"):
            await connection.execute(_QUERIES[step], place)
        await audit.record(
            connection, actor="bot", act="case closed", subject=str(row["id"]), now=now, reason="hold lapsed unused"
        )
    return len(rows)
