"""The audit trail: who did what to which case, never what was said."""

from datetime import datetime

from psycopg.types.json import Jsonb

from actions.database import Connection, Queries

_QUERIES = Queries("actions", "audit.sql")


async def record(
    connection: Connection, *, actor: str, act: str, subject: str, now: datetime, **detail: str | int
) -> None:
    """Add a line to the trail, in the transaction of the act itself."""
    await connection.execute(
        _QUERIES["record"], {"at": now, "actor": actor, "act": act, "subject": subject, "detail": Jsonb(detail)}
    )
