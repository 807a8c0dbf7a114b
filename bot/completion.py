"""Ending in order: a loop that is told to stop finishes the step it is in, so that nothing is left half done."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def completed(step: Coroutine[Any, Any, T]) -> T:
    """Run a step to its end, also when the caller is cancelled meanwhile; the caller ends right after it."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
