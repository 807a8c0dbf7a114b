"""What tests share: an embedded PostgreSQL, a clock that is set by hand, the hospital's facts, and the whole stack."""

import os
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from psycopg import AsyncConnection, connect

from actions.database import Database
from actions.handoff.vault import Vault
from actions.hospital import HospitalFile
from actions.screening.two_nets import TwoNets
from bot.embedded import start_postgres
from bot.net_training import ensure_net, two_nets
from bot.stack import Stack
from bot.talk.own_stack import own_stack

ROOT = Path(__file__).parent.parent
LOG_LINES_SHOWN = 25


@dataclass
class SetClock:
    """A clock that stands still until a test moves it."""

    now: datetime = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)  # a Tuesday, 10:00 in Lakemont

    def __call__(self) -> datetime:
        """Give the time that was set."""
        return self.now

    def pass_time(self, **amount: float) -> None:
        """Move the clock on."""
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> SetClock:
    """A clock at 10:00 on a Tuesday, the hospital's time."""
    return SetClock()


@pytest.fixture(scope="session")
def hospital_file() -> HospitalFile:
    """The repository's own hospital.yml."""
    return HospitalFile(ROOT / "hospital.yml")


@pytest.fixture(scope="session")
def screener(hospital_file: HospitalFile) -> TwoNets:
    """The screening of the repository's own hospital, rules and second net; the net is trained if it is not yet."""
    ensure_net(ROOT)
    return two_nets(ROOT, hospital_file)


@pytest.fixture
def vault() -> Vault:
    """A vault with a key of its own."""
    return Vault(os.urandom(32))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An embedded PostgreSQL of the test run's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        url, let_go = start_postgres(Path(folder))
        with connect(url, autocommit=True) as connection:  # nothing here has to outlive a power cut
            connection.execute("alter system set synchronous_commit = off")
            connection.execute("select pg_reload_conf()")
        yield url
        let_go()


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """A database with the schema and nothing in it."""
    async with await AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("drop schema public cascade")
        await connection.execute("create schema public")
        await connection.execute("drop schema if exists vault cascade")
    database = Database(postgres_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product as processes on free ports, with the action server apart and Rasa's log at its most talkative.

    A test that breaks a part mends it again.
    """
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        Path(folder).chmod(0o755)
        stack = own_stack(ROOT, {**os.environ, "LOG_LEVEL": "DEBUG"}, Path(folder) / "var", lambda line: None)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the last warnings and errors of every process of the stack beside a failure."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        for part in stack.parts.values():
            lines = part.log.read_text("utf-8", "replace").splitlines() if part.log.exists() else []
            telling = [
                line for line in lines if any(word in line.lower() for word in ("warning", "error", "traceback"))
            ]
            report.sections.append((f"log of {part.name}", "\n".join(telling[-LOG_LINES_SHOWN:])))
    return report
