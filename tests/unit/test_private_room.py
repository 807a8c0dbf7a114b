"""The private room's page, with a real database, vault and screening."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timezone
from html import unescape
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.booking import reservations
from actions.database import Database, fetch_all
from actions.handoff import cases
from actions.handoff.business_hours import say_moment, say_when_read
from actions.handoff.vault import Vault, keep
from actions.hospital import HospitalFile, TimeFormat, WeekHours
from actions.screening.two_nets import TwoNets
from bot.private_room.link import room_link
from bot.private_room.page import TEXT_LIMIT, room_routes
from tests.conftest import SetClock

ROUTINE = "Is there a form for the parking permit?"
CLINICAL = "My chemo makes me throw up since Monday"
EMERGENCY = "my husband is not breathing"


@pytest.fixture
async def client(
    database: Database, vault: Vault, screener: TwoNets, hospital_file: HospitalFile, clock: SetClock
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser in front of the private rooms."""
    app = web.Application()
    app.add_routes(room_routes(database, vault, screener, hospital_file, clock))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def case(database: Database, clock: SetClock) -> UUID:
    """A case about an appointment, the least urgent kind."""
    return await open_case(database, clock, "booking")


async def open_case(database: Database, clock: SetClock, category: str, conversation: str = "c1") -> UUID:
    async with database.transaction() as connection:
        return await cases.open_case(
            connection,
            conversation=conversation,
            category=category,
            channel="messenger",
            message_id=None,
            redacted="",
            now=clock(),
        )


async def messages(database: Database, case: UUID) -> list[dict[str, object]]:
    async with database.transaction() as connection:
        return list(await cases.messages_of(connection, case))


async def category(database: Database, case: UUID) -> str:
    async with database.transaction() as connection:
        row = await cases.find_case(connection, case)
    assert row is not None
    return str(row["category"])


def path(case: UUID, vault: Vault) -> str:
    return room_link("", case, vault)


async def test_a_link_shows_the_room_with_the_emergency_number_before_everything_else(
    client: TestClient, vault: Vault, case: UUID, hospital_file: HospitalFile
) -> None:
    response = await client.get(path(case, vault))
    page = await response.text()
    hospital = hospital_file.current()
    body = page[page.index("<main>") :]
    assert response.status == 200
    assert hospital.name in page
    assert body.index(f"tel:{hospital.emergency.number}") < body.index("<h1>")
    assert "belongs to" in body
    assert "business hours" in body


