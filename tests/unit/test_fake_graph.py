"""The fake Graph API, spoken to by the real sender."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.events import SendError
from bot.channels.graph import GraphSender
from bot.channels.messenger import app_secret_proof, build_message, build_typing, split_text
from bot.settings import Messenger
from bot.simulator.graph import SIMULATOR_GRAPH_PATH, FakeGraph, SimulatorRefusedError
from bot.simulator.refusals import refuse_body

SECRETS = Messenger("development-secret", "development-verify", "development-page", "unused")


@dataclass
class Api:
    """A running fake Graph API and a sender that uses it."""

    graph: FakeGraph
    session: aiohttp.ClientSession
    base: str

    def sender(self, messenger: Messenger = SECRETS, version: str = "") -> GraphSender:
        """Give a sender with these secrets."""
        at = Messenger(messenger.app_secret, messenger.verify_token, messenger.page_token, self.base + version)
        return GraphSender(self.session, at)

    async def post(self, body: Any, **query: str) -> tuple[int, Any]:
        """Post a body with the right credentials unless `query` says otherwise."""
        proof = app_secret_proof(SECRETS.page_token, SECRETS.app_secret)
        params = {"access_token": SECRETS.page_token, "appsecret_proof": proof} | query
        params = {name: value for name, value in params.items() if value}
        async with self.session.post(f"{self.base}/me/messages", params=params, json=body) as response:
            return response.status, await response.json()

    async def received(self, **query: str) -> Any:
        """Ask over HTTP what was received."""
        async with self.session.get(f"{self.base}/received", params=query) as response:
            return await response.json()


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A fake Graph API on a port of its own."""
    graph = FakeGraph(SECRETS)
    app = web.Application()
    app.add_routes(graph.routes())
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield Api(graph, session, str(server.make_url(SIMULATOR_GRAPH_PATH)))


def texts(graph: FakeGraph, recipient: str | None = None) -> list[str]:
    return [one.body["message"]["text"] for one in graph.received(recipient) if "message" in one.body]


@pytest.mark.parametrize("version", ["", "/v23.0", "/v2.6"])
async def test_a_message_is_taken_with_and_without_a_version_in_the_path(api: Api, version: str) -> None:
    await api.sender(version=version).send(build_message("7", "Hello"))
    assert texts(api.graph) == ["Hello"]


async def test_the_answer_names_the_recipient_and_the_message(api: Api) -> None:
    status, answer = await api.post(build_message("7", "Hello"))
    assert status == 200
    assert answer == {"recipient_id": "7", "message_id": api.graph.received()[0].message_id}
    assert answer["message_id"].startswith("m_")


async def test_a_typing_indicator_has_no_message_id(api: Api) -> None:
    assert await api.post(build_typing("7")) == (200, {"recipient_id": "7"})
    assert api.graph.received()[0].body["sender_action"] == "typing_on"


async def test_messages_are_kept_in_order_for_each_recipient(api: Api) -> None:
    sender = api.sender()
    for recipient, text in (("7", "a"), ("8", "b"), ("7", "c")):
        await sender.send(build_message(recipient, text))
    assert texts(api.graph) == ["a", "b", "c"]
    assert texts(api.graph, "7") == ["a", "c"]
    assert [one.number for one in api.graph.received("7", after=1)] == [3]


@pytest.mark.parametrize(
    ("query", "code", "type_"),
    [
        ({"access_token": ""}, 190, "OAuthException"),
        ({"access_token": "wrong"}, 190, "OAuthException"),
        ({"appsecret_proof": ""}, 100, "GraphMethodException"),
        ({"appsecret_proof": "0" * 64}, 100, "GraphMethodException"),
    ],
)
async def test_a_caller_without_the_right_token_and_proof_is_refused(
    api: Api, query: dict[str, str], code: int, type_: str
) -> None:
    status, answer = await api.post(build_message("7", "Hello"), **query)
    assert status == 400
    assert (answer["error"]["code"], answer["error"]["type"]) == (code, type_)
    assert set(answer["error"]) >= {"message", "type", "code", "fbtrace_id"}
    assert api.graph.received() == []


