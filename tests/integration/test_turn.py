"""One turn: what a patient gets for a message, whatever happens on the way."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

import numpy as np
import psycopg
import pytest
from aiohttp import web

from actions.calls import Reply
from actions.database import Connection, Database
from actions.encoder import Encoder
from actions.handoff import cases
from actions.handoff.vault import Vault
from actions.hospital import HospitalFile
from bot import dialogue as dialogue_module
from bot import turn as turn_module
from bot import worker as worker_module
from bot.channels.events import Delivery, Incoming, Kind
from bot.dialogue import Rasa
from bot.inbox import LEASE, Inbox
from bot.outbox import Outbox, send_forever
from bot.turn import Turn
from bot.worker import MOST_ATTEMPTS, work_forever, work_safely
from tests.fakes import FakeRasa, GraphApi, room_of

ROUTINE = "where can I park?"
CLINICAL = "I was diagnosed with diabetes last year"
EMERGENCY = "I want to kill myself"
IDENTIFYING = "my social security number is 078-05-1120"
UNJUDGED = "Привет, где парковка?"
SENSITIVE = {"clinical": CLINICAL, "emergency": EMERGENCY, "identifying": IDENTIFYING, "unjudged": UNJUDGED}
NUMBER_FIRST = "Call 911 now"
DISCLOSURE = "automated assistant of Lakemont General Hospital"


@dataclass
class House:
    """Takes what patients say through the flow, and shows what came of it."""

    database: Database
    vault: Vault
    inbox: Inbox
    outbox: Outbox
    turn: Turn
    graph: GraphApi
    clock: Any
    numbers: Any

    async def receive(self, text: str | None, patient: str = "ann", kind: Kind = Kind.TEXT) -> None:
        """Store a message."""
        self.clock.pass_time(seconds=1)
        incoming = Incoming("page", patient, f"m{next(self.numbers)}", kind, text, self.clock())
        assert await self.inbox.store("messenger", Delivery((incoming,), ()), self.clock()) == 1

    async def work(self) -> None:
        """Work on everything that is due and send what came of it."""
        while (message := await self.inbox.take(self.clock())) is not None:
            await work_safely(self.turn, self.inbox, message)
        while await self.outbox.send_next():
            pass

    async def say(self, text: str | None, patient: str = "ann", kind: Kind = Kind.TEXT) -> list[str]:
        """Say something and give what came back."""
        before = len(self.graph.texts(patient))
        await self.receive(text, patient, kind)
        await self.work()
        return self.graph.texts(patient)[before:]

    async def past_introduction(self, patient: str = "ann") -> None:
        """Have a first exchange, so that the next message is not a first contact."""
        await self.say("hello", patient)
        self.graph.taken.clear()

    async def rows(self, query: Any) -> list[dict[str, Any]]:
        async with self.database.transaction() as connection:
            return await (await connection.execute(query)).fetchall()

    async def results(self) -> list[str]:
        """List how the turns ended, in order; None for one that has not."""
        return [row["result"] for row in await self.rows("select result from inbox order by id")]

    async def cases(self) -> list[dict[str, Any]]:
        return await self.rows("select * from cases order by number")

    async def case_texts(self) -> list[tuple[str, str | None]]:
        """List the messages of all cases: redacted, and the original from the vault."""
        found = await self.rows(
            "select redacted, sealed from case_message left join vault.item on vault.item.id = item order by case_message.id"
        )
        return [(row["redacted"], self.vault.unseal(row["sealed"]) if row["sealed"] else None) for row in found]

    async def claim(self, agent: str = "nurse") -> None:
        """Have a person take the one case there is."""
        (case,) = await self.cases()
        async with self.database.transaction() as connection:
            await cases.claim(connection, case["number"], agent, self.clock())


@pytest.fixture
def house(
    database: Database, vault: Vault, inbox: Inbox, outbox: Outbox, turn: Turn, graph: GraphApi, clock: Any
) -> House:
    return House(database, vault, inbox, outbox, turn, graph, clock, count())


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> float:
    """A deadline that tests can wait for."""
    monkeypatch.setattr(turn_module, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setattr(turn_module, "EMERGENCY_DEADLINE_SECONDS", 0.1)
    return 0.2


# Answers


async def test_a_routine_question_is_answered_by_rasa_and_opens_no_case(house: House, rasa: FakeRasa) -> None:
    await house.past_introduction()
    assert await house.say(ROUTINE) == [f"Answer to: {ROUTINE}"]
    assert (await house.results())[-1] == "answered"
    assert await house.cases() == []


async def test_rasa_gets_a_pseudonym_the_screening_and_the_sentence_vector(
    house: House, rasa: FakeRasa, encoder: Encoder
) -> None:
    await house.say(ROUTINE, patient="2401122334455")
    (asked,) = rasa.asked
    assert asked["message"] == ROUTINE
    assert "2401122334455" not in str({key: value for key, value in asked["metadata"].items() if key != "vector"})
    assert "2401122334455" not in asked["sender"]
    metadata = asked["metadata"]
    assert metadata["channel"] == "messenger"
    assert metadata["visibility"] == "private"
    assert metadata["first_contact"] is True
    assert metadata["screening"] == {"decision": "answer", "categories": [], "findings": []}
    (row,) = await house.rows("select id from inbox")
    assert metadata["message_id"] == row["id"]
    assert metadata["attempt"] == 1
    vector = np.frombuffer(base64.b64decode(metadata["vector"]), "<f4")
    assert np.allclose(vector, encoder.encode(ROUTINE), atol=1e-6)


async def test_one_conversation_keeps_its_pseudonym_and_two_have_different_ones(house: House, rasa: FakeRasa) -> None:
    for patient in ("ann", "ben", "ann"):
        await house.say(ROUTINE, patient)
    first, second, third = (asked["sender"] for asked in rasa.asked)
    assert first == third != second


async def test_a_name_is_taken_out_before_rasa_hears_the_message_and_the_question_is_answered(
    house: House, rasa: FakeRasa
) -> None:
    await house.past_introduction()
    replies = await house.say("my name is John Smith, where can I park?")
    assert "Smith" not in str(rasa.asked)
    assert "[NAME]" in rasa.asked[-1]["message"]
    assert len(replies) == 1
    assert (await house.results())[-1] == "answered"


async def test_a_typed_command_reaches_rasa_as_text(house: House, rasa: FakeRasa) -> None:
    for typed in ("/restart", '/inform{"department":"x"}', "\u2003/back"):
        await house.say(typed)
    assert [asked["message"] for asked in rasa.asked] == ["restart", 'inform{"department":"x"}', "back"]


async def test_several_replies_and_their_quick_replies_are_all_sent(house: House, rasa: FakeRasa) -> None:
    await house.past_introduction()
    rasa.responds(
        [
            {"recipient_id": "x", "text": "One."},
            {"recipient_id": "x", "text": "Two.", "buttons": [{"title": "Parking", "payload": "where do I park"}]},
        ]
    )
    assert await house.say(ROUTINE) == ["One.", "Two."]
    assert house.graph.taken[-1]["message"]["quick_replies"][0]["payload"] == "where do I park"


async def test_the_patient_sees_that_an_answer_is_being_written(house: House, rasa: FakeRasa) -> None:
    rasa.hangs(0.3)
    await house.say(ROUTINE, "ann")
    assert house.graph.typing == ["ann"]


# Hand-offs


@pytest.mark.parametrize("category", SENSITIVE)
async def test_a_sensitive_message_is_handed_off_with_its_original_sealed(
    house: House, rasa: FakeRasa, category: str
) -> None:
    await house.past_introduction()
    replies = await house.say(SENSITIVE[category])
    (case,) = await house.cases()
    assert (case["category"], case["state"]) == (category, "open")
    ((redacted, original),) = await house.case_texts()
    assert original == SENSITIVE[category]
    assert "1120" not in redacted
    assert (await house.results())[-1] == "handed_off"
    assert "911" in replies[0]
    assert room_of(replies[-1].rpartition("\n")[2]) == case["id"]
    assert "vector" not in rasa.asked[-1]["metadata"], "there is nothing to classify"


async def test_the_redirect_repeats_nothing_that_the_patient_wrote(house: House) -> None:
    await house.past_introduction()
    for text in (CLINICAL, IDENTIFYING, EMERGENCY):
        for reply in await house.say(text):
            for word in ("diabetes", "diagnosed", "078", "1120", "kill", "[SSN]", "[NAME]"):
                assert word not in reply


async def test_an_emergency_gets_the_number_first(house: House) -> None:
    replies = await house.say(EMERGENCY)
    assert replies[0].startswith(NUMBER_FIRST)
    assert (await house.cases())[0]["priority"] == 1


async def test_further_messages_join_the_open_case_and_raise_its_urgency(house: House) -> None:
    await house.say(IDENTIFYING)
    await house.say(CLINICAL)
    await house.say(EMERGENCY)
    await house.say(IDENTIFYING)
    (case,) = await house.cases()
    assert case["category"] == "emergency"
    assert [original for _, original in await house.case_texts()] == [IDENTIFYING, CLINICAL, EMERGENCY, IDENTIFYING]


async def test_routine_questions_are_answered_while_a_case_waits(house: House) -> None:
    await house.say(CLINICAL)
    assert await house.say(ROUTINE) == [f"Answer to: {ROUTINE}"]


@pytest.mark.parametrize("kind", [Kind.ATTACHMENT, Kind.UNSUPPORTED])
@pytest.mark.parametrize("text", [None, "where can I park?"])
async def test_what_cannot_be_read_is_handed_off(house: House, rasa: FakeRasa, kind: Kind, text: str | None) -> None:
    await house.past_introduction()
    replies = await house.say(text, kind=kind)
    (case,) = await house.cases()
    assert case["category"] == "unjudged"
    assert "could not read" in replies[0]
    assert rasa.asked[-1]["metadata"]["screening"]["decision"] == "hand_off"
    assert "Answer to" not in str(replies)


async def test_words_beside_an_attachment_can_still_be_an_emergency(house: House) -> None:
    replies = await house.say(EMERGENCY, kind=Kind.ATTACHMENT)
    assert replies[0].startswith(NUMBER_FIRST)
    assert (await house.cases())[0]["category"] == "emergency"


@pytest.mark.parametrize("text", ["", "   ", "\n"])
async def test_an_empty_message_is_not_left_without_an_answer(house: House, text: str) -> None:
    assert await house.say(text) != []


async def test_a_chosen_quick_reply_is_judged_like_anything_typed(house: House, rasa: FakeRasa) -> None:
    await house.past_introduction()
    await house.say(CLINICAL, kind=Kind.QUICK_REPLY)
    await house.say(CLINICAL, kind=Kind.POSTBACK)
    assert [row["category"] for row in await house.cases()] == ["clinical"]
    assert len(await house.case_texts()) == 2


async def test_what_was_said_before_is_given_to_screening(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = type(house.turn.screener.rules).screen

    def screen(self: Any, text: str, visibility: Any = None, context: Any = ()) -> Any:
        seen.append((text, tuple(context)))
        return real(self, text, visibility, context)

    monkeypatch.setattr(type(house.turn.screener.rules), "screen", screen)
    for text in ("hello", ROUTINE, "thanks"):
        await house.say(text)
    assert seen == [("hello", ()), (ROUTINE, ("hello",)), ("thanks", ("hello", ROUTINE))]


# First contact


async def test_the_first_reply_of_a_conversation_says_what_the_patient_is_talking_to_and_only_the_first(
    house: House,
) -> None:
    first = await house.say(ROUTINE)
    assert DISCLOSURE in first[0]
    assert "person" in first[0]
    assert first[1:] == [f"Answer to: {ROUTINE}"]
    assert await house.say(ROUTINE) == [f"Answer to: {ROUTINE}"]
    assert DISCLOSURE in (await house.say(ROUTINE, "ben"))[0]


async def test_a_hand_off_at_first_contact_is_introduced_too(house: House) -> None:
    replies = await house.say(CLINICAL)
    assert DISCLOSURE in replies[0]
    assert "911" in replies[1]


async def test_nothing_stands_before_the_number_in_an_emergency_at_first_contact(house: House) -> None:
    assert (await house.say(EMERGENCY))[0].startswith(NUMBER_FIRST)


async def test_a_safe_reply_at_first_contact_is_introduced_too(house: House, rasa: FakeRasa) -> None:
    rasa.responds([])
    replies = await house.say(ROUTINE)
    assert DISCLOSURE in replies[0]
    assert "cannot answer right now" in replies[1]


# The watchdog


@pytest.mark.parametrize("category", SENSITIVE)
async def test_an_answer_to_a_sensitive_message_without_a_case_is_never_sent(
    house: House, rasa: FakeRasa, category: str
) -> None:
    rasa.says("Diabetes is a chronic condition. Take two aspirin.")
    replies = await house.say(SENSITIVE[category])
    assert "aspirin" not in str(replies)
    assert any("911" in reply for reply in replies)
    (case,) = await house.cases()
    assert case["category"] == category
    assert [original for _, original in await house.case_texts()] == [SENSITIVE[category]]
    assert await house.results() == ["safe_reply"]


async def test_a_case_of_an_earlier_message_does_not_let_an_answer_pass(house: House, rasa: FakeRasa) -> None:
    await house.say(CLINICAL)
    rasa.says("Take two aspirin.")
    assert "aspirin" not in str(await house.say(CLINICAL))
    assert len(await house.case_texts()) == 2


GARBAGE: dict[str, Callable[[FakeRasa], None]] = {
    "nothing": lambda rasa: rasa.responds([]),
    "an empty text": lambda rasa: rasa.says(""),
    "white space": lambda rasa: rasa.says(" \n "),
    "an error": lambda rasa: rasa.responds([{"text": "oops"}], status=500),
    "no page": lambda rasa: rasa.responds([{"text": "oops"}], status=404),
    "no JSON": lambda rasa: rasa.returns(b"<html>oops</html>"),
    "half a document": lambda rasa: rasa.returns(b'[{"text": "oo'),
    "no text at all": lambda rasa: rasa.returns(b"\xff\xfe"),
    "no body": lambda rasa: rasa.returns(b""),
    "another document": lambda rasa: rasa.responds({"status": "failure", "message": "oops"}),
    "null": lambda rasa: rasa.responds(None),
    "a list of other things": lambda rasa: rasa.responds(["oops", 7, None]),
    "a text that is none": lambda rasa: rasa.responds([{"text": {"oops": 1}}]),
    "a broken button": lambda rasa: rasa.responds([{"text": "oops", "buttons": [{"title": "x"}]}]),
    "a room that is none": lambda rasa: rasa.responds([{"text": "oops"}, {"custom": {"room": "oops"}}]),
    "a bottomless document": lambda rasa: rasa.returns(b"[" * 200_000),
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_when_rasa_answers_with_garbage_the_patient_gets_the_safe_reply_and_a_person(
    house: House, rasa: FakeRasa, kind: str
) -> None:
    await house.past_introduction()
    GARBAGE[kind](rasa)
    (reply,) = await house.say(ROUTINE)
    assert "oops" not in reply
    assert "911" in reply
    (case,) = await house.cases()
    assert case["category"] == "failure"
    assert await house.case_texts() == [(ROUTINE, ROUTINE)]
    assert (await house.results())[-1] == "safe_reply"


@pytest.mark.parametrize("kind", GARBAGE)
async def test_when_rasa_answers_with_garbage_an_emergency_still_gets_the_number_first(
    house: House, rasa: FakeRasa, kind: str
) -> None:
    GARBAGE[kind](rasa)
    replies = await house.say(EMERGENCY)
    assert replies[0].startswith(NUMBER_FIRST)
    assert [case["category"] for case in await house.cases()] == ["emergency"]


@pytest.mark.parametrize("text", [ROUTINE, CLINICAL, EMERGENCY])
async def test_when_rasa_is_late_the_patient_gets_the_safe_reply(
    house: House, rasa: FakeRasa, short_deadline: float, text: str
) -> None:
    rasa.hangs(5)
    loop = asyncio.get_running_loop()
    started = loop.time()
    replies = await house.say(text)
    assert loop.time() - started < 4
    assert "911" in replies[-1] + replies[0]
    assert await house.results() == ["safe_reply"]
    assert len(await house.cases()) == 1


async def test_what_rasa_does_after_its_deadline_changes_nothing(
    house: House, rasa: FakeRasa, short_deadline: float
) -> None:
    rasa.hangs(0.4)
    await house.say(CLINICAL)
    before = (await house.cases(), await house.case_texts(), len(house.graph.taken))
    await asyncio.sleep(0.5)
    await house.work()
    assert len(rasa.asked) == 1
    assert (await house.cases(), await house.case_texts(), len(house.graph.taken)) == before


async def test_while_rasa_hangs_only_one_message_now_and_then_waits_for_it_and_its_return_is_noticed(
    house: House, rasa: FakeRasa, short_deadline: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue_module, "_TRY_SECONDS", 3600)
    monkeypatch.setattr(dialogue_module, "_SECONDS_FOR_A_TRY", 0)
    rasa.hangs(60)
    for number in range(3):
        await house.say(ROUTINE, f"early {number}")
    for number in range(10):
        assert "911" in (await house.say(ROUTINE, f"late {number}"))[-1]
    assert len(rasa.asked) == 3 + 1, "one of the late ones tried"
    rasa.answer = None
    assert "911" in (await house.say(ROUTINE, "still too early"))[-1]
    house.turn.rasa._next_try = 0.0  # the pause is over
    assert (await house.say(ROUTINE, "at last"))[-1] == f"Answer to: {ROUTINE}"
    assert (await house.say(ROUTINE, "and again"))[-1] == f"Answer to: {ROUTINE}"


async def test_while_rasa_hangs_a_message_that_has_waited_does_not_try_it(
    house: House, rasa: FakeRasa, short_deadline: float
) -> None:
    rasa.hangs(60)
    for number in range(3):
        await house.say(ROUTINE, f"early {number}")
    assert "911" in (await house.say(ROUTINE, "late"))[-1]
    assert len(rasa.asked) == 3


async def test_a_message_that_has_waited_leaves_rasa_less_time_but_always_some(house: House, rasa: FakeRasa) -> None:
    given = []

    class WatchedRasa:
        async def ask(self, _conversation: str, _text: str, _metadata: Any, seconds: float) -> Any:
            given.append(seconds)
            return (Reply("Answer."),)

    house.turn = replace(house.turn, rasa=WatchedRasa())  # type: ignore[arg-type]
    for waited in (0, 1, 2, 4, 60):
        await house.receive(ROUTINE)
        house.clock.pass_time(seconds=waited)
        await house.work()
    assert given == [5, 5, 4.5, 2.5, 1.5]


async def test_a_slow_answer_now_and_then_is_no_hang(house: House, rasa: FakeRasa, short_deadline: float) -> None:
    for _ in range(4):
        rasa.hangs(1)
        await house.say(ROUTINE)
        await house.say(ROUTINE)
        rasa.answer = None
        assert (await house.say(ROUTINE))[-1] == f"Answer to: {ROUTINE}"


async def test_when_rasa_cannot_be_reached_the_patient_gets_the_safe_reply(house: House, session: Any) -> None:
    house.turn = replace(house.turn, rasa=Rasa(session, "http://127.0.0.1:1"))
    replies = await house.say(ROUTINE)
    assert "911" in replies[-1]
    assert [case["category"] for case in await house.cases()] == ["failure"]


async def test_when_rasa_drops_the_connection_the_patient_gets_the_safe_reply(house: House, rasa: FakeRasa) -> None:
    async def drop(_asked: dict[str, Any]) -> web.StreamResponse:
        raise ConnectionResetError

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    rasa.answer = drop
    assert "911" in (await house.say(ROUTINE))[-1]
    assert [case["category"] for case in await house.cases()] == ["failure"]


async def test_after_a_failure_the_next_message_is_answered_again(house: House, rasa: FakeRasa) -> None:
    rasa.responds([], status=500)
    await house.say(ROUTINE)
    rasa.answer = None
    assert await house.say(ROUTINE) == [f"Answer to: {ROUTINE}"]


# A person owns the conversation


@pytest.mark.parametrize("text", [ROUTINE, CLINICAL, IDENTIFYING])
async def test_while_a_person_owns_the_conversation_the_bot_is_silent_and_the_message_joins_the_case(
    house: House, rasa: FakeRasa, text: str
) -> None:
    await house.say(CLINICAL)
    await house.claim()
    asked = len(rasa.asked)
    assert await house.say(text) == []
    assert len(rasa.asked) == asked
    assert [original for _, original in await house.case_texts()] == [CLINICAL, text]
    assert (await house.results())[-1] == "joined_case"
    assert "1120" not in str([redacted for redacted, _ in await house.case_texts()])


async def test_an_attachment_joins_the_case_of_the_person_who_owns_the_conversation(house: House) -> None:
    await house.say(CLINICAL)
    await house.claim()
    assert await house.say(None, kind=Kind.ATTACHMENT) == []
    assert [redacted for redacted, _ in await house.case_texts()] == [CLINICAL, "[ATTACHMENT]"]


async def test_an_emergency_gets_the_number_even_while_a_person_owns_the_conversation(house: House) -> None:
    await house.say(CLINICAL)
    await house.claim()
    replies = await house.say(EMERGENCY)
    assert replies[0].startswith(NUMBER_FIRST)
    (case,) = await house.cases()
    assert (case["category"], case["state"], case["claimed_by"]) == ("emergency", "claimed", "nurse")
    assert [original for _, original in await house.case_texts()] == [CLINICAL, EMERGENCY]


async def test_other_conversations_are_answered_while_a_person_owns_one(house: House) -> None:
    await house.say(CLINICAL)
    await house.claim()
    assert (await house.say(ROUTINE, "ben"))[-1] == f"Answer to: {ROUTINE}"


async def test_once_the_case_is_closed_the_bot_answers_again_and_the_next_case_is_a_new_one(house: House) -> None:
    await house.say(CLINICAL)
    await house.claim()
    async with house.database.transaction() as connection:
        await cases.close(connection, (await house.cases())[0]["number"], "nurse", house.clock())
    assert await house.say(ROUTINE) == [f"Answer to: {ROUTINE}"]
    await house.say(CLINICAL)
    assert [case["state"] for case in await house.cases()] == ["closed", "open"]


async def test_while_another_app_owns_the_conversation_the_bot_is_silent(house: House, rasa: FakeRasa) -> None:
    assert await house.say(ROUTINE, kind=Kind.STANDBY) == []
    assert rasa.asked == []
    assert await house.results() == ["standby"]


# Nothing is lost


async def test_a_turn_that_raises_ends_in_the_safe_reply(house: House, rasa: FakeRasa) -> None:
    class BrokenScreener:
        def hear(self, *_arguments: Any) -> Any:
            raise RuntimeError("a fault nobody thought of")

    await house.past_introduction()
    house.turn = replace(house.turn, screener=BrokenScreener())  # type: ignore[arg-type]
    (reply,) = await house.say(ROUTINE)
    assert "911" in reply
    assert len(await house.cases()) == 1
    assert (await house.case_texts())[0][1] == ROUTINE
    assert (await house.results())[-1] == "safe_reply"


async def test_a_message_that_the_second_net_fails_on_is_handed_off(house: House, rasa: FakeRasa) -> None:
    class BrokenEncoder:
        def encode(self, text: str) -> Any:
            raise RuntimeError(text)

    await house.past_introduction()
    house.turn = replace(house.turn, screener=replace(house.turn.screener, encoder=BrokenEncoder()))  # type: ignore[arg-type]
    await house.say(ROUTINE)
    assert [case["category"] for case in await house.cases()] == ["unjudged"]
    assert (await house.results())[-1] == "handed_off"


async def test_an_emergency_whose_turn_raises_still_gets_the_number_first(house: House) -> None:
    class BrokenRasa:
        async def ask(self, *_arguments: Any) -> Any:
            raise RuntimeError("a fault nobody thought of")

    house.turn = replace(house.turn, rasa=BrokenRasa())  # type: ignore[arg-type]
    assert (await house.say(EMERGENCY))[0].startswith(NUMBER_FIRST)
    assert [case["category"] for case in await house.cases()] == ["emergency"]


class FailingDatabase:
    """A database whose next transactions fail at their beginning or, worse, at their end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.failures = 0
        self.at_end = False

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        failing = self.failures > 0
        if failing:
            self.failures -= 1
        if failing and not self.at_end:
            raise psycopg.OperationalError("the connection is lost")
        async with self._database.transaction() as connection:
            yield connection
            if failing:
                raise psycopg.OperationalError("the connection is lost")


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize("text", [ROUTINE, CLINICAL])
async def test_a_database_that_fails_for_a_moment_costs_no_message_and_doubles_no_reply(
    house: House, monkeypatch: pytest.MonkeyPatch, at_end: bool, text: str
) -> None:
    await house.past_introduction()
    failing = FailingDatabase(house.database)
    failing.at_end = at_end
    house.turn = replace(house.turn, database=failing)  # type: ignore[arg-type]
    for failures in (1, 2):
        failing.failures = failures
        await house.receive(text)
        await house.work()
        for _ in range(4):
            house.clock.pass_time(seconds=3)
            await house.work()
        assert failing.failures == 0
    assert [result for result in await house.results() if result is None] == []
    assert len([one for one in house.graph.texts() if one]) == 2
    if text == CLINICAL:
        assert [original for _, original in await house.case_texts()] == [CLINICAL, CLINICAL]


