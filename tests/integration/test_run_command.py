"""`frontdesk run`, as `make run` calls it: everything starts, says where it is, and stops together."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.talk.own_stack import free_ports
from tests.conftest import ROOT

NAMES = ("PUBLIC", "STAFF", "INTERNAL", "RASA")
START_SECONDS = 120


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """An environment with addresses and a data folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    kept.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        Path(folder).chmod(0o755)
        ports = {f"FRONTDESK_{name}_ADDR": f"127.0.0.1:{port}" for name, port in zip(NAMES, free_ports(4), strict=True)}
        yield {**kept, **ports, "FRONTDESK_VAR": f"{folder}/var"}


def started(environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bot.cli", "run"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def listens(address: str) -> bool:
    host, port = address.rsplit(":", 1)
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_it_says_where_to_look_and_two_signals_stop_all_of_it(environment: dict[str, str]) -> None:
    addresses = [environment[f"FRONTDESK_{name}_ADDR"] for name in NAMES]
    run = started(environment)
    assert run.stdout
    said: list[str] = []
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and "health" not in "".join(said[-1:]):
        said.append(run.stdout.readline())
    text = "".join(said)
    try:
        assert "Ready after" in text, text
        assert f"http://{addresses[0]}/simulator" in text
        assert f"http://{addresses[1]}/" in text
        assert f"http://{addresses[2]}/health" in text
        assert all(listens(address) for address in addresses)
    finally:
        run.send_signal(signal.SIGTERM)
        run.send_signal(signal.SIGTERM)  # as from a supervisor that signals the whole group
    rest, _ = run.communicate(timeout=60)
    assert rest.splitlines()[-1] == "Stopped."
    assert run.returncode == 0
    assert not any(listens(address) for address in addresses)


def test_a_taken_port_is_named_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run = subprocess.run(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=ROOT,
            env={**environment, "FRONTDESK_STAFF_ADDR": address},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 1
    assert f"FRONTDESK_STAFF_ADDR: cannot listen on {address}" in run.stderr
    assert "PostgreSQL" not in run.stdout
