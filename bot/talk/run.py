"""Run conversations against a running stack."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Protocol

import aiohttp

from actions.clock import Clock, system_clock
from actions.database import Database, Queries, Row, fetch_one
from actions.handoff import cases
from actions.handoff.vault import Vault
from bot.private_room.link import case_of_link
from bot.settings import Settings
from bot.talk.conversation import (
    FIRST_OF_BOTH,
    SECOND_OF_BOTH,
    Act,
    BotStep,
    CaseStep,
    Conversation,
    Deed,
    EitherStep,
    Expectation,
    NoticeStep,
    PatientStep,
    PersonAct,
    PersonStep,
    Round,
    SilentStep,
    StackStep,
)
from bot.talk.expectation import BotMessage, LinkedCase, filled
from bot.talk.phone import Phone
from bot.talk.placeholders import CHOSEN, Facts, fill
from bot.talk.verdict import BrokenOffError, Entry, Mark, Result, Verdict, compare

ANSWER_SECONDS = 8.0
"""How long any patient may wait for any answer, whatever has failed."""
AT_ONCE = 4
"""Conversations run at the same time."""
_PATIENCE_SECONDS = 30.0
_POLL_SECONDS = 0.02
_STAFF = "talk"
_SHOWN = 400
"""Characters of a patient's text that a transcript shows."""
_QUERIES = Queries("bot.talk", "talk.sql")


class Controls(Protocol):
    """A stack that conversations may break."""

    async def bring_into(self, step: StackStep) -> None:
        """Bring the stack into a condition; raises BrokenOffError."""

    async def mend(self) -> None:
        """Make everything work again, if something does not; raises BrokenOffError."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What conversations run against."""

    session: aiohttp.ClientSession
    settings: Settings
    database: Database
    vault: Vault
    facts: Facts
    controls: Controls | None = None
    clock: Clock = system_clock


async def run_all(conversations: Sequence[Conversation], stage: Stage, ended: Callable[[Result], None]) -> list[Result]:
    """Run conversations, several at once; those that break the stack come last, one by one. `ended` hears of each."""
    places = asyncio.Semaphore(AT_ONCE)

    async def run(conversation: Conversation) -> Result:
        async with places:
            result = await run_one(conversation, stage)
            ended(result)
            return result

    results = list(await asyncio.gather(*(run(one) for one in conversations if not one.own_stack)))
    for conversation in (one for one in conversations if one.own_stack):
        if stage.controls is None:
            result = Result(conversation, Verdict.SKIPPED, note="needs a stack of its own: --own")
            ended(result)
        else:
            result = await run(conversation)
        results.append(result)
    return results


async def run_one(conversation: Conversation, stage: Stage) -> Result:
    """Run one conversation with patients whom nobody has heard of before."""
    started = time.monotonic()
    performance = _Performance(conversation, stage)
    note = ""
    try:
        if conversation.own_stack and stage.controls is not None:
            await stage.controls.mend()
        await performance.play()
    except BrokenOffError as error:
        note = str(error)
    failed = note or any(entry.failed for entry in performance.transcript)
    verdict = Verdict.FAILED if failed else Verdict.PASSED
    return Result(conversation, verdict, time.monotonic() - started, tuple(performance.transcript), note)


