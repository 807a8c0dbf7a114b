"""Breaking and mending a stack, shown on processes that only listen."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bot.stack import Part, Stack
from bot.talk.conversation import Condition, StackStep
from bot.talk.own_stack import OwnStack, free_ports, own_stack
from bot.talk.verdict import BrokenOffError

LISTENER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write({says!r})
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""

Broken = Callable[[str], OwnStack]


def listener(folder: Path, name: str, port: int, says: bytes) -> Path:
    script = folder / f"{name}.py"
    script.write_text(LISTENER.format(port=port, says=says))
    return script


def answer_of(part: Part) -> bytes | None:
    """What a part answers within half a second, if anything."""
    host, port = part.ready_url.removeprefix("http://").rstrip("/").split(":")
    try:
        with socket.create_connection((host, int(port)), timeout=0.5) as connection:
            connection.settimeout(0.5)
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            received = b""
            while chunk := connection.recv(1000):
                received += chunk
    except OSError:
        return None
    return received.rpartition(b"\r\n")[2]


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[dict[str, Part]]:
    found = {}
    for name, port in zip(("rasa", "actions"), free_ports(2), strict=True):
        command = [sys.executable, str(listener(tmp_path, name, port, name.encode()))]
        found[name] = Part(name, command, {}, tmp_path / f"{name}.log", f"http://127.0.0.1:{port}/")
        found[name].start()
    for part in found.values():
        part.wait_until_ready(10)
    yield found
    for part in found.values():
        part.stop()


@pytest.fixture
def stack(parts: dict[str, Part]) -> OwnStack:
    return OwnStack(cast(Stack, SimpleNamespace(parts=parts)))


def step(condition: Condition, script: Path | None = None) -> StackStep:
    return StackStep(1, condition, script)


@pytest.mark.parametrize(
    ("condition", "answers"),
    [
        (Condition.RASA_STOPPED, (None, b"actions")),
        (Condition.RASA_HANGS, (None, b"actions")),
        (Condition.ACTIONS_STOPPED, (b"rasa", None)),
    ],
)
async def test_a_part_is_broken_and_mended(
    stack: OwnStack, parts: dict[str, Part], condition: Condition, answers: tuple[bytes | None, bytes | None]
) -> None:
    await stack.bring_into(step(condition))
    assert (answer_of(parts["rasa"]), answer_of(parts["actions"])) == answers
    await stack.bring_into(step(Condition.WORKS))
    assert (answer_of(parts["rasa"]), answer_of(parts["actions"])) == (b"rasa", b"actions")


async def test_a_hanging_part_keeps_its_process_and_a_stopped_one_loses_it(
    stack: OwnStack, parts: dict[str, Part]
) -> None:
    before = parts["rasa"].process
    await stack.bring_into(step(Condition.RASA_HANGS))
    assert parts["rasa"].process is before
    await stack.mend()
    await stack.bring_into(step(Condition.RASA_STOPPED))
    assert parts["rasa"].process is None


async def test_the_action_server_runs_another_script_until_all_is_mended(
    stack: OwnStack, parts: dict[str, Part], tmp_path: Path
) -> None:
    port = int(parts["actions"].ready_url.rstrip("/").rpartition(":")[2])
    await stack.bring_into(step(Condition.ACTIONS_REPLACED, listener(tmp_path, "broken", port, b"broken")))
    assert answer_of(parts["actions"]) == b"broken"
    await stack.mend()
    assert answer_of(parts["actions"]) == b"actions"


async def test_mending_what_works_changes_nothing(stack: OwnStack, parts: dict[str, Part]) -> None:
    processes = [part.process for part in parts.values()]
    await stack.mend()
    assert [part.process for part in parts.values()] == processes


async def test_a_script_that_does_not_start_breaks_the_conversation_off(stack: OwnStack, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text("raise SystemExit('no')")
    with pytest.raises(BrokenOffError, match="ended while starting"):
        await stack.bring_into(step(Condition.ACTIONS_REPLACED, script))


def test_a_stack_of_ones_own_shares_nothing_with_another(tmp_path: Path) -> None:
    environment = {
        "PATH": "/bin",
        "DATABASE_URL": "postgresql://live",
        "FRONTDESK_MESSENGER_APP_SECRET": "real",
        "FRONTDESK_VAR": "/live",
    }
    one = own_stack(tmp_path, environment, tmp_path / "one", print)
    two = own_stack(tmp_path, environment, tmp_path / "two", print)
    addresses = [
        address
        for stack in (one, two)
        for address in (
            stack.settings.public,
            stack.settings.staff,
            stack.settings.internal,
            stack.settings.rasa,
            stack.actions_address,
        )
    ]
    assert len(set(addresses)) == 10
    assert one.settings.var != two.settings.var
    assert one.settings.database_url == ""
    assert one.settings.simulator