async def test_a_sender_with_another_app_s_secret_is_refused_for_good(api: Api) -> None:
    other = Messenger("development-other", "development-verify", SECRETS.page_token, "")
    with pytest.raises(SendError) as refusal:
        await api.sender(other).send(build_message("7", "Hello"))
    assert (refusal.value.code, refusal.value.permanent) == ("100", True)


GOOD = build_message("7", "Hello", [("Parking", "Where can I park?")])


def changed(**parts: Any) -> dict[str, Any]:
    return {**GOOD, **parts}


def with_message(**parts: Any) -> dict[str, Any]:
    return changed(message={**GOOD["message"], **parts})


def quick_reply(**parts: Any) -> dict[str, Any]:
    return {"content_type": "text", "title": "Parking", "payload": "Where can I park?"} | parts


BAD: dict[str, Any] = {
    "no object": [],
    "no recipient": changed(recipient=None),
    "recipient without id": changed(recipient={}),
    "number as id": changed(recipient={"id": 7}),
    "no message": {"recipient": {"id": "7"}},
    "message that is text": changed(message="Hello"),
    "no text": changed(message={}),
    "empty text": with_message(text=""),
    "blank text": with_message(text=" \n"),
    "2000 characters": with_message(text="x" * 2000),
    "unknown type": changed(messaging_type="HELLO"),
    "dead tag": changed(messaging_type="MESSAGE_TAG", tag="CONFIRMED_EVENT_UPDATE"),
    "no tag": changed(messaging_type="MESSAGE_TAG"),
    "14 quick replies": with_message(quick_replies=[quick_reply()] * 14),
    "quick replies that are none": with_message(quick_replies={}),
    "title of 21 characters": with_message(quick_replies=[quick_reply(title="x" * 21)]),
    "no title": with_message(quick_replies=[{"content_type": "text", "payload": "x"}]),
    "empty title": with_message(quick_replies=[quick_reply(title="")]),
    "payload of 1001 characters": with_message(quick_replies=[quick_reply(payload="x" * 1001)]),
    "no payload": with_message(quick_replies=[{"content_type": "text", "title": "x"}]),
    "asks for a phone number": with_message(quick_replies=[{"content_type": "user_phone_number"}]),
    "long metadata": with_message(metadata="x" * 1000),
    "unknown sender action": {"recipient": {"id": "7"}, "sender_action": "wave"},
    "sender action with a message": changed(sender_action="typing_on"),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
async def test_a_body_that_the_platform_does_not_take_is_refused_with_code_100(api: Api, body: Any) -> None:
    status, answer = await api.post(body)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert api.graph.received() == []


async def test_a_body_that_is_no_json_is_refused_with_code_100(api: Api) -> None:
    proof = app_secret_proof(SECRETS.page_token, SECRETS.app_secret)
    params = {"access_token": SECRETS.page_token, "appsecret_proof": proof}
    async with api.session.post(f"{api.base}/me/messages", params=params, data=b"{") as response:
        assert (response.status, (await response.json())["error"]["code"]) == (400, 100)


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        with_message(text="x" * 1999),
        with_message(quick_replies=[quick_reply(title="x" * 20, payload="x" * 1000)] * 13),
        changed(messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"),
        changed(messaging_type="UPDATE"),
        build_typing("7"),
        {"recipient": {"comment_id": "5_6"}, "message": {"text": "Hello"}},
    ],
)
def test_what_the_platform_takes_is_taken(body: Any) -> None:
    assert refuse_body(body) is None


def test_what_is_built_and_split_for_the_platform_is_taken_by_it() -> None:
    for part in split_text("A sentence. " * 1000):
        assert refuse_body(build_message("7", part, [("t" * 50, "p" * 5000)] * 30)) is None


async def test_messages_fail_as_often_as_told_and_typing_does_not(api: Api) -> None:
    api.graph.fail_next(2, status=500, code=2)
    sender = api.sender()
    for _ in range(2):
        await sender.send(build_typing("7"))
        with pytest.raises(SendError) as failure:
            await sender.send(build_message("7", "Hello"))
        assert (failure.value.code, failure.value.permanent) == ("2", False)
    await sender.send(build_message("7", "Hello"))
    assert texts(api.graph) == ["Hello"]


