"""The service is killed without warning: nothing that got its 200 is lost, and what was sent is not sent again.

What is promised: every message is worked on, and its replies are stored, exactly once. They are sent exactly once too, but for one case
that nobody can decide: the platform may have taken a reply just before the service died, which could then not note it. Such a reply is
sent again, so it arrives at least once. At most as many replies as there are senders are in that state.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from uuid import uuid4

import pytest

from bot.app import SENDERS
from bot.simulator import deliveries
from bot.stack import Part, Stack
from tests.fakes import GraphApi, serving
from tests.stack_client import StackClient, client_of, new_patient, replaced

PATIENTS = 10
EACH = 6
TOPICS = [
    "where can I park",
    "do you have wifi",
    "is there a cafeteria",
    "are you open on sunday",
    "where is the pharmacy",
]
KILLS_AFTER_SECONDS = [0.15, 0.6]


@pytest.fixture
async def graph() -> AsyncIterator[GraphApi]:
    """A Graph API outside the processes that are killed, which takes its time as the real one does."""
    graph = GraphApi(delay=0.03)
    async with serving("/me/messages", graph.send) as url:
        graph.url = url
        yield graph


@pytest.fixture
async def client(stack: Stack, graph: GraphApi) -> AsyncIterator[StackClient]:
    """The stack with that Graph API."""
    async with replaced(stack.parts["service"], FRONTDESK_GRAPH_URL=graph.url), client_of(stack) as client:
        yield client


def kill(part: Part) -> None:
    """End a process as a power cut would."""
    assert part.process is not None
    os.killpg(part.process.pid, signal.SIGKILL)
    part.process.wait()


def start(part: Part) -> None:
    part.start()
    part.wait_until_ready()


async def let_leases_run_out(client: StackClient) -> None:
    """Move on to when the dead workers are given up, half a minute later."""
    await client.rows(
        "update conversation set taken_until = now(), sending_until = now()"
        " where taken_until is not null or sending_until is not null"
    )


async def test_after_a_kill_every_message_is_answered_and_what_was_sent_is_not_sent_again(
    client: StackClient, graph: GraphApi
) -> None:
    patients = [new_patient() for _ in range(PATIENTS)]
    (row,) = await client.rows("select coalesce(max(id), 0) as last from inbox")
    for place, patient in enumerate(patients):
        await client.write(patient, *(TOPICS[(place + number) % len(TOPICS)] for number in range(EACH)))
    service = client.stack.parts["service"]
    unfinished = []
    for seconds in KILLS_AFTER_SECONDS:
        await asyncio.sleep(seconds)
        await asyncio.to_thread(kill, service)
        (left,) = await client.rows("select count(*) as n from inbox where finished_at is null")
        unfinished.append(left["n"])
        await let_leases_run_out(client)
        await asyncio.to_thread(start, service)
    await let_leases_run_out(client)
    await client.settle()

    assert unfinished[0] > 0, "the first kill came after everything was done and proves nothing"
    inbox = await client.rows("select id, result from inbox where id > %s", row["last"])
    assert len(inbox) == PATIENTS * EACH, "everything that got its 200 is there"
    assert {one["result"] for one in inbox} <= {"answered", "safe_reply"}
    stored = await client.rows(
        "select message_id, text, sent_at, attempts from outbox where message_id > %s order by id", row["last"]
    )
    assert {one["message_id"] for one in stored} == {one["id"] for one in inbox}, "every message has its answer"
    assert all(one["sent_at"] for one in stored)
    per_message = Counter((one["message_id"], one["text"]) for one in stored)
    assert set(per_message.values()) == {1}, "no turn ended twice"

    taken = Counter((body["recipient"]["id"], body["message"]["text"]) for body in graph.taken)
    again = len(graph.taken) - len(stored)
    assert 0 <= again <= SENDERS * len(KILLS_AFTER_SECONDS)
    assert len(graph.taken) >= len(stored)
    assert sum(one["attempts"] - 1 for one in stored) >= again, "only a reply that was under way is sent again"
    assert {patient for patient, _ in taken} == set(patients)


async def test_a_message_that_the_platform_repeats_after_a_kill_is_answered_once(
    client: StackClient, graph: GraphApi
) -> None:
    patient = new_patient()
    part = deliveries.text_message(f"m_{uuid4().hex}", "where can I park?")
    body = deliveries.delivery(patient, datetime.now(timezone.utc), part)
    assert await client.post(body) == 200
    await asyncio.to_thread(kill, client.stack.parts["service"])
    await let_leases_run_out(client)
    await asyncio.to_thread(start, client.stack.parts["service"])
    for _ in range(3):
        assert await client.post(body) == 200
    await let_leases_run_out(client)
    await client.settle()
    answers = [text for text in graph.texts(patient) if "garage" in text.lower()]
    assert 1 <= len(answers) <= 2, "twice only if the kill fell between the platform's answer and our note of it"
    (row,) = await client.rows(
        "select count(*) as n from outbox where conversation_id ="
        " (select conversation_id from inbox order by id desc limit 1) and text ilike '%%garage%%'"
    )
    assert row["n"] == 1


async def test_a_service_that_is_told_to_stop_finishes_what_it_began(client: StackClient, graph: GraphApi) -> None:
    """A restart for an update: nobody waits for a lease to run out, and nobody gets a reply twice."""
    patients = [new_patient() for _ in range(PATIENTS)]
    service = client.stack.parts["service"]
    rounds = 2
    interrupted = 0
    for _ in range(rounds):
        await asyncio.gather(*(client.write(patient, *TOPICS) for patient in patients))
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await asyncio.to_thread(service.stop)
        assert time.monotonic() - started < 10
        (left,) = await client.rows(
            "select (select count(*) from inbox where finished_at is null)"
            " + (select count(*) from outbox where sent_at is null and refused_at is null) as n"
        )
        interrupted += left["n"]
        (held,) = await client.rows(
            "select count(*) as n from conversation where taken_until > now() or sending_until > now()"
        )
        assert held["n"] == 0
        await asyncio.to_thread(start, service)
    assert interrupted > 0, "everything was done before each stop, which proves nothing"
    await client.settle(20)
    stored = await client.rows(
        "select attempts from outbox where id in (select id from outbox order by id desc limit %s)", len(graph.taken)
    )
    assert {row["attempts"] for row in stored} == {1}
    counts = Counter(body["recipient"]["id"] for body in graph.taken)
    assert set(counts) == set(patients)
    assert len(graph.taken) >= PATIENTS * (1 + rounds * len(TOPICS))
    (sent,) = await client.rows(
        "select count(*) as n from outbox where message_id in (select id from inbox order by id desc limit %s)",
        PATIENTS * rounds * len(TOPICS),
    )
    assert sent["n"] == len(graph.taken), "every reply went out once"