class _Performance:
    """One run of a conversation."""

    def __init__(self, conversation: Conversation, stage: Stage) -> None:
        self.transcript: list[Entry] = []
        self._conversation = conversation
        self._stage = stage
        self._phones = {name: Phone(stage.session, stage.settings, stage.clock) for name in conversation.patients}
        self._names: dict[str, str] = {}
        """Who `one of them` and `the other` turned out to be."""
        self._remembered: dict[str, str] = {}

    async def play(self) -> None:
        """Play round by round, up to the first that fails."""
        for one in self._conversation.rounds():
            started = time.monotonic()
            for act in one.acts:
                await self._do(act)
                if isinstance(act, StackStep):
                    started = time.monotonic()
            await self._settle(one.acts[-1].line, started)
            news = {name: await self._news(name) for name in self._phones}
            self.transcript += self._judge(one, news)
            self.transcript += [await self._count(step) for step in one.outcomes if isinstance(step, CaseStep)]
            if any(entry.failed for entry in self.transcript):
                return

    async def _do(self, act: Act) -> None:
        if isinstance(act, PatientStep):
            await self._act(act)
        elif isinstance(act, NoticeStep):
            self._note(act.line, "messenger", act.notice.value)
            await self._phone(act.who).notice(act.notice)
        elif isinstance(act, PersonStep):
            self._note(act.line, "person", act.act.value)
            await self._handle_case(act)
        elif isinstance(act, StackStep):
            self._note(act.line, "stack", f"{act.condition.value} {act.script.name if act.script else ''}".rstrip())
            assert self._stage.controls is not None
            await self._stage.controls.bring_into(act)
        else:
            await asyncio.gather(*(self._act(step) for step in act.steps))

    async def _act(self, step: PatientStep) -> None:
        phone = self._phone(step.who)
        text = self._fill(step.text, step.who)
        said = text
        if step.deed is Deed.CHOOSES:
            said = f"[{await phone.choose(text)}]"
        elif step.deed is Deed.PRESSES:
            said = f"[{text}]"
            await phone.press(text)
        elif step.thing is not None:
            said = f"<{step.thing.value}> {text}".rstrip()
            await phone.send(step.thing, text)
        else:
            await phone.write(text)
        self._note(step.line, self._name(step.who), said)

    async def _handle_case(self, step: PersonStep) -> None:
        case = await self._unclosed_case(step.who)
        if case is None:
            raise BrokenOffError(f"line {step.line}: {self._name(step.who)} has no open case")
        now = self._stage.clock()
        async with self._stage.database.transaction() as connection:
            if step.act is PersonAct.CLAIMS:
                await cases.claim(connection, case["number"], _STAFF, now)
            else:
                newest = (await cases.messages_of(connection, case["id"]))[-1]["id"]
                await cases.note_look(connection, case["id"], _STAFF, newest, now, "case shown")
                await cases.close(connection, case["number"], _STAFF, now)

    async def _settle(self, line: int, started: float) -> None:
        """Wait until nothing of any patient is unfinished: then everything that the bot has to say has been sent."""
        for name in self._phones:
            while await self._unfinished(name):
                if time.monotonic() - started > _PATIENCE_SECONDS:
                    raise BrokenOffError(f"line {line}: the bot has not finished after {_PATIENCE_SECONDS:.0f} s")
                await asyncio.sleep(_POLL_SECONDS)
        seconds = time.monotonic() - started
        if seconds > ANSWER_SECONDS:
            why = (f"came after {seconds:.1f} s, at most {ANSWER_SECONDS:.0f} s expected",)
            self.transcript.append(Entry(Mark.DIFFERS, line, "bot", why=why))

    async def _news(self, name: str) -> list[BotMessage]:
        messages = []
        for message in await self._phones[name].news():
            case = await self._linked_case(name, message.link) if message.link else None
            messages.append(BotMessage(message.text, message.quick_replies, case))
        return messages

    def _judge(self, one: Round, news: dict[str, list[BotMessage]]) -> list[Entry]:
        either = next((step for step in one.outcomes if isinstance(step, EitherStep)), None)
        if either is not None:
            return self._judge_either(either, news)
        entries = []
        for name, received in news.items():
            outcomes = [
                step for step in one.outcomes if isinstance(step, BotStep | SilentStep) and self._name(step.who) == name
            ]
            entries += self._compare([step for step in outcomes if isinstance(step, BotStep)], received, name)
            if not received:
                silent = [step.line for step in outcomes if isinstance(step, SilentStep)]
                entries += [Entry(Mark.FITS, line, self._speaker(name), "(silent)") for line in silent]
        return entries

    def _judge_either(self, step: EitherStep, news: dict[str, list[BotMessage]]) -> list[Entry]:
        """Judge both ways of who is who, and take the better one."""
        ways = []
        for one, other in permutations(news):
            entries = self._compare(step.one, news[one], one) + self._compare(step.other, news[other], other)
            ways.append((sum(entry.failed for entry in entries), {FIRST_OF_BOTH: one, SECOND_OF_BOTH: other}, entries))
        _, self._names, entries = min(ways, key=lambda way: way[0])
        return entries

    def _compare(self, expected: Sequence[BotStep], received: Sequence[BotMessage], name: str) -> list[Entry]:
        def filled_for(expectation: Expectation) -> Expectation:
            return filled(expectation, lambda text, escape: self._fill(text, name, escape))

        return compare(expected, received, self._speaker(name), filled_for, self._remembered.__setitem__)

    async def _count(self, step: CaseStep) -> Entry:
        case = await self._unclosed_case(step.who)
        messages = case["messages"] if case else 0
        mark = Mark.FITS if messages == step.messages else Mark.DIFFERS
        expected = (f"the open case holds {step.messages} messages",) if mark is Mark.DIFFERS else ()
        return Entry(mark, step.line, "case", f"{messages} messages" if case else "no open case", expected=expected)

    async def _unfinished(self, name: str) -> bool:
        row = await self._fetch("unfinished", name)
        return row is None or row["messages"] > 0

    async def _unclosed_case(self, who: str) -> Row | None:
        return await self._fetch("case", self._name(who))

    async def _fetch(self, query: str, name: str) -> Row | None:
        async with self._stage.database.transaction() as connection:
            return await fetch_one(connection, _QUERIES[query], conversation=self._pseudonym(name))

    async def _linked_case(self, name: str, link: str) -> LinkedCase | None:
        case_id = case_of_link(link, self._stage.vault)
        if case_id is None:
            return None
        async with self._stage.database.transaction() as connection:
            row = await cases.find_case(connection, case_id)
        if row is None:
            return None
        return LinkedCase(row["category"], row["state"] == "closed", row["conversation_id"] == self._pseudonym(name))

    def _pseudonym(self, name: str) -> str:
        phone = self._phones[name]
        return self._stage.vault.pseudonym("conversation", "messenger", phone.page, phone.id)

    def _fill(self, text: str, who: str, escape: Callable[[str], str] = str) -> str:
        return fill(text, self._stage.facts, {**self._remembered, CHOSEN: self._phone(who).chosen}, escape)

    def _phone(self, who: str) -> Phone:
        return self._phones[self._name(who)]

    def _name(self, who: str) -> str:
        return self._names.get(who, who)

    def _speaker(self, name: str) -> str:
        return "bot" if len(self._phones) == 1 else f"bot to {name}"

    def _note(self, line: int, who: str, said: str) -> None:
        if len(said) > _SHOWN:
            said = f"{said[:_SHOWN]} … ({len(said)} characters)"
        self.transcript.append(Entry(Mark.DONE, line, who.removeprefix("the "), said))
