"""The copy of the last good hospital.yml: what the service starts from when the file itself cannot be used."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from actions.hospital.facts import Hospital
from actions.hospital.loading import HospitalError, load_hospital

LAST_GOOD = "hospital.last-good.yml"
"""Its name in the data folder."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LastGood:
    """The copy under `path`; only the service writes it."""

    path: Path
    writes: bool = False

    def keep(self, content: bytes) -> None:
        """Keep a good version; that it cannot be kept is logged and stops nothing."""
        if not self.writes:
            return
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            if self.path.exists() and self.path.read_bytes() == content:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content)
            draft.replace(self.path)  # in one step: whoever starts now must not find half of it
        except OSError as error:
            _log.error("hospital.not_kept", file=str(self.path), error=error.strerror)

    def load(self) -> Hospital | None:
        """Load the copy, or give None when there is none that can be used."""
        try:
            return load_hospital(self.path)
        except HospitalError:
            return None
