"""Asking Rasa, over its REST channel: https://rasa.com/docs/rasa/connectors/your-own-website#restinput"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import aiohttp

from actions.calls import QuickReply, Reply

_TIMEOUTS_OF_A_HANG = 3
"""After so many timeouts in a row Rasa is taken to hang."""
_TRY_SECONDS = 2.0
_SECONDS_FOR_A_TRY = 2.0
"""Only a message that has not waited long may try: it still gets the safe reply in time."""
_COMMAND = re.compile(r"\A[\s/\u200b\ufeff]+")
"""Leading slashes, with all the white space that Rasa strips before it looks for one, and what is not even visible."""


class DialogueError(Exception):
    """Rasa gave no usable answer: `reason` is timeout, hanging, unreachable, refused, unreadable or empty."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class Rasa:
    """One Rasa server.

    While it hangs, one message in two seconds tries it and the others fail at once: no patient waits for a worker that waits in vain.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Talk to the server at `url`."""
        self._session = session
        self._url = f"{url}/webhooks/rest/webhook"
        self._health = f"{url}/webhooks/rest/"
        self._timeouts = 0
        self._next_try = 0.0

    async def ask(self, conversation: str, text: str, metadata: Mapping[str, Any], seconds: float) -> tuple[Reply, ...]:
        """Send one redacted message and give the replies, at least one; raises DialogueError, after `seconds` at the latest."""
        if self._hangs(seconds):
            raise DialogueError("hanging")
        body = {"sender": conversation, "message": plain(text), "metadata": metadata}
        try:
            document = await self._post(body, seconds)
        except DialogueError as error:
            self._timeouts = self._timeouts + 1 if error.reason == "timeout" else 0
            raise
        self._timeouts = 0
        replies = read_replies(document)
        if not replies:
            raise DialogueError("empty")  # a failed action, or a rule that leads nowhere
        return replies

    def _hangs(self, seconds: float) -> bool:
        """Say whether a message with so much time left should not even try."""
        now = asyncio.get_running_loop().time()
        if self._timeouts < _TIMEOUTS_OF_A_HANG:
            return False
        if now < self._next_try or seconds < _SECONDS_FOR_A_TRY:
            return True
        self._next_try = now + _TRY_SECONDS
        return False

    async def _post(self, body: Mapping[str, Any], seconds: float) -> Any:
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with self._session.post(self._url, json=body, timeout=timeout) as response:
                if response.status != 200:
                    raise DialogueError("refused")
                return await response.json(content_type=None)
        except asyncio.TimeoutError:
            raise DialogueError("timeout") from None
        except aiohttp.ClientError:
            raise DialogueError("unreachable") from None
        except (ValueError, RecursionError):
            raise DialogueError("unreadable") from None

    async def alive(self) -> bool:
        """Say whether the server listens; it does so only once its model is loaded."""
        try:
            async with self._session.get(self._health, timeout=aiohttp.ClientTimeout(total=2)) as response:
                return response.status == 200
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False


def plain(text: str) -> str:
    """Take the leading slashes off a text, which Rasa would execute as an intent; nothing left counts as a question mark."""
    return _COMMAND.sub("", text) or "?"


def read_replies(document: Any) -> tuple[Reply, ...]:
    """Read the REST channel's list of bot messages; raises DialogueError when it is none."""
    if not isinstance(document, list):
        raise DialogueError("unreadable")
    replies: list[Reply] = []
    try:
        for said in document:
            if (said.get("text") or "").strip():
                buttons = tuple(QuickReply(one["title"], one["payload"]) for one in said.get("buttons") or ())
                replies.append(Reply(said["text"], buttons))
            elif "room" in (said.get("custom") or {}) and replies:
                replies[-1] = replace(replies[-1], room=UUID(said["custom"]["room"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DialogueError("unreadable") from None
    return tuple(replies)
