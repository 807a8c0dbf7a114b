"""`frontdesk dead-letters`: what the platform delivered and nobody could read."""

import click

from actions import audit
from actions.clock import system_clock
from actions.database import Connection, Queries, fetch_all, fetch_one
from actions.handoff.vault import open_vault
from bot.one_shot import run_once
from bot.settings import Settings

_QUERIES = Queries("bot", "dead_letters.sql")


def list_dead_letters(settings: Settings) -> list[str]:
    """List them, a line each, without what they hold."""
    rows = run_once(settings, lambda connection: fetch_all(connection, _QUERIES["all"]))
    if not rows:
        return ["No dead letters."]
    return [
        f"{'NUMBER':>6}  {'RECEIVED (UTC)':<16}  {'CHANNEL':<10} REASON",
        *(f"{row['id']:>6}  {row['received_at']:%Y-%m-%d %H:%M}  {row['channel']:<10} {row['reason']}" for row in rows),
    ]


def reveal_dead_letter(settings: Settings, number: int, agent: str) -> list[str]:
    """Show what one holds, once the look is in the audit trail."""
    if not agent:
        raise click.UsageError("--reveal: say who looks with --agent NAME; the audit trail keeps it")

    async def read(connection: Connection) -> str:
        row = await fetch_one(connection, _QUERIES["one"], number=number)
        if row is None:
            raise click.ClickException(f"dead letter {number}: there is none; `frontdesk dead-letters` lists them")
        text = open_vault(settings.vault_key_file, create=False).unseal(row["sealed"])
        await audit.record(
            connection, actor=agent, act="dead letter revealed", subject=f"dead letter {number}", now=system_clock()
        )
        return text

    return [run_once(settings, read)]
