"""The flow put together with a fake Rasa and a fake Graph API, over a real PostgreSQL and real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from actions.clock import Clock
from actions.database import Database
from actions.encoder import Encoder
from actions.handoff.vault import Vault
from actions.hospital import HospitalFile
from actions.screening.two_nets import TwoNets
from bot.channels.graph import GraphSender
from bot.dialogue import Rasa
from bot.inbox import Inbox
from bot.outbox import Links, Outbox
from bot.settings import Messenger
from bot.turn import Turn
from tests.fakes import FakeRasa, GraphApi, serving

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "https://desk.lakemont.example"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The sentence encoder."""
    return Encoder.load()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def graph() -> AsyncIterator[GraphApi]:
    """A Graph API that takes everything until it is told otherwise."""
    graph = GraphApi()
    async with serving("/v23.0/me/messages", graph.send) as url:
        graph.url = f"{url}/v23.0"
        yield graph


@pytest.fixture
async def rasa(database: Database, hospital_file: HospitalFile, clock: Clock) -> AsyncIterator[FakeRasa]:
    """A Rasa that works until it is told otherwise."""
    rasa = FakeRasa(database, hospital_file, clock)
    async with serving("/webhooks/rest/webhook", rasa.webhook) as url:
        rasa.url = url
        yield rasa


@pytest.fixture
def messenger(graph: GraphApi) -> Messenger:
    """The settings of Messenger, with the fake Graph API."""
    return Messenger("the-app-secret", "the-verify-token", "the-page-token", graph.url)


@pytest.fixture
def inbox(database: Database, vault: Vault) -> Inbox:
    """An empty inbox."""
    return Inbox(database, vault)


@pytest.fixture
def outbox(
    database: Database, vault: Vault, session: aiohttp.ClientSession, messenger: Messenger, clock: Clock
) -> Outbox:
    """An empty outbox that sends to the fake Graph API."""
    return Outbox(database, vault, GraphSender(session, messenger), Links(vault, PUBLIC_URL), clock)


@pytest.fixture
def turn(
    database: Database,
    inbox: Inbox,
    outbox: Outbox,
    screener: TwoNets,
    rasa: FakeRasa,
    hospital_file: HospitalFile,
    session: aiohttp.ClientSession,
    clock: Clock,
) -> Turn:
    """The turn that asks the fake Rasa."""
    return Turn(database, inbox, outbox, screener, Rasa(session, rasa.url), hospital_file, clock)
