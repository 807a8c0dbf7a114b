"""The outbox: replies arrive in order, again after a failure, and not twice."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from actions.calls import QuickReply, Reply
from actions.clock import Clock
from actions.database import Database
from actions.handoff.cases import messages_of, open_case, unclosed_cases
from actions.handoff.vault import Vault
from bot import outbox as outbox_module
from bot.channels.events import Delivery, Incoming, Kind
from bot.channels.graph import GraphSender
from bot.inbox import Inbox
from bot.outbox import LEASE, Links, Outbox
from bot.private_room.link import case_of_link
from bot.settings import Messenger
from tests.fakes import GraphApi, Refusal, serving

CHARACTERS = 2000
"""https://developers.facebook.com/docs/messenger-platform/reference/send-api: a text has fewer."""


class Conversations:
    """Opens conversations and stores replies in them."""

    def __init__(self, database: Database, inbox: Inbox, vault: Vault, clock: Any) -> None:
        self.database, self.inbox, self.vault, self.clock = database, inbox, vault, clock

    async def reply(self, patient: str, *replies: Reply | str) -> str:
        """Store replies to a patient; give the conversation."""
        incoming = Incoming("page", patient, uuid4().hex, Kind.TEXT, "hello", self.clock())
        await self.inbox.store("messenger", Delivery((incoming,), ()), self.clock())
        conversation = self.vault.pseudonym("conversation", "messenger", "page", patient)
        made = [Reply(one) if isinstance(one, str) else one for one in replies]
        async with self.database.transaction() as connection:
            await outbox_module.store(connection, conversation, None, made, self.clock())
        return conversation

    async def rows(self) -> list[dict[str, Any]]:
        async with self.database.transaction() as connection:
            return await (await connection.execute("select * from outbox order by id")).fetchall()


@pytest.fixture
def conversations(database: Database, inbox: Inbox, vault: Vault, clock: Clock) -> Conversations:
    return Conversations(database, inbox, vault, clock)


async def drain(outbox: Outbox) -> int:
    """Send until there is nothing to send; give how many were tried."""
    tried = 0
    while await outbox.send_next():
        tried += 1
        assert tried < 1000
    return tried


async def test_replies_arrive_in_order_with_the_pages_credentials(
    conversations: Conversations, outbox: Outbox, graph: GraphApi
) -> None:
    graph.token = "the-page-token"
    await conversations.reply("ann", "one", Reply("two", (QuickReply("Yes", "yes please"),)), "three")
    assert await drain(outbox) == 3
    assert graph.texts("ann") == ["one", "two", "three"]
    assert graph.taken[0]["messaging_type"] == "RESPONSE"
    assert graph.taken[1]["message"]["quick_replies"] == [
        {"content_type": "text", "title": "Yes", "payload": "yes please"}
    ]
    assert await drain(outbox) == 0


