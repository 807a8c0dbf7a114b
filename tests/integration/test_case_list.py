"""`frontdesk cases`: who waits, and a look at an original that leaves its trace."""

import asyncio
from pathlib import Path
from typing import Any

import click
import pytest

from actions.booking import reservations
from actions.booking.appointment import Appointment
from actions.booking.openings import Openings
from actions.booking.texts import moment_text
from actions.clock import system_clock
from actions.database import Connection, Database
from actions.handoff.cases import add_written, case_by_number, open_case, owned_case
from actions.handoff.vault import open_vault
from actions.hospital import Hospital, HospitalFile
from bot.case_list import claim_case, close_case, confirm_case, list_cases, show_case
from bot.channels.events import Delivery, Incoming, Kind
from bot.inbox import Inbox
from bot.settings import Settings, read_settings

SAID = "I am Ann Example and I was diagnosed with diabetes"
REDACTED = "I am [NAME] and I was diagnosed with diabetes"


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> Settings:
    return read_settings({"DATABASE_URL": postgres_url, "FRONTDESK_VAR": str(tmp_path)})


@pytest.fixture
async def waiting(database: Database, settings: Settings, clock: Any) -> list[int]:
    """Two open cases: the numbers of a clinical one with a message and of an emergency."""
    inbox = Inbox(database, open_vault(settings.vault_key_file, create=True))
    message = Incoming("page", "ann", "m1", Kind.TEXT, SAID, clock())
    await inbox.store("messenger", Delivery((message,), ()), clock())
    taken = await inbox.take(clock())
    assert taken is not None
    async with database.transaction() as connection:
        await _open(connection, taken.conversation, "clinical", clock, taken.id)
        await _open(connection, "somebody else", "emergency", clock, None)
        rows = await (await connection.execute("select number from cases order by number")).fetchall()
    return [row["number"] for row in rows]


async def _open(connection: Connection, conversation: str, category: str, clock: Any, message_id: int | None) -> None:
    await open_case(
        connection,
        conversation=conversation,
        category=category,
        channel="messenger",
        message_id=message_id,
        redacted=REDACTED,
        now=clock(),
    )


async def run(work: Any, *arguments: Any, **options: Any) -> str:
    """Run a command in a thread, as it runs a loop of its own; give its lines."""
    return "\n".join(await asyncio.to_thread(work, *arguments, **options))


async def test_an_empty_list_says_so(database: Database, settings: Settings) -> None:
    assert await run(list_cases, settings) == "No open cases."


async def test_the_list_shows_the_most_urgent_first_and_no_original(waiting: list[int], settings: Settings) -> None:
    clinical, emergency = waiting
    _header, first, second = (await run(list_cases, settings)).splitlines()
    assert (first.split()[:2], second.split()[:2]) == ([str(emergency), "emergency"], [str(clinical), "clinical"])
    assert REDACTED in second
    assert "Ann" not in first + second


async def test_a_case_is_shown_redacted(waiting: list[int], settings: Settings, database: Database) -> None:
    shown = await run(show_case, settings, waiting[0], "nurse", reveal=False)
    assert REDACTED in shown
    assert "Ann" not in shown
    assert await revealed(database) == []


async def revealed(database: Database) -> list[str]:
    async with database.transaction() as connection:
        rows = await (await connection.execute("select actor from audit where act = 'case revealed'")).fetchall()
    return [row["actor"] for row in rows]


