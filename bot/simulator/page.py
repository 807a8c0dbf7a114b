"""The simulator's page: looks like a messenger, writes signed webhook events to the real webhook, shows what the fake Graph API took."""

import secrets
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from actions.clock import Clock, system_clock
from bot import webhook
from bot.channels.messenger import sign
from bot.pages.layout import SECURITY_HEADERS, Pages, from_own_page
from bot.settings import Settings
from bot.simulator import deliveries
from bot.simulator.graph import SIMULATOR_GRAPH_PATH, FakeGraph, Received, require_development
from bot.simulator.threads import Change, Kind, Patient, State, Threads

__all__ = ["SIMULATOR_GRAPH_PATH", "SIMULATOR_PATH", "simulator_routes"]

SIMULATOR_PATH = "/simulator"
TEXT_LIMIT = 20_000
"""Characters that the simulator sends at most: more than the platform, to see what over-long messages do."""
_FOLDER = Path(__file__).parent
_STATIC = {"simulator.css": "text/css", "simulator.js": "text/javascript", "icon.svg": "image/svg+xml"}
_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
_POLL_SECONDS = 3.0
"""How long the page's request for news waits for some; a service that stops waits for it."""
_TIMEOUT = aiohttp.ClientTimeout(total=30)

_log = structlog.get_logger()


class Simulator:
    """The page and what it needs."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, graph: FakeGraph, name: str, clock: Clock
    ) -> None:
        """Write to the webhook of `settings`; raises SimulatorRefusedError beside real credentials."""
        self._messenger = require_development(settings.messenger)
        self._settings = settings
        self._session = session
        self._name = name
        self._clock = clock
        self._threads = Threads()
        self._pages = Pages(_FOLDER / "templates")
        self._pages.environment.filters["clock_time"] = _clock_time
        graph.on_received(self._received)

    def routes(self) -> list[web.RouteDef]:
        """Give the page's routes."""
        return [
            web.get(SIMULATOR_PATH, self._show),
            web.post(SIMULATOR_PATH + "/patients", self._add_patient),
            web.post(SIMULATOR_PATH + "/send", self._send),
            web.get(SIMULATOR_PATH + "/changes", self._show_changes),
            web.get(SIMULATOR_PATH + "/static/{name}", self._show_static),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        patients = self._threads.patients() or [self._threads.add_patient()]
        patient = self._threads.find(request.query.get("patient")) or patients[-1]
        text = self._pages.environment.get_template("simulator.html").render(
            name=self._name,
            patients=patients,
            patient=patient,
            threads=self._threads,
            desk=self._settings.staff.url,
            text_limit=TEXT_LIMIT,
        )
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    async def _add_patient(self, request: web.Request) -> web.Response:
        if not from_own_page(request):
            raise web.HTTPForbidden(text="expected from the simulator's own page")
        raise web.HTTPSeeOther(f"{SIMULATOR_PATH}?patient={self._threads.add_patient().id}")

    async def _send(self, request: web.Request) -> web.Response:
        """Take `{"patient", "text"}`, with `"payload"` for a quick reply, or `{"patient", "attachment": "image"}`."""
        if not from_own_page(request) or request.content_type != "application/json":
            raise web.HTTPForbidden(text="expected JSON from the simulator's own page")
        try:
            order = await request.json()
            patient = self._threads.find(order["patient"])
            kind, text, part = _event(order)
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest(text="expected a patient and a text or an attachment") from None
        if patient is None:
            raise web.HTTPNotFound(text="no such patient")
        entry = self._threads.add(patient, kind, text, self._clock(), State.SENDING)
        problem = await self._deliver(patient, entry.at, part)
        settled = self._threads.settle(entry, State.FAILED if problem else State.SENT, problem)
        return web.json_response({"state": settled.state.value})

    async def _deliver(self, patient: Patient, at: datetime, part: dict[str, Any]) -> str:
        """Post one event to the webhook; give what went wrong, or nothing."""
        body = deliveries.delivery(patient.id, at, part)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, self._messenger.app_secret)}
        url = self._settings.public.url + webhook.PATH
        try:
            async with self._session.post(url, data=body, headers=headers, timeout=_TIMEOUT) as response:
                if response.status == HTTPStatus.OK:
                    return ""
                problem = f"HTTP {response.status}"
        except (aiohttp.ClientError, TimeoutError) as error:
            problem = type(error).__name__
        _log.warning("simulator.not_delivered", problem=problem)
        return problem

    def _received(self, received: Received) -> None:
        patient = self._threads.find(received.recipient)
        if patient is None:
            return
        message = received.body.get("message")
        if message is None:
            if received.body["sender_action"] == "typing_on":
                self._threads.add(patient, Kind.TYPING, "", received.at, State.RECEIVED)
            return
        quick_replies = tuple((reply["title"], reply["payload"]) for reply in message.get("quick_replies", []))
        self._threads.add(patient, Kind.TEXT, message["text"], received.at, State.RECEIVED, quick_replies)

    async def _show_changes(self, request: web.Request) -> web.Response:
        """Answer `?run=…&after=NUMBER` with what happened since, or what happens within some seconds."""
        if request.query.get("run") != self._threads.run:
            return web.json_response({"reload": True}, headers=SECURITY_HEADERS)
        try:
            after = int(request.query["after"])
        except (KeyError, ValueError):
            raise web.HTTPBadRequest(text="after: expected a number") from None
        changes = await self._threads.wait(after, _POLL_SECONDS)
        last = changes[-1].number if changes else after
        return web.json_response(
            {"last": last, "changes": [self._render(one) for one in changes]}, headers=SECURITY_HEADERS
        )

    def _render(self, change: Change) -> dict[str, Any]:
        entry = change.entry
        module: Any = self._pages.environment.get_template("entry.html").module
        return {
            "id": entry.id,
            "patient": entry.patient,
            "kind": entry.kind.value,
            "by_page": entry.by_page,
            "preview": str(module.preview(entry)),
            "html": "" if entry.kind is Kind.TYPING else str(module.show(entry, self._name, True)),
        }

    async def _show_static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound()
        text = (_FOLDER / "static" / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_STATIC[name], headers=_HEADERS)


def simulator_routes(
    settings: Settings,
    session: aiohttp.ClientSession,
    graph: FakeGraph | None = None,
    name: str = "The hospital's page",
    clock: Clock = system_clock,
) -> list[web.RouteDef]:
    """Give the routes of the simulator's page and of its fake Graph API; `name` is the page that patients write to.

    Raises SimulatorRefusedError beside real credentials.
    """
    graph = graph or FakeGraph(settings.messenger, clock)
    return Simulator(settings, session, graph, name, clock).routes() + graph.routes()


def _event(order: dict[str, Any]) -> tuple[Kind, str, dict[str, Any]]:
    mid = "m_" + secrets.token_urlsafe(24)
    if order.get("attachment") == "image":
        return Kind.PHOTO, "", deliveries.attachment(mid, "image")
    text = str(order["text"])[:TEXT_LIMIT].encode("utf-8", "replace").decode()
    if not text.strip():
        raise ValueError("no text")
    if "payload" in order:
        return Kind.TEXT, text, deliveries.quick_reply(mid, text, str(order["payload"]))
    return Kind.TEXT, text, deliveries.text_message(mid, text)


def _clock_time(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")