async def test_a_failed_reply_holds_up_the_later_ones_of_its_conversation_and_no_others(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    await conversations.reply("ann", "a1", "a2")
    await conversations.reply("ben", "b1", "b2")
    graph.refusals.append(Refusal(500))
    await drain(outbox)
    assert graph.texts() == ["b1", "b2"]
    clock.pass_time(minutes=1)
    await drain(outbox)
    assert graph.texts("ann") == ["a1", "a2"]


TRANSIENT = [
    Refusal(500),
    Refusal(503, 2),
    Refusal(500, 1),
    Refusal(400, 2),
    Refusal(400, 4),
    Refusal(400, 613),
    Refusal(400, 32),
    Refusal(400, 1200),
    Refusal(429),
    Refusal(408),
    Refusal(502),
    Refusal(None),
]


@pytest.mark.parametrize("refusal", TRANSIENT, ids=str)
async def test_what_may_pass_is_tried_again(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any, refusal: Refusal
) -> None:
    await conversations.reply("ann", "one", "two")
    graph.refusals.append(refusal)
    await drain(outbox)
    assert graph.texts() == []
    clock.pass_time(minutes=1)
    await drain(outbox)
    assert graph.texts() == ["one", "two"]


PERMANENT = [Refusal(400, 100), Refusal(400, 10), Refusal(400, 551), Refusal(403, 200), Refusal(400), Refusal(404)]


@pytest.mark.parametrize("refusal", PERMANENT, ids=str)
async def test_what_the_platform_refuses_for_good_is_not_tried_again_and_holds_up_nothing(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any, refusal: Refusal
) -> None:
    await conversations.reply("ann", "one", "two")
    graph.refusals.append(refusal)
    await drain(outbox)
    clock.pass_time(days=2)
    await drain(outbox)
    assert graph.texts() == ["two"]
    assert graph.tried == 2
    one, two = await conversations.rows()
    assert one["refused_at"] is not None
    assert one["sent_at"] is None
    assert str(refusal.code or refusal.status) in one["refusal"]
    assert two["sent_at"] is not None


async def test_a_reply_that_never_arrives_is_left_to_a_person(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, database: Database, clock: Any
) -> None:
    conversation = await conversations.reply("ann", "one", "two")
    graph.refusals.extend([Refusal(400, 551), Refusal(400, 551)])
    await drain(outbox)
    async with database.transaction() as connection:
        (case,) = await unclosed_cases(connection)
    assert (case["conversation_id"], case["category"], case["channel"]) == (conversation, "failure", "messenger")


async def test_a_reply_that_never_arrives_is_noted_in_a_case_that_holds_its_message_already(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, inbox: Inbox, database: Database, clock: Any
) -> None:
    conversation = await conversations.reply("ann")
    message = await inbox.take(clock())
    assert message is not None
    async with database.transaction() as connection:
        case = await open_case(
            connection,
            conversation=conversation,
            category="clinical",
            channel="messenger",
            message_id=message.id,
            redacted="my knee hurts",
            now=clock(),
        )
        await outbox_module.store(connection, conversation, message.id, [Reply("Continue privately here:")], clock())
    graph.refusals.append(Refusal(400, 551))
    await drain(outbox)
    async with database.transaction() as connection:
        first, note = await messages_of(connection, case)
        (shown,) = await unclosed_cases(connection)
    assert (first["author"], first["redacted"]) == ("patient", "my knee hurts")
    assert (note["author"], note["message_id"]) == ("bot", None)
    assert note["redacted"] == "[REPLY NOT DELIVERED, code 551] Continue privately here:"
    assert shown["redacted"] == note["redacted"], "the list shows it"


async def test_every_reply_that_never_arrives_is_noted_also_where_there_was_no_case(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, database: Database
) -> None:
    await conversations.reply("ann", "one", "two")
    graph.refusals.extend([Refusal(400, 551), Refusal(400, 100)])
    await drain(outbox)
    async with database.transaction() as connection:
        (case,) = await unclosed_cases(connection)
        notes = [row["redacted"] for row in await messages_of(connection, case["id"])]
    assert notes == ["[REPLY NOT DELIVERED, code 551] one", "[REPLY NOT DELIVERED, code 100] two"]


async def test_the_waits_between_attempts_grow(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    await conversations.reply("ann", "one")
    graph.refusals.extend([Refusal(500)] * 8)
    start, attempts = clock(), []
    while len(attempts) < 9:
        before = graph.tried
        await outbox.send_next()
        if graph.tried > before:
            attempts.append((clock() - start).total_seconds())
        else:
            clock.pass_time(seconds=1)
        assert clock() - start < timedelta(hours=2)
    waits = [after - before for before, after in pairwise(attempts)]
    assert graph.texts() == ["one"]
    assert waits == sorted(waits)
    assert waits[0] <= 2, "the first hitch costs the patient next to nothing"
    assert waits[-1] >= 300
    assert all(wait > 0 for wait in waits)


async def test_an_expired_token_keeps_replies_waiting_until_it_is_renewed(
    conversations: Conversations,
    database: Database,
    vault: Vault,
    outbox: Outbox,
    graph: GraphApi,
    session: aiohttp.ClientSession,
    clock: Any,
) -> None:
    graph.token = "the-renewed-token"
    await conversations.reply("ann", "one", "two")
    with capture_logs() as logs:
        for _ in range(20):
            await drain(outbox)
            clock.pass_time(minutes=15)
    told = [log for log in logs if log["log_level"] == "error"]
    assert "FRONTDESK_MESSENGER_PAGE_TOKEN" in told[0]["to_do"]
    assert "the-page-token" not in str(logs)
    assert graph.texts() == []
    assert all(row["refused_at"] is None for row in await conversations.rows())
    renewed = Messenger("the-app-secret", "the-verify-token", "the-renewed-token", graph.url)
    await drain(Outbox(database, vault, GraphSender(session, renewed), Links(vault, "https://x.example"), clock))
    assert graph.texts() == ["one", "two"]


async def test_after_a_day_the_platforms_window_has_closed_and_a_reply_is_given_up(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    await conversations.reply("ann", "one")
    graph.refusals.extend([Refusal(500)] * 500)
    await drain(outbox)
    clock.pass_time(hours=24, minutes=1)
    await drain(outbox)
    clock.pass_time(hours=24)
    assert await drain(outbox) == 0
    assert [row["refused_at"] is not None for row in await conversations.rows()] == [True]


async def test_when_only_the_answer_got_lost_the_reply_is_sent_again_rather_than_not_at_all(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    """Whether the platform took it cannot be known: at least once."""
    await conversations.reply("ann", "one", "two")
    graph.refusals.append(Refusal(None, taken=True))
    await drain(outbox)
    clock.pass_time(minutes=1)
    await drain(outbox)
    assert graph.texts() == ["one", "one", "two"]


async def test_with_the_platform_unreachable_replies_wait(
    conversations: Conversations,
    database: Database,
    vault: Vault,
    session: aiohttp.ClientSession,
    outbox: Outbox,
    graph: GraphApi,
    clock: Any,
) -> None:
    nowhere = Messenger("the-app-secret", "the-verify-token", "the-page-token", "http://127.0.0.1:1")
    await conversations.reply("ann", "one")
    cut_off = Outbox(database, vault, GraphSender(session, nowhere), Links(vault, "https://x.example"), clock)
    assert await drain(cut_off) == 1
    clock.pass_time(minutes=1)
    await drain(outbox)
    assert graph.texts() == ["one"]


async def test_eight_senders_send_everything_once_and_in_order(
    conversations: Conversations, outbox: Outbox, graph: GraphApi
) -> None:
    people = [f"p{number}" for number in range(20)]
    for name in people:
        await conversations.reply(name, *(f"{name} {number}" for number in range(4)))
    graph.delay = 0.005

    async def send() -> None:
        while len(graph.taken) < 80:
            if not await outbox.send_next():
                await asyncio.sleep(0.005)

    async with asyncio.timeout(20):
        await asyncio.gather(*(send() for _ in range(8)))
    await drain(outbox)
    assert len(graph.taken) == 80
    for name in people:
        assert graph.texts(name) == [f"{name} {number}" for number in range(4)]


async def test_a_sender_that_died_is_replaced_when_its_lease_has_run_out(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    await conversations.reply("ann", "one", "two")
    graph.delay = 60
    dying = asyncio.create_task(outbox.send_next())
    async with asyncio.timeout(5):
        await graph.arrived.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    graph.delay = 0
    clock.pass_time(seconds=LEASE.total_seconds() - 1)
    assert await drain(outbox) == 0
    clock.pass_time(seconds=1)
    await drain(outbox)
    assert graph.texts() == ["one", "two"]


async def test_a_room_link_is_made_when_it_is_sent_and_stands_nowhere_in_the_database(
    conversations: Conversations, database: Database, vault: Vault, outbox: Outbox, graph: GraphApi
) -> None:
    case = UUID("6f0d7c1e-4d0b-4a58-9a3b-0b2f3d1c5e77")
    await conversations.reply("ann", Reply("Continue privately here:", room=case))
    await drain(outbox)
    (text,) = graph.texts()
    words, _, link = text.rpartition("\n")
    assert words == "Continue privately here:"
    token = link.rpartition("/")[2]
    assert link.startswith("https://desk.lakemont.example/")
    assert case_of_link(token, vault) == case
    code = token.partition(".")[2]
    async with database.transaction() as connection:
        tables = await (
            await connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_schema in ('public', 'vault') and table_type = 'BASE TABLE'"
            )
        ).fetchall()
        assert len(tables) > 5
        for table in tables:
            name = f'"{table["table_schema"]}"."{table["table_name"]}"'
            rows = await (await connection.execute(f"select t::text as row from {name} t")).fetchall()  # type: ignore[arg-type]
            assert all(code not in row["row"] and link not in row["row"] for row in rows), name


@pytest.mark.parametrize("length", [1, 1900, 1985, 1998, 1999, 2000, 3000, 6500])
@pytest.mark.parametrize("room", [None, UUID("6f0d7c1e-4d0b-4a58-9a3b-0b2f3d1c5e77")])
async def test_no_message_is_longer_than_the_platform_takes_with_its_link_too(
    conversations: Conversations, outbox: Outbox, graph: GraphApi, length: int, room: UUID | None
) -> None:
    text = ("word " * 2000)[:length].strip()
    await conversations.reply("ann", Reply(text, (QuickReply("Yes", "yes"),), room))
    await drain(outbox)
    sent = graph.texts()
    assert all(0 < len(one) < CHARACTERS for one in sent)
    joined = " ".join(sent)
    assert joined.split()[: len(text.split())] == text.split(), "nothing is cut off"
    assert sum("https://" in one for one in sent) == (room is not None)
    assert [bool(body["message"].get("quick_replies")) for body in graph.taken] == [False] * (len(sent) - 1) + [True]
    if room is not None:
        assert "https://" in sent[-1]


async def test_quick_replies_are_cut_to_what_the_platform_takes(
    conversations: Conversations, outbox: Outbox, graph: GraphApi
) -> None:
    many = tuple(QuickReply("A title that is far too long", "p" * 2000) for _ in range(20))
    await conversations.reply("ann", Reply("Choose:", many))
    await drain(outbox)
    shown = graph.taken[0]["message"]["quick_replies"]
    assert len(shown) == 13
    assert all(len(one["title"]) <= 20 and len(one["payload"]) <= 1000 for one in shown)


async def test_the_typing_indicator_reaches_the_patient_and_a_failure_of_it_is_of_no_consequence(
    conversations: Conversations,
    database: Database,
    vault: Vault,
    session: aiohttp.ClientSession,
    outbox: Outbox,
    graph: GraphApi,
    clock: Any,
) -> None:
    conversation = await conversations.reply("ann", "one")
    await outbox.show_typing(conversation)
    assert graph.typing == ["ann"]
    await outbox.show_typing("nobody")
    nowhere = Messenger("the-app-secret", "the-verify-token", "the-page-token", "http://127.0.0.1:1")
    await Outbox(database, vault, GraphSender(session, nowhere), Links(vault, "https://x"), clock).show_typing(
        conversation
    )


async def test_a_reply_to_somebody_whose_address_cannot_be_opened_holds_up_nobody(
    conversations: Conversations, database: Database, outbox: Outbox, graph: GraphApi, clock: Any
) -> None:
    await conversations.reply("ann", "a1")
    await conversations.reply("ben", "b1")
    async with database.transaction() as connection:
        await connection.execute(
            "update vault.item set sealed = '\\x00' where id = (select min(address) from conversation)"
        )
    await drain(outbox)
    assert graph.texts() == ["b1"]
    clock.pass_time(days=2)
    await drain(outbox)
    assert (await conversations.rows())[0]["refused_at"] is not None


async def test_a_reply_is_redirected_nowhere(
    conversations: Conversations, database: Database, vault: Vault, session: aiohttp.ClientSession, clock: Any
) -> None:
    """A redirect would carry the patient's answer and the page's token to another host."""
    asked, arrived = [], []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        arrived.append(await request.json())
        return web.json_response({})

    async with serving("/elsewhere", elsewhere) as other:

        async def redirect(request: web.Request) -> web.StreamResponse:
            asked.append(await request.json())
            raise web.HTTPTemporaryRedirect(f"{other}/elsewhere")

        async with serving("/me/messages", redirect) as url:
            sender = GraphSender(session, Messenger("the-app-secret", "the-verify-token", "the-page-token", url))
            await conversations.reply("ann", "one")
            await drain(Outbox(database, vault, sender, Links(vault, "https://x.example"), clock))
    assert len(asked) == 1
    assert arrived == []
    assert (await conversations.rows())[0]["sent_at"] is None
