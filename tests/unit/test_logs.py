"""Logs say what happened and where, never what was said."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from actions.faults import where_raised
from bot.logs import set_up_logs

SAID = "my daughter Ann has a fever, call 555 0100"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logs set up on a stream of the test's own, and put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    set_up_logs(out)
    yield out
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail(said: str) -> None:
    raise ValueError(f"cannot read {said}")


def test_an_event_is_one_line_of_json_with_its_level_and_time(stream: io.StringIO) -> None:
    structlog.get_logger().info("turn.finished", message_id=7, result="answered")
    (line,) = lines(stream)
    assert line.items() >= {"event": "turn.finished", "level": "info", "message_id": 7, "result": "answered"}.items()
    assert line["timestamp"].endswith("Z")


def test_a_librarys_record_keeps_its_place_and_loses_its_words(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("cannot send %s", SAID)
    (line,) = lines(stream)
    assert line["logger"] == "some.library"
    assert line["level"] == "warning"
    assert line["at"].startswith("test_logs.py:")
    assert "Ann" not in stream.getvalue()
    assert "0100" not in stream.getvalue()


def test_a_librarys_exception_keeps_its_kind_and_loses_its_words(stream: io.StringIO) -> None:
    try:
        fail(SAID)
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request %s", SAID, extra={"said": SAID})
    (line,) = lines(stream)
    assert line["error"] == "ValueError"
    assert "Ann" not in stream.getvalue()


def test_warnings_of_a_library_are_shown_and_its_chatter_is_not(stream: io.StringIO) -> None:
    for level in (logging.DEBUG, logging.INFO):
        logging.getLogger("some.library").log(level, "request body %s", SAID)
    assert stream.getvalue() == ""


def test_setting_up_twice_writes_every_line_once(stream: io.StringIO) -> None:
    set_up_logs(stream)
    logging.getLogger("some.library").error("x")
    assert len(lines(stream)) == 1


def test_a_failure_is_told_by_file_line_and_function_alone() -> None:
    with pytest.raises(ValueError, match="Ann") as caught:
        fail(SAID)
    places = where_raised(caught.value)
    assert places[-1].startswith("test_logs.py:")
    assert places[-1].endswith(" fail")
    assert "Ann" not in " ".join(places)
    assert "/" not in " ".join(places), "no path of the machine"


def test_a_deep_failure_is_told_by_its_last_places() -> None:
    def sink(depth: int) -> None:
        if depth == 0:
            fail(SAID)
        sink(depth - 1)

    with pytest.raises(ValueError, match="cannot read") as caught:
        sink(100)
    assert 0 < len(where_raised(caught.value)) <= 10
