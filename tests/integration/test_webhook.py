"""The webhook: who is let in, what is stored, and what the platform is told."""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from actions.clock import Clock
from actions.database import Database
from actions.handoff.vault import Vault
from bot.channels.messenger import sign
from bot.embedded import start_postgres
from bot.inbox import Inbox
from bot.settings import Messenger
from bot.webhook import BODY_LIMIT, PATH, webhook_routes

SECRET = "the-app-secret"
PAGE = "100"
Client = TestClient[web.Request, web.Application]


def event(
    mid: str, text: str = "where can I park?", sender: str = "240", at: int = 1_764_000_000_000
) -> dict[str, Any]:
    """Build one event in which a patient wrote something."""
    return {"sender": {"id": sender}, "recipient": {"id": PAGE}, "timestamp": at, "message": {"mid": mid, "text": text}}


def body(*events: Any) -> bytes:
    """Build a request body as the platform does."""
    document = {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": list(events)}]}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode()


async def rows(database: Database, query: Any) -> list[dict[str, Any]]:
    async with database.transaction() as connection:
        return await (await connection.execute(query)).fetchall()


async def count(database: Database, table: str) -> int:
    return int((await rows(database, f"select count(*) as n from {table}"))[0]["n"])


async def _client(messenger: Messenger, inbox: Inbox, clock: Clock) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(webhook_routes(messenger, inbox, clock))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


@pytest.fixture
async def client(inbox: Inbox, clock: Clock) -> AsyncIterator[Client]:
    """The webhook behind real HTTP."""
    messenger = Messenger(SECRET, "the-verify-token", "the-page-token", "http://127.0.0.1:1")
    async for client in _client(messenger, inbox, clock):
        yield client


async def deliver(client: Client, content: bytes, **headers: str) -> int:
    """Deliver a signed body and give the status."""
    signed = {"X-Hub-Signature-256": sign(content, SECRET), "Content-Type": "application/json"} | headers
    async with client.post(PATH, data=content, headers=signed) as response:
        return response.status


async def test_a_signed_message_is_in_the_inbox_before_the_platform_gets_its_200(
    client: Client, database: Database, vault: Vault
) -> None:
    assert await deliver(client, body(event("m1", "where can I park? 🚗"))) == 200
    (row,) = await rows(database, "select inbox.*, sealed from inbox join vault.item on vault.item.id = inbox.item")
    assert vault.unseal(row["sealed"]) == "where can I park? 🚗"
    assert row["kind"] == "text"
    assert row["finished_at"] is None


async def test_neither_the_text_nor_the_platforms_ids_stand_outside_the_vault(
    client: Client, database: Database
) -> None:
    await deliver(client, body(event("m_secretmid", "where can I park?", sender="24011223344")))
    for table in ("inbox", "conversation", "outbox", "dead_letter"):
        for row in await rows(database, f"select * from {table}"):
            for value in ("park", "24011223344", "m_secretmid"):
                assert value not in str(row), table


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha256=" + "0" * 10,
        "sha256=" + "z" * 64,
        "sha1=" + "0" * 40,
        "md5=" + "0" * 32,
        "sha256={hex}x",
        "sha256= {hex}",
        "sha256={HEX}",
        "SHA256={hex}",
        "{hex}",
        "sha256={hex}{hex}",
        "{good},{good}",
    ],
)
async def test_a_wrong_signature_is_refused_and_nothing_is_stored(
    client: Client, database: Database, signature: str | None
) -> None:
    content = body(event("m1"))
    good = sign(content, SECRET)
    digest = good.removeprefix("sha256=")
    headers = {}
    if signature is not None:
        headers["X-Hub-Signature-256"] = signature.format(good=good, hex=digest, HEX=digest.upper())
    async with client.post(PATH, data=content, headers=headers) as response:
        assert response.status in (401, 403)
    assert await count(database, "inbox") == 0
    assert await count(database, "dead_letter") == 0


async def test_two_signatures_are_refused_even_if_one_is_right(client: Client, database: Database) -> None:
    content = body(event("m1"))
    headers = [("X-Hub-Signature-256", sign(content, SECRET)), ("X-Hub-Signature-256", "sha256=" + "0" * 64)]
    async with client.post(PATH, data=content, headers=headers) as response:
        assert response.status in (401, 403)
    assert await count(database, "inbox") == 0


