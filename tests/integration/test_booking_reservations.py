"""Holding, moving and cancelling against a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from psycopg.errors import UniqueViolation

from actions.booking import reservations
from actions.booking.appointment import (
    Appointment,
    AppointmentStatus,
    SlotTakenError,
    TooManyTriesError,
    UnknownReferenceError,
)
from actions.booking.openings import Openings
from actions.booking.releasing import close_unused_cases
from actions.database import Connection, Database
from actions.handoff.cases import add_note, open_case
from actions.hospital import Hospital, HospitalFile

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=timezone.utc)  # Saturday, 10:00 in Lakemont
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)  # 10:00
LATER = TUESDAY + timedelta(minutes=30)


@pytest.fixture
def hospital(hospital_file: HospitalFile) -> Hospital:
    """The hospital, its urology taking one patient at a time, every 30 minutes."""
    facts = hospital_file.current()
    urology = replace(facts.booking.departments["urology"], capacity=1, slot_minutes=30)
    return with_urology(facts, urology)


def with_urology(facts: Hospital, urology: object) -> Hospital:
    return replace(facts, booking=replace(facts.booking, departments={**facts.booking.departments, "urology": urology}))


@pytest.fixture
async def crowd(database: Database) -> AsyncIterator[Database]:
    """The same database with connections enough for a crowd."""
    wide = Database(database.url, max_size=20)
    await wide.open()
    yield wide
    await wide.close()


Act = Callable[[Connection], Awaitable[Appointment]]


async def all_at_once(database: Database, acts: Sequence[Act]) -> list[Appointment | BaseException]:
    """Do every act in a transaction of its own, none before all have a connection."""
    barrier = asyncio.Barrier(len(acts))

    async def do(act: Act) -> Appointment:
        async with database.transaction() as connection:
            await connection.execute("select 1")
            await barrier.wait()
            return await act(connection)

    return await asyncio.gather(*(do(act) for act in acts), return_exceptions=True)


def holding(hospital: Hospital, conversation: str, start: datetime = TUESDAY, now: datetime = NOW) -> Act:
    return lambda connection: reservations.hold(
        connection, hospital, conversation=conversation, department="urology", start=start, now=now
    )


def moving(hospital: Hospital, reference: str, start: datetime) -> Act:
    return lambda connection: reservations.move(connection, hospital, reference, start, NOW)


async def hold(
    database: Database,
    hospital: Hospital,
    conversation: str = "ann",
    start: datetime = TUESDAY,
    now: datetime = NOW,
    department: str = "urology",
) -> Appointment:
    async with database.transaction() as connection:
        return await reservations.hold(
            connection, hospital, conversation=conversation, department=department, start=start, now=now
        )


async def free(database: Database, hospital: Hospital, now: datetime = NOW) -> tuple[datetime, ...]:
    async with database.transaction() as connection:
        return await Openings(connection, hospital, now).starts("urology", TUESDAY.date())


async def move(
    database: Database, hospital: Hospital, reference: str, start: datetime, now: datetime = NOW
) -> Appointment:
    async with database.transaction() as connection:
        return await reservations.move(connection, hospital, reference, start, now)


async def cancel(database: Database, reference: str, now: datetime = NOW) -> Appointment:
    async with database.transaction() as connection:
        return await reservations.cancel(connection, reference, now)


async def book(
    database: Database, hospital: Hospital, conversation: str = "ann", start: datetime = TUESDAY
) -> Appointment:
    """Go all the way to a booked appointment."""
    appointment = await hold(database, hospital, conversation, start)
    async with database.transaction() as connection:
        case = await open_case(
            connection,
            conversation=conversation,
            category="booking",
            channel="messenger",
            message_id=None,
            redacted="",
            now=NOW,
        )
        await reservations.attach_case(connection, appointment, case)
        await reservations.settle_identity(connection, case, NOW)
        return await reservations.confirm(connection, appointment.reference, NOW)


async def test_a_hold_takes_its_slot_out_of_the_offers_until_it_lapses(database: Database, hospital: Hospital) -> None:
    assert TUESDAY in await free(database, hospital)
    held = await hold(database, hospital)
    assert held.status is AppointmentStatus.PROPOSED
    assert held.held_until == NOW + timedelta(minutes=hospital.booking.hold_minutes)
    assert TUESDAY not in await free(database, hospital)
    assert TUESDAY not in await free(database, hospital, held.held_until - timedelta(seconds=1))
    assert TUESDAY in await free(database, hospital, held.held_until)


async def test_a_lapsed_hold_can_be_taken_by_another_patient(database: Database, hospital: Hospital) -> None:
    held = await hold(database, hospital)
    assert held.held_until is not None
    other = await hold(database, hospital, "ben", now=held.held_until)
    assert other.reference != held.reference
    async with database.transaction() as connection:
        assert await reservations.open_appointments(connection, "ann", held.held_until) == ()


async def test_a_slot_is_held_for_one_conversation_only(database: Database, hospital: Hospital) -> None:
    await hold(database, hospital)
    with pytest.raises(SlotTakenError):
        await hold(database, hospital, "ben")
    async with database.transaction() as connection:
        assert await reservations.open_appointments(connection, "ben", NOW) == ()


def winners(outcomes: list[Appointment | BaseException]) -> list[Appointment]:
    """Give who got something; everybody else must have been told that it was taken."""
    won = [outcome for outcome in outcomes if isinstance(outcome, Appointment)]
    assert all(isinstance(outcome, SlotTakenError) for outcome in outcomes if outcome not in won), outcomes
    return won


async def test_twenty_patients_at_one_moment_and_one_gets_the_slot(crowd: Database, hospital: Hospital) -> None:
    await free(crowd, hospital)
    outcomes = await all_at_once(crowd, [holding(hospital, f"patient-{number}") for number in range(20)])
    (winner,) = winners(outcomes)
    async with crowd.transaction() as connection:
        cursor = await connection.execute("select reference from appointment where status = 'proposed'")
        assert await cursor.fetchall() == [{"reference": winner.reference}]


async def test_twenty_patients_at_one_moment_on_a_schedule_never_used_before(
    crowd: Database, hospital: Hospital
) -> None:
    outcomes = await all_at_once(crowd, [holding(hospital, f"patient-{number}") for number in range(20)])
    assert len(winners(outcomes)) == 1


async def test_twenty_patients_at_one_moment_after_a_lapsed_hold_and_one_gets_the_slot(
    crowd: Database, hospital: Hospital
) -> None:
    lapsed = await hold(crowd, hospital)
    late = NOW + timedelta(minutes=31)
    acts = [holding(hospital, f"patient-{number}", now=late) for number in range(20)]
    (winner,) = winners(await all_at_once(crowd, acts))
    assert winner.reference != lapsed.reference


async def test_a_time_with_room_for_three_takes_exactly_three(crowd: Database, hospital: Hospital) -> None:
    roomy = with_urology(hospital, replace(hospital.booking.departments["urology"], capacity=3))
    await free(crowd, roomy)
    outcomes = await all_at_once(crowd, [holding(roomy, f"patient-{number}") for number in range(20)])
    assert len(winners(outcomes)) == 3


async def test_two_patients_who_swap_times_at_one_moment_never_lose_theirs(crowd: Database, hospital: Hospital) -> None:
    ann, ben = await book(crowd, hospital, "ann", TUESDAY), await book(crowd, hospital, "ben", LATER)
    for _ in range(5):
        acts = [moving(hospital, ann.reference, LATER), moving(hospital, ben.reference, TUESDAY)]
        assert winners(await all_at_once(crowd, acts)) == []
        async with crowd.transaction() as connection:
            for name, start in (("ann", TUESDAY), ("ben", LATER)):
                assert (await reservations.open_appointments(connection, name, NOW))[0].start == start


async def test_many_moves_in_all_directions_neither_deadlock_nor_double_book(
    crowd: Database, hospital: Hospital
) -> None:
    starts = [TUESDAY + timedelta(minutes=30 * number) for number in (0, 1, 2, 3, 6, 7)]
    await asyncio.gather(*(hold(crowd, hospital, f"patient-{number}", starts[number]) for number in range(5)))
    for turn in range(1, 12):
        # Half of the holds have lapsed each time, so that everybody's slot is somebody's wish.
        now = NOW + timedelta(minutes=16 * turn)
        wishes = [starts[(number * turn + turn) % 6] for number in range(5)]
        winners(
            await all_at_once(
                crowd, [holding(hospital, f"patient-{number}", wish, now) for number, wish in enumerate(wishes)]
            )
        )
        async with crowd.transaction() as connection:
            cursor = await connection.execute(
                "select appointment_id from slot where status = 'busy-tentative' and held_until > %s", [now]
            )
            held = [row["appointment_id"] for row in await cursor.fetchall()]
        assert len(held) == len(set(held)) > 0


async def test_holding_the_same_slot_again_gives_the_same_hold(database: Database, hospital: Hospital) -> None:
    first = await hold(database, hospital)
    assert await hold(database, hospital, now=NOW + timedelta(minutes=5)) == first


async def test_one_turn_that_runs_twice_at_the_same_time_makes_one_hold(crowd: Database, hospital: Hospital) -> None:
    await free(crowd, hospital)
    outcomes = winners(await all_at_once(crowd, [holding(hospital, "ann")] * 8))
    assert len(outcomes) == 8
    assert len({outcome.reference for outcome in outcomes}) == 1


async def test_a_conversation_has_one_hold_and_a_new_choice_moves_it(database: Database, hospital: Hospital) -> None:
    first = await hold(database, hospital)
    second = await hold(database, hospital, start=LATER, now=NOW + timedelta(minutes=5))
    assert (second.reference, second.start) == (first.reference, LATER)
    assert second.held_until == NOW + timedelta(minutes=35)
    assert TUESDAY in await free(database, hospital)


async def test_a_hold_moves_to_another_department(database: Database, hospital: Hospital) -> None:
    await hold(database, hospital)
    moved = await hold(database, hospital, department="neurology", start=TUESDAY - timedelta(minutes=20))
    assert moved.department == "neurology"
    assert TUESDAY in await free(database, hospital)


async def test_a_choice_that_fails_leaves_the_earlier_hold_alone(database: Database, hospital: Hospital) -> None:
    mine = await hold(database, hospital)
    await hold(database, hospital, "ben", LATER)
    with pytest.raises(SlotTakenError):
        await hold(database, hospital, start=LATER)
    assert await hold(database, hospital) == mine


async def test_a_lapsed_hold_gives_way_to_a_new_one_with_a_new_code(database: Database, hospital: Hospital) -> None:
    first = await hold(database, hospital)
    second = await hold(database, hospital, now=NOW + timedelta(minutes=31))
    assert second.reference != first.reference


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(TUESDAY + timedelta(minutes=7), id="between two slots"),
        pytest.param(TUESDAY + timedelta(hours=9), id="in the evening"),
        pytest.param(NOW + timedelta(hours=1), id="within the notice"),
        pytest.param(TUESDAY + timedelta(days=200), id="far ahead"),
    ],
)
async def test_only_a_planned_slot_can_be_held(database: Database, hospital: Hospital, start: datetime) -> None:
    with pytest.raises(SlotTakenError):
        await hold(database, hospital, start=start)


async def test_a_department_without_online_booking_has_no_slots(database: Database, hospital: Hospital) -> None:
    async with database.transaction() as connection:
        openings = Openings(connection, hospital, NOW)
        assert await openings.days("emergency", NOW.date()) == ()
        assert await openings.starts("emergency", TUESDAY.date()) == ()
    with pytest.raises(SlotTakenError):
        await hold(database, hospital, department="emergency")


async def test_moving_keeps_the_code_and_frees_the_old_time(database: Database, hospital: Hospital) -> None:
    booked = await book(database, hospital)
    moved = await move(database, hospital, booked.reference, LATER)
    assert (moved.reference, moved.start, moved.end) == (booked.reference, LATER, LATER + timedelta(minutes=30))
    assert (moved.status, moved.held_until) == (AppointmentStatus.BOOKED, None)
    assert TUESDAY in await free(database, hospital)
    assert LATER not in await free(database, hospital, NOW + timedelta(hours=1))


async def test_moving_to_a_taken_time_leaves_the_appointment_where_it_was(
    database: Database, hospital: Hospital
) -> None:
    booked = await book(database, hospital)
    await hold(database, hospital, "ben", LATER)
    with pytest.raises(SlotTakenError):
        await move(database, hospital, booked.reference, LATER)
    async with database.transaction() as connection:
        assert (await reservations.open_appointments(connection, "ann", NOW))[0].start == TUESDAY


async def test_moving_twice_to_one_time_is_moving_once(database: Database, hospital: Hospital) -> None:
    held = await hold(database, hospital)
    moved = await move(database, hospital, held.reference, LATER)
    assert await move(database, hospital, held.reference, LATER, NOW + timedelta(minutes=3)) == moved


async def test_cancelling_frees_the_time_and_may_be_repeated(database: Database, hospital: Hospital) -> None:
    booked = await book(database, hospital)
    cancelled = await cancel(database, booked.reference)
    assert cancelled.status is AppointmentStatus.CANCELLED
    assert TUESDAY in await free(database, hospital)
    assert await cancel(database, booked.reference) == cancelled
    await hold(database, hospital, "ben")
    assert (await cancel(database, booked.reference)).status is AppointmentStatus.CANCELLED
    assert TUESDAY not in await free(database, hospital)


async def test_nobody_moves_or_cancels_without_a_right_code(database: Database, hospital: Hospital) -> None:
    with pytest.raises(UnknownReferenceError):
        await cancel(database, "LK-CCCCCC")
    with pytest.raises(UnknownReferenceError):
        await move(database, hospital, "LK-CCCCCC", LATER)
    lapsed = await hold(database, hospital)
    with pytest.raises(UnknownReferenceError):
        await cancel(database, lapsed.reference, NOW + timedelta(minutes=31))


async def look_up(database: Database, reference: str, message_id: int | None, now: datetime = NOW) -> Appointment:
    """Look a code up as the form does: what was noted stays although nothing was found."""
    async with database.transaction() as connection:
        try:
            return await reservations.look_up(connection, reference, conversation="eve", message_id=message_id, now=now)
        except (UnknownReferenceError, TooManyTriesError) as error:
            failure = error
    raise failure


async def test_five_wrong_codes_an_hour_and_even_a_right_one_is_refused(database: Database, hospital: Hospital) -> None:
    held = await book(database, hospital)
    for message in range(5):
        with pytest.raises(UnknownReferenceError):
            await look_up(database, "LK-CCCCCC", message)
    with pytest.raises(TooManyTriesError):
        await look_up(database, held.reference, 6)
    assert (await look_up(database, held.reference, 7, NOW + timedelta(hours=1))).id == held.id


async def test_a_turn_that_runs_twice_counts_as_one_try(database: Database, hospital: Hospital) -> None:
    booked = await book(database, hospital)
    for _ in range(8):
        with pytest.raises(UnknownReferenceError):
            await look_up(database, "LK-CCCCCC", 1)
    assert (await look_up(database, booked.reference, 2)).id == booked.id


async def test_a_settled_identity_ends_the_clock_on_the_hold(database: Database, hospital: Hospital) -> None:
    held = await hold(database, hospital)
    async with database.transaction() as connection:
        case = await open_case(
            connection,
            conversation="ann",
            category="booking",
            channel="messenger",
            message_id=None,
            redacted="",
            now=NOW,
        )
        assert (await reservations.attach_case(connection, held, case)).case_id == case
        settled = await reservations.settle_identity(connection, case, NOW + timedelta(minutes=10))
    assert settled is not None
    assert (settled.status, settled.held_until) == (AppointmentStatus.PENDING, None)
    assert TUESDAY not in await free(database, hospital, NOW + timedelta(hours=2))
    async with database.transaction() as connection:
        assert await reservations.settle_identity(connection, case, NOW + timedelta(minutes=11)) is None
        booked = await reservations.confirm(connection, held.reference, NOW)
    assert booked.status is AppointmentStatus.BOOKED


async def test_an_identity_settled_too_late_gets_the_slot_only_if_nobody_has_it(
    database: Database, hospital: Hospital
) -> None:
    late = NOW + timedelta(minutes=45)
    for rival in (False, True):
        name = f"ann-{rival}"
        start = LATER if rival else TUESDAY
        held = await hold(database, hospital, name, start)
        async with database.transaction() as connection:
            case = await open_case(
                connection,
                conversation=name,
                category="booking",
                channel="messenger",
                message_id=None,
                redacted="",
                now=NOW,
            )
            await reservations.attach_case(connection, held, case)
        if rival:
            await hold(database, hospital, "ben", start, late)
        async with database.transaction() as connection:
            settled = await reservations.settle_identity(connection, case, late)
        assert (settled is None) == rival


async def test_a_change_of_the_facts_changes_the_offers_at_once(database: Database, hospital: Hospital) -> None:
    before = await free(database, hospital)
    hourly = with_urology(hospital, replace(hospital.booking.departments["urology"], slot_minutes=60))
    after = await free(database, hourly)
    assert set(after) < set(before)
    assert await free(database, hospital) == before


async def test_a_change_of_the_facts_never_books_across_a_held_slot(database: Database, hospital: Hospital) -> None:
    held = await hold(database, hospital, start=LATER)  # 10:30 to 11:00
    shifted = with_urology(hospital, replace(hospital.booking.departments["urology"], slot_minutes=50))
    offered = await free(database, shifted)
    assert offered
    length = timedelta(minutes=50)
    assert all(start >= held.end or start + length <= held.start for start in offered)
    assert (await cancel(database, held.reference)).status is AppointmentStatus.CANCELLED
    assert LATER not in await free(database, shifted)
    assert LATER in await free(database, hospital)


async def test_tomorrow_another_day_opens_and_yesterday_is_gone(database: Database, hospital: Hospital) -> None:
    async def days(now: datetime) -> tuple[date, ...]:
        async with database.transaction() as connection:
            yesterday = now.date() - timedelta(days=1)
            return await Openings(connection, hospital, now).days("urology", yesterday, count=400)

    thursday = datetime(2026, 12, 3, 15, 0, tzinfo=timezone.utc)  # 60 days on, Monday and Tuesday are open too
    first, second = await days(thursday), await days(thursday + timedelta(days=1))
    assert (first[0], second[0]) == (date(2026, 12, 4), date(2026, 12, 7))
    assert (first[-1], second[-1]) == (date(2027, 2, 1), date(2027, 2, 2))


async def test_the_database_itself_refuses_two_slots_for_one_appointment(
    database: Database, hospital: Hospital
) -> None:
    held = await hold(database, hospital)

    async def take_another() -> None:
        async with database.transaction() as connection:
            await connection.execute(
                "update slot set status = 'busy', appointment_id = %s where starts_at = %s", [held.id, LATER]
            )

    with pytest.raises(UniqueViolation):
        await take_another()


async def hold_with_case(database: Database, hospital: Hospital, conversation: str, start: datetime) -> UUID:
    """Hold a time and open its case, as the booking form does."""
    held = await hold(database, hospital, conversation, start)
    async with database.transaction() as connection:
        case = await open_case(
            connection,
            conversation=conversation,
            category="booking",
            channel="messenger",
            message_id=None,
            redacted="",
            now=NOW,
        )
        await reservations.attach_case(connection, held, case)
    return case


async def close_unused(database: Database, now: datetime) -> int:
    async with database.transaction() as connection:
        return await close_unused_cases(connection, now)


async def test_the_case_of_a_hold_that_nobody_used_is_closed_a_day_later(
    database: Database, hospital: Hospital
) -> None:
    case = await hold_with_case(database, hospital, "ann", TUESDAY)
    assert await close_unused(database, NOW + timedelta(hours=24)) == 0  # the hold itself took half an hour
    assert await close_unused(database, NOW + timedelta(hours=25)) == 1
    assert await close_unused(database, NOW + timedelta(hours=25)) == 0
    async with database.transaction() as connection:
        row = await (await connection.execute("select state from cases where id = %s", [case])).fetchone()
        assert row == {"state": "closed"}
        trail = await connection.execute("select actor, detail from audit where act = 'case closed'")
        assert await trail.fetchall() == [{"actor": "bot", "detail": {"reason": "hold lapsed unused"}}]
        (released,) = await reservations.appointments_of(connection, [case])
    assert released.status is AppointmentStatus.CANCELLED


async def test_a_case_in_whose_room_somebody_wrote_or_that_was_claimed_stays(
    database: Database, hospital: Hospital
) -> None:
    written = await hold_with_case(database, hospital, "ann", TUESDAY)
    settled = await hold_with_case(database, hospital, "ben", LATER)
    claimed = await hold_with_case(database, hospital, "cleo", LATER + timedelta(minutes=30))
    async with database.transaction() as connection:
        await add_note(connection, written, "[SOMETHING FOR STAFF]", NOW)
        await reservations.settle_identity(connection, settled, NOW)
        await connection.execute("update cases set state = 'claimed' where id = %s", [claimed])
    assert await close_unused(database, NOW + timedelta(days=2)) == 0
