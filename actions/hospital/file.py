"""hospital.yml as it is now: reread when it changes, the last good one kept when a change is bad, over a restart too."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from actions.hospital.facts import Hospital
from actions.hospital.last_good import LastGood
from actions.hospital.loading import HospitalError, content_of, read_hospital

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
        last_good: LastGood | None = None,
    ) -> None:
        """Load the file, or its last good version when it cannot be used; HospitalError when there is neither."""
        self.path = Path(path)
        self.problems: Sequence[str] = ()
        """What is wrong with the file as it is now; empty when its facts are those in force."""
        self._on_problems = on_problems
        self._monotonic = monotonic
        self._last_good = last_good
        self._lock = threading.Lock()
        self._checked = monotonic()
        self._signature = self._look()
        try:
            self._hospital = self._load()
        except HospitalError as error:
            kept = last_good.load() if last_good else None
            if kept is None:
                raise
            self._hospital = kept
            self._refuse(error)

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
            self._hospital = self._load()
        except HospitalError as error:
            self._refuse(error)

    def _load(self) -> Hospital:
        content = content_of(self.path)
        hospital = read_hospital(content, self.path.name)
        self.problems = ()
        if self._last_good is not None:
            self._last_good.keep(content)
        return hospital

    def _refuse(self, error: HospitalError) -> None:
        self.problems = error.problems
        if self._on_problems is not None:
            self._on_problems(error.problems)

    def _look(self) -> Signature:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
