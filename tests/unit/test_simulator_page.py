"""The simulator's routes as a browser of any kind would ask for them; tests/integration/test_simulator.py shows the page in Chromium."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from bot.settings import Settings, read_settings
from bot.simulator.graph import SimulatorRefusedError
from bot.simulator.page import SIMULATOR_PATH, simulator_routes


def settings(port: int, secret: str = "development-secret") -> Settings:
    names = ("APP_SECRET", "VERIFY_TOKEN", "PAGE_TOKEN")
    return read_settings(
        {"FRONTDESK_PUBLIC_ADDR": f"127.0.0.1:{port}"} | {f"FRONTDESK_MESSENGER_{name}": secret for name in names}
    )


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A client in front of the simulator, whose webhook is not there."""
    port = unused_port()
    app = web.Application()
    async with aiohttp.ClientSession() as session:
        app.add_routes(simulator_routes(settings(port), session))
        async with TestClient(TestServer(app, port=port)) as client:
            yield client


async def patient(client: TestClient) -> str:
    page = await (await client.get(SIMULATOR_PATH)).text()
    found = re.search(r'<body[^>]* data-patient="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("path", ["", "/static/simulator.js", "/static/simulator.css", "/static/icon.svg"])
async def test_pages_allow_nothing_from_elsewhere_and_no_inline_script(client: TestClient, path: str) -> None:
    response = await client.get(SIMULATOR_PATH + path)
    text = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert response.status == 200
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"(src|href|action)=\"(https?:)?//(?!127\.0\.0\.1)", text)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", text)


@pytest.mark.parametrize("name", ["..%2fpage.py", "page.py", "simulator.html"])
async def test_nothing_but_the_static_files_is_served(client: TestClient, name: str) -> None:
    assert (await client.get(f"{SIMULATOR_PATH}/static/{name}")).status == 404


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
async def test_another_site_cannot_write_as_a_patient(client: TestClient, headers: dict[str, str]) -> None:
    order = {"patient": await patient(client), "text": "x"}
    assert (await client.post(f"{SIMULATOR_PATH}/send", json=order, headers=headers)).status == 403
    assert (await client.post(f"{SIMULATOR_PATH}/patients", headers=headers)).status == 403
    assert "Patient 2" not in await (await client.get(SIMULATOR_PATH)).text()


@pytest.mark.parametrize(
    "order", [{}, [], {"patient": "7"}, {"patient": "7", "text": " "}, {"patient": [1], "text": "x"}]
)
async def test_an_order_that_cannot_be_read_is_refused(client: TestClient, order: object) -> None:
    assert (await client.post(f"{SIMULATOR_PATH}/send", json=order)).status == 400


async def test_a_patient_who_is_not_there_cannot_write(client: TestClient) -> None:
    assert (await client.post(f"{SIMULATOR_PATH}/send", json={"patient": "7", "text": "x"})).status == 404


async def test_a_message_that_reaches_no_webhook_is_marked_as_failed(client: TestClient) -> None:
    order = {"patient": await patient(client), "text": "hello \ud800"}
    response = await client.post(f"{SIMULATOR_PATH}/send", json=order)
    page = await (await client.get(SIMULATOR_PATH)).text()
    assert await response.json() == {"state": "failed"}
    assert "Not sent (HTTP 404)" in page


async def test_changes_come_with_the_message_as_it_is_shown(client: TestClient) -> None:
    page = await (await client.get(SIMULATOR_PATH)).text()
    run = re.search(r'data-run="(\w+)"', page)
    assert run
    await client.post(f"{SIMULATOR_PATH}/send", json={"patient": await patient(client), "text": "<b>hello</b>"})
    news = await (await client.get(f"{SIMULATOR_PATH}/changes", params={"run": run[1], "after": 0})).json()
    assert news["last"] == 2
    assert [("sending" in one["html"], "failed" in one["html"]) for one in news["changes"]] == [
        (True, False),
        (False, True),
    ]
    assert "&lt;b&gt;hello&lt;/b&gt;" in news["changes"][0]["html"]


async def test_a_page_of_an_earlier_run_is_told_to_load_anew(client: TestClient) -> None:
    response = await client.get(f"{SIMULATOR_PATH}/changes", params={"run": "earlier", "after": 0})
    assert await response.json() == {"reload": True}


async def test_the_simulator_does_not_run_with_real_credentials() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SimulatorRefusedError):
            simulator_routes(settings(unused_port(), "real"), session)
