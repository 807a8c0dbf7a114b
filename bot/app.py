"""The service: listeners and workers, put together by role."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

import aiohttp
import psycopg
import structlog
from aiohttp import web

from actions.clock import Clock, system_clock
from actions.database import Database
from actions.faults import where_raised
from actions.handoff.vault import Vault, ready_vault
from actions.hospital import LAST_GOOD, HospitalFile, LastGood
from actions.screening.two_nets import TwoNets
from actions.server import action_routes
from actions.services import Services
from bot import inbox as inbox_module
from bot import outbox as outbox_module
from bot.channels.graph import GraphSender
from bot.desk.page import desk_routes
from bot.dialogue import Rasa
from bot.embedded import start_postgres
from bot.health import health_routes, unfinished_routes
from bot.inbox import Inbox
from bot.net_training import two_nets
from bot.outbox import Links, Outbox, send_forever
from bot.private_room.page import room_routes
from bot.releasing import release_forever
from bot.settings import Address, Messenger, Settings
from bot.simulator.page import simulator_routes
from bot.turn import Turn
from bot.webhook import BODY_LIMIT, webhook_routes
from bot.worker import WORKERS, work_forever

SENDERS = 4
_RESTART_SECONDS = 1.0
Loop = Callable[[], Coroutine[Any, Any, None]]
"""Starts a loop that never ends."""

_log = structlog.get_logger()


class Role(str, Enum):
    """What one process of the service does."""

    PUBLIC = "public"  # webhooks and private rooms
    WORKER = "worker"  # turns, and sending replies
    DESK = "desk"  # the staff's pages
    ACTIONS = "actions"  # the action server


TALKING = frozenset({Role.PUBLIC, Role.WORKER})
"""Roles that talk to the platform, and so need its secrets."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts that roles share."""

    settings: Settings
    database: Database
    session: aiohttp.ClientSession
    hospital: HospitalFile
    rasa: Rasa
    clock: Clock


@asynccontextmanager
async def service(
    settings: Settings, roles: Iterable[Role], root: Path, clock: Clock = system_clock
) -> AsyncIterator[None]:
    """Run the service's roles; everything is ready on entry and stopped on exit. TALKING roles need settings with Messenger's."""
    wanted = frozenset(roles)
    async with AsyncExitStack() as stack:
        house = await _build(stack, settings, root, clock)
        internal = health_routes(house.database, house.rasa, house.hospital, clock)
        if settings.simulator:
            internal += unfinished_routes(house.database)
        if Role.ACTIONS in wanted:
            internal += action_routes(Services(house.hospital, house.database, clock))
        loops: list[Loop] = []
        if wanted & TALKING:
            assert settings.messenger is not None
            screener = await asyncio.to_thread(two_nets, root, house.hospital)
            loops = await _start_patient_side(stack, house, settings.messenger, wanted, screener)
        if Role.DESK in wanted:
            await _listen(stack, settings.staff, desk_routes(house.database, house.hospital, clock))
        await _listen(stack, settings.internal, internal)
        # Last, so that they end first: what they have begun may still need the action server.
        stack.push_async_callback(_cancel, [asyncio.create_task(_forever(loop)) for loop in loops])
        if wanted & TALKING and not settings.simulator and settings.public_url == settings.public.url:
            _log.warning(
                "settings.public_url_missing",
                effect=f"private-room links begin with {settings.public_url}, which no patient can open",
                to_do="set FRONTDESK_PUBLIC_URL to the https address at which patients reach the public listener",
            )
        _log.info("service.ready", roles=sorted(role.value for role in wanted))
        yield
        _log.info("service.stopping")


async def _build(stack: AsyncExitStack, settings: Settings, root: Path, clock: Clock) -> House:
    last_good = LastGood(settings.var / LAST_GOOD, writes=True)
    hospital = HospitalFile(root / "hospital.yml", on_problems=_report_problems, last_good=last_good)
    url = settings.database_url
    if not url:
        url, let_go = start_postgres(settings.var)
        stack.callback(let_go)
    database = Database(url, max_size=WORKERS + SENDERS + 8)
    await database.open()
    stack.push_async_callback(database.close)
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    return House(settings, database, session, hospital, Rasa(session, settings.rasa.url), clock)


async def _start_patient_side(
    stack: AsyncExitStack, house: House, messenger: Messenger, roles: frozenset[Role], screener: TwoNets
) -> list[Loop]:
    """Listen for patients; give the loops that do the work."""
    settings, clock = house.settings, house.clock
    vault = await _vault(house)
    inbox = Inbox(house.database, vault)
    if Role.PUBLIC in roles:
        routes = webhook_routes(messenger, inbox, clock)
        routes += room_routes(house.database, vault, screener, house.hospital, clock)
        if settings.simulator:
            routes += simulator_routes(settings, house.session, name=house.hospital.current().name)
        await _listen(stack, settings.public, routes)
    return _loops(house, messenger, vault, inbox, screener) if Role.WORKER in roles else []


async def _vault(house: House) -> Vault:
    file = house.settings.vault_key_file
    async with house.database.transaction() as connection:
        vault, made = await ready_vault(connection, file, house.clock())
    if made:
        _log.warning(
            "vault.key_made",
            file=str(file),
            to_do="back it up apart from the database: without it nothing sealed can be read again",
        )
    return vault


def _loops(house: House, messenger: Messenger, vault: Vault, inbox: Inbox, screener: TwoNets) -> list[Loop]:
    links = Links(vault, house.settings.public_url)
    outbox = Outbox(house.database, vault, GraphSender(house.session, messenger), links, house.clock)
    turn = Turn(house.database, inbox, outbox, screener, house.rasa, house.hospital, house.clock)
    inbox_wake, outbox_wake = asyncio.Event(), asyncio.Event()
    wakes = {inbox_module.CHANNEL: inbox_wake, outbox_module.CHANNEL: outbox_wake}
    hear: Loop = partial(_hear_announcements, house.database.url, wakes)
    work: Loop = partial(work_forever, turn, inbox, inbox_wake)
    send: Loop = partial(send_forever, outbox, outbox_wake)
    release: Loop = partial(release_forever, house.database, house.clock)
    return [hear, release, *[work] * WORKERS, *[send] * SENDERS]


async def _listen(stack: AsyncExitStack, address: Address, routes: list[web.RouteDef]) -> None:
    app = web.Application(client_max_size=BODY_LIMIT)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, address.host, address.port).start()


async def _forever(start: Loop) -> None:
    """Run a loop that never ends, and start it again when it fails."""
    while True:
        try:
            await start()
        except Exception as error:
            _log.error("loop.failed", error=type(error).__name__, at=where_raised(error))
            await asyncio.sleep(_RESTART_SECONDS)


async def _hear_announcements(url: str, wakes: dict[str, asyncio.Event]) -> None:
    """Wake whoever waits for a channel when PostgreSQL announces something on it."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        listen: dict[str, LiteralString] = {
            inbox_module.CHANNEL: "listen inbox",
            outbox_module.CHANNEL: "listen outbox",
        }
        for channel in wakes:
            await connection.execute(listen[channel])
        async for announcement in connection.notifies():
            wakes[announcement.channel].set()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _report_problems(problems: Any) -> None:
    _log.error(
        "hospital.refused",
        problems=[str(problem) for problem in problems],
        effect="the last good version stays in force",
        to_do="mend the lines named and save the file; `frontdesk hospital check` shows whether it is good",
    )
