"""How a failure is logged: where, never what was being worked on."""

import traceback
from pathlib import Path

_KEPT = 6


def where_raised(error: BaseException) -> list[str]:
    """Give the last places of the traceback as FILE:LINE FUNCTION; an exception's own text may quote a patient and is left out."""
    frames = traceback.extract_tb(error.__traceback__)[-_KEPT:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