async def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean(client: Client, database: Database) -> None:
    content = body(event("m1", "café"))
    signature = sign(content, SECRET)
    changed = [
        content.replace(b"\\u00e9", "é".encode()),
        content.replace(b"\\u00e9", b"\\u00E9"),
        content.replace(b",", b", ", 1),
        content + b"\n",
        b"\xef\xbb\xbf" + content,
        json.dumps(json.loads(content), sort_keys=True).encode(),
        content[:-1],
        b"",
    ]
    for one in changed:
        assert one != content
        assert await deliver(client, one, **{"X-Hub-Signature-256": signature}) in (401, 403)
    assert await count(database, "inbox") == 0
    assert await deliver(client, content) == 200


async def test_a_bad_body_with_a_bad_signature_is_refused_for_its_signature(client: Client, database: Database) -> None:
    async with client.post(PATH, data=b"{", headers={"X-Hub-Signature-256": "sha256=" + "0" * 64}) as response:
        assert response.status in (401, 403)
    assert await count(database, "dead_letter") == 0


async def test_another_apps_secret_is_refused(client: Client) -> None:
    content = body(event("m1"))
    assert await deliver(client, content, **{"X-Hub-Signature-256": sign(content, "another-secret")}) in (401, 403)


async def test_the_platforms_verification_gets_its_challenge_back(client: Client) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "the-verify-token", "hub.challenge": "1158201444"}
    async with client.get(PATH, params=query) as response:
        assert response.status == 200
        assert await response.text() == "1158201444"
        assert response.content_type == "text/plain"


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.challenge": "<script>alert(1)</script>"},
        {"hub.challenge": None},
    ],
)
async def test_a_verification_that_is_not_the_platforms_is_refused(
    client: Client, change: dict[str, str | None]
) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "the-verify-token", "hub.challenge": "1158201444"} | change
    async with client.get(PATH, params={k: v for k, v in query.items() if v is not None}) as response:
        assert response.status in (400, 403)
        assert "script" not in await response.text()


async def test_every_event_of_every_entry_is_stored(client: Client, database: Database) -> None:
    entries = [
        {"id": PAGE, "time": 1, "messaging": [event("m1"), event("m2"), event("m3", sender="241")]},
        {"id": PAGE, "time": 2, "messaging": [event("m4", sender="242")]},
    ]
    assert await deliver(client, json.dumps({"object": "page", "entry": entries}).encode()) == 200
    assert await count(database, "inbox") == 4
    assert await count(database, "conversation") == 3


async def test_one_bad_event_does_not_cost_its_neighbours(client: Client, database: Database) -> None:
    bad: list[Any] = [None, 7, "x", [], {}, {"sender": {"id": "1"}}, {"message": None}, {"sender": None, "message": {}}]
    assert await deliver(client, body(event("m1"), *bad, event("m2"))) == 200
    assert [row["kind"] for row in await rows(database, "select kind from inbox order by id")].count("text") == 2


