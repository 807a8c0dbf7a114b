"""PostgreSQL: connections, the schema, and SQL kept in .sql files."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any, LiteralString, cast

from psycopg import AsyncConnection, OperationalError, ProgrammingError, errors
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]
Row = DictRow

_SCHEMA_LOCK = 4_201_971
"""Key of the advisory lock under which one process at a time applies the schema."""
_SCHEMA_TABLE: LiteralString = """
create table if not exists schema_file (name text primary key, applied_at timestamptz not null default now())
"""
_WAIT_SECONDS = 4.0
"""How long to wait for a connection: less than the 5 s that Messenger gives a webhook, so that it hears of a failure and comes again."""
_STARTING_SECONDS = 30.0
"""How long to wait for a server that says that it is starting."""
_REASONS = {
    "refused": "nothing listens there; start it, or correct host and port",
    "No such file or directory": "nothing listens there; start it, or correct the host",
    "authentication failed": "the user or the password is wrong; correct them in DATABASE_URL",
    "no password supplied": "it wants a password; add it to DATABASE_URL",
    "resolve host": "there is no host of that name; correct it in DATABASE_URL",
    "translate host name": "there is no host of that name; correct it in DATABASE_URL",
    "timeout expired": "no answer within 5 s; correct host and port, or let this machine through to it",
}
"""What libpq says, and what to do about it."""
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


class DatabaseError(Exception):
    """PostgreSQL cannot be used: the message says why and what to do, and never shows a password."""


class Queries:
    """The named queries of one .sql file, each under a line `-- name: NAME`.

    `queries["take"]` gives the SQL text; an unknown name raises KeyError.
    """

    def __init__(self, package: str, file: str) -> None:
        """Read `file` of `package`."""
        text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
        parts = _NAME.split(text)[1:]
        self._queries = dict(zip(parts[::2], parts[1::2], strict=True))

    def __getitem__(self, name: str) -> LiteralString:
        """Give the SQL of the query called `name`."""
        return cast(LiteralString, self._queries[name])


class Database:
    """A pool of connections whose rows are dicts and whose session time zone is UTC."""

    def __init__(self, url: str, max_size: int = 16) -> None:
        """Prepare a pool for `url`; `open` connects."""
        self.url = url
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=cast(type[Connection], AsyncConnection),
            kwargs={"row_factory": dict_row, "autocommit": False, "options": "-c timezone=UTC"},
            min_size=1,
            max_size=max_size,
            timeout=_WAIT_SECONDS,
            check=AsyncConnectionPool.check_connection,  # a restart of PostgreSQL costs nobody an answer
            open=False,
        )

    async def open(self) -> None:
        """Connect and bring the schema up to date; raises DatabaseError."""
        await reach(self.url)
        await self._pool.open(wait=True, timeout=30)
        try:
            async with self.transaction() as connection:
                await apply_schema(connection)
        except errors.InsufficientPrivilege:
            raise DatabaseError(
                f"{_where(self.url)}: its user may not create tables and schemas; make it the owner of the database"
            ) from None

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Give a connection in a transaction: committed at the end, rolled back on an exception."""
        async with self._pool.connection() as connection:
            yield connection


async def reach(url: str) -> None:
    """Connect once, so that a wrong address or password is told at once; raises DatabaseError."""
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        try:
            async with await AsyncConnection.connect(url, connect_timeout=5):
                return
        except OperationalError as error:
            if "starting up" not in str(error) or time.monotonic() > deadline:
                raise DatabaseError(f"{_where(url)}: {_reason(str(error))}") from None
        except ProgrammingError:  # its text may quote a part of the password
            raise DatabaseError(
                "DATABASE_URL: cannot be read; expected postgresql://USER:PASSWORD@HOST:PORT/NAME, special characters percent-encoded"
            ) from None
        await asyncio.sleep(0.5)


def _where(url: str) -> str:
    """Name the server without the password."""
    parts = conninfo_to_dict(url)
    return f"DATABASE_URL: PostgreSQL at {parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"


def _reason(said: str) -> str:
    """Say what is wrong and what to do about it."""
    for sign, reason in _REASONS.items():
        if sign in said:
            return reason
    return said.strip().splitlines()[-1]


async def apply_schema(connection: Connection) -> None:
    """Apply the files of actions/schema/ that this database has not had yet, in the order of their names."""
    await connection.execute("select pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
    await connection.execute(_SCHEMA_TABLE)
    cursor = await connection.execute("select name from schema_file")
    applied = {row["name"] for row in await cursor.fetchall()}
    for file in sorted(schema_files(), key=lambda path: path.name):
        if file.name not in applied:
            await connection.execute(file.read_bytes())
            await connection.execute("insert into schema_file (name) values (%s)", [file.name])


def schema_files() -> list[Path]:
    """List the schema's files."""
    return list((Path(__file__).parent / "schema").glob("*.sql"))


async def fetch_one(connection: Connection, query: LiteralString, **parameters: Any) -> Row | None:
    """Run a query and give its first row, or None."""
    return await (await connection.execute(query, parameters)).fetchone()


async def fetch_all(connection: Connection, query: LiteralString, **parameters: Any) -> list[Row]:
    """Run a query and give its rows."""
    return await (await connection.execute(query, parameters)).fetchall()