async def test_a_database_that_is_gone_for_longer_costs_no_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_RETRY", timedelta(0))
    await house.past_introduction()
    await house.receive(ROUTINE)
    message = await house.inbox.take(house.clock())
    assert message is not None
    failing = FailingDatabase(house.database)
    failing.failures = 10
    await work_safely(
        replace(house.turn, database=failing),  # type: ignore[arg-type]
        Inbox(failing, house.vault),  # type: ignore[arg-type]
        message,
    )
    assert house.graph.texts() == []
    house.clock.pass_time(seconds=LEASE.total_seconds())
    await house.work()
    assert house.graph.texts() == [f"Answer to: {ROUTINE}"]


async def test_a_message_that_ends_its_worker_every_time_gets_the_safe_reply_instead(
    house: House, rasa: FakeRasa
) -> None:
    await house.past_introduction()
    await house.receive(ROUTINE)
    for _ in range(MOST_ATTEMPTS):
        assert await house.inbox.take(house.clock()) is not None  # and its worker dies here
        house.clock.pass_time(seconds=LEASE.total_seconds())
    asked = len(rasa.asked)
    await house.work()
    assert len(rasa.asked) == asked
    (reply,) = house.graph.texts()
    assert "911" in reply
    assert (await house.case_texts())[0][1] == ROUTINE
    assert (await house.results())[-1] == "safe_reply"
    assert await house.say("thanks") == ["Answer to: thanks"]