async def test_a_written_message_is_sealed_kept_redacted_and_shown(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    text = "My number is +1 555 555 0177.\nPlease <b>call</b> me."
    response = await client.post(path(case, vault), data={"text": text})
    page = await response.text()
    [message] = await messages(database, case)
    assert response.status == 200
    assert response.history[0].status == 303
    assert response.history[0].headers["Cache-Control"] == "no-store"
    assert vault.unseal(bytes(message["sealed"])) == text  # type: ignore[call-overload]
    assert "555 0177" not in str(message["redacted"])
    assert message["author"] == "patient"
    assert message["message_id"] is None
    assert "Your message is with our staff" in page
    assert "Please &lt;b&gt;call&lt;/b&gt; me." in page


async def test_nothing_of_a_message_stands_in_the_database_unsealed(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    await client.post(path(case, vault), data={"text": "My e-mail is jo.fox@example.org"})
    async with database.transaction() as connection:
        rows = await fetch_all(connection, "select case_message::text || audit::text as line from case_message, audit")
    assert rows
    assert all("jo.fox" not in row["line"] for row in rows)


async def test_only_what_was_written_in_the_room_is_shown(
    client: TestClient, database: Database, vault: Vault, case: UUID, clock: SetClock
) -> None:
    async with database.transaction() as connection:
        original = await keep(connection, vault, "what I wrote on Messenger", clock())
        row = await (
            await connection.execute(
                "with c as (insert into conversation values ('c1', 'messenger', %s, %s) returning id) "
                "insert into inbox (conversation_id, key, kind, item, sent_at, received_at, due_at) "
                "values ('c1', 'k', 'text', %s, %s, %s, %s) returning id",
                [original, clock(), original, clock(), clock(), clock()],
            )
        ).fetchone()
        assert row is not None
        await cases.add_message(connection, case, row["id"], "redacted words", clock())
        answer = await keep(connection, vault, "We will call you at noon.", clock())
        await cases.add_written(connection, case, author="staff", item=answer, redacted="", now=clock())
    page = await (await client.get(path(case, vault))).text()
    assert "what I wrote on Messenger" not in page
    assert "redacted words" not in page
    assert "We will call you at noon." in page


@pytest.mark.parametrize("text", ["", "  \r\n\t "])
async def test_an_empty_message_is_asked_for_again(
    client: TestClient, database: Database, vault: Vault, case: UUID, text: str
) -> None:
    response = await client.post(path(case, vault), data={"text": text})
    assert response.status == 422
    assert "Please write a message first" in await response.text()
    assert not await messages(database, case)


async def test_a_message_that_is_too_long_is_not_taken_and_not_lost(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    text = "é" * (TEXT_LIMIT + 1)
    response = await client.post(path(case, vault), data={"text": text})
    page = await response.text()
    assert response.status == 422
    assert "longer than 4,000 characters" in page
    assert text in unescape(page)
    assert not await messages(database, case)


async def test_the_longest_message_is_taken_whatever_its_characters(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    text = "😀" * TEXT_LIMIT
    response = await client.post(path(case, vault), data={"text": text})
    [message] = await messages(database, case)
    assert response.status == 200
    assert vault.unseal(bytes(message["sealed"])) == text  # type: ignore[call-overload]


async def test_line_ends_of_forms_do_not_count_twice(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    response = await client.post(path(case, vault), data={"text": "a\r\n" * (TEXT_LIMIT // 2)})
    assert response.status == 200
    assert len(await messages(database, case)) == 1


async def test_characters_that_no_database_keeps_are_replaced(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    response = await client.post(
        path(case, vault), data=b"text=a%00b%ED%A0%80c", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    [message] = await messages(database, case)
    original = vault.unseal(bytes(message["sealed"]))  # type: ignore[call-overload]
    assert response.status == 200
    assert original.startswith("a\ufffdb\ufffd")
    assert original.endswith("c")


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
async def test_only_a_form_is_taken(
    client: TestClient, database: Database, vault: Vault, case: UUID, content_type: str
) -> None:
    response = await client.post(path(case, vault), data=b'{"text": "hello"}', headers={"Content-Type": content_type})
    assert response.status == 422
    assert not await messages(database, case)


async def test_an_emergency_shows_the_number_at_once_and_makes_the_case_an_emergency(
    client: TestClient, database: Database, vault: Vault, case: UUID, hospital_file: HospitalFile
) -> None:
    response = await client.post(path(case, vault), data={"text": EMERGENCY})
    page = await response.text()
    body = page[page.index("<main>") :]
    assert 'role="alert"' in body
    assert body.index(f"tel:{hospital_file.current().emergency.number}") < body.index("<h1>")
    assert body.index(f"tel:{hospital_file.current().emergency.crisis_line}") < body.index("<h1>")
    assert response.history[0].headers["Location"].endswith("#emergency")
    assert 'id="emergency"' in body
    assert await category(database, case) == "emergency"
    async with database.transaction() as connection:
        acts = [row["act"] for row in await fetch_all(connection, "select act from audit order by id")]
        assert len(await cases.unclosed_cases(connection)) == 1
    assert acts == ["case opened", "case raised"]


async def test_a_health_matter_makes_a_booking_case_clinical(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    await client.post(path(case, vault), data={"text": CLINICAL})
    assert await category(database, case) == "clinical"


@pytest.mark.parametrize("text", [ROUTINE, "My name is Jo Fox, born 4 May 1980"])
async def test_saying_who_one_is_leaves_the_case_as_urgent_as_it_was(
    client: TestClient, database: Database, vault: Vault, case: UUID, text: str
) -> None:
    await client.post(path(case, vault), data={"text": text})
    assert await category(database, case) == "booking"


async def test_an_emergency_stays_one_after_a_calm_message(
    client: TestClient, database: Database, vault: Vault, clock: SetClock
) -> None:
    case = await open_case(database, clock, "emergency")
    page = await (await client.post(path(case, vault), data={"text": ROUTINE})).text()
    assert await category(database, case) == "emergency"
    assert 'role="alert"' in page


async def test_a_closed_case_says_so_and_takes_nothing(
    client: TestClient, database: Database, vault: Vault, case: UUID, clock: SetClock, hospital_file: HospitalFile
) -> None:
    async with database.transaction() as connection:
        row = await cases.find_case(connection, case)
        assert row is not None
        await cases.close(connection, row["number"], "nina", clock())
    shown = await client.get(path(case, vault))
    written = await client.post(path(case, vault), data={"text": ROUTINE})
    empty = await client.post(path(case, vault), data={"text": ""})
    page = await shown.text()
    assert [shown.status, written.status, empty.status] == [410, 410, 410]
    assert hospital_file.current().desk.phone in page
    assert hospital_file.current().private.portal in page
    assert not await messages(database, case)


async def test_an_unknown_case_is_not_found(client: TestClient, vault: Vault, hospital_file: HospitalFile) -> None:
    unknown = path(uuid4(), vault)
    responses = [
        await client.get(unknown),
        await client.get("/room/nothing"),
        await client.post("/room/nothing", data={"text": ROUTINE}),
    ]
    assert [response.status for response in responses] == [404, 404, 404]
    for response in responses:
        page = await response.text()
        assert hospital_file.current().desk.phone in page
        assert hospital_file.current().private.portal in page
    assert (await client.post(unknown, data={"text": ROUTINE})).status == 410


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://127.0.0.1.elsewhere.example"},
    ],
)
async def test_a_form_of_another_site_is_refused(
    client: TestClient, database: Database, vault: Vault, case: UUID, headers: dict[str, str]
) -> None:
    response = await client.post(path(case, vault), data={"text": ROUTINE}, headers=headers)
    assert response.status == 403
    assert not await messages(database, case)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "null"}, {"Origin": "http://HOST"}, {}]
)
async def test_a_form_of_the_room_itself_is_taken(
    client: TestClient, vault: Vault, case: UUID, headers: dict[str, str]
) -> None:
    own = {name: value.replace("HOST", f"{client.host}:{client.port}") for name, value in headers.items()}
    response = await client.post(path(case, vault), data={"text": ROUTINE}, headers=own)
    assert response.status == 200


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "meta-externalagent/1.1",
        "WhatsApp/2.23.20.0",
        "Twitterbot/1.0",
    ],
)
async def test_a_machine_that_makes_link_previews_sees_nothing_of_a_room(
    client: TestClient, vault: Vault, case: UUID, agent: str
) -> None:
    await client.post(path(case, vault), data={"text": ROUTINE})
    response = await client.get(path(case, vault), headers={"User-Agent": agent})
    assert response.status == 403
    assert ROUTINE not in await response.text()


async def test_the_messenger_app_s_own_browser_sees_the_room(client: TestClient, vault: Vault, case: UUID) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/MessengerForiOS;FBAV/500.0]"
    assert (await client.get(path(case, vault), headers={"User-Agent": agent})).status == 200


async def test_every_answer_is_private_unframed_and_unscripted(client: TestClient, vault: Vault, case: UUID) -> None:
    responses = [
        await client.get(path(case, vault)),
        await client.get("/room/nothing"),
        await client.post(path(case, vault), data={"text": ""}),
    ]
    for response in responses:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "<script" not in await response.text()


async def test_neither_the_link_nor_the_words_are_logged(
    client: TestClient, vault: Vault, case: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.post(path(case, vault), data={"text": CLINICAL})
    await client.get("/room/nothing")
    logged = "".join(capsys.readouterr())
    assert "room.written" in logged
    assert "chemo" not in logged
    assert path(case, vault).rpartition(".")[2] not in logged
    assert "/room/" not in logged


async def test_a_database_that_is_away_keeps_the_words_in_the_form(
    client: TestClient, database: Database, vault: Vault, case: UUID
) -> None:
    async with database.transaction() as connection:
        await connection.execute("alter table case_message rename to gone")
    written = await client.post(path(case, vault), data={"text": ROUTINE})
    shown = await client.get(path(case, vault))
    page = await written.text()
    assert [written.status, shown.status] == [503, 503]
    assert "was not sent" in page
    assert ROUTINE in page


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=timezone.utc)  # type: ignore[misc, arg-type]


def test_a_desk_that_never_opens_is_said_to_be_away(hospital_file: HospitalFile) -> None:
    hospital = hospital_file.current()
    closed = replace(hospital, desk=replace(hospital.desk, hours=WeekHours(((),) * 7)))
    assert say_when_read(closed, at(2026, 11, 24, 15, 0)) == "Our staff are away now."


def test_times_are_written_as_the_hospital_writes_them(hospital_file: HospitalFile) -> None:
    hospital = hospital_file.current()
    twelve = replace(hospital, time_format=TimeFormat.HOURS_12)
    assert say_when_read(twelve, at(2026, 11, 24, 15, 0)) == "Our staff are reading messages now, until 6 pm."
    assert say_moment(at(2026, 11, 24, 17, 5), twelve) == "Tue 24 Nov, 12:05 pm"
    assert say_moment(at(2026, 11, 24, 5, 0), twelve) == "Tue 24 Nov, midnight"
    assert say_moment(at(2026, 11, 24, 17, 5), hospital) == "Tue 24 Nov, 12:05"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(2026, 11, 24, 15, 0), "Our staff are reading messages now, until 18:00."),
        (at(2026, 11, 24, 12, 59), "Our staff are away now and read messages today from 08:00."),
        (at(2026, 11, 24, 23, 0), "Our staff are away now and read messages again tomorrow from 08:00."),
        (at(2026, 11, 25, 23, 30), "Our staff are away now and read messages again on Friday, November 27 from 08:00."),
        (at(2026, 11, 28, 18, 0), "Our staff are away now and read messages again on Monday, November 30 from 08:00."),
    ],
    ids=["open", "before", "after", "before a holiday", "weekend"],
)
def test_the_page_says_when_staff_read(hospital_file: HospitalFile, now: datetime, said: str) -> None:
    assert say_when_read(hospital_file.current(), now) == said


