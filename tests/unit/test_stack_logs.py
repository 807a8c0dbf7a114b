"""The logs of the stack's processes do not grow for ever."""

import sys
from pathlib import Path

import pytest

from bot import stack
from bot.stack import Part


def run(log: Path) -> None:
    """Run a process that says one thing."""
    part = Part("service", [sys.executable, "-c", "print('new')"], {}, log, "http://127.0.0.1:1/")
    part.start()
    assert part.process is not None
    part.process.wait(30)


def test_a_large_log_is_put_aside_when_its_process_starts_and_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "LOG_BYTES", 10)
    log = tmp_path / "frontdesk.log"
    (tmp_path / "frontdesk.log.1").write_text("the one before")
    log.write_text("more than ten bytes\n")
    run(log)
    assert log.read_text() == "new\n"
    assert (tmp_path / "frontdesk.log.1").read_text() == "more than ten bytes\n"


def test_a_small_log_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "frontdesk.log"
    log.write_text("old\n")
    run(log)
    assert log.read_text() == "old\nnew\n"
    assert [path.name for path in tmp_path.iterdir()] == ["frontdesk.log"]
