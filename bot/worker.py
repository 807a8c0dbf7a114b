"""The workers: take a message, work on it, and see to it that no failure leaves the patient without an answer."""

import asyncio
from datetime import timedelta

import psycopg
import structlog

from actions.faults import where_raised
from bot import metrics
from bot.completion import completed
from bot.inbox import Inbox, Message, TakenOverError
from bot.turn import Turn

WORKERS = 16
"""Conversations worked on at once; a turn mostly waits for Rasa."""
IDLE_SECONDS = 1.0
"""The longest that a message waits when its announcement was missed."""
MOST_ATTEMPTS = 3
"""A message that was taken this often and never finished ended its worker each time: it gets the safe reply instead."""
_RETRY = timedelta(seconds=2)

_log = structlog.get_logger()


async def work_forever(turn: Turn, inbox: Inbox, wake: asyncio.Event) -> None:
    """Work on whatever there is, and sleep until more is announced."""
    while True:
        if await completed(_work_next(turn, inbox)):
            continue
        wake.clear()
        try:
            await asyncio.wait_for(wake.wait(), IDLE_SECONDS)
        except asyncio.TimeoutError:
            continue


async def _work_next(turn: Turn, inbox: Inbox) -> bool:
    """Take a message and work on it; False when there is none."""
    message = await inbox.take(turn.clock())
    if message is None:
        return False
    await work_safely(turn, inbox, message)
    return True


async def work_safely(turn: Turn, inbox: Inbox, message: Message) -> None:
    """Work on one message; whatever goes wrong, the patient gets the safe reply or the message waits for another attempt."""
    try:
        if message.attempts > MOST_ATTEMPTS:
            _log.error("turn.given_up", message_id=message.id, attempts=message.attempts)
            result = await turn.be_safe(message, None)
        else:
            result = await turn.work(message)
    except psycopg.Error as error:
        _log.error("turn.no_database", message_id=message.id, error=type(error).__name__, at=where_raised(error))
        await _try_later(turn, inbox, message)
        return
    except TakenOverError:
        _log.warning("turn.taken_over", message_id=message.id)
        return
    except Exception as error:  # the watchdog: nothing that a turn raises may end in silence
        _log.error("turn.failed", message_id=message.id, error=type(error).__name__, at=where_raised(error))
        try:
            result = await turn.be_safe(message, None)
        except Exception as second:
            _log.error("turn.unsafe", message_id=message.id, error=type(second).__name__, at=where_raised(second))
            await _try_later(turn, inbox, message)
            return
    seconds = (turn.clock() - message.received_at).total_seconds()
    metrics.TURNS.labels(result.value).inc()
    metrics.TURN_SECONDS.observe(seconds)
    _log.info("turn.finished", message_id=message.id, result=result.value, milliseconds=round(seconds * 1000))


async def _try_later(turn: Turn, inbox: Inbox, message: Message) -> None:
    try:
        await inbox.postpone(message, turn.clock() + _RETRY)
    except psycopg.Error:
        await asyncio.sleep(_RETRY.total_seconds())  # the lease runs out by itself, and the message is taken again
