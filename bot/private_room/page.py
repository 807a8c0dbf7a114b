"""The private room's page: where a handed-off patient goes on, on the hospital's own site."""

import re
from pathlib import Path
from urllib.parse import parse_qs
from uuid import UUID

import psycopg
import structlog
from aiohttp import web

from actions.clock import Clock
from actions.database import Database
from actions.handoff.business_hours import say_moment, say_when_read
from actions.handoff.cases import CaseCategory
from actions.handoff.vault import Vault
from actions.hospital import Hospital, HospitalFile
from actions.screening.two_nets import TwoNets
from bot.pages.layout import SECURITY_HEADERS, Pages, from_own_page
from bot.private_room.link import PATH, case_of_link
from bot.private_room.room import Author, Room, Rooms

TEXT_LIMIT = 4000
"""Characters of one message."""
_BODY_LIMIT = 64 * 1024
"""Bytes of one form: room for the longest text, every character of it escaped."""
_PREVIEWERS = re.compile(
    r"facebookexternalhit|facebot|meta-external|whatsapp/|twitterbot|slackbot|telegrambot|linkedinbot|discordbot|skypeuripreview"
    r"|googlebot|bingbot|applebot",
    re.IGNORECASE,
)
"""Machines that fetch a link for a preview as soon as somebody sends it: https://developers.facebook.com/docs/sharing/webmasters/web-crawlers"""
_NOT_KEPT = (
    "Something went wrong on our side, and your message was not sent. Please try again in a few minutes, or call us."
)
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

_log = structlog.get_logger()


class RoomPage:
    """Shows rooms and takes their forms."""

    def __init__(self, rooms: Rooms, hospital: HospitalFile) -> None:
        """Show `rooms` with the facts of `hospital`."""
        self._rooms = rooms
        self._hospital = hospital
        self._pages = Pages(Path(__file__).parent / "templates")
        self._pages.environment.filters["moment"] = say_moment

    def routes(self) -> list[web.RouteDef]:
        """Give the room's routes."""
        return [web.get(PATH + "/{token}", self._read), web.post(PATH + "/{token}", self._write)]

    async def _read(self, request: web.Request) -> web.Response:
        if _PREVIEWERS.search(request.headers.get("User-Agent", "")):
            return self._close(request, "preview", 403)
        try:
            case = self._case(request)
            room = await self._rooms.open(case) if case else None
        except psycopg.Error as error:
            _log.error("room.failed", error=type(error).__name__, method=request.method)
            return self._close(request, "failed", 503)
        if room is None:
            return self._close(request, "unknown", 404)
        if room.closed:
            return self._close(request, "closed", 410)
        return self._show(room, sent="sent" in request.query)

    async def _write(self, request: web.Request) -> web.Response:
        if not from_own_page(request):
            return self._close(request, "elsewhere", 403)
        case = self._case(request)
        if case is None:
            return self._close(request, "unknown", 404)
        text = await _written(request)
        try:
            if text is None or not 0 < len(text) <= TEXT_LIMIT:
                return await self._ask_again(request, case, text)
            category = await self._rooms.write(case, text)
            if category is None:
                return self._close(request, "closed", 410)
        except psycopg.Error as error:
            _log.error("room.failed", error=type(error).__name__, method=request.method)
            return self._show(Room((), emergency=False, closed=False), status=503, problem=_NOT_KEPT, text=text or "")
        place = "emergency" if category is CaseCategory.EMERGENCY else "sent"
        # In an emergency the number is what comes into view.
        raise web.HTTPSeeOther(f"{request.path}?sent=1#{place}", headers=SECURITY_HEADERS)

    async def _ask_again(self, request: web.Request, case: UUID, text: str | None) -> web.Response:
        """Show the room with what was written and why it was not taken."""
        room = await self._rooms.open(case)
        if room is None or room.closed:
            return self._close(request, "closed", 410)
        if text == "":
            problem = "Please write a message first."
        else:
            problem = f"Your message is longer than {TEXT_LIMIT:,} characters. Please send it in several parts."
        return self._show(room, status=422, problem=problem, text=text or "")

    def _show(
        self, room: Room, *, status: int = 200, sent: bool = False, problem: str = "", text: str = ""
    ) -> web.Response:
        hospital = self._hospital.current()
        return self._pages.show(
            "room.html",
            status=status,
            hospital=hospital,
            room=room,
            patient=Author.PATIENT,
            sent=sent,
            problem=problem,
            text=text,
            limit=TEXT_LIMIT,
            when_read=say_when_read(hospital, self._rooms.clock()),
        )

    def _close(self, request: web.Request, why: str, status: int) -> web.Response:
        """Show a page that says why there is no room, and where to turn to."""
        hospital: Hospital = self._hospital.current()
        _log.info("room.not_shown", why=why, method=request.method)
        return self._pages.show("closed.html", status=status, hospital=hospital, why=why)

    def _case(self, request: web.Request) -> UUID | None:
        return case_of_link(request.match_info["token"], self._rooms.vault)


def room_routes(
    database: Database, vault: Vault, screener: TwoNets, hospital: HospitalFile, clock: Clock
) -> list[web.RouteDef]:
    """Give the routes of the private rooms."""
    return RoomPage(Rooms(database, vault, screener, clock), hospital).routes()


async def _written(request: web.Request) -> str | None:
    """Give the form's text, or None if it is far too long or no form's."""
    if (
        request.content_type != "application/x-www-form-urlencoded"
        or (request.content_length or _BODY_LIMIT + 1) > _BODY_LIMIT
    ):
        return None
    try:
        fields = parse_qs((await request.read()).decode("ascii", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return None
    text = fields.get("text", [""])[0].replace("\r\n", "\n")
    return _UNKEEPABLE.sub("\ufffd", text).strip()
