"""The whole product as processes: PostgreSQL, Rasa and the service, started in order, watched, and stopped together."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import yaml

from actions.database import reach
from bot.development import with_development
from bot.embedded import postgres_ended, postgres_log, restart_postgres, start_postgres
from bot.net_training import ensure_net
from bot.settings import Address, Settings, read_settings
from bot.training import RASA_PYTHON, model_path, rasa_environment, train
from bot.watch import Watched, watch_all

START_SECONDS = 120.0
LOG_BYTES = 50 * 1024 * 1024
"""A log larger than this is put aside when its process starts; one is kept."""
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.2

Say = Callable[[str], None]
T = TypeVar("T")


class StackError(Exception):
    """The stack could not be started: the message says which part, why, and where its log is."""


@dataclass(slots=True)
class Part:
    """One process of the stack."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    ready_url: str
    folder: Path | None = None
    """The working directory; this process's own by default."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; `wait_until_ready` says when it can be used."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ask the process to stop, and end it if it does not."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def pause(self) -> None:
        """Freeze the process: it keeps its connections and answers nothing."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)

    def died(self) -> bool:
        """Say whether the process ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until the process answers; raises StackError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.died():
                raise StackError(
                    f"{self.name} ended while starting (exit code {self.process.returncode if self.process else '?'}):\n{self._tail()}"
                )
            if _answers(self.ready_url):
                return
            time.sleep(_POLL_SECONDS)
        raise StackError(
            f"{self.name} was not ready after {seconds:.0f} s; its last lines, from {self.log}:\n{self._tail()}"
        )

    def _tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


@dataclass(slots=True)
class Stack:
    """Starts and stops everything; with `split_actions` the action server is a process of its own, on its own port."""

    root: Path
    environment: dict[str, str]
    say: Say = print
    actions_address: Address | None = None
    settings: Settings = field(init=False)
    parts: dict[str, Part] = field(init=False, default_factory=dict)
    _let_go: Callable[[], None] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Read the settings, with development ones where Messenger's are missing."""
        self.environment = with_development(self.environment, read_settings(self.environment))
        self.settings = read_settings(self.environment)

    def start(self) -> None:
        """Start everything that is not there yet and wait until it can be used.

        Raises StackError, TrainingError, ExamplesError, HospitalError, DatabaseError.
        """
        settings = self.settings
        refuse_taken_ports(settings)
        settings.var.mkdir(parents=True, exist_ok=True)
        self._step("screening's second net", lambda: ensure_net(self.root))
        model = self._step("language model", self._model)
        url = self._step("PostgreSQL", self._database)
        self.environment["DATABASE_URL"] = url
        self._prepare_parts(model)
        for part in self.parts.values():
            part.start()
        for part in self.parts.values():
            self._step(part.name, part.wait_until_ready)
        self._step("first answer", self._wait_for_an_answer)

    def stop(self) -> None:
        """Stop everything, the service before what it uses."""
        for name in reversed(list(self.parts)):
            self.parts[name].stop()
        if self._let_go:
            self._let_go()
            self._let_go = None

    def watch(self) -> None:
        """Start again whatever ends by itself, for as long as the stack runs."""
        watch_all(self._watched(), self.say)

    def _watched(self) -> list[Watched]:
        """List what is watched, in the order in which it is needed."""
        parts = [Watched(part.name, part.died, part.start, part.log) for part in self.parts.values()]
        if self._let_go is None:
            return parts
        var = self.settings.var
        postgres = Watched(
            "PostgreSQL", partial(postgres_ended, var), partial(restart_postgres, var), postgres_log(var)
        )
        return [postgres, *parts]

    def _step(self, name: str, do: Callable[[], T]) -> T:
        started = time.monotonic()
        self.say(f"  {name} …")
        result = do()
        self.say(f"  {name}: ready after {time.monotonic() - started:.1f} s")
        return result

    def _model(self) -> Path:
        model = model_path(self.root)
        return model if model.exists() else train(self.root, self.settings.var / "log" / "train.log")

    def _database(self) -> str:
        if self.settings.database_url:
            asyncio.run(reach(self.settings.database_url))
            return self.settings.database_url
        url, self._let_go = start_postgres(self.settings.var)
        return url

    def _prepare_parts(self, model: Path) -> None:
        settings, log = self.settings, self.settings.var / "log"
        actions = self.actions_address or settings.internal
        endpoints = write_endpoints(
            self.root / "endpoints.yml", settings.var / "endpoints.yml", f"{actions.url}/webhook"
        )
        rasa = [str(self.root / RASA_PYTHON), "-m", "rasa", "run", "--model", str(model), "--endpoints", str(endpoints)]
        rasa += ["--interface", settings.rasa.host, "--port", str(settings.rasa.port)]
        environment = {**self.environment, **rasa_environment(DATABASE_URL=self.environment["DATABASE_URL"])}
        environment = {name: value for name, value in environment.items() if not name.startswith("FRONTDESK_MESSENGER")}
        self.parts["rasa"] = Part("Rasa", rasa, environment, log / "rasa.log", f"{settings.rasa.url}/webhooks/rest/")
        serve = [sys.executable, "-m", "bot.cli", "serve"]
        own = ["--role", "public", "--role", "worker", "--role", "desk"] if self.actions_address else []
        if self.actions_address:
            apart = {**self.environment, "FRONTDESK_INTERNAL_ADDR": str(self.actions_address)}
            self.parts["actions"] = Part(
                "action server",
                [*serve, "--role", "actions"],
                apart,
                log / "actions.log",
                f"{self.actions_address.url}/health/live",
            )
        self.parts["service"] = Part(
            "service", [*serve, *own], self.environment, log / "frontdesk.log", f"{settings.internal.url}/health/live"
        )

    def _wait_for_an_answer(self) -> None:
        """Ask Rasa one question: only an answer proves that its model is loaded and reaches the action server."""
        body = json.dumps({"sender": "readiness", "message": "where can I park?"}).encode()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            request = urllib.request.Request(
                f"{self.settings.rasa.url}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
            )
            with suppress(OSError, ValueError), urllib.request.urlopen(request, timeout=10) as response:
                if json.load(response):
                    return
            time.sleep(_POLL_SECONDS)
        raise StackError(f"Rasa listens but does not answer; see {self.parts['rasa'].log}")


def refuse_taken_ports(settings: Settings) -> None:
    """Raise StackError, naming every address that is taken, before anything is started."""
    taken = []
    for name, address in (
        ("FRONTDESK_PUBLIC_ADDR", settings.public),
        ("FRONTDESK_STAFF_ADDR", settings.staff),
        ("FRONTDESK_INTERNAL_ADDR", settings.internal),
        ("FRONTDESK_RASA_ADDR", settings.rasa),
    ):
        with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address.host, address.port))
            except OSError as error:
                taken.append(
                    f"{name}: cannot listen on {address} ({error.strerror}); stop what uses it, or set {name} to another HOST:PORT"
                )
    if taken:
        raise StackError("\n".join(taken))


def write_endpoints(source: Path, target: Path, actions_url: str) -> Path:
    """Write Rasa's endpoints with the address at which the action server really listens."""
    document = yaml.safe_load(source.read_text("utf-8"))
    document["action_endpoint"]["url"] = actions_url
    target.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return target


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