async def test_writing_in_the_room_of_a_booking_keeps_the_time_that_was_held(
    client: TestClient, database: Database, vault: Vault, case: UUID, hospital_file: HospitalFile, clock: SetClock
) -> None:
    hospital = hospital_file.current()
    start = datetime(2026, 11, 30, 10, 0, tzinfo=hospital.timezone)
    async with database.transaction() as connection:
        held = await reservations.hold(
            connection, hospital, conversation="c1", department="dermatology", start=start, now=clock()
        )
        await reservations.attach_case(connection, held, case)
    page = unescape(await (await client.get(path(case, vault))).text())
    assert held.reference in page
    assert "This time is held until" in page
    await client.post(path(case, vault), data={"text": "It is for Ana, you can reach us by the usual number"})
    clock.pass_time(hours=2)
    page = unescape(await (await client.get(path(case, vault))).text())
    assert "This time is kept for you" in page
    async with database.transaction() as connection:
        kept = await reservations.find_appointment(connection, held.reference)
    assert kept is not None
    assert kept.status.value == "pending"


@pytest.mark.parametrize("how", ["lapsed", "cancelled"])
async def test_the_room_of_a_time_that_was_released_says_so_and_to_book_again(
    client: TestClient,
    database: Database,
    vault: Vault,
    case: UUID,
    hospital_file: HospitalFile,
    clock: SetClock,
    how: str,
) -> None:
    hospital = hospital_file.current()
    start = datetime(2026, 11, 30, 10, 0, tzinfo=hospital.timezone)
    async with database.transaction() as connection:
        held = await reservations.hold(
            connection, hospital, conversation="c1", department="dermatology", start=start, now=clock()
        )
        await reservations.attach_case(connection, held, case)
        if how == "cancelled":
            await reservations.cancel(connection, held.reference, clock())
    if how == "lapsed":
        clock.pass_time(hours=2)
    page = unescape(await (await client.get(path(case, vault))).text())
    assert "has been released" in page
    assert "book again" in page
    assert "is held until" not in page
