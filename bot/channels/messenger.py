"""Facebook Messenger's protocol: verify, parse, build. No I/O.

Webhooks: https://developers.facebook.com/docs/messenger-platform/webhooks
Sending: https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.channels.events import Delivery, Incoming, Kind, SendError, UnreadableError, Withdrawn

TEXT_LIMIT = 1999
"""Characters of one message: the platform takes fewer than 2,000."""
TITLE_LIMIT = 20
PAYLOAD_LIMIT = 1000
QUICK_REPLY_LIMIT = 13
EXPIRED = "190"
"""The code of a page token that has expired or was withdrawn."""

KNOWN_EVENTS = frozenset(
    "echo deleted malformed changes delivery read reaction referral optin pass_thread_control take_thread_control"
    " request_thread_control app_roles policy-enforcement account_linking".split()
)
"""The names under which `parse` counts what it passes over; any other name comes from the platform and is new."""

_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{1,256}", re.ASCII)
_CONSTANT = re.compile(r"[A-Z0-9_]+", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")

_LIKES = {"369239263222822", "369239343222814", "369239383222810"}
_LIKE = "thanks"
"""What a thumb says."""

_RATE_LIMITS = {4, 17, 32, 613, 80001, 80002, 80006}
_TRANSIENT = {1, 2, 1200} | _RATE_LIMITS


def signature_fits(body: bytes, header: str | None, app_secret: str) -> bool:
    """Check X-Hub-Signature-256 over the raw body, in constant time; a missing header or secret never fits.

    https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
    """
    match = _SIGNATURE.fullmatch(header or "")
    if not match or not app_secret:
        return False
    return hmac.compare_digest(match[1], hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest())


def sign(body: bytes, app_secret: str) -> str:
    """Make the X-Hub-Signature-256 header that the platform would send with `body`."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """Give the challenge to echo for a verification request, or None if it is not to be trusted.

    https://developers.facebook.com/docs/messenger-platform/webhooks#verification-requests
    """
    token = query.get("hub.verify_token", "")
    trusted = bool(verify_token) and hmac.compare_digest(token.encode("utf-8", "replace"), verify_token.encode())
    value = query.get("hub.challenge", "")
    return value if trusted and query.get("hub.mode") == "subscribe" and _CHALLENGE.fullmatch(value) else None


def parse(body: bytes, received_at: datetime) -> Delivery:
    """Read every event of every entry; raises UnreadableError when the body is no delivery of a page's events.

    An event that says neither who sent it nor what it is, is counted under `ignored` as "malformed" and never disturbs its
    neighbours. A patient's message that cannot be read comes as `Kind.UNSUPPORTED`.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("entry"), list):
        raise UnreadableError("no entry list")
    if document.get("object", "page") != "page":
        raise UnreadableError("not a page's events")
    messages: list[Incoming] = []
    withdrawn: list[Withdrawn] = []
    unknown: list[str] = []
    ignored: Counter[str] = Counter()
    for event, standby in _events(document["entry"], ignored):
        try:
            found = _incoming(event, standby, received_at)
        except (KeyError, TypeError, RecursionError):
            found = "malformed"
        if isinstance(found, Incoming):
            messages.append(found)
            continue
        ignored[found] += 1
        if found == "deleted":
            withdrawn += _withdrawn(event)
        elif found not in KNOWN_EVENTS and _sent_by_somebody(event):
            unknown.append(json.dumps(event))
    return Delivery(tuple(messages), tuple(sorted(ignored.items())), tuple(withdrawn), tuple(unknown))


