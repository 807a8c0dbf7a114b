"""The latency of a routine turn through the signed webhook to the fake Graph API."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence

import aiohttp

from bench.machine import percentile
from bot.channels.messenger import sign
from bot.settings import Settings
from bot.simulator.graph import SIMULATOR_GRAPH_PATH
from bot.webhook import PATH

_ROUTINE = frozenset(
    {"parking", "visiting_hours", "food_cafeteria", "location_directions", "insurance", "costs", "lost_found"}
)
_MESSAGES = 200
_CLIENTS = (1, 8)


async def measure_webhook(settings: Settings, lines: Sequence[tuple[str, str]], say: Callable[[str], None]) -> None:
    """Send routine messages, each of a patient who has written before, and print how long the first reply took."""
    texts = [text for text, intent in lines if intent in _ROUTINE]
    async with aiohttp.ClientSession() as session:
        say("\nthrough the signed webhook to the fake Graph API")
        for clients in _CLIENTS:
            taken: list[float] = []
            each = _MESSAGES // clients
            await asyncio.gather(
                *(_client(session, settings, texts, f"{clients}{n}", each, taken) for n in range(clients))
            )
            say(
                f"{clients} patient(s) at once, {len(taken)} turns: p50 {percentile(taken, 50):.0f} ms, p95 {percentile(taken, 95):.0f} ms,"
                f" slowest {max(taken):.0f} ms"
            )


async def _client(
    session: aiohttp.ClientSession, settings: Settings, texts: Sequence[str], name: str, count: int, taken: list[float]
) -> None:
    sender = f"77{name}{int(time.time())}"
    seen = 0
    for number in range(count + 1):
        started = time.perf_counter()
        await _post(session, settings, sender, number, texts[(number * 13) % len(texts)])
        first, seen = await _reply(session, settings, sender, seen)
        if number:  # the first message also brings the disclosure
            taken.append((first - started) * 1000)


async def _post(session: aiohttp.ClientSession, settings: Settings, sender: str, number: int, text: str) -> None:
    assert settings.messenger is not None
    event = {
        "sender": {"id": sender},
        "recipient": {"id": "1"},
        "timestamp": int(time.time() * 1000),
        "message": {"mid": f"m_{sender}_{number}", "text": text},
    }
    body = json.dumps(
        {"object": "page", "entry": [{"id": "1", "time": event["timestamp"], "messaging": [event]}]}
    ).encode()
    headers = {"X-Hub-Signature-256": sign(body, settings.messenger.app_secret), "Content-Type": "application/json"}
    async with session.post(settings.public.url + PATH, data=body, headers=headers) as response:
        response.raise_for_status()


async def _reply(session: aiohttp.ClientSession, settings: Settings, sender: str, seen: int) -> tuple[float, int]:
    """Wait for the next message (not a typing indicator); give when it was there and how many were received until then."""
    url = f"{settings.public.url}{SIMULATOR_GRAPH_PATH}/received"
    while True:
        async with session.get(url, params={"recipient": sender, "after": str(seen), "wait": "10"}) as response:
            document = await response.json()
        now, received, seen = time.perf_counter(), document["received"], document["last"]
        if any("message" in one["body"] for one in received):
            await asyncio.sleep(0.02)
            return now, seen
        if not received:
            raise RuntimeError("no reply within 10 s")
