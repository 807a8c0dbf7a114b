"""Webhook deliveries as the platform makes them. Pure.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages
"""

import json
from datetime import datetime
from typing import Any

PAGE = "100000000000001"
"""The simulated page's id."""


def text_message(mid: str, text: str) -> dict[str, Any]:
    """Build the part of an event that says what a patient typed."""
    return {"message": {"mid": mid, "text": text}}


def quick_reply(mid: str, title: str, payload: str) -> dict[str, Any]:
    """Build the part of an event that says which suggested reply a patient chose."""
    return {"message": {"mid": mid, "text": title, "quick_reply": {"payload": payload}}}


def postback(mid: str, title: str, payload: str) -> dict[str, Any]:
    """Build the part of an event that says which button a patient pressed."""
    return {"postback": {"mid": mid, "title": title, "payload": payload}}


def attachment(mid: str, kind: str, text: str | None = None) -> dict[str, Any]:
    """Build the part of an event that brings an `image`, `audio`, `video` or `file`."""
    message: dict[str, Any] = {
        "mid": mid,
        "attachments": [{"type": kind, "payload": {"url": f"https://scontent.xx.fbcdn.net/simulated/{mid}"}}],
    }
    return {"message": message if text is None else message | {"text": text}}


def delivery(sender: str, at: datetime, *parts: dict[str, Any], page: str = PAGE) -> bytes:
    """Build the body of a request that brings one event for each of `parts`.

    The platform writes every character outside ASCII as an escape, and signs those bytes.
    """
    milliseconds = int(at.timestamp() * 1000)
    events = [
        {"sender": {"id": sender}, "recipient": {"id": page}, "timestamp": milliseconds + number, **part}
        for number, part in enumerate(parts)
    ]
    document = {"object": "page", "entry": [{"id": page, "time": milliseconds, "messaging": events}]}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii")
