"""Measure this assistant against a stock one, side by side in one run, and a routine turn through the signed webhook.

The stock assistant has the same domain, data and action server, with the pipeline and policies of `rasa init` (bench/stock_config.yml) and
Rasa's SQL tracker store on the same PostgreSQL. Run: `make bench`. It takes a while: the stock assistant is trained first.
"""

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import click
import yaml

from bench.machine import describe_machine, percentile, resident_megabytes
from bench.webhook import measure_webhook
from bot.settings import Address
from bot.stack import Part, Stack
from bot.training import RASA_PYTHON, rasa_environment, train

ROOT = Path(__file__).parent.parent
_STOCK = Path(__file__).parent / "stock_config.yml"
_ROUNDS = 3
_ROUND_SECONDS = 8.0
_CLIENTS = (1, 8)


@dataclass
class Measured:
    """What was measured of one assistant."""

    training_seconds: float = 0.0
    start_seconds: float = 0.0
    resident: float = 0.0
    accuracy: str = ""
    rates: dict[int, list[float]] = field(default_factory=dict)
    """Messages per second of each round, by number of clients."""
    latencies: dict[int, list[float]] = field(default_factory=dict)
    """Milliseconds, by number of clients."""


@dataclass
class Contender:
    """One assistant under test: its Rasa server and its numbers."""

    name: str
    part: Part
    url: str
    measured: Measured


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    help="Folder to keep the stock model in, so that a second run need not train it.",
)
@click.option(
    "--epochs",
    default=100,
    show_default=True,
    help="Epochs of the stock assistant's networks; fewer change its accuracy, not its speed.",
)
@click.option("--skip-stock", is_flag=True, help="Measure this assistant alone.")
def main(keep: Path | None, epochs: int, skip_stock: bool) -> None:
    """Print the numbers of docs/performance.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        stack = Stack(ROOT, environment(folder), say=_say)
        contenders: list[Contender] = []
        ours = Measured()
        _say(describe_machine())
        try:
            ours.training_seconds = _timed(lambda: _train_ours(folder))
            stack.start()
            contenders.append(Contender("frontdesk", stack.parts["rasa"], stack.settings.rasa.url, ours))
            if not skip_stock:
                contenders.append(_start_stock(stack, keep or folder / "stock", folder, epochs))
                _say(f"  stock assistant: trained for {epochs} epochs")
            _measure(contenders)
            _report(contenders)
            asyncio.run(measure_webhook(stack.settings, messages(), _say))
        finally:
            for contender in contenders[1:]:
                contender.part.stop()
            stack.stop()


def environment(folder: Path) -> dict[str, str]:
    """Give an environment with addresses and a data folder of the benchmark's own."""
    ports = {"PUBLIC": 18080, "STAFF": 18081, "INTERNAL": 15055, "RASA": 15005}
    own = {f"FRONTDESK_{name}_ADDR": f"127.0.0.1:{port}" for name, port in ports.items()}
    cleared = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTDESK_", "DATABASE_URL"))}
    return {**cleared, **own, "FRONTDESK_VAR": str(folder / "var")}


def messages() -> list[tuple[str, str]]:
    """List the held-back routine lines as (text, intent)."""
    document = yaml.safe_load((ROOT / "tests" / "nlu" / "held_back.yml").read_text("utf-8"))
    lines = []
    for part in document["nlu"]:
        lines += [
            (line.removeprefix("- ").strip(), part["intent"]) for line in part["examples"].splitlines() if line.strip()
        ]
    return lines


def _train_ours(folder: Path) -> None:
    """Train this assistant in a folder of its own, without Rasa's cache."""
    copy = folder / "frontdesk"
    _copy_project(copy)
    train(copy, folder / "train-frontdesk.log")


