"""hospital.yml as it is now: reread when it changes, the last good one kept when a change is bad."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from actions.hospital.facts import Hospital
from actions.hospital.loading import HospitalError, load_hospital

CHECK_EVERY = 1.0
"""Seconds between two looks at the file."""

Signature = tuple[int, int, int] | None


class HospitalFile:
    """The file of facts; `on_problems` is called once for each bad version of it, with its problems."""

    def __init__(
        self,
        path: Path,
        on_problems: Callable[[Sequence[str]], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Load the file; HospitalError when it cannot be used."""
        self.path = Path(path)
        self._on_problems = on_problems
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._checked = monotonic()
        self._signature = self._look()
        self._hospital = load_hospital(self.path)

    def current(self) -> Hospital:
        """Give the facts in force; a changed file takes effect within a second."""
        if self._monotonic() - self._checked < CHECK_EVERY:
            return self._hospital
        # Whoever comes while another thread rereads is served the facts in force rather than made to wait.
        if self._lock.acquire(blocking=False):
            try:
                self._checked = self._monotonic()
                self._reread()
            finally:
                self._lock.release()
        return self._hospital

    def _reread(self) -> None:
        signature = self._look()
        if signature == self._signature:
            return
        # Taken before reading: a write in between shows as one more change at the next look.
        self._signature = signature
        try:
            self._hospital = load_hospital(self.path)
        except HospitalError as error:
            if self._on_problems is not None:
                self._on_problems(error.problems)

    def _look(self) -> Signature:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
