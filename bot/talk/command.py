"""`frontdesk talk`: run the conversations of files, and say what came of them."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from actions.clock import system_clock
from actions.database import Database
from actions.handoff.vault import open_vault
from actions.hospital import load_hospital
from bot.embedded import start_postgres
from bot.settings import Settings, read_settings
from bot.simulator.graph import SIMULATOR_GRAPH_PATH
from bot.stack import Say, Stack
from bot.talk.conversation import Conversation
from bot.talk.loading import load_conversations
from bot.talk.own_stack import OwnStack, own_stack
from bot.talk.placeholders import Facts, facts_at
from bot.talk.report import junit, summary_line, total_line, transcript
from bot.talk.run import AT_ONCE, Controls, Stage, run_all
from bot.talk.verdict import Result, Verdict


class NoStackError(Exception):
    """There is nothing to talk to: start it with `make run`, or talk to a stack of the conversations' own with --own."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where what came of the conversations goes."""

    say: Say
    report: Path | None = None
    """A file for JUnit XML."""
    transcripts: bool = False
    """Say the transcript of every conversation, and not only of those that failed."""


def talk(root: Path, settings: Settings, paths: Sequence[Path], output: Output) -> bool:
    """Run conversations against the stack that `settings` describe; tell whether none failed. Raises ConversationError, NoStackError."""
    facts = facts_at(load_hospital(root / "hospital.yml"), system_clock())
    conversations = load_conversations(paths, facts)
    started = time.monotonic()
    results = asyncio.run(_talk(conversations, settings, facts, output.say, None))
    return _publish(results, time.monotonic() - started, output)


def talk_to_own_stack(root: Path, environment: Mapping[str, str], paths: Sequence[Path], output: Output) -> bool:
    """Run conversations against a stack that is started for them and thrown away; tell whether none failed.

    Raises ConversationError before anything is started, and StackError, TrainingError or ExamplesError when the stack does not start.
    """
    load_conversations(paths, facts_at(load_hospital(root / "hospital.yml"), system_clock()))
    with _folder() as var:
        stack = own_stack(root, environment, var, output.say)
        try:
            stack.start()
            return _talk_to_stack(root, stack, paths, output, OwnStack(stack))
        finally:
            stack.stop()


def talk_to_stack(root: Path, stack: Stack, paths: Sequence[Path], output: Output) -> bool:
    """Run conversations against a stack that they may break, started by `own_stack`; tell whether none failed.

    Afterwards all of it works again. Raises ConversationError, and BrokenOffError when the stack cannot be mended.
    """
    controls = OwnStack(stack)
    well = _talk_to_stack(root, stack, paths, output, controls)
    asyncio.run(controls.mend())
    return well


def _talk_to_stack(root: Path, stack: Stack, paths: Sequence[Path], output: Output, controls: OwnStack) -> bool:
    facts = facts_at(load_hospital(root / "hospital.yml"), system_clock())
    conversations = load_conversations(paths, facts)
    started = time.monotonic()
    results = asyncio.run(_talk(conversations, read_settings(stack.environment), facts, output.say, controls))
    return _publish(results, time.monotonic() - started, output)


async def _talk(
    conversations: Sequence[Conversation], settings: Settings, facts: Facts, say: Say, controls: Controls | None
) -> list[Result]:
    def ended(result: Result) -> None:
        say(summary_line(result))

    async with _stage(settings, facts, controls) as stage:
        return await run_all(conversations, stage, ended)


def _publish(results: Sequence[Result], seconds: float, output: Output) -> bool:
    failed = [result for result in results if result.verdict is Verdict.FAILED]
    for result in results if output.transcripts else failed:
        output.say("")
        output.say(transcript(result))
    output.say("")
    output.say(total_line(results, seconds))
    if output.report is not None:
        output.report.parent.mkdir(parents=True, exist_ok=True)
        output.report.write_bytes(junit(results))
    return not failed


@asynccontextmanager
async def _stage(settings: Settings, facts: Facts, controls: Controls | None) -> AsyncIterator[Stage]:
    if not settings.simulator:
        raise NoStackError(
            "conversations run only beside the simulator, which needs development secrets: `make run` makes them"
        )
    async with aiohttp.ClientSession() as session:
        await _check_running(session, settings)
        vault = open_vault(settings.vault_key_file, create=False)
        url, let_go = (settings.database_url, None) if settings.database_url else start_postgres(settings.var)
        database = Database(url, max_size=AT_ONCE)
        try:
            await database.open()
            yield Stage(session, settings, database, vault, facts, controls)
        finally:
            await database.close()
            if let_go:
                let_go()


async def _check_running(session: aiohttp.ClientSession, settings: Settings) -> None:
    url = f"{settings.public.url}{SIMULATOR_GRAPH_PATH}/received"
    try:
        async with session.get(url, params={"recipient": "nobody"}, timeout=aiohttp.ClientTimeout(total=5)) as response:
            running = response.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError):
        running = False
    if not running:
        raise NoStackError(f"no simulator answers at {settings.public.url}: start it with `make run`, or add --own")


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder that is thrown away at the end; PostgreSQL's own user has to be able to enter it."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-talk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