async def test_a_failing_message_takes_the_whole_delivery_with_it_so_that_the_platform_sends_it_again(
    client: Client, database: Database, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = inbox._vault.seal, 0

    def broken(text: str) -> bytes:
        nonlocal calls
        calls += 1
        if text == "third":
            raise RuntimeError("sealing failed")
        return real(text)

    monkeypatch.setattr(inbox._vault, "seal", broken)
    assert await deliver(client, body(event("m1"), event("m2"), event("m3", "third"))) == 500
    assert calls >= 3
    assert await count(database, "inbox") == 0
    monkeypatch.undo()
    assert await deliver(client, body(event("m1"), event("m2"), event("m3", "third"))) == 200
    assert await count(database, "inbox") == 3


async def test_a_message_delivered_a_hundred_times_at_once_is_stored_once(client: Client, database: Database) -> None:
    content = body(event("m1"))
    statuses = await asyncio.gather(*(deliver(client, content) for _ in range(100)))
    assert set(statuses) == {200}
    assert await count(database, "inbox") == 1
    assert await count(database, "conversation") == 1


async def test_a_message_delivered_again_later_is_not_stored_again(
    client: Client, database: Database, clock: Any
) -> None:
    await deliver(client, body(event("m1")))
    clock.pass_time(hours=35)
    assert await deliver(client, body(event("m1"), event("m2"))) == 200
    assert await count(database, "inbox") == 2


async def test_deliveries_that_overlap_in_opposite_order_are_all_stored_once(
    client: Client, database: Database
) -> None:
    """The platform repeats what it thinks is lost, in whatever batches it likes."""
    events = [event(f"m{number}", sender=str(number % 3)) for number in range(12)]
    orders = [events, events[::-1], events[6:] + events[:6], events[::2] + events[1::2]] * 5
    statuses = await asyncio.gather(*(deliver(client, body(*order)) for order in orders))
    assert set(statuses) == {200}
    assert await count(database, "inbox") == 12


async def test_the_same_message_id_of_another_page_is_another_message(client: Client, database: Database) -> None:
    other = event("m1") | {"recipient": {"id": "101"}}
    assert await deliver(client, body(event("m1"), other)) == 200
    assert await count(database, "inbox") == 2
    assert await count(database, "conversation") == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"object":"page"}',
        b'{"entry":{}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"\x00",
    ],
)
async def test_a_well_signed_body_that_cannot_be_read_is_kept_sealed_and_answered_with_200(
    client: Client, database: Database, vault: Vault, content: bytes
) -> None:
    assert await deliver(client, content) == 200
    (row,) = await rows(database, "select sealed from dead_letter join vault.item on vault.item.id = dead_letter.item")
    assert vault.unseal(row["sealed"]) == content.decode("utf-8", "backslashreplace")


async def test_an_unreadable_body_shows_in_nothing_but_the_vault(client: Client, database: Database) -> None:
    await deliver(client, b'{"name": "Ann Example"')
    (row,) = await rows(database, "select * from dead_letter")
    assert "Ann" not in str(row)


async def test_echoes_and_receipts_are_passed_over(client: Client, database: Database) -> None:
    who = {"sender": {"id": "240"}, "recipient": {"id": PAGE}, "timestamp": 1}
    echo = event("m1")
    echo["message"]["is_echo"] = True
    receipts = [
        {**who, "delivery": {"mids": ["m1"]}},
        {**who, "read": {"watermark": 1}},
        {**who, "reaction": {"mid": "m1"}},
    ]
    assert await deliver(client, body(echo, *receipts)) == 200
    assert await count(database, "inbox") == 0
    assert await count(database, "dead_letter") == 0


async def test_an_event_of_an_unknown_kind_is_kept_sealed_when_somebody_sent_it(
    client: Client, database: Database, vault: Vault
) -> None:
    order = {"sender": {"id": "240"}, "recipient": {"id": PAGE}, "order": {"note": "Ann Example wrote this"}}
    nobody = {"recipient": {"id": PAGE}, "novelty": 1}
    assert await deliver(client, body(order, event("m1"), nobody)) == 200
    assert await count(database, "inbox") == 1
    (row,) = await rows(
        database, "select reason, sealed from dead_letter join vault.item on vault.item.id = dead_letter.item"
    )
    assert json.loads(vault.unseal(row["sealed"])) == order
    assert row["reason"] == "an event of an unknown kind"


def withdrawal(mid: str) -> dict[str, Any]:
    """Build the event in which a patient takes a message back."""
    return event(mid) | {"message": {"mid": mid, "is_deleted": True}}


async def test_a_message_taken_back_while_it_waits_is_finished_and_forgotten(
    client: Client, database: Database, inbox: Inbox, vault: Vault, clock: Any
) -> None:
    assert await deliver(client, body(event("m1", "sorry, wrong window"), event("m2", "where can I park?"))) == 200
    assert await deliver(client, body(withdrawal("m1"), withdrawal("never seen"))) == 200
    first, second = await rows(database, "select * from inbox order by id")
    assert (first["result"], first["item"], first["finished_at"]) == ("withdrawn", None, clock())
    assert second["finished_at"] is None
    sealed = [vault.unseal(row["sealed"]) for row in await rows(database, "select sealed from vault.item")]
    assert "sorry, wrong window" not in sealed
    taken = await inbox.take(clock())
    assert taken is not None
    assert (taken.text, taken.earlier, taken.first_contact) == ("where can I park?", (), True)
    assert await deliver(client, body(event("m1", "sorry, wrong window"))) == 200
    assert await count(database, "inbox") == 2, "the platform's repetition does not bring it back"


