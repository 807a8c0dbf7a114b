"""The simulator's page in a browser, in front of a webhook that repeats what it hears through the fake Graph API."""

import asyncio
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from actions.clock import system_clock
from bot.channels import messenger
from bot.channels.events import Incoming, Kind
from bot.channels.graph import GraphSender
from bot.settings import Settings, read_settings
from bot.simulator.graph import SIMULATOR_GRAPH_PATH
from bot.simulator.page import SIMULATOR_PATH, simulator_routes

NAME = "Lakemont General Hospital"
CHROMIUM = shutil.which("chromium")
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on the PATH")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings(port: int) -> Settings:
    return read_settings(
        {
            "FRONTDESK_PUBLIC_ADDR": f"127.0.0.1:{port}",
            "FRONTDESK_MESSENGER_APP_SECRET": "development-secret",
            "FRONTDESK_MESSENGER_VERIFY_TOKEN": "development-verify",
            "FRONTDESK_MESSENGER_PAGE_TOKEN": "development-page",
            "FRONTDESK_GRAPH_URL": f"http://127.0.0.1:{port}{SIMULATOR_GRAPH_PATH}",
        }
    )


@dataclass
class House:
    """A webhook that repeats what patients write, running in a thread of its own."""

    settings: Settings
    heard: list[Incoming] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    refuse: bool = False
    _ready: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Give the simulator's address."""
        return self.settings.public.url + SIMULATOR_PATH

    def start(self) -> threading.Thread:
        """Start it, and wait until it listens."""
        thread = threading.Thread(target=asyncio.run, args=[self._serve()], daemon=True)
        thread.start()
        assert self._ready.wait(10)
        return thread

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._end.set)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        assert self.settings.messenger
        async with aiohttp.ClientSession() as session:
            self._sender = GraphSender(session, self.settings.messenger)
            self._answers: set[asyncio.Task[None]] = set()
            app = web.Application()
            app.add_routes([web.post("/webhooks/messenger", self._hear)])
            app.add_routes(simulator_routes(self.settings, session, name=NAME))
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, self.settings.public.host, self.settings.public.port).start()
            self._ready.set()
            await self._end.wait()
            await runner.cleanup()

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert self.settings.messenger
        if self.refuse or not messenger.signature_fits(
            body, request.headers.get("X-Hub-Signature-256"), self.settings.messenger.app_secret
        ):
            raise web.HTTPForbidden
        self.bodies.append(body)
        for message in messenger.parse(body, system_clock()).messages:
            self.heard.append(message)
            answer = asyncio.create_task(self._answer(message))
            self._answers.add(answer)
            answer.add_done_callback(self._answers.discard)
        return web.Response()

    async def _answer(self, message: Incoming) -> None:
        await self._sender.send(messenger.build_typing(message.sender))
        text = f"You said: {message.text}\nMore at {self.settings.public.url}/room/abc.def"
        chips = [("Parking", "Where can I park?"), ("Talk to a person", "Talk to a person")]
        await self._sender.send(messenger.build_message(message.sender, text, chips))