async def test_a_message_whose_connection_drops_was_taken_all_the_same(api: Api) -> None:
    api.graph.drop_next(1)
    with pytest.raises(SendError) as failure:
        await api.sender().send(build_message("7", "Hello"))
    assert not failure.value.permanent
    assert texts(api.graph) == ["Hello"]
    await api.sender().send(build_message("7", "again"))
    assert texts(api.graph) == ["Hello", "again"]


async def test_failures_are_ordered_over_http_too(api: Api) -> None:
    async with api.session.post(f"{api.base}/failures", json={"messages": 1, "status": 400, "code": 551}) as response:
        assert await response.json() == {"waiting": 1}
    async with api.session.post(f"{api.base}/failures", json={"messages": 1, "drop": True}) as response:
        assert await response.json() == {"waiting": 2}
    with pytest.raises(SendError) as refused:
        await api.sender().send(build_message("7", "Hello"))
    with pytest.raises(SendError) as dropped:
        await api.sender().send(build_message("7", "Hello"))
    assert (refused.value.code, refused.value.permanent) == ("551", True)
    assert dropped.value.code != "551"


@pytest.mark.parametrize(
    "order", [{}, [], {"messages": 1}, {"messages": "x", "drop": True}, {"messages": 1, "status": 500}]
)
async def test_an_order_of_failures_that_is_none_is_refused(api: Api, order: Any) -> None:
    async with api.session.post(f"{api.base}/failures", json=order) as response:
        assert response.status == 400
    await api.sender().send(build_message("7", "Hello"))


async def test_what_was_received_is_shown_as_it_came(api: Api) -> None:
    await api.sender().send(GOOD)
    shown = await api.received(recipient="7")
    [one] = shown["received"]
    assert shown["last"] == 1
    assert one["body"] == GOOD
    assert (one["number"], one["recipient"]) == (1, "7")
    assert one["message_id"] == api.graph.received()[0].message_id


async def test_only_what_came_later_is_shown_on_request(api: Api) -> None:
    for text in "abc":
        await api.sender().send(build_message("7", text))
    shown = await api.received(recipient="7", after="2")
    assert [one["body"]["message"]["text"] for one in shown["received"]] == ["c"]
    assert await api.received(recipient="7", after="3") == {"received": [], "last": 3}
    assert await api.received(recipient="8") == {"received": [], "last": 0}


async def test_who_waits_is_told_as_soon_as_something_comes_for_them(api: Api) -> None:
    waiting = asyncio.create_task(api.received(recipient="7", wait="20"))
    await asyncio.sleep(0.05)
    await api.sender().send(build_message("8", "for somebody else"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await api.sender().send(build_message("7", "Hello"))
    shown = await asyncio.wait_for(waiting, 5)
    assert [one["body"]["message"]["text"] for one in shown["received"]] == ["Hello"]


async def test_who_waits_in_vain_gets_nothing_after_the_time_they_gave(api: Api) -> None:
    assert await asyncio.wait_for(api.received(recipient="7", wait="0.1"), 5) == {"received": [], "last": 0}


@pytest.mark.parametrize("query", [{"after": "x"}, {"wait": "x"}])
async def test_a_question_that_cannot_be_read_is_refused(api: Api, query: dict[str, str]) -> None:
    async with api.session.get(f"{api.base}/received", params=query) as response:
        assert response.status == 400


@pytest.mark.parametrize(
    "messenger",
    [
        None,
        Messenger("secret", "verify", "token", ""),
        Messenger("development-a", "b", "token", ""),
        Messenger("a", "b", "development-c", ""),
    ],
)
def test_the_fake_does_not_run_with_real_credentials(messenger: Messenger | None) -> None:
    with pytest.raises(SimulatorRefusedError):
        FakeGraph(messenger)


async def test_a_sender_follows_no_redirect_with_a_message(api: Api) -> None:
    app = web.Application()
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(await request.text())
        raise web.HTTPTemporaryRedirect(f"{api.base}/me/messages")

    app.add_routes([web.post("/me/messages", elsewhere)])
    async with TestServer(app) as server:
        sender = GraphSender(
            api.session,
            Messenger("development-a", "development-b", "development-c", str(server.make_url("")).rstrip("/")),
        )
        with pytest.raises(SendError) as refusal:
            await sender.send(build_message("7", "Hello"))
    assert (refusal.value.code, refusal.value.permanent) == ("http 307", False)
    assert len(asked) == 1
    assert api.graph.received() == []
