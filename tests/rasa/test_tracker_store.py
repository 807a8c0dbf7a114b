"""Rasa's memory: in PostgreSQL where DATABASE_URL is set, else in the process."""

import asyncio
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

import psycopg
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from structlog.testing import capture_logs

from bot.rasa_ext.tracker_store import PostgresTrackerStore, TrackerStoreError

ROOT = Path(__file__).parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
SERVER = """
import sys, tempfile
from pathlib import Path
from bot.embedded import start_postgres
with tempfile.TemporaryDirectory() as folder:
    Path(folder).chmod(0o755)
    url, let_go = start_postgres(Path(folder))
    print(url, flush=True)
    sys.stdin.read()
    let_go()
"""


@pytest.fixture(scope="module")
def server():
    """Start the embedded PostgreSQL, which lives in the service's environment, not in Rasa's."""
    command = [str(ROOT / ".venv" / "bin" / "python"), "-c", SERVER]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture
def url(server, monkeypatch):
    """Give an empty database."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("drop table if exists tracker")
    monkeypatch.setenv("DATABASE_URL", server)
    return server


def conversation(name="p", text="where do I park"):
    events = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered(text, {"name": "parking", "confidence": 0.9}),
        SlotSet("department", "ent"),
        ActionExecuted("action_answer"),
        ActionExecuted("action_listen"),
    ]
    return DialogueStateTracker.from_events(name, events, DOMAIN.slots)


def in_one_loop(work):
    """Run `work` with a store, in an event loop of its own, as a process of Rasa would."""

    async def run():
        store = PostgresTrackerStore(DOMAIN)
        try:
            return await work(store)
        finally:
            if hasattr(store.rows, "close"):
                await store.rows.close()

    return asyncio.run(run())


def count(url):
    with psycopg.connect(url) as connection:
        return connection.execute("select count(*) from tracker").fetchone()[0]


def test_a_conversation_outlives_the_process(url):
    in_one_loop(lambda store: store.save(conversation()))
    restored = in_one_loop(lambda store: store.retrieve("p"))
    assert restored.get_slot("department") == "ent"
    assert restored.latest_message.text == "where do I park"
    assert restored == conversation()


def test_a_conversation_is_one_row(url):
    async def work(store):
        for text in ("one", "two", "three"):
            await store.save(conversation(text=text))
        await store.save(conversation("q"))
        return await store.keys()

    assert in_one_loop(work) == ["p", "q"]
    assert count(url) == 2


def test_an_unknown_conversation_is_none_and_is_not_written_before_anything_happens_in_it(url):
    async def work(store):
        assert await store.retrieve("nobody") is None
        return await store.get_or_create_tracker("nobody", append_action_listen=False)

    assert in_one_loop(work).sender_id == "nobody"
    assert count(url) == 0


def test_the_table_is_created_by_the_schemas_own_file_once_however_many_start_at_a_time(url):
    async def work(store):
        others = [PostgresTrackerStore(DOMAIN) for _ in range(4)]
        await asyncio.gather(*(one.save(conversation(str(number))) for number, one in enumerate(others)))
        for one in others:
            await one.rows.close()
        return await store.keys()

    assert in_one_loop(work) == ["0", "1", "2", "3"]
    with psycopg.connect(url) as connection:
        connection.execute((ROOT / "actions" / "schema" / "0004_tracker.sql").read_text("utf-8"))


def test_a_lost_connection_is_replaced(url):
    async def work(store):
        await store.save(conversation())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like '%tracker%'"
            )
        return await store.retrieve("p")

    assert in_one_loop(work).sender_id == "p"


def test_a_database_that_is_away_raises_without_quoting_the_conversation(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(TrackerStoreError) as raised:
        in_one_loop(lambda store: store.save(conversation(text="my secret")))
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_rasa_goes_on_with_a_new_conversation_while_the_database_is_away(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    async def work(store):
        safe = FailSafeTrackerStore(store)
        return await safe.get_or_create_tracker("p", append_action_listen=False)

    assert in_one_loop(work).sender_id == "p"


def test_texts_that_postgresql_refuses_are_stored(url):
    async def work(store):
        await store.save(conversation(text="nul \x00 and half a pair \ud83d"))
        return await store.retrieve("p")

    assert in_one_loop(work).latest_message.text == "nul \ufffd and half a pair ?"


def test_without_a_database_conversations_are_kept_in_memory_and_one_line_says_so(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    async def work(store):
        await store.save(conversation())
        return await store.retrieve("p"), await store.retrieve("q"), await store.keys()

    with capture_logs() as logs:
        restored, unknown, names = in_one_loop(work)
    assert restored == conversation()
    assert unknown is None
    assert names == ["p"]
    assert [line["event"] for line in logs] == ["tracker_store.in_memory"]


def test_rasa_finds_the_store_that_endpoints_yml_names(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    from rasa.utils.endpoints import read_endpoint_config

    config = read_endpoint_config(str(ROOT / "endpoints.yml"), "tracker_store")
    assert isinstance(config, EndpointConfig)
    assert isinstance(TrackerStore.create(config, DOMAIN), PostgresTrackerStore)