@pytest.fixture
def house() -> Iterator[House]:
    """The webhook and the simulator."""
    house = House(settings(free_port()))
    thread = house.start()
    yield house
    house.stop()
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; not kept beyond this module, because Playwright keeps an event loop running meanwhile."""
    flags = "--no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update --disable-sync"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags.split())
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Browser, house: House, tmp_path: Path) -> Iterator[Page]:
    """The simulator's page, on a desktop and on a phone; any complaint of the browser fails the test."""
    width, height = SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(10_000)
    page.goto(house.url)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=tmp_path / f"{request.param}.png")
    context.close()
    assert complaints == []


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def bubble(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#entries .bubble").filter(has_text=text)).to_be_visible()


def test_a_message_is_sent_answered_and_marked_as_sent(page: Page, house: House) -> None:
    write(page, "Où est le parking? 😀")
    typing = page.locator("#typing")
    expect(typing).to_be_visible()
    bubble(page, "You said: Où est le parking? 😀")
    expect(typing).to_be_hidden()
    expect(page.locator(".entry.patient .meta")).to_contain_text("Sent")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    assert [one.text for one in house.heard] == ["Où est le parking? 😀"]


def test_what_reaches_the_webhook_is_escaped_as_the_platform_does(page: Page, house: House) -> None:
    write(page, "é")
    bubble(page, "You said: é")
    assert rb"\u00e9" in house.bodies[0]
    assert house.bodies[0].isascii()


def test_a_quick_reply_sends_its_payload_and_makes_room_for_the_next_ones(page: Page, house: House) -> None:
    write(page, "hello")
    page.get_by_role("button", name="Parking").click()
    bubble(page, "You said: Where can I park?")
    assert [(one.kind, one.text) for one in house.heard] == [
        (Kind.TEXT, "hello"),
        (Kind.QUICK_REPLY, "Where can I park?"),
    ]
    expect(page.get_by_role("button", name="Parking")).to_have_count(1)


def test_everything_can_be_done_with_the_keyboard(page: Page, house: House) -> None:
    expect(page.get_by_label("Message", exact=True)).to_be_focused()  # from the start, without a click
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    bubble(page, "You said: first line")
    page.get_by_role("button", name="Parking").focus()
    page.keyboard.press("Enter")
    bubble(page, "You said: Where can I park?")
    assert [one.text for one in house.heard] == ["first line\nsecond line", "Where can I park?"]


def test_a_photo_arrives_as_an_attachment(page: Page, house: House) -> None:
    page.get_by_role("button", name="Send a photo").click()
    bubble(page, "Photo")
    bubble(page, "You said: None")
    assert [one.kind for one in house.heard] == [Kind.ATTACHMENT]


def test_nothing_is_sent_for_an_empty_message(page: Page, house: House) -> None:
    write(page, "  ")
    write(page, "something")
    bubble(page, "You said: something")
    assert [one.text for one in house.heard] == ["something"]


def test_links_can_be_followed_and_markup_is_text(page: Page, house: House) -> None:
    write(page, "<b>bold</b> <img src=x onerror=alert(1)>")
    bubble(page, "You said: <b>bold</b> <img src=x onerror=alert(1)>")
    link = page.locator("#entries .bubble a")
    assert link.get_attribute("href") == f"{house.settings.public.url}/room/abc.def"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert page.locator(".bubble img, .bubble b").count() == 0


def test_patients_have_threads_of_their_own_that_outlive_a_reload(page: Page, house: House) -> None:
    write(page, "I am the first")
    bubble(page, "You said: I am the first")
    page.get_by_role("button", name="New patient").click()
    page.wait_for_url(re.compile("patient="))
    expect(page.locator(".bubble")).to_have_count(0)
    write(page, "I am the second")
    bubble(page, "You said: I am the second")
    page.get_by_role("link", name=re.compile("Patient 1")).click()
    expect(page.locator(".bubble").first).to_have_text("I am the first")
    page.reload()
    expect(page.locator(".bubble")).to_have_count(2)
    assert house.heard[0].sender != house.heard[1].sender


def test_an_answer_to_another_patient_is_counted_beside_their_name(page: Page, browser: Browser, house: House) -> None:
    other = browser.new_page()
    other.goto(house.url)
    page.get_by_role("button", name="New patient").click()
    page.wait_for_url(re.compile("patient="))
    write(other, "hello from elsewhere")
    expect(page.get_by_role("link", name=re.compile("Patient 1")).locator(".unread")).to_contain_text("1")
    expect(page.locator(".bubble")).to_have_count(0)
    other.close()


def test_a_message_that_the_webhook_refuses_is_marked(page: Page, house: House) -> None:
    house.refuse = True
    write(page, "hello")
    expect(page.locator(".entry.patient .meta")).to_contain_text("Not sent (HTTP 403)")


def test_messages_are_announced_to_screen_readers(page: Page, house: House) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    write(page, "hello")
    expect(log.get_by_role("listitem").filter(has_text=f"{NAME}:")).to_have_count(1)
    for control in ("Send", "Send a photo", "New patient"):
        expect(page.get_by_role("button", name=control, exact=True)).to_be_visible()