async def test_an_original_is_shown_on_request_and_the_trail_says_to_whom(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    shown = await run(show_case, settings, waiting[0], "nurse", reveal=True)
    assert SAID in shown
    assert await revealed(database) == ["nurse"]


async def test_nobody_sees_an_original_without_a_name(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    with pytest.raises(click.UsageError, match="--agent"):
        await run(show_case, settings, waiting[0], "", reveal=True)
    assert await revealed(database) == []


async def test_without_the_vaults_key_nothing_is_revealed_and_no_new_key_is_made(
    waiting: list[int], settings: Settings
) -> None:
    settings.vault_key_file.unlink()
    with pytest.raises(click.ClickException, match="key is missing"):
        await run(show_case, settings, waiting[0], "nurse", reveal=True)
    assert not settings.vault_key_file.exists()
    assert REDACTED in await run(show_case, settings, waiting[0], "nurse", reveal=False)


async def test_a_claimed_case_belongs_to_one_person(waiting: list[int], settings: Settings) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    await run(claim_case, settings, waiting[0], "nurse")
    with pytest.raises(click.ClickException, match="claimed by nurse"):
        await run(claim_case, settings, waiting[0], "doctor")
    assert "claimed by nurse" in await run(show_case, settings, waiting[0], "doctor", reveal=False)


async def test_a_closed_case_leaves_the_list(waiting: list[int], settings: Settings) -> None:
    await run(close_case, settings, waiting[1], "nurse")
    listed = await run(list_cases, settings)
    assert "emergency" not in listed
    assert "clinical" in listed
    with pytest.raises(click.ClickException, match="is closed"):
        await run(claim_case, settings, waiting[1], "nurse")


async def test_a_case_that_nobody_has_read_is_not_closed(waiting: list[int], settings: Settings) -> None:
    with pytest.raises(click.ClickException, match=r"not seen \(1\).*cases show"):
        await run(close_case, settings, waiting[0], "nurse")
    await run(show_case, settings, waiting[0], "doctor", reveal=False)
    with pytest.raises(click.ClickException, match="not seen"):
        await run(close_case, settings, waiting[0], "nurse")
    await run(show_case, settings, waiting[0], "nurse", reveal=False)
    await run(close_case, settings, waiting[0], "nurse")


async def test_a_message_that_came_after_the_last_look_keeps_the_case_open(
    waiting: list[int], settings: Settings, database: Database, clock: Any
) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    async with database.transaction() as connection:
        case = await case_by_number(connection, waiting[0])
        await add_written(connection, case["id"], author="patient", item=1, redacted="wait, one more", now=clock())
    with pytest.raises(click.ClickException, match=rf"not seen \(1\).*cases show {waiting[0]} --agent nurse"):
        await run(close_case, settings, waiting[0], "nurse")
    assert "wait, one more" in await run(show_case, settings, waiting[0], "nurse", reveal=False)
    await run(close_case, settings, waiting[0], "nurse")


async def test_somebody_elses_case_is_closed_only_by_force_and_the_trail_says_so(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    with pytest.raises(click.ClickException, match="claimed by nurse; ask them"):
        await run(close_case, settings, waiting[0], "doctor")
    await run(close_case, settings, waiting[0], "doctor", force=True)
    async with database.transaction() as connection:
        row = await (await connection.execute("select actor, detail from audit where act = 'case closed'")).fetchone()
    assert row is not None
    assert (row["actor"], row["detail"]) == ("doctor", {"forced": 1})


@pytest.mark.parametrize("force", [False, True])
async def test_a_closed_case_is_not_closed_again(waiting: list[int], settings: Settings, force: bool) -> None:
    await run(close_case, settings, waiting[1], "nurse")
    with pytest.raises(click.ClickException, match="closed already"):
        await run(close_case, settings, waiting[1], "nurse", force=force)


async def test_while_a_message_joins_a_case_it_cannot_be_closed(
    waiting: list[int], settings: Settings, database: Database, clock: Any
) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    async with database.transaction() as connection:
        row = await case_by_number(connection, waiting[0])
        case = await owned_case(connection, row["conversation_id"])
        assert case is not None
        closing = asyncio.create_task(run(close_case, settings, waiting[0], "nurse"))
        await asyncio.sleep(0.5)
        assert not closing.done()
        await add_written(connection, case, author="patient", item=1, redacted="wait, one more", now=clock())
    with pytest.raises(click.ClickException, match=r"not seen \(1\)"):
        await closing


async def test_a_number_that_no_case_has_is_told_with_what_to_do(database: Database, settings: Settings) -> None:
    for work in (claim_case, close_case):
        with pytest.raises(click.ClickException, match=r"case 4711.*frontdesk cases"):
            await run(work, settings, 4711, "nurse")


async def test_every_step_of_a_case_is_in_the_audit_trail(
    waiting: list[int], settings: Settings, database: Database
) -> None:
    await run(claim_case, settings, waiting[0], "nurse")
    await run(close_case, settings, waiting[0], "nurse")
    async with database.transaction() as connection:
        rows = await (await connection.execute("select actor, act from audit order by id")).fetchall()
    assert [(row["actor"], row["act"]) for row in rows] == [
        ("bot", "case opened"),
        ("bot", "case opened"),
        ("nurse", "case claimed"),
        ("nurse", "case closed"),
    ]


@pytest.fixture
def hospital(hospital_file: HospitalFile) -> Hospital:
    return hospital_file.current()


@pytest.fixture
async def held(waiting: list[int], database: Database, hospital: Hospital, clock: Any) -> Appointment:
    """An appointment that is held, in the first case: the commands go by the real time, so it lies ahead of that."""
    now = system_clock()
    async with database.transaction() as connection:
        case = await case_by_number(connection, waiting[0])
        openings = Openings(connection, hospital, now)
        (day,) = await openings.days("urology", openings.today, count=1)
        start = (await openings.starts("urology", day))[0]
        held = await reservations.hold(
            connection, hospital, conversation=case["conversation_id"], department="urology", start=start, now=now
        )
        return await reservations.attach_case(connection, held, case["id"])


async def settle(database: Database, held: Appointment) -> None:
    assert held.case_id is not None
    async with database.transaction() as connection:
        await reservations.settle_identity(connection, held.case_id, system_clock())


async def said(database: Database) -> list[str]:
    async with database.transaction() as connection:
        return [row["text"] for row in await (await connection.execute("select text from outbox")).fetchall()]


async def test_a_case_shows_the_appointment_that_it_is_about(
    waiting: list[int], held: Appointment, settings: Settings, database: Database, hospital: Hospital
) -> None:
    when = f"Urology, {moment_text(held.start, hospital)}"
    assert f"Appointment: {when}, {held.reference}: held until" in await run(
        show_case, settings, waiting[0], "", reveal=False
    )
    await settle(database, held)
    assert f"{when}, {held.reference}: to be confirmed" in await run(show_case, settings, waiting[0], "", reveal=False)
    assert f"[{when}: to be confirmed]" in await run(list_cases, settings)


async def test_a_confirmed_appointment_is_told_to_the_patient_once_and_stays_in_the_trail(
    waiting: list[int], held: Appointment, settings: Settings, database: Database, hospital: Hospital
) -> None:
    await settle(database, held)
    for _ in range(2):
        assert f"{held.reference}: confirmed" in await run(confirm_case, settings, waiting[0], "nurse")
    (told,) = await said(database)
    assert moment_text(held.start, hospital) in told
    assert held.reference in told
    assert "Urology" not in told
    async with database.transaction() as connection:
        trail = await connection.execute("select actor, detail from audit where act = 'appointment confirmed'")
        assert await trail.fetchall() == [{"actor": "nurse", "detail": {"appointment": held.id}}]


async def test_only_an_appointment_that_waits_for_staff_is_confirmed(
    waiting: list[int], held: Appointment, settings: Settings, database: Database
) -> None:
    for number in waiting:
        with pytest.raises(click.ClickException, match="no appointment that waits to be confirmed"):
            await run(confirm_case, settings, number, "nurse")
    await settle(database, held)
    async with database.transaction() as connection:
        await reservations.cancel(connection, held.reference, system_clock())
    with pytest.raises(click.ClickException, match="cancelled, or its time was released"):
        await run(confirm_case, settings, waiting[0], "nurse")
    assert await said(database) == []
