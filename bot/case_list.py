"""`frontdesk cases`: the cases as lines of text."""

from datetime import datetime
from pathlib import Path

import click

from actions.booking.appointment import Appointment
from actions.booking.reservations import appointments_of
from actions.booking.standing import line_for_staff, standing
from actions.booking.texts import what
from actions.clock import system_clock
from actions.database import Connection, Row
from actions.handoff import cases
from actions.handoff.vault import open_vault
from actions.hospital import LAST_GOOD, Hospital, HospitalError, HospitalFile, LastGood
from bot import confirming
from bot.one_shot import run_once
from bot.settings import Settings


def list_cases(settings: Settings) -> list[str]:
    """List the unclosed cases, a line each, with the appointment that one is about."""

    async def read(connection: Connection) -> tuple[list[Row], tuple[Appointment, ...]]:
        rows = await cases.unclosed_cases(connection)
        return rows, await appointments_of(connection, [row["id"] for row in rows])

    rows, appointments = run_once(settings, read)
    if not rows:
        return ["No open cases."]
    now = system_clock()
    hospital = _hospital(settings) if appointments else None
    shorts = {one.case_id: _short(one, hospital, now) for one in reversed(appointments) if hospital}
    lines = [
        f"{'CASE':>6}  {'CATEGORY':<12} {'STATE':<10} {'WAITING':>8}  {'CHANNEL':<10} MESSAGES  LAST MESSAGE (REDACTED)"
    ]
    for row in rows:
        lines.append(
            f"{row['number']:>6}  {row['category']:<12} {row['state']:<10} {_age(row['opened_at'], now):>8}  {row['channel']:<10} "
            f"{row['messages']:>8}  {shorts.get(row['id'], '')}{_one_line(row['redacted'])}"
        )
    return lines


def show_case(settings: Settings, number: int, agent: str, *, reveal: bool) -> list[str]:
    """Show a case; with `reveal` the originals, after the look itself is in the audit trail."""
    if reveal and not agent:
        raise click.UsageError("--reveal: say who looks with --agent NAME; the audit trail keeps it")

    async def read(connection: Connection) -> tuple[Row, list[tuple[Row, str]], tuple[Appointment, ...]]:
        vault = open_vault(settings.vault_key_file, create=False) if reveal else None
        case = await cases.case_by_number(connection, number)
        messages = await cases.messages_of(connection, case["id"])
        if agent:
            newest = messages[-1]["id"] if messages else 0
            act = "case revealed" if reveal else "case shown"
            await cases.note_look(connection, case["id"], agent, newest, system_clock(), act)
        return (
            case,
            [(one, vault.unseal(one["sealed"]) if vault and one["sealed"] else one["redacted"]) for one in messages],
            await appointments_of(connection, [case["id"]]),
        )

    case, messages, appointments = run_once(settings, read)
    lines = [
        f"Case {number}: {case['category']}, {case['state']}"
        + (f" by {case['claimed_by']}" if case["claimed_by"] else "")
    ]
    lines.append(f"Opened {case['opened_at']:%Y-%m-%d %H:%M} UTC on {case['channel']}")
    now = system_clock()
    if appointments:
        hospital = _hospital(settings)
        lines += [f"Appointment: {line_for_staff(one, hospital, now)}" for one in appointments]
    for message, text in messages:
        lines.append(f"  {message['written_at']:%Y-%m-%d %H:%M} {message['author']}: {text}")
    return lines


def claim_case(settings: Settings, number: int, agent: str) -> list[str]:
    """Give a case to `agent`."""
    run_once(settings, lambda connection: cases.claim(connection, number, agent, system_clock()))
    return [f"Case {number} is yours. The bot stays silent there until `frontdesk cases close {number}`."]


def confirm_case(settings: Settings, number: int, agent: str) -> list[str]:
    """Confirm the appointment that a case is about, and tell the patient."""
    hospital = _hospital(settings)
    line = run_once(
        settings, lambda connection: confirming.confirm_case(connection, hospital, number, agent, system_clock())
    )
    return [f"Case {number}: {line}."]


def close_case(settings: Settings, number: int, agent: str, *, force: bool = False) -> list[str]:
    """Close a case; with `force` somebody else's and an unread one too."""
    run_once(settings, lambda connection: cases.close(connection, number, agent, system_clock(), force=force))
    return [f"Case {number} is closed. The bot answers there again."]


def _hospital(settings: Settings) -> Hospital:
    try:
        return HospitalFile(Path("hospital.yml"), last_good=LastGood(settings.var / LAST_GOOD)).current()
    except HospitalError as error:
        raise click.ClickException(str(error)) from None


def _short(appointment: Appointment, hospital: Hospital, now: datetime) -> str:
    return f"[{what(appointment, hospital)}: {standing(appointment, hospital, now)}] "


def _age(since: datetime, now: datetime) -> str:
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}"


def _one_line(text: str | None, limit: int = 60) -> str:
    flat = " ".join((text or "").split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