async def test_a_message_taken_back_after_a_worker_took_it_goes_on(
    client: Client, database: Database, inbox: Inbox, clock: Any
) -> None:
    await deliver(client, body(event("m1", "I was diagnosed with diabetes")))
    assert await inbox.take(clock()) is not None
    assert await deliver(client, body(withdrawal("m1"))) == 200
    (row,) = await rows(database, "select * from inbox")
    assert row["finished_at"] is None
    assert row["item"] is not None


async def test_a_message_taken_back_in_its_own_delivery_is_forgotten_too(client: Client, database: Database) -> None:
    assert await deliver(client, body(event("m1"), withdrawal("m1"))) == 200
    assert [row["result"] for row in await rows(database, "select result from inbox")] == ["withdrawn"]


async def test_the_address_of_an_attachment_is_never_stored(client: Client, database: Database, vault: Vault) -> None:
    sent = event("m1", "look at this")
    sent["message"]["attachments"] = [{"type": "image", "payload": {"url": "https://scontent.example/private.jpg"}}]
    assert await deliver(client, body(sent)) == 200
    assert [row["kind"] for row in await rows(database, "select kind from inbox")] == ["attachment"]
    for row in await rows(database, "select sealed from vault.item"):
        assert "scontent" not in vault.unseal(row["sealed"])


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\U0001f600" * 500, "\u202eabc", "x" * 100_000])
async def test_any_text_that_json_can_carry_is_stored(client: Client, database: Database, text: str) -> None:
    assert await deliver(client, body(event("m1", text))) == 200
    assert await count(database, "inbox") == 1


async def test_a_body_over_the_limit_is_refused_before_it_is_read_whole(client: Client, database: Database) -> None:
    assert await deliver(client, b" " * (BODY_LIMIT + 1)) == 413

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * (BODY_LIMIT // 16)

    try:
        async with client.post(PATH, data=endless(), headers={"X-Hub-Signature-256": "sha256=" + "0" * 64}) as response:
            assert response.status == 413
    except ConnectionError:
        pass  # the listener closed the connection while we were still sending
    assert await count(database, "dead_letter") == 0


async def test_a_large_batch_below_the_limit_is_stored(client: Client, database: Database) -> None:
    """https://developers.facebook.com/docs/graph-api/webhooks: up to 1,000 updates a request."""
    content = body(*(event(f"m{number}", "x" * 500, sender=str(number % 50)) for number in range(1000)))
    assert len(content) < BODY_LIMIT
    assert await deliver(client, content) == 200
    assert await count(database, "inbox") == 1000


async def test_a_compressed_body_is_not_a_way_past_the_limit(client: Client, database: Database) -> None:
    bomb = gzip.compress(b" " * (BODY_LIMIT * 8))
    status = await deliver(client, bomb, **{"Content-Encoding": "gzip"})
    assert status in (400, 403, 413, 415)
    assert await count(database, "dead_letter") == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    async with client.request(method, PATH) as response:
        assert response.status == 405


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A PostgreSQL that a test may stop."""
    tmp_path.chmod(0o755)
    url, let_go = start_postgres(tmp_path)
    yield url, let_go
    let_go()


async def test_without_the_database_the_platform_is_told_to_come_again_in_time(
    own_postgres: tuple[str, Callable[[], None]], vault: Vault, clock: Clock
) -> None:
    """The platform waits 5 seconds for an answer; a request that got none is repeated like one that failed."""
    url, let_go = own_postgres
    database = Database(url)
    await database.open()
    messenger = Messenger(SECRET, "v", "p", "http://127.0.0.1:1")
    async for client in _client(messenger, Inbox(database, vault), clock):
        assert await deliver(client, body(event("m1"))) == 200
        await asyncio.to_thread(let_go)
        for attempt in range(2):
            started = time.monotonic()
            with capture_logs() as logs:
                assert await deliver(client, body(event(f"n{attempt}", "I am Ann"))) >= 500
            assert time.monotonic() - started < 5
            assert [log["event"] for log in logs if log["log_level"] == "error"] == ["webhook.not_stored"]
            assert "Ann" not in str(logs)
    await database.close()
