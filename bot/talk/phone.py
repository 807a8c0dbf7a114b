"""A patient's messenger app: it writes signed events to the webhook, as the platform does, and shows what the fake Graph API took."""

import asyncio
import secrets
from typing import Any

import aiohttp

from actions.clock import Clock
from bot.channels.messenger import sign
from bot.settings import Settings
from bot.simulator import deliveries
from bot.simulator.graph import SIMULATOR_GRAPH_PATH
from bot.talk.conversation import Notice, Thing
from bot.talk.expectation import BotMessage, find, is_pattern
from bot.talk.verdict import BrokenOffError
from bot.webhook import PATH

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_FILES = {Thing.PHOTO: "image", Thing.VIDEO: "video", Thing.VOICE: "audio", Thing.FILE: "file"}
_STICKERS = {Thing.STICKER: 144885035685763, Thing.THUMB: 369239263222822}
_ORDINALS = {"first": 0, "second": 1, "third": 2, "last": -1}


class Phone:
    """The app of one patient, whom nobody has heard of before."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings, clock: Clock) -> None:
        """Write to the public listener of `settings`, which runs beside the simulator."""
        assert settings.messenger is not None
        self.id = f"6{secrets.randbelow(10**16):016d}"
        self.chosen = ""
        """The title of the quick reply that was touched last."""
        self.page = deliveries.PAGE
        self._session = session
        self._secret = settings.messenger.app_secret
        self._webhook = settings.public.url + PATH
        self._received = f"{settings.public.url}{SIMULATOR_GRAPH_PATH}/received"
        self._clock = clock
        self._seen = 0
        self._offered: tuple[tuple[str, str], ...] = ()
        self._last_body = b""
        self._last_shown: dict[str, Any] = {}

    async def write(self, text: str) -> None:
        """Send a typed text."""
        await self._send(deliveries.text_message(_mid(), text))

    async def choose(self, wanted: str) -> str:
        """Touch a quick reply of the last message, by its title, a pattern, or its place; give its title."""
        if not self._offered:
            raise BrokenOffError(f"cannot choose {wanted!r}: the last message offers nothing to choose")
        title, payload = _pick(wanted, self._offered)
        self.chosen = title
        await self._send(deliveries.quick_reply(_mid(), title, payload))
        return title

    async def press(self, title: str) -> None:
        """Press a button that the page shows before anything was said, such as "Get started"."""
        await self._send(deliveries.postback(_mid(), title, title.upper().replace(" ", "_")))

    async def send(self, thing: Thing, caption: str) -> None:
        """Send something that is no text."""
        await self._send(_thing(thing, _mid(), caption or None))

    async def notice(self, notice: Notice) -> None:
        """Have the platform deliver something else about this patient."""
        if notice is Notice.REPEAT:
            await self._post(self._last_body)
            return
        parts: dict[Notice, dict[str, Any]] = {
            Notice.DELIVERED: {"delivery": {"mids": [self._last_shown.get("message_id")], "watermark": self._now()}},
            Notice.READ: {"read": {"watermark": self._now()}},
            Notice.REACTION: {
                "reaction": {
                    "mid": self._last_shown.get("message_id"),
                    "action": "react",
                    "emoji": "\u2764",
                    "reaction": "love",
                }
            },
            Notice.ECHO: self._echo(),
        }
        # An echo comes from the page; everything else from the patient.
        sender, page = (self.page, self.id) if notice is Notice.ECHO else (self.id, self.page)
        await self._post(deliveries.delivery(sender, self._clock(), parts[notice], page=page))

    async def news(self) -> list[BotMessage]:
        """Give the messages that arrived since the last look, oldest first."""
        query = {"recipient": self.id, "after": str(self._seen)}
        try:
            async with self._session.get(self._received, params=query, timeout=_TIMEOUT) as response:
                document = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise BrokenOffError(f"{self._received} cannot be read: {type(error).__name__}") from error
        self._seen = document["last"]
        messages = []
        for one in document["received"]:
            if "message" in one["body"]:
                self._last_shown = one
                messages.append(_message(one["body"]["message"]))
        if messages:
            self._offered = messages[-1].quick_replies  # the app shows them under the last message only
        return messages

    async def _send(self, part: dict[str, Any]) -> None:
        self._last_body = deliveries.delivery(self.id, self._clock(), part)
        await self._post(self._last_body)

    async def _post(self, body: bytes) -> None:
        headers = {"X-Hub-Signature-256": sign(body, self._secret), "Content-Type": "application/json"}
        try:
            async with self._session.post(self._webhook, data=body, headers=headers, timeout=_TIMEOUT) as response:
                if response.status != 200:
                    raise BrokenOffError(f"the webhook answered {response.status}, expected 200")
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise BrokenOffError(f"{self._webhook} cannot be reached: {type(error).__name__}") from error

    def _echo(self) -> dict[str, Any]:
        message = (self._last_shown.get("body") or {}).get("message") or {}
        return {
            "message": {
                "mid": self._last_shown.get("message_id"),
                "is_echo": True,
                "app_id": 1,
                "text": message.get("text"),
            }
        }

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)


def _mid() -> str:
    return "m_" + secrets.token_urlsafe(24)


def _pick(wanted: str, offered: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    titles = [title for title, _ in offered]
    place = _ORDINALS.get(wanted)
    if place is not None and place < len(offered):
        return offered[place]
    for title, payload in offered:
        fits = find(wanted, title) is not None if is_pattern(wanted) else title.casefold() == wanted.casefold()
        if fits:
            return title, payload
    raise BrokenOffError(f"cannot choose {wanted!r}: the last message offers {', '.join(titles)}")


def _thing(thing: Thing, mid: str, caption: str | None) -> dict[str, Any]:
    if thing in _FILES:
        return deliveries.attachment(mid, _FILES[thing], caption)
    if thing is Thing.UNSUPPORTED:
        return {"message": {"mid": mid, "is_unsupported": True}}
    if thing in _STICKERS:
        sticker = {"url": "https://scontent.xx.fbcdn.net/simulated/sticker", "sticker_id": _STICKERS[thing]}
        attachments = [{"type": "image", "payload": sticker}]
        return {"message": {"mid": mid, "sticker_id": _STICKERS[thing], "attachments": attachments}}
    place = {"coordinates": {"lat": 42.9, "long": -78.8}}
    return {"message": {"mid": mid, "attachments": [{"type": "location", "payload": place}]}}


def _message(message: dict[str, Any]) -> BotMessage:
    replies = tuple((one["title"], one["payload"]) for one in message.get("quick_replies") or ())
    return BotMessage(message["text"], replies)
