"""The machine the numbers are from, and how numbers are read off it."""

import os
import platform
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from bot.stack import Part


def describe_machine() -> str:
    """Say the date, the cores and the memory."""
    kilobytes = next(
        int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal")
    )
    now = datetime.now(timezone.utc)
    size = f"{os.cpu_count()} cores, {kilobytes / 1024 / 1024:.0f} GiB"
    return f"{now:%Y-%m-%d %H:%M} UTC, {size}, {platform.machine()}, Python {platform.python_version()}"


def resident_megabytes(part: Part) -> float:
    """Give the resident memory of a part's process, in MB (10^6 bytes)."""
    assert part.process is not None
    status = Path(f"/proc/{part.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmRSS"))


def percentile(values: Sequence[float], percent: float) -> float:
    """Give the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]
