"""Runs Presidio, in its own environment, over texts."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from bench.screening import ROOT

PYTHON = ROOT / ".venv-presidio" / "bin" / "python"
INDIRECT = frozenset(("DATE_TIME", "NRP", "LOCATION"))
"""What Presidio finds that names no person by itself: times of day, nationalities, towns."""
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What Presidio found in each text, and what that took."""

    spans: Sequence[Sequence[Span]]
    start_seconds: float
    megabytes: float
    per_second: float


def run_presidio(mode: str, texts: Sequence[str]) -> Found:
    """Find identifiers in `texts`; `mode` is "patterns" or "model". Raises CalledProcessError."""
    command = [str(PYTHON), str(ROOT / "bench" / "presidio_lines.py"), mode]
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    one_core = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    out = subprocess.run(command, input=lines, env=one_core, capture_output=True, text=True, check=True).stdout
    start, *found, end = map(json.loads, out.splitlines())
    assert len(found) == len(texts)
    spans = [[(first, last, kind) for first, last, kind in one] for one in found]
    return Found(spans, start["seconds"], start["megabytes"], len(texts) / end["processor_seconds"])
