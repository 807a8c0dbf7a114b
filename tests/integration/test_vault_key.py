"""The vault's key at the start of the service: made for an empty database, and never in place of the right one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from actions.database import Database
from actions.handoff.vault import SealBrokenError, Vault, VaultKeyError, keep, open_vault, ready_vault


async def start(database: Database, key_file: Path, clock: Any) -> tuple[Vault, bool]:
    """Open the vault as the service does when it starts."""
    async with database.transaction() as connection:
        return await ready_vault(connection, key_file, clock())


async def sealed_with(database: Database, key_file: Path, clock: Any) -> None:
    """Have something sealed with the key of a file, as before there was a first item."""
    async with database.transaction() as connection:
        await keep(connection, open_vault(key_file, create=True), "where do I park", clock())


async def test_a_first_start_makes_the_key_and_the_next_one_finds_it(
    database: Database, tmp_path: Path, clock: Any
) -> None:
    first, made = await start(database, tmp_path / "var" / "vault.key", clock)
    assert made
    second, made_again = await start(database, tmp_path / "var" / "vault.key", clock)
    assert not made_again
    assert second.unseal(first.seal("hello")) == "hello"


async def test_a_key_that_was_laid_there_before_the_first_start_is_used(
    database: Database, tmp_path: Path, clock: Any
) -> None:
    mine = open_vault(tmp_path / "vault.key", create=True)
    vault, made = await start(database, tmp_path / "vault.key", clock)
    assert not made
    assert vault.pseudonym("x") == mine.pseudonym("x")


async def test_with_something_sealed_a_missing_key_is_asked_for_and_none_is_made(
    database: Database, tmp_path: Path, clock: Any
) -> None:
    await sealed_with(database, tmp_path / "vault.key", clock)
    with pytest.raises(VaultKeyError, match=r"other\.key: the vault's key is missing; restore it from its backup"):
        await start(database, tmp_path / "other.key", clock)
    assert not (tmp_path / "other.key").exists()


async def test_another_key_than_that_of_the_database_is_noticed_at_the_start(
    database: Database, tmp_path: Path, clock: Any
) -> None:
    await sealed_with(database, tmp_path / "vault.key", clock)
    open_vault(tmp_path / "other.key", create=True)
    with pytest.raises(VaultKeyError, match=r"other\.key: is not the key .* restore that key from its backup"):
        await start(database, tmp_path / "other.key", clock)


async def test_machines_that_start_together_for_the_first_time_do_not_make_two_keys(
    database: Database, tmp_path: Path, clock: Any
) -> None:
    files = [tmp_path / str(number) / "vault.key" for number in range(3)]
    opened = await asyncio.gather(*(start(database, file, clock) for file in files), return_exceptions=True)
    assert sum(isinstance(one, VaultKeyError) for one in opened) == 2
    assert sum(file.exists() for file in files) == 1
    assert not any(isinstance(one, SealBrokenError) for one in opened)
