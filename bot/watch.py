"""Watching what must not end: whatever ends by itself is started again, after longer and longer pauses if it ends at once."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

STEADY_SECONDS = 60.0
"""Whatever ran this long is started again at once."""
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Watched:
    """Something that must not end."""

    name: str
    ended: Callable[[], bool]
    start: Callable[[], None]
    log: Path


class Watch:
    """Looks after one thing."""

    def __init__(
        self, watched: Watched, say: Callable[[str], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with something that runs."""
        self._watched = watched
        self._say = say
        self._monotonic = monotonic
        self._started = monotonic()
        self._due: float | None = None
        self._pause = 0.0

    def look(self) -> None:
        """Start it again if it has ended and its pause is over."""
        if not self._watched.ended():
            self._due = None  # somebody else may have started it
            return
        now = self._monotonic()
        if self._due is None:
            self._due = now + self._next_pause(now)
            after = f" in {self._pause:.0f} s" if self._pause else ""
            self._say(f"{self._watched.name} ended by itself, see {self._watched.log}; starting it again{after}")
        if now >= self._due:
            self._due, self._started = None, now
            try:
                self._watched.start()
            except Exception as error:  # whatever it was: the rest of the stack still has to be watched
                self._say(f"{self._watched.name} did not start: {error}")

    def _next_pause(self, now: float) -> float:
        if now - self._started >= STEADY_SECONDS:
            self._pause = 0.0
        else:
            self._pause = min(max(1.0, self._pause * 2), LONGEST_PAUSE_SECONDS)
        return self._pause


def watch_all(
    all_watched: Iterable[Watched], say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Look after everything, for ever."""
    watches = [Watch(one, say) for one in all_watched]
    while True:
        sleep(1.0)
        for watch in watches:
            watch.look()
