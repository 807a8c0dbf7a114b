"""Running conversations: against the real webhook, inbox, outbox and fake Graph API, with a bot that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web

from actions.calls import QuickReply, Reply
from actions.clock import system_clock
from actions.database import Connection, Database
from actions.handoff import cases
from actions.handoff.vault import Vault
from actions.hospital import HospitalFile
from bot.channels.graph import GraphSender
from bot.inbox import Inbox, Message
from bot.outbox import Links, Outbox
from bot.outbox import store as store_replies
from bot.settings import Settings, read_settings
from bot.simulator.graph import FakeGraph
from bot.talk.conversation import Condition, Conversation, StackStep
from bot.talk.loading import read_conversations
from bot.talk.own_stack import free_ports
from bot.talk.placeholders import Facts
from bot.talk.report import transcript
from bot.talk.run import Stage, run_all, run_one
from bot.talk.verdict import BrokenOffError, Mark, Result, Verdict
from bot.webhook import webhook_routes

Answer = Callable[[Message], Awaitable[tuple[Reply, ...]]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    names = ("APP_SECRET", "VERIFY_TOKEN", "PAGE_TOKEN")
    return read_settings(
        {
            "FRONTDESK_PUBLIC_ADDR": address,
            "FRONTDESK_GRAPH_URL": f"http://{address}/simulator/graph",
            "FRONTDESK_VAR": str(tmp_path),
            **{f"FRONTDESK_MESSENGER_{name}": f"development-{name}" for name in names},
        }
    )


@pytest.fixture
def facts(hospital_file: HospitalFile) -> Facts:
    return Facts(hospital_file.current(), date(2026, 11, 24))


@asynccontextmanager
async def staged(
    settings: Settings, database: Database, vault: Vault, facts: Facts, answer: Answer
) -> AsyncIterator[Stage]:
    """Run a bot that gives `answer` to every message."""
    assert settings.messenger is not None
    inbox = Inbox(database, vault)
    graph = FakeGraph(settings.messenger)
    app = web.Application()
    app.add_routes([*webhook_routes(settings.messenger, inbox, system_clock), *graph.routes()])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, settings.public.host, settings.public.port).start()
    async with aiohttp.ClientSession() as session:
        outbox = Outbox(
            database, vault, GraphSender(session, settings.messenger), Links(vault, settings.public_url), system_clock
        )
        work = asyncio.create_task(work_forever(database, inbox, outbox, answer))
        yield Stage(session, settings, database, vault, facts)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
    await runner.cleanup()


async def work_forever(database: Database, inbox: Inbox, outbox: Outbox, answer: Answer) -> None:
    while True:
        message = await inbox.take(system_clock())
        if message is None:
            await asyncio.sleep(0.005)
            continue
        replies = await answer(message)
        async with database.transaction() as connection:
            await store_replies(connection, message.conversation, message.id, replies, system_clock())
            await inbox.finish(connection, message, "answered", system_clock())
        while await outbox.send_next():
            pass


def said(*texts: str) -> Answer:
    """A bot that answers everything with the same texts."""

    async def answer(_message: Message) -> tuple[Reply, ...]:
        return tuple(Reply(text) for text in texts)

    return answer


def written(steps: str, facts: Facts, *, title: str = "a test", own_stack: bool = False) -> Conversation:
    indented = "".join(f"    {line}\n" for line in steps.strip().splitlines())
    needs = "  needs: own stack\n" if own_stack else ""
    found, problems = read_conversations(
        f"- conversation: {title}\n{needs}  steps:\n{indented}".encode(), Path("talks/x.yml"), facts
    )
    assert not problems
    return found[0]


@pytest.fixture
def perform(
    settings: Settings, database: Database, vault: Vault, facts: Facts
) -> Callable[[str, Answer], Awaitable[Result]]:
    async def perform(steps: str, answer: Answer) -> Result:
        async with staged(settings, database, vault, facts, answer) as stage:
            return await run_one(written(steps, facts), stage)

    return perform


Perform = Callable[[str, Answer], Awaitable[Result]]


def failures(result: Result) -> list[tuple[Mark, int | None]]:
    return [(entry.mark, entry.line) for entry in result.transcript if entry.failed]


async def test_a_conversation_passes_when_every_message_is_the_expected_one(perform: Perform) -> None:
    result = await perform("- patient: hi\n- bot: hello\n- bot: how can", said("Hello.", "How can I help?"))
    assert result.verdict is Verdict.PASSED, transcript(result)
    assert [entry.said for entry in result.transcript] == ["hi", "Hello.", "How can I help?"]


async def test_an_unexpected_message_fails(perform: Perform) -> None:
    result = await perform("- patient: hi\n- bot: hello", said("Hello.", "Buy our mugs!"))
    assert result.verdict is Verdict.FAILED
    assert failures(result) == [(Mark.UNEXPECTED, None)]
    assert "Buy our mugs!" in transcript(result)


async def test_a_missing_message_fails(perform: Perform) -> None:
    result = await perform("- patient: hi\n- bot: hello\n- bot: how can", said("Hello."))
    assert failures(result) == [(Mark.MISSING, 5)]


async def test_a_message_where_silence_was_expected_fails(perform: Perform) -> None:
    silent = await perform("- patient: hi\n- bot is silent:", said())
    assert silent.verdict is Verdict.PASSED
    assert [(entry.line, entry.said) for entry in silent.transcript] == [(3, "hi"), (4, "(silent)")]
    result = await perform("- patient: hi\n- bot is silent:", said("Hello."))
    assert failures(result) == [(Mark.UNEXPECTED, None)]


async def test_a_conversation_ends_at_its_first_failure(perform: Perform) -> None:
    result = await perform("- patient: hi\n- bot: bonjour\n- patient: bye\n- bot: hello", said("Hello."))
    assert [entry.line for entry in result.transcript] == [3, 4]
    assert "the 2 steps after it were not tried" in transcript(result)


async def test_a_quick_reply_brings_its_payload_and_is_remembered_as_chosen(perform: Perform) -> None:
    async def answer(message: Message) -> tuple[Reply, ...]:
        if message.kind.value == "quick_reply":
            return (Reply(f"You chose {message.text}."),)
        return (
            Reply("When?", (QuickReply("Tue Nov 24", "on Tuesday 24"), QuickReply("Wed Nov 25", "on Wednesday 25"))),
        )

    steps = "- patient: book\n- bot: when\n  offers: Wed Nov 25\n- patient chooses: {}\n- bot: {}"
    choices = {
        "second": "on Wednesday 25",
        "tue nov 24": "on Tuesday 24",
        "/wed/": "on Wednesday 25",
        "last": "on Wednesday 25",
    }
    for chosen, text in choices.items():
        result = await perform(steps.format(chosen, text), answer)
        assert result.verdict is Verdict.PASSED, transcript(result)
    twice = "- patient: a\n- bot: when\n- patient chooses: first\n- bot: chose\n- patient: '{chosen}'\n- bot: when"
    remembered = await perform(twice, answer)
    assert [entry.said for entry in remembered.transcript if entry.line == 7] == ["Tue Nov 24"]


async def test_what_was_not_offered_cannot_be_chosen(perform: Perform) -> None:
    async def answer(_message: Message) -> tuple[Reply, ...]:
        return (Reply("When?", (QuickReply("Tue", "Tue"),)),)

    result = await perform("- patient: book\n- bot: when\n- patient chooses: Wed\n- bot: done", answer)
    assert result.verdict is Verdict.FAILED
    assert result.note == "cannot choose 'Wed': the last message offers Tue"


async def test_things_that_are_no_text_and_notices_reach_the_webhook(perform: Perform) -> None:
    kinds: list[str] = []

    async def answer(message: Message) -> tuple[Reply, ...]:
        kinds.append(f"{message.kind.value}:{message.text}")
        return (Reply("Seen."),)

    things = ("a photo", "a sticker", "a location", "a thumb", "something unsupported")
    sent = "\n".join(f"- patient sends: {thing}\n- bot: seen" for thing in things)
    notices = (
        "delivers the last message again",
        "reports that the reply was delivered",
        "reports that the reply was read",
        "reports a reaction",
        "echoes the bot's reply",
    )
    noticed = "\n".join(f"- messenger: {notice}\n- bot is silent:" for notice in notices)
    start = "- patient presses: Get started\n- bot: seen\n- patient sends: a file\n  caption: my form\n- bot: seen"
    result = await perform(f"{start}\n{sent}\n{noticed}", answer)
    assert result.verdict is Verdict.PASSED, transcript(result)
    assert kinds == [
        "postback:Get started",
        "attachment:my form",
        *(["attachment:None"] * 3),
        "text:thanks",
        "unsupported:None",
    ]


async def open_clinical_case(connection: Connection, conversation: str, message_id: int | None) -> UUID:
    return await cases.open_case(
        connection,
        conversation=conversation,
        category="clinical",
        channel="messenger",
        message_id=message_id,
        redacted="x",
        now=system_clock(),
    )


async def test_a_hand_off_is_judged_by_its_case(database: Database, perform: Perform) -> None:
    async def answer(message: Message) -> tuple[Reply, ...]:
        async with database.transaction() as connection:
            if await cases.owned_case(connection, message.conversation):
                return ()
            case = await open_clinical_case(connection, message.conversation, message.id)
        return (Reply("If it is urgent call 911.", room=case),)

    opened = "- patient: it hurts\n- bot hands off: clinical\n- case holds: 1 message\n"
    owned = "- person: claims the case\n- patient: hello?\n- bot is silent:\n"
    given_back = "- person: closes the case\n- patient: again\n- bot hands off: clinical"
    result = await perform(opened + owned + given_back, answer)
    assert result.verdict is Verdict.PASSED, transcript(result)
    wrong = await perform("- patient: it hurts\n- bot hands off: identifying\n- case holds: 2 messages", answer)
    assert failures(wrong) == [(Mark.DIFFERS, 4), (Mark.DIFFERS, 5)]
    assert wrong.transcript[1].why == ("the case is clinical, not identifying",)


async def test_a_link_to_another_patients_case_fails(database: Database, perform: Perform) -> None:
    async def answer(_message: Message) -> tuple[Reply, ...]:
        async with database.transaction() as connection:
            case = await open_clinical_case(connection, "somebody else", None)
        return (Reply("Call 911.", room=case),)

    result = await perform("- patient: it hurts\n- bot hands off: clinical", answer)
    assert result.transcript[1].why == ("brings a private link that does not open a case of this patient",)


RACE = """\
- patient: book
  who: Ann
