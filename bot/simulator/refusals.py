"""What the Graph API refuses, and how it says so. Pure.

https://developers.facebook.com/docs/messenger-platform/reference/send-api
https://developers.facebook.com/docs/messenger-platform/error-codes
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.messenger import PAYLOAD_LIMIT, QUICK_REPLY_LIMIT, TITLE_LIMIT, app_secret_proof
from bot.settings import Messenger

CHARACTER_LIMIT = 2000
"""A text has fewer characters than this."""
_METADATA_LIMIT = 1000
_SENDER_ACTIONS = {"mark_seen", "typing_on", "typing_off", "react", "unreact"}
_MESSAGING_TYPES = {"RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"}
_TAGS = {"HUMAN_AGENT"}  # the others have been refused since 2026-04-27

_BAD_PARAMETER = 100
_BAD_TOKEN = 190
_EMPTY_MESSAGE = 2018034


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer."""

    message: str
    code: int = _BAD_PARAMETER
    subcode: int | None = None
    status: int = 400
    type: str = "OAuthException"

    def document(self, trace: str) -> dict[str, Any]:
        """Give the body of the answer; `trace` names the request."""
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code, "fbtrace_id": trace}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def refuse_caller(query: Mapping[str, str], messenger: Messenger) -> Refusal | None:
    """Give the refusal of a request without the page's token or the proof of holding the app's secret."""
    if not _same(query.get("access_token", ""), messenger.page_token):
        return Refusal("Invalid OAuth access token - Cannot parse access token", code=_BAD_TOKEN)
    if "appsecret_proof" not in query:
        return Refusal("API calls from the server require an appsecret_proof argument", type="GraphMethodException")
    if not _same(query["appsecret_proof"], app_secret_proof(messenger.page_token, messenger.app_secret)):
        return Refusal("Invalid appsecret_proof provided in the API argument", type="GraphMethodException")
    return None


def refuse_body(body: Any) -> Refusal | None:
    """Give the refusal of a body that the send endpoint does not take."""
    if not isinstance(body, dict):
        return Refusal("(#100) The request body is no JSON object")
    recipient = body.get("recipient")
    if not isinstance(recipient, dict) or not _named(recipient):
        return Refusal("(#100) The parameter recipient is required")
    if "sender_action" in body:
        if "message" in body:
            return Refusal("(#100) sender_action and message cannot be sent together")
        if body["sender_action"] not in _SENDER_ACTIONS:
            return Refusal("(#100) Param sender_action must be one of " + ", ".join(sorted(_SENDER_ACTIONS)))
        return None
    return _refuse_type(body) or _refuse_message(body.get("message"))


def _named(recipient: Mapping[str, Any]) -> bool:
    return any(isinstance(recipient.get(key), str) and recipient[key] for key in ("id", "comment_id", "post_id"))


def _refuse_type(body: Mapping[str, Any]) -> Refusal | None:
    kind = body.get("messaging_type", "RESPONSE")
    if kind not in _MESSAGING_TYPES:
        return Refusal("(#100) Param messaging_type must be one of " + ", ".join(sorted(_MESSAGING_TYPES)))
    if kind == "MESSAGE_TAG" and body.get("tag") not in _TAGS:
        return Refusal("(#100) Param tag must be one of " + ", ".join(sorted(_TAGS)))
    return None


def _refuse_message(message: Any) -> Refusal | None:
    if not isinstance(message, dict):
        return Refusal("(#100) The parameter message is required")
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        return Refusal("(#100) Message cannot be empty, must provide text", subcode=_EMPTY_MESSAGE)
    if len(text) >= CHARACTER_LIMIT:
        return Refusal(f"(#100) Length of param message[text] must be less than {CHARACTER_LIMIT}")
    metadata = message.get("metadata", "")
    if not isinstance(metadata, str) or len(metadata) >= _METADATA_LIMIT:
        return Refusal(f"(#100) Length of param message[metadata] must be less than {_METADATA_LIMIT}")
    return _refuse_quick_replies(message.get("quick_replies", []))


def _refuse_quick_replies(quick_replies: Any) -> Refusal | None:
    if not isinstance(quick_replies, list) or len(quick_replies) > QUICK_REPLY_LIMIT:
        return Refusal(f"(#100) Param message[quick_replies] must be a list of at most {QUICK_REPLY_LIMIT}")
    for number, reply in enumerate(quick_replies):
        name = f"message[quick_replies][{number}]"
        if not isinstance(reply, dict) or reply.get("content_type") != "text":
            return Refusal(f"(#100) Param {name}[content_type] must be text")
        for field, limit in (("title", TITLE_LIMIT), ("payload", PAYLOAD_LIMIT)):
            value = reply.get(field)
            if not isinstance(value, str) or not value.strip() or len(value) > limit:
                return Refusal(f"(#100) Param {name}[{field}] must have 1 to {limit} characters")
    return None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