async def test_a_worker_whose_message_was_taken_over_says_nothing(house: House, rasa: FakeRasa) -> None:
    await house.past_introduction()
    await house.receive(ROUTINE)
    slow = await house.inbox.take(house.clock())
    assert slow is not None
    house.clock.pass_time(seconds=LEASE.total_seconds())
    await house.work()
    assert house.graph.texts() == [f"Answer to: {ROUTINE}"]
    await work_safely(house.turn, house.inbox, slow)
    await house.work()
    assert house.graph.texts() == [f"Answer to: {ROUTINE}"]
    assert await house.cases() == []


async def test_a_message_whose_original_cannot_be_opened_is_handed_off(house: House) -> None:
    await house.past_introduction()
    await house.receive(ROUTINE)
    async with house.database.transaction() as connection:
        await connection.execute("update vault.item set sealed = '\\x00' where id = (select max(item) from inbox)")
    await house.work()
    assert any("911" in reply for reply in house.graph.texts())
    assert [case["category"] for case in await house.cases()] == ["unjudged"]


async def test_a_bad_hospital_file_keeps_nobody_waiting(
    house: House, hospital_file: HospitalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last good facts stay in force; were they ever missing, the message must wait and not vanish."""
    await house.past_introduction()
    await house.receive(CLINICAL)
    with monkeypatch.context() as patch:
        patch.setattr(type(hospital_file), "current", lambda self: 1 / 0)
        await house.work()
        assert (await house.results())[-1] is None
    house.clock.pass_time(seconds=3)
    await house.work()
    assert any("911" in reply for reply in house.graph.texts())


async def test_workers_and_senders_side_by_side_answer_everybody_once_and_in_order(
    house: House, clock: Any, rasa: FakeRasa
) -> None:
    people, each = [f"p{number}" for number in range(6)], 5
    rasa.hangs(0.01)
    for number in range(each):
        for name in people:
            await house.receive(f"question {number}", name)
    wake_inbox, wake_outbox = asyncio.Event(), asyncio.Event()
    loops = [work_forever(house.turn, house.inbox, wake_inbox) for _ in range(4)]
    loops += [send_forever(house.outbox, wake_outbox, idle_seconds=0.02) for _ in range(2)]
    tasks = [asyncio.create_task(one) for one in loops]
    try:
        async with asyncio.timeout(20):
            while len(house.graph.taken) < len(people) * (each + 1):
                await asyncio.sleep(0.02)
                house.graph.arrived.clear()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for name in people:
        introduction, *answers = house.graph.texts(name)
        assert DISCLOSURE in introduction
        assert answers == [f"Answer to: question {number}" for number in range(each)]
