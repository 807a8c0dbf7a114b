"""The inbox: nothing lost, everything in order, one worker a conversation."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from actions.database import Database
from actions.handoff.vault import Vault
from bot.channels.events import Delivery, Incoming, Kind
from bot.inbox import LEASE, Inbox, Message, TakenOverError

Clock = Any


def written(mid: str, at: datetime, sender: str = "ann", text: str | None = None, kind: Kind = Kind.TEXT) -> Incoming:
    """Make one message."""
    return Incoming("page", sender, mid, kind, mid if text is None else text, at)


async def store(inbox: Inbox, now: datetime, *messages: Incoming) -> int:
    return await inbox.store("messenger", Delivery(messages, ()), now)


async def finish(inbox: Inbox, database: Database, message: Message, now: datetime) -> None:
    async with database.transaction() as connection:
        await inbox.finish(connection, message, "answered", now)


async def take(inbox: Inbox, now: datetime) -> Message:
    message = await inbox.take(now)
    assert message is not None
    return message


async def test_an_empty_inbox_gives_nothing(inbox: Inbox, clock: Clock) -> None:
    assert await inbox.take(clock()) is None


async def test_a_message_comes_out_as_it_went_in(inbox: Inbox, clock: Clock) -> None:
    assert await store(inbox, clock(), written("m1", clock(), text="¿dónde aparco? 🚗", kind=Kind.QUICK_REPLY)) == 1
    message = await take(inbox, clock())
    assert message.text == "¿dónde aparco? 🚗"
    assert message.kind is Kind.QUICK_REPLY
    assert message.channel == "messenger"
    assert message.received_at == clock()
    assert message.attempts == 1
    assert message.first_contact
    assert message.earlier == ()
    assert "ann" not in message.conversation


async def test_a_conversation_is_worked_on_in_the_order_of_the_platforms_time(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    start = clock() - timedelta(minutes=1)
    for second in (5, 2, 9, 1):
        await store(inbox, clock(), written(f"{second}", start + timedelta(seconds=second)))
    seen = []
    while (message := await inbox.take(clock())) is not None:
        seen.append(message.text)
        assert await inbox.take(clock()) is None, "the next one waits for this one"
        await finish(inbox, database, message, clock())
    assert seen == ["1", "2", "5", "9"]


async def test_messages_of_the_same_moment_keep_the_order_of_the_delivery(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    names = [f"m{number}" for number in range(20)]
    await store(inbox, clock(), *(written(name, clock()) for name in names))
    seen = []
    while (message := await inbox.take(clock())) is not None:
        seen.append(message.text)
        await finish(inbox, database, message, clock())
    assert seen == names


async def test_a_late_older_message_never_starts_a_second_worker(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("new", clock() - timedelta(seconds=1)))
    new = await take(inbox, clock())
    await store(inbox, clock(), written("old", clock() - timedelta(seconds=30)))
    assert await inbox.take(clock()) is None
    await finish(inbox, database, new, clock())
    assert (await take(inbox, clock())).text == "old"


async def test_a_platform_clock_that_runs_ahead_does_not_hold_up_what_comes_later(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("from the future", clock() + timedelta(hours=2)))
    clock.pass_time(seconds=1)
    await store(inbox, clock(), written("now", clock()))
    first = await take(inbox, clock())
    await finish(inbox, database, first, clock())
    assert [first.text, (await take(inbox, clock())).text] == ["from the future", "now"]


async def test_eight_workers_take_every_message_once_in_order_and_never_two_of_one_conversation(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    people, each = 12, 6
    start = clock() - timedelta(minutes=1)
    for number in range(each):
        messages = [
            written(f"{name}:{number}", start + timedelta(seconds=number), sender=f"p{name}") for name in range(people)
        ]
        await store(inbox, clock(), *messages)
    seen: dict[str, list[str]] = defaultdict(list)
    busy: set[str] = set()
    done = 0

    async def work() -> None:
        nonlocal done
        while done < people * each:
            message = await inbox.take(clock())
            if message is None:
                await asyncio.sleep(0.002)
                continue
            assert message.conversation not in busy, "two workers in one conversation"
            busy.add(message.conversation)
            await asyncio.sleep(0.001)
            assert message.text is not None
            seen[message.conversation].append(message.text)
            busy.remove(message.conversation)
            await finish(inbox, database, message, clock())
            done += 1

    async with asyncio.timeout(20):
        await asyncio.gather(*(work() for _ in range(8)))
    assert done == people * each
    assert len(seen) == people
    for texts in seen.values():
        assert [int(text.partition(":")[2]) for text in texts] == list(range(each))
        assert len({text.partition(":")[0] for text in texts}) == 1


async def test_a_worker_that_died_is_replaced_when_its_lease_has_run_out(inbox: Inbox, clock: Clock) -> None:
    await store(inbox, clock(), written("m1", clock()))
    first = await take(inbox, clock())
    clock.pass_time(seconds=LEASE.total_seconds() - 1)
    assert await inbox.take(clock()) is None
    clock.pass_time(seconds=1)
    second = await take(inbox, clock())
    assert (second.id, second.attempts) == (first.id, 2)


async def test_a_worker_whose_lease_ran_out_cannot_end_what_another_has_taken_over(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    """A worker that was only slow comes back: what it says then would be said twice, and the conversation let go too early."""
    await store(inbox, clock(), written("m1", clock()), written("m2", clock()))
    slow = await take(inbox, clock())
    clock.pass_time(seconds=LEASE.total_seconds())
    quick = await take(inbox, clock())
    assert quick.id == slow.id
    with pytest.raises(TakenOverError):
        await finish(inbox, database, slow, clock())
    assert await inbox.take(clock()) is None, "the conversation still belongs to the second worker"
    await finish(inbox, database, quick, clock())
    assert (await take(inbox, clock())).text == "m2"
    with pytest.raises(TakenOverError):
        await finish(inbox, database, slow, clock())
    assert await inbox.take(clock()) is None


async def test_a_slow_worker_cannot_postpone_what_another_has_taken_over(inbox: Inbox, clock: Clock) -> None:
    await store(inbox, clock(), written("m1", clock()))
    slow = await take(inbox, clock())
    clock.pass_time(seconds=LEASE.total_seconds())
    await take(inbox, clock())
    await inbox.postpone(slow, clock())
    assert await inbox.take(clock()) is None


async def test_what_fails_before_its_transaction_ends_is_taken_again(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("m1", clock()))
    message = await take(inbox, clock())
    async with database.transaction() as connection:
        await inbox.finish(connection, message, "answered", clock())
        await connection.rollback()
    clock.pass_time(seconds=LEASE.total_seconds())
    assert (await take(inbox, clock())).id == message.id


async def test_a_postponed_message_waits_and_the_later_ones_of_its_conversation_wait_with_it(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("m1", clock()), written("m2", clock()))
    await inbox.postpone(await take(inbox, clock()), clock() + timedelta(seconds=2))
    assert await inbox.take(clock()) is None
    clock.pass_time(seconds=2)
    message = await take(inbox, clock())
    assert (message.text, message.attempts) == ("m1", 2)
    await finish(inbox, database, message, clock())
    assert (await take(inbox, clock())).text == "m2"


async def test_a_postponed_message_does_not_hold_up_other_conversations(inbox: Inbox, clock: Clock) -> None:
    await store(inbox, clock(), written("a1", clock()), written("a2", clock()))
    await inbox.postpone(await take(inbox, clock()), clock() + timedelta(minutes=5))
    await store(inbox, clock(), written("b1", clock(), sender="ben"))
    assert (await take(inbox, clock())).text == "b1"


async def test_a_conversation_in_work_does_not_hold_up_others(inbox: Inbox, clock: Clock) -> None:
    people = [f"p{number}" for number in range(5)]
    await store(
        inbox, clock(), *(written(f"{name} {number}", clock(), sender=name) for name in people for number in (1, 2))
    )
    taken = [(await take(inbox, clock())).text for _ in people]
    assert taken == [f"{name} 1" for name in people]
    assert await inbox.take(clock()) is None


async def test_the_earlier_messages_come_along_oldest_first_and_only_recent_ones_of_this_conversation(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("long ago", clock()))
    await finish(inbox, database, await take(inbox, clock()), clock())
    clock.pass_time(minutes=31)
    for number in range(5):
        clock.pass_time(seconds=10)
        await store(inbox, clock(), written(f"m{number}", clock()), written(f"b{number}", clock(), sender="ben"))
        for _ in range(2):
            await finish(inbox, database, await take(inbox, clock()), clock())
    clock.pass_time(seconds=10)
    await store(inbox, clock(), written("last", clock()))
    message = await take(inbox, clock())
    assert message.earlier == ("m2", "m3", "m4")
    assert not message.first_contact


async def test_after_a_day_of_silence_it_is_a_first_contact_again(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("m1", clock()))
    await finish(inbox, database, await take(inbox, clock()), clock())
    clock.pass_time(hours=23)
    await store(inbox, clock(), written("m2", clock()))
    message = await take(inbox, clock())
    assert not message.first_contact
    await finish(inbox, database, message, clock())
    clock.pass_time(hours=25)
    await store(inbox, clock(), written("m3", clock()))
    assert (await take(inbox, clock())).first_contact


async def test_the_original_is_in_the_vault_and_opens_only_with_its_key(
    inbox: Inbox, database: Database, vault: Vault, clock: Clock
) -> None:
    await store(inbox, clock(), written("m1", clock(), text="my number is 555 0100"))
    async with database.transaction() as connection:
        items = await (await connection.execute("select sealed from vault.item")).fetchall()
    opened = [vault.unseal(row["sealed"]) for row in items]
    assert "my number is 555 0100" in opened
    assert all(b"0100" not in row["sealed"] for row in items)


async def test_a_hundred_copies_of_one_message_leave_one_sealed_text_and_one_sealed_address(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    stored = await asyncio.gather(*(store(inbox, clock(), written("m1", clock())) for _ in range(100)))
    assert sum(stored) == 1
    async with database.transaction() as connection:
        row = await (await connection.execute("select count(*) as n from vault.item")).fetchone()
    assert row == {"n": 2}


async def test_a_message_whose_seal_is_broken_is_still_given_out(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    """It cannot be read, but somebody has to hear of it: an exception here would leave the patient without any answer."""
    await store(inbox, clock(), written("m1", clock()), written("other", clock(), sender="ben"))
    async with database.transaction() as connection:
        await connection.execute(
            "update vault.item set sealed = '\\x00' where id = (select item from inbox order by id limit 1)"
        )
    message = await take(inbox, clock())
    assert message.text is None
    assert (await take(inbox, clock())).text == "other"


async def test_an_earlier_message_whose_seal_is_broken_does_not_hold_up_the_next(
    inbox: Inbox, database: Database, clock: Clock
) -> None:
    await store(inbox, clock(), written("m1", clock()))
    await finish(inbox, database, await take(inbox, clock()), clock())
    async with database.transaction() as connection:
        await connection.execute("update vault.item set sealed = '\\x00' where id = (select item from inbox)")
    await store(inbox, clock(), written("m2", clock()))
    message = await take(inbox, clock())
    assert (message.text, message.earlier) == ("m2", ())
