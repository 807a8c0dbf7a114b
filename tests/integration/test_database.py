"""The schema and the queries."""

import asyncio
from pathlib import Path

import pytest
from psycopg import AsyncConnection, errors

from actions.database import Database, Queries, _reason, apply_schema, fetch_one, schema_files

ROOT = Path(__file__).parents[2]
SQL_FILES = sorted(
    path for package in ("actions", "bot") for path in (ROOT / package).rglob("*.sql") if path.parent.name != "schema"
)


async def test_the_schema_is_applied_once_however_often_a_process_starts(database: Database) -> None:
    async with database.transaction() as connection:
        await apply_schema(connection)
        await apply_schema(connection)
        row = await fetch_one(connection, "select count(*) as n from schema_file")
    assert row == {"n": len(schema_files())}


async def test_processes_that_start_together_apply_the_schema_once(postgres_url: str) -> None:
    async with await AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute(
            "drop schema public cascade; create schema public; drop schema if exists vault cascade"
        )
    databases = [Database(postgres_url, max_size=1) for _ in range(6)]
    try:
        await asyncio.gather(*(database.open() for database in databases))
        async with databases[0].transaction() as connection:
            row = await fetch_one(connection, "select count(*) as n from schema_file")
        assert row == {"n": len(schema_files())}
    finally:
        await asyncio.gather(*(database.close() for database in databases))


async def test_a_transaction_that_raises_leaves_nothing_behind(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("insert into audit (at, actor, act, subject) values (now(), 'a', 'b', 'c')")
            raise RuntimeError("after the insert")

    with pytest.raises(RuntimeError):
        await fail()
    async with database.transaction() as connection:
        assert await fetch_one(connection, "select 1 from audit") is None


async def test_the_sessions_time_zone_is_utc_whatever_the_server_thinks(database: Database) -> None:
    async with database.transaction() as connection:
        row = await fetch_one(connection, "select current_setting('TimeZone') as zone")
    assert row == {"zone": "UTC"}


@pytest.mark.parametrize("change", ["update audit set actor = 'x'", "delete from audit", "truncate audit"])
async def test_the_audit_trail_is_only_ever_added_to(database: Database, change: str) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into audit (at, actor, act, subject) values (now(), 'a', 'b', 'c')")
    async with database.transaction() as connection:
        with pytest.raises(errors.RaiseException, match="append-only"):
            await connection.execute(change)  # type: ignore[arg-type]
        await connection.rollback()
    async with database.transaction() as connection:
        assert await fetch_one(connection, "select actor from audit") == {"actor": "a"}


@pytest.mark.parametrize("file", SQL_FILES, ids=lambda path: path.name)
def test_every_query_of_a_file_has_a_name_of_its_own(file: Path) -> None:
    text = file.read_text("utf-8")
    names = [line.removeprefix("-- name: ").strip() for line in text.splitlines() if line.startswith("-- name: ")]
    assert names
    assert len(set(names)) == len(names)
    package = ".".join(file.parent.relative_to(ROOT).parts)
    queries = Queries(package, file.name)
    assert all(queries[name].strip() for name in names)


def test_a_query_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Queries("bot", "inbox.sql")["nothing of that name"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('FATAL:  password authentication failed for user "desk"', "the user or the password is wrong"),
        ("fe_sendauth: no password supplied", "it wants a password"),
        ("connection timeout expired", "no answer within 5 s"),
        ('FATAL:  database "desk" does not exist', 'database "desk" does not exist'),
    ],
)
def test_what_libpq_says_of_a_failure_becomes_what_to_do(said: str, told: str) -> None:
    assert told in _reason(f'connection to server at "10.0.0.1", port 5432 failed: {said}\n')
