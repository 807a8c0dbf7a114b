"""What ends by itself is started again: at once if it ran long, after longer and longer pauses if it never does."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.embedded import postgres_ended, restart_postgres, start_postgres
from bot.watch import LONGEST_PAUSE_SECONDS, STEADY_SECONDS, Watch, Watched


class Thing:
    """Something that ends when a test says so."""

    def __init__(self, *, ends_at_once: bool = False, fails: bool = False) -> None:
        self.seconds, self.starts, self.said = 0.0, list[float](), list[str]()
        self.has_ended, self.ends_at_once, self.fails = False, ends_at_once, fails
        watched = Watched("Rasa", lambda: self.has_ended, self.start, Path("var/log/rasa.log"))
        self.watch = Watch(watched, self.said.append, lambda: self.seconds)

    def start(self) -> None:
        self.starts.append(self.seconds)
        if self.fails:
            raise OSError("no such program")
        self.has_ended = self.ends_at_once

    def watch_for(self, seconds: int) -> None:
        for _ in range(seconds):
            self.seconds += 1
            self.watch.look()


def test_what_ran_long_is_started_again_at_once() -> None:
    thing = Thing()
    thing.watch_for(int(STEADY_SECONDS))
    thing.has_ended = True
    thing.watch_for(3)
    assert thing.starts == [STEADY_SECONDS + 1]
    assert thing.said == ["Rasa ended by itself, see var/log/rasa.log; starting it again"]


@pytest.mark.parametrize("fails", [False, True])
def test_what_ends_at_once_again_and_again_is_started_after_longer_and_longer_pauses(fails: bool) -> None:
    thing = Thing(ends_at_once=True, fails=fails)
    thing.has_ended = True
    thing.watch_for(600)
    gaps = [later - earlier for earlier, later in zip(thing.starts, thing.starts[1:], strict=False)]
    assert gaps == sorted(gaps)
    assert gaps[0] <= 4
    assert gaps[-1] == pytest.approx(LONGEST_PAUSE_SECONDS, abs=2)
    assert len(thing.starts) < 20
    assert any("in 60 s" in line for line in thing.said)


def test_once_it_has_run_long_again_the_pauses_are_forgotten() -> None:
    thing = Thing(ends_at_once=True)
    thing.has_ended = True
    thing.watch_for(100)
    thing.ends_at_once = False
    thing.watch_for(200)
    thing.has_ended = True
    before = len(thing.starts)
    thing.watch_for(1)
    assert len(thing.starts) == before + 1


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_embedded_postgresql_that_died_is_started_again_at_the_same_address(var: Path) -> None:
    url, let_go = start_postgres(var)
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create table kept as select 1 as one")
        assert not postgres_ended(var)
        pid = (var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0]
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", pid], check=True)
        deadline = time.monotonic() + 10
        while not postgres_ended(var):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        restart_postgres(var)
        assert not postgres_ended(var)
        with psycopg.connect(url) as connection:
            assert connection.execute("select one from kept").fetchone() == (1,)
    finally:
        let_go()