def build_message(recipient: str, text: str, quick_replies: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Build the body of one reply; `quick_replies` are (title, payload), cut to the platform's limits."""
    message: dict[str, Any] = {"text": text}
    if quick_replies:
        message["quick_replies"] = [
            {"content_type": "text", "title": title[:TITLE_LIMIT], "payload": payload[:PAYLOAD_LIMIT]}
            for title, payload in quick_replies[:QUICK_REPLY_LIMIT]
        ]
    return {"recipient": {"id": recipient}, "messaging_type": "RESPONSE", "message": message}


def build_typing(recipient: str) -> dict[str, Any]:
    """Build the body that shows the typing indicator."""
    return {"recipient": {"id": recipient}, "sender_action": "typing_on"}


def split_text(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Split a text into parts of at most `limit` characters, at a line, a sentence or a word where there is one."""
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        window = rest[: limit + 1]
        cut = max(window.rfind("\n"), window.rfind(". ") + 1)
        if cut < limit // 2:
            cut = window.rfind(" ")
        cut = cut if cut > 0 else limit
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def app_secret_proof(page_token: str, app_secret: str) -> str:
    """Make the proof that goes with the page's token: https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
    return hmac.new(app_secret.encode(), page_token.encode(), hashlib.sha256).hexdigest()


def read_refusal(status: int, document: Any) -> SendError:
    """Read an error answer of the Graph API: https://developers.facebook.com/docs/messenger-platform/error-codes"""
    error = document.get("error") if isinstance(document, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(code, int):
        return SendError(f"http {status}", permanent=400 <= status < 500 and status not in (401, 408, 429))
    # An expired token is mended by the operator, and the messages still have to go out.
    return SendError(str(code), permanent=code not in _TRANSIENT and str(code) != EXPIRED and status < 500)


def _events(entries: Sequence[Any], ignored: Counter[str]) -> Iterator[tuple[Any, bool]]:
    for entry in entries:
        if not isinstance(entry, dict):
            ignored["malformed"] += 1
            continue
        for field, standby in (("messaging", False), ("standby", True)):
            events = entry.get(field)
            if isinstance(events, list):
                yield from ((event, standby) for event in events)
        if isinstance(entry.get("changes"), list):
            ignored["changes"] += len(entry["changes"])


def _incoming(event: Any, standby: bool, received_at: datetime) -> Incoming | str:
    """Give the patient's message in `event`, or the name of what is passed over; raises KeyError or TypeError if nobody sent it."""
    if not isinstance(event, dict):
        return "malformed"
    if "message" in event:
        message = _object(event["message"])
        if message.get("is_echo"):
            return "echo"
        if message.get("is_deleted"):
            return "deleted"
        kind, text = _message(message)
        mid = _mid(event, message.get("mid"))
    elif "message_edit" in event:
        edit = _object(event["message_edit"])
        text = _text(edit.get("text"))
        kind = Kind.UNSUPPORTED if text is None else Kind.TEXT
        mid = _mid(event, edit.get("mid"), edit.get("num_edit"))
    elif "postback" in event:
        postback = _object(event["postback"])
        kind, text = Kind.POSTBACK, _chosen(postback.get("payload"), postback.get("title"))
        mid = _mid(event, postback.get("mid"))
    else:
        return next((key for key in event if key not in ("sender", "recipient", "timestamp")), "malformed")
    return Incoming(
        page=_name(event["recipient"]["id"]),
        sender=_name(event["sender"]["id"]),
        mid=mid,
        kind=Kind.STANDBY if standby else kind,
        text=text,
        sent_at=_moment(event.get("timestamp"), received_at),
    )


def _withdrawn(event: Mapping[str, Any]) -> list[Withdrawn]:
    """Give the message that the event takes back, if it says which."""
    try:
        page, sender = _name(event["recipient"]["id"]), _name(event["sender"]["id"])
        return [Withdrawn(page, sender, _name(event["message"].get("mid")))]
    except (KeyError, TypeError):
        return []


def _sent_by_somebody(event: Mapping[str, Any]) -> bool:
    return bool(_object(event.get("sender")).get("id"))


def _message(message: Mapping[str, Any]) -> tuple[Kind, str | None]:
    text = _text(message.get("text"))
    if text is None and _is_like(message):
        return Kind.TEXT, _LIKE
    if message.get("sticker_id") or (message.get("attachments") and not _is_link(message, text)):
        return Kind.ATTACHMENT, text
    if isinstance(message.get("quick_reply"), dict):
        return Kind.QUICK_REPLY, _chosen(message["quick_reply"].get("payload"), text)
    if text is None or message.get("is_unsupported"):
        return Kind.UNSUPPORTED, text
    return Kind.TEXT, text


def _is_like(message: Mapping[str, Any]) -> bool:
    """Tell the thumb beside Messenger's text field, in one of its three sizes, from every other sticker and picture."""
    attachments = message.get("attachments") or []
    if not isinstance(attachments, list):
        return False
    stickers = [
        message.get("sticker_id"),
        *(_object(_object(one).get("payload")).get("sticker_id") for one in attachments),
    ]
    return all(str(one) in _LIKES for one in stickers)


def _is_link(message: Mapping[str, Any], text: str | None) -> bool:
    """Tell a text with nothing but the preview that Messenger adds to a link in it."""
    attachments = message["attachments"]
    previews = isinstance(attachments, list) and all(_object(one).get("type") == "fallback" for one in attachments)
    return previews and bool((text or "").strip())


def _mid(event: Mapping[str, Any], *parts: Any) -> str:
    """Give the message's id; without one, a digest of the event, by which a repeated delivery is still recognised."""
    try:
        return "#".join(_name(part) for part in parts)
    except TypeError:
        return "event#" + hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _chosen(payload: Any, title: Any) -> str | None:
    """Give the text a button stands for: our own payloads are plain text, other apps' are constants such as GET_STARTED."""
    for value in (payload, title):
        if isinstance(value, str) and value.strip() and not _CONSTANT.fullmatch(value):
            return _text(value)
    return _text(title)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return _UNSENDABLE.sub("\ufffd", value) if isinstance(value, str) else None


def _name(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise TypeError("id")
    return _UNSENDABLE.sub("\ufffd", str(value))


def _moment(milliseconds: Any, otherwise: datetime) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=int(milliseconds))
    except (TypeError, ValueError, OverflowError):
        return otherwise
