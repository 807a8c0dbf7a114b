"""`frontdesk serve`, as a process: what it starts with, and what it says when it cannot."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.net_training import ensure_net
from bot.talk.own_stack import free_ports
from tests.conftest import ROOT

NAMES = ("PUBLIC", "STAFF", "INTERNAL", "RASA")
REAL = {f"FRONTDESK_MESSENGER_{name}": "a-real-one" for name in ("APP_SECRET", "VERIFY_TOKEN", "PAGE_TOKEN")}
START_SECONDS = 60


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """An environment with addresses and a data folder of its own, and no secrets."""
    ensure_net(ROOT)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    kept.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as folder:
        Path(folder).chmod(0o755)
        ports = {f"FRONTDESK_{name}_ADDR": f"127.0.0.1:{port}" for name, port in zip(NAMES, free_ports(4), strict=True)}
        yield {**kept, **ports, "FRONTDESK_VAR": f"{folder}/var"}


@contextmanager
def serving(environment: dict[str, str], *arguments: str) -> Iterator[dict[str, Any]]:
    """Run the service until the block ends; give its health."""
    service = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield _health(service, environment["FRONTDESK_INTERNAL_ADDR"])
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=30)


def _health(service: "subprocess.Popen[str]", address: str) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{address}/health", timeout=5) as response:
                return dict(json.load(response))
        except urllib.error.HTTPError as degraded:
            return dict(json.load(degraded))
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"it did not start: {service.stderr.read() if service.poll() is not None and service.stderr else ''}")


def refused(environment: dict[str, str], *arguments: str, command: str = "serve") -> str:
    """Run a command that cannot work; give what it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", command, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_first_start_with_a_real_page_makes_the_vaults_key_and_without_it_the_next_one_is_refused(
    environment: dict[str, str],
) -> None:
    key = Path(environment["FRONTDESK_VAR"]) / "vault.key"
    with serving(environment | REAL, "--role", "public") as health:
        assert health["database"]
        assert key.exists()
    key.unlink()
    assert "the vault's key is missing; restore it from its backup" in refused(environment | REAL, "--role", "public")
    assert not key.exists()


def test_the_desk_and_the_action_server_start_without_messengers_secrets(environment: dict[str, str]) -> None:
    with serving(environment, "--role", "desk", "--role", "actions") as health:
        assert health["database"]
        with urllib.request.urlopen(f"http://{environment['FRONTDESK_STAFF_ADDR']}/", timeout=5) as page:
            assert page.status == 200


@pytest.mark.parametrize("roles", [(), ("--role", "worker"), ("--role", "public")])
def test_whoever_talks_to_messenger_needs_its_secrets(environment: dict[str, str], roles: tuple[str, ...]) -> None:
    assert "FRONTDESK_MESSENGER_PAGE_TOKEN are not set" in refused(environment, *roles)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgresql://desk:a-password@127.0.0.1:1/desk",
            r"PostgreSQL at 127\.0\.0\.1:1: nothing listens there; start it",
        ),
        ("postgresql://desk:a-password@nowhere.invalid/desk", r"nowhere\.invalid:5432: there is no host of that name"),
        ("postgresql://desk:a-password%zz@127.0.0.1/desk", r"DATABASE_URL: cannot be read; expected postgresql://"),
        ("postgresql://desk@/desk?host=/nowhere", r"PostgreSQL at /nowhere:5432: nothing listens there"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "cases"])
def test_a_database_that_cannot_be_reached_is_told_at_once_with_what_to_do(
    environment: dict[str, str], url: str, told: str, command: str
) -> None:
    started = time.monotonic()
    said = refused(environment | REAL | {"DATABASE_URL": url}, command=command)
    assert re.search(told, said), said
    assert "a-password" not in said
    assert len(said.splitlines()) <= 2, said
    assert time.monotonic() - started < 20
