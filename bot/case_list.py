"""`frontdesk cases`: the cases as lines of text."""

from datetime import datetime

import click

from actions.clock import system_clock
from actions.database import Connection, Row
from actions.handoff import cases
from actions.handoff.vault import open_vault
from bot.one_shot import run_once
from bot.settings import Settings


def list_cases(settings: Settings) -> list[str]:
    """List the unclosed cases, a line each."""
    rows = run_once(settings, cases.unclosed_cases)
    if not rows:
        return ["No open cases."]
    now = system_clock()
    lines = [
        f"{'CASE':>6}  {'CATEGORY':<12} {'STATE':<10} {'WAITING':>8}  {'CHANNEL':<10} MESSAGES  LAST MESSAGE (REDACTED)"
    ]
    for row in rows:
        lines.append(
            f"{row['number']:>6}  {row['category']:<12} {row['state']:<10} {_age(row['opened_at'], now):>8}  {row['channel']:<10} "
            f"{row['messages']:>8}  {_one_line(row['redacted'])}"
        )
    return lines


def show_case(settings: Settings, number: int, agent: str, *, reveal: bool) -> list[str]:
    """Show a case; with `reveal` the originals, after the look itself is in the audit trail."""
    if reveal and not agent:
        raise click.UsageError("--reveal: say who looks with --agent NAME; the audit trail keeps it")

    async def read(connection: Connection) -> tuple[Row, list[tuple[Row, str]]]:
        vault = open_vault(settings.vault_key_file, create=False) if reveal else None
        case = await cases.case_by_number(connection, number)
        messages = await cases.messages_of(connection, case["id"])
        if agent:
            newest = messages[-1]["id"] if messages else 0
            act = "case revealed" if reveal else "case shown"
            await cases.note_look(connection, case["id"], agent, newest, system_clock(), act)
        return case, [
            (one, vault.unseal(one["sealed"]) if vault and one["sealed"] else one["redacted"]) for one in messages
        ]

    case, messages = run_once(settings, read)
    lines = [
        f"Case {number}: {case['category']}, {case['state']}"
        + (f" by {case['claimed_by']}" if case["claimed_by"] else "")
    ]
    lines.append(f"Opened {case['opened_at']:%Y-%m-%d %H:%M} UTC on {case['channel']}")
    for message, text in messages:
        lines.append(f"  {message['written_at']:%Y-%m-%d %H:%M} {message['author']}: {text}")
    return lines


def claim_case(settings: Settings, number: int, agent: str) -> list[str]:
    """Give a case to `agent`."""
    run_once(settings, lambda connection: cases.claim(connection, number, agent, system_clock()))
    return [f"Case {number} is yours. The bot stays silent there until `frontdesk cases close {number}`."]


def close_case(settings: Settings, number: int, agent: str, *, force: bool = False) -> list[str]:
    """Close a case; with `force` somebody else's and an unread one too."""
    run_once(settings, lambda connection: cases.close(connection, number, agent, system_clock(), force=force))
    return [f"Case {number} is closed. The bot answers there again."]


def _age(since: datetime, now: datetime) -> str:
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}"


def _one_line(text: str | None, limit: int = 60) -> str:
    flat = " ".join((text or "").split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