def _start_stock(stack: Stack, keep: Path, folder: Path, epochs: int) -> Contender:
    measured = Measured()
    project = keep / "project"
    if not list(project.glob("models/*.tar.gz")):
        _copy_project(project)
        (project / "config.yml").write_text(
            _STOCK.read_text("utf-8").replace("epochs: 100", f"epochs: {epochs}"), "utf-8"
        )
        _say("  stock assistant: training …")
        measured.training_seconds = _timed(lambda: train(project, folder / "train-stock.log"))
    model = next(project.glob("models/*.tar.gz"))
    endpoints = folder / "stock-endpoints.yml"
    endpoints.write_text(
        yaml.safe_dump(
            {
                "action_endpoint": {"url": f"{stack.settings.internal.url}/webhook"},
                "tracker_store": {"type": "SQL", "dialect": "postgresql", "url": stack.environment["DATABASE_URL"]},
            }
        )
    )
    address = Address("127.0.0.1", 15006)
    command = [str(ROOT / RASA_PYTHON), "-m", "rasa", "run", "--model", str(model), "--endpoints", str(endpoints)]
    command += ["--interface", address.host, "--port", str(address.port)]
    part = Part(
        "stock Rasa", command, rasa_environment(), folder / "stock.log", f"{address.url}/webhooks/rest/", project
    )
    return Contender("stock", part, address.url, measured)


def _copy_project(target: Path) -> None:
    """Copy what training needs."""
    for name in ("data", "actions", "bot"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "config.yml",
        "domain.yml",
        "endpoints.yml",
        "credentials.yml",
        "hospital.yml",
        "requirements-rasa.txt",
    ):
        shutil.copy(ROOT / name, target / name)
    (target / ".venv-rasa").symlink_to(ROOT / ".venv-rasa")


def _measure(contenders: list[Contender]) -> None:
    """Start each again to time it, then measure in turn, round by round, so that both see the same machine."""
    for contender in contenders:
        contender.part.stop()
        contender.part.start()
        contender.measured.start_seconds = _timed(lambda one=contender: one.part.wait_until_ready(300))  # type: ignore[misc]
    lines = messages()
    for contender in contenders:
        asyncio.run(_load(contender, 1, 3.0, [text for text, _ in lines], None))  # warm up
    for turn in range(_ROUNDS):
        for clients in _CLIENTS:
            for contender in contenders:
                asyncio.run(_load(contender, clients, _ROUND_SECONDS, [text for text, _ in lines], contender.measured))
        _say(f"  round {turn + 1} of {_ROUNDS} done")
    for contender in contenders:
        contender.measured.resident = resident_megabytes(contender.part)


async def _load(contender: Contender, clients: int, seconds: float, texts: list[str], into: Measured | None) -> None:
    """Send messages from `clients` clients at once for `seconds`, each client a new patient every ten messages."""
    url = f"{contender.url}/webhooks/rest/webhook"
    taken: list[float] = []
    started = time.perf_counter()

    async def client(number: int) -> None:
        sent = 0
        while time.perf_counter() - started < seconds:
            sender = f"bench-{started}-{number}-{sent // 10}"
            before = time.perf_counter()
            text = texts[(number * 131 + sent * 7) % len(texts)]
            async with session.post(url, json={"sender": sender, "message": text}) as response:
                await response.read()
            taken.append((time.perf_counter() - before) * 1000)
            sent += 1

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(number) for number in range(clients)))
    if into is not None:
        into.rates.setdefault(clients, []).append(len(taken) / (time.perf_counter() - started))
        into.latencies.setdefault(clients, []).extend(taken)


def _report(contenders: list[Contender]) -> None:
    rows: list[tuple[str, Callable[[Measured], str]]] = [
        ("training, seconds", lambda m: f"{m.training_seconds:.0f}" if m.training_seconds else "kept"),
        ("start-up, seconds", lambda m: f"{m.start_seconds:.1f}"),
        ("resident memory after the load, MB", lambda m: f"{m.resident:.0f}"),
    ]
    for clients in _CLIENTS:
        rows += [
            (
                f"messages/s, {clients} client(s), median of rounds",
                lambda m, n=clients: f"{statistics.median(m.rates[n]):.1f}",
            ),  # type: ignore[misc]
            (f"latency p50, {clients} client(s), ms", lambda m, n=clients: f"{percentile(m.latencies[n], 50):.1f}"),  # type: ignore[misc]
            (f"latency p95, {clients} client(s), ms", lambda m, n=clients: f"{percentile(m.latencies[n], 95):.1f}"),  # type: ignore[misc]
            (f"messages counted, {clients} client(s)", lambda m, n=clients: str(len(m.latencies[n]))),  # type: ignore[misc]
        ]
    _say(f"\n{'through the same REST channel, text only':<52}" + "".join(f"{one.name:>14}" for one in contenders))
    for title, show in rows:
        _say(f"{title:<52}" + "".join(f"{show(one.measured):>14}" for one in contenders))


def _timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