- bot: which
  who: Ann
- patient: book
  who: Ben
- bot: which
  who: Ben
- at the same moment:
  - patient: the first
    who: Ann
  - patient: the first
    who: Ben
- one of them:
  - bot: is yours
  the other:
  - bot: is gone
- patient: another
  who: the other
- bot: which
  who: the other
"""


@pytest.mark.parametrize("yours", [1, 2, 0])
async def test_a_race_has_one_winner_whoever_it_is(perform: Perform, yours: int) -> None:
    takers: list[str] = []
    order: list[str] = []

    async def answer(message: Message) -> tuple[Reply, ...]:
        if message.text == "book":
            order.append(message.conversation)
        if message.text != "the first":
            return (Reply("Which?"),)
        takers.append(message.conversation)
        place = order.index(message.conversation) + 1
        return (Reply("It is yours." if place == yours else "It is gone."),)

    result = await perform(RACE, answer)
    assert len(takers) == 2
    assert result.verdict is (Verdict.PASSED if yours else Verdict.FAILED), transcript(result)


async def test_a_long_text_is_sent_whole_and_shown_in_part(perform: Perform) -> None:
    lengths: list[int] = []

    async def answer(message: Message) -> tuple[Reply, ...]:
        lengths.append(len(message.text or ""))
        return (Reply("Hello."),)

    result = await perform("- patient: 'word '\n  times: 500\n- bot: hello", answer)
    assert lengths == [2500]
    assert len(result.transcript[0].said) < 500
    assert result.transcript[0].said.endswith("(2500 characters)")


async def test_an_answer_that_takes_too_long_fails(perform: Perform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.talk.run.ANSWER_SECONDS", 0.05)

    async def answer(_message: Message) -> tuple[Reply, ...]:
        await asyncio.sleep(0.2)
        return (Reply("Hello."),)

    result = await perform("- patient: hi\n- bot: hello", answer)
    assert failures(result) == [(Mark.DIFFERS, 3)]
    assert "at most 0 s expected" in result.transcript[1].why[0]


async def test_a_bot_that_never_finishes_fails_without_being_waited_for_for_ever(
    perform: Perform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.talk.run._PATIENCE_SECONDS", 0.1)

    async def answer(_message: Message) -> tuple[Reply, ...]:
        await asyncio.sleep(60)
        return ()

    result = await perform("- patient: hi\n- bot: hello", answer)
    assert result.verdict is Verdict.FAILED
    assert result.note == "line 3: the bot has not finished after 0 s"


async def test_conversations_run_side_by_side_and_those_that_break_the_stack_alone_at_the_end(
    settings: Settings, database: Database, vault: Vault, facts: Facts
) -> None:
    done: list[str] = []

    class Breakable:
        async def bring_into(self, step: StackStep) -> None:
            done.append(step.condition.value)

        async def mend(self) -> None:
            done.append("mended")

    steps = "- patient: hi\n- bot: hello"
    talks = [
        written(f"- stack: {Condition.RASA_STOPPED.value}\n{steps}", facts, title="stopped", own_stack=True),
        written(steps, facts, title="one"),
        written(steps, facts, title="two"),
    ]
    async with staged(settings, database, vault, facts, said("Hello.")) as stage:
        skipped = await run_all(talks, stage, lambda result: None)
        whole = Stage(stage.session, settings, database, vault, facts, Breakable())
        ended: list[str] = []
        results = await run_all(talks, whole, lambda result: ended.append(result.conversation.title))
    assert [(one.conversation.title, one.verdict) for one in skipped] == [
        ("one", Verdict.PASSED),
        ("two", Verdict.PASSED),
        ("stopped", Verdict.SKIPPED),
    ]
    assert all(one.verdict is Verdict.PASSED for one in results)
    assert done == ["mended", "Rasa is stopped"]
    assert set(ended[:2]) == {"one", "two"}
    assert ended[2] == "stopped"


async def test_a_stack_that_cannot_be_mended_fails_the_conversation(
    settings: Settings, database: Database, vault: Vault, facts: Facts
) -> None:
    class Broken:
        async def bring_into(self, step: StackStep) -> None:
            raise AssertionError(step)

        async def mend(self) -> None:
            raise BrokenOffError("Rasa was not ready")

    talk = written("- patient: hi\n- bot: hello", facts, own_stack=True)
    async with staged(settings, database, vault, facts, said("Hello.")) as stage:
        results = await run_all(
            [talk], Stage(stage.session, settings, database, vault, facts, Broken()), lambda result: None
        )
    assert [(one.verdict, one.note) for one in results] == [(Verdict.FAILED, "Rasa was not ready")]


async def test_a_webhook_that_cannot_be_reached_fails_the_conversation(
    settings: Settings, database: Database, vault: Vault, facts: Facts
) -> None:
    async with aiohttp.ClientSession() as session:
        result = await run_one(
            written("- patient: hi\n- bot: hello", facts), Stage(session, settings, database, vault, facts)
        )
    assert result.verdict is Verdict.FAILED
    assert "cannot be reached" in result.note
