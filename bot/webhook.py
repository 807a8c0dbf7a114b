"""The webhook: check the signature, store every message, answer 200. Nothing else happens in the request."""

from datetime import datetime

import structlog
from aiohttp import web

from actions.clock import Clock
from actions.faults import where_raised
from bot import metrics
from bot.channels import messenger
from bot.channels.events import UnreadableError
from bot.inbox import Inbox
from bot.settings import Messenger

PATH = "/webhooks/messenger"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of one request; larger than any batch the platform sends."""

_log = structlog.get_logger()


def webhook_routes(settings: Messenger, inbox: Inbox, clock: Clock) -> list[web.RouteDef]:
    """Give the routes of the Messenger webhook."""

    async def verify(request: web.Request) -> web.Response:
        challenge = messenger.challenge(request.query, settings.verify_token)
        if challenge is None:
            metrics.REFUSED.labels("verification").inc()
            _log.warning("webhook.verification_refused")
            raise web.HTTPForbidden(text="verification refused")
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        headers = request.headers.getall("X-Hub-Signature-256", [])
        if len(headers) != 1 or not messenger.signature_fits(body, headers[0], settings.app_secret):
            metrics.REFUSED.labels("signature").inc()
            _log.warning("webhook.signature_refused", bytes=len(body))
            raise web.HTTPForbidden(text="signature refused")
        try:
            return await _keep(inbox, body, clock())
        except Exception as error:  # whatever it was: the platform sends again what is not answered with 200
            metrics.NOT_STORED.inc()
            _log.error("webhook.not_stored", bytes=len(body), error=type(error).__name__, at=where_raised(error))
            raise web.HTTPInternalServerError(text="not stored") from None

    return [web.get(PATH, verify), web.post(PATH, receive)]


async def _keep(inbox: Inbox, body: bytes, now: datetime) -> web.Response:
    """Store everything that a well-signed request brought."""
    try:
        delivery = messenger.parse(body, now)
    except UnreadableError as error:
        await inbox.keep_unreadable("messenger", body, str(error), now)
        metrics.RECEIVED.labels("unreadable").inc()
        _log.error("webhook.unreadable", bytes=len(body), reason=str(error))
        return web.Response(text="kept")
    if "malformed" in dict(delivery.ignored):
        await inbox.keep_unreadable("messenger", body, "an event without a usable sender", now)
    new = await inbox.store("messenger", delivery, now)
    for message in delivery.messages:
        metrics.RECEIVED.labels(message.kind.value).inc()
    for kind, count in delivery.ignored:
        metrics.RECEIVED.labels(kind if kind in messenger.KNOWN_EVENTS else "unknown").inc(count)
    _log.info("webhook.stored", messages=len(delivery.messages), new=new)
    return web.Response(text="stored")
