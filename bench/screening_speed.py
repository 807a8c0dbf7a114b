"""Measure the start and the speed of one screener, in a process of its own: `python -m bench.screening_speed rules|both`.

Prints one JSON object. Start-up and memory count the imports; speed and times are seconds of processor time.
"""

import json
import sys
import time
from pathlib import Path

BEGAN = time.perf_counter()
ROOT = Path(__file__).resolve().parent.parent


def resident_megabytes() -> float:
    """Give the resident memory of this process, in MB (10^6 bytes)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS"))


EMPTY = resident_megabytes()

from actions.screening import Screener  # noqa: E402 (the imports are part of the start that is measured)


def main() -> None:
    """Load a screener, judge the benchmark's messages, print the figures."""
    if sys.argv[1] == "both":
        from bot.net_training import two_nets

        screen = two_nets(ROOT).screen
    else:
        screen = Screener.load(ROOT).screen
    screen("where do i park?")
    started = {"seconds": time.perf_counter() - BEGAN, "megabytes": resident_megabytes() - EMPTY}
    files = sorted((ROOT / "tests" / "screening" / "benchmark").glob("*.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    began = time.process_time()
    for text in texts:
        screen(text)
    per_second = len(texts) / (time.process_time() - began)
    times = []
    for i in range(300):
        long = " ".join(texts[(i * 7 + k) % len(texts)] for k in range(60))[:1000]
        start = time.process_time()
        screen(long)
        times.append((time.process_time() - start) * 1000)
    print(json.dumps(started | {"per_second": per_second, "p99": sorted(times)[296]}))


if __name__ == "__main__":
    main()
