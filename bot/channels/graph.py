"""The one sender: talks to the Graph API."""

import asyncio
from typing import Any

import aiohttp

from bot.channels.events import SendError
from bot.channels.messenger import app_secret_proof, read_refusal
from bot.settings import Messenger

_TIMEOUT = aiohttp.ClientTimeout(total=15)


class GraphSender:
    """Sends bodies built by bot/channels/messenger.py as the page."""

    def __init__(self, session: aiohttp.ClientSession, messenger: Messenger) -> None:
        """Use the page's token, with the proof that we also hold the app's secret."""
        self._session = session
        self._url = f"{messenger.graph_url}/me/messages"
        self._parameters = {
            "access_token": messenger.page_token,
            "appsecret_proof": app_secret_proof(messenger.page_token, messenger.app_secret),
        }

    async def send(self, body: dict[str, Any]) -> None:
        """Send one body; raises SendError."""
        request = self._session.post(
            self._url,
            params=self._parameters,
            json=body,
            timeout=_TIMEOUT,
            allow_redirects=False,  # only the platform gets a body
        )
        try:
            async with request as response:
                if response.status == 200:
                    return
                raise read_refusal(response.status, await _document(response))
        except asyncio.TimeoutError:
            raise SendError("timeout", permanent=False) from None
        except aiohttp.ClientError as error:
            raise SendError(type(error).__name__, permanent=False) from None  # its text would show the token


async def _document(response: aiohttp.ClientResponse) -> Any:
    try:
        return await response.json(content_type=None)
    except ValueError:
        return None
