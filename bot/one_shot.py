"""Commands that do one thing with the database and end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import click

from actions.database import Connection, Database, DatabaseError
from actions.handoff import cases
from actions.handoff.vault import SealBrokenError, VaultKeyError
from bot.confirming import NothingToConfirmError
from bot.embedded import start_postgres
from bot.settings import Settings

T = TypeVar("T")
_FAULTS = (
    cases.CaseNotFoundError,
    cases.CaseTakenError,
    cases.CaseUnreadError,
    NothingToConfirmError,
    DatabaseError,
    VaultKeyError,
    SealBrokenError,
)


def run_once(settings: Settings, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Do `work` in one transaction; what can go wrong ends the command with a message."""

    async def connected() -> T:
        async with _database(settings) as database, database.transaction() as connection:
            return await work(connection)

    try:
        return asyncio.run(connected())
    except _FAULTS as error:
        raise click.ClickException(str(error)) from None


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    url, let_go = (settings.database_url, None) if settings.database_url else start_postgres(settings.var)
    database = Database(url, max_size=2)
    try:
        await database.open()
        yield database
    finally:
        await database.close()
        if let_go:
            let_go()
