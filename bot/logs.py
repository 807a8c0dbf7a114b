"""Logs: one JSON line an event, with ids and counts; never a message's text, a name or a platform id."""

import logging
import sys
from typing import TextIO

import structlog


def set_up_logs(stream: TextIO = sys.stderr) -> None:
    """Send every event to `stream` as a line of JSON, those of libraries from WARNING on and without their exceptions' texts."""
    timestamper = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(
        processors=[structlog.processors.add_log_level, timestamper, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_LibraryFormatter(timestamper))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _LibraryFormatter(logging.Formatter):
    """Reduces a library's record to where it was logged: its arguments and exceptions may quote a patient."""

    def __init__(self, timestamper: structlog.processors.TimeStamper) -> None:
        super().__init__()
        self._render = structlog.processors.JSONRenderer()
        self._timestamper = timestamper

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": f"{record.filename}:{record.lineno} {record.funcName}",
        }
        if record.exc_info and record.exc_info[0]:
            event["error"] = record.exc_info[0].__name__
        return str(self._render(None, "", self._timestamper(None, "", event)))
