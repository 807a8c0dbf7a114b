"""The time, as something that tests set."""

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]
"""Gives the present moment, timezone-aware."""


def system_clock() -> datetime:
    """Give the machine's time in UTC."""
    return datetime.now(timezone.utc)
