"""A stack of the conversations' own, which they may break."""

import asyncio
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.settings import Address
from bot.stack import Part, Say, Stack, StackError
from bot.talk.conversation import Condition, StackStep
from bot.talk.verdict import BrokenOffError

_ADDRESSES = ("FRONTDESK_PUBLIC_ADDR", "FRONTDESK_STAFF_ADDR", "FRONTDESK_INTERNAL_ADDR", "FRONTDESK_RASA_ADDR")
_HOST = "127.0.0.1"


class OwnStack:
    """Breaks and mends the parts of one stack."""

    def __init__(self, stack: Stack) -> None:
        """Control a stack that was started with `split_actions`."""
        self._rasa = stack.parts["rasa"]
        self._actions = stack.parts["actions"]
        self._actions_command = tuple(self._actions.command)
        self._paused = False

    async def bring_into(self, step: StackStep) -> None:
        """Bring the stack into a condition; raises BrokenOffError."""
        await _in_thread(lambda: self._bring_into(step.condition, step.script))

    async def mend(self) -> None:
        """Make everything work again, if something does not; raises BrokenOffError."""
        await _in_thread(self._mend)

    def _bring_into(self, condition: Condition, script: Path | None) -> None:
        if condition is Condition.WORKS:
            self._mend()
        elif condition is Condition.RASA_STOPPED:
            self._rasa.stop()
        elif condition is Condition.RASA_HANGS:
            self._rasa.pause()
            self._paused = True
        else:
            self._actions.stop()
            if script is not None:
                self._actions.command = (sys.executable, str(script))
                _start(self._actions)

    def _mend(self) -> None:
        if self._paused:
            self._rasa.resume()
            self._paused = False
        if tuple(self._actions.command) != self._actions_command:
            self._actions.stop()
            self._actions.command = self._actions_command
        for part in (self._rasa, self._actions):
            if part.process is None:
                _start(part)


def own_stack(root: Path, environment: Mapping[str, str], var: Path, say: Say) -> Stack:
    """Prepare a stack with its data under `var`, addresses of its own and the action server as a process of its own."""
    ports = free_ports(len(_ADDRESSES) + 1)
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith("FRONTDESK_") and name != "DATABASE_URL"
    }
    addresses = {name: f"{_HOST}:{port}" for name, port in zip(_ADDRESSES, ports, strict=False)}
    return Stack(root, {**kept, **addresses, "FRONTDESK_VAR": str(var)}, say, actions_address=Address(_HOST, ports[-1]))


def _start(part: Part) -> None:
    part.start()
    part.wait_until_ready()


async def _in_thread(work: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(work)
    except StackError as error:
        raise BrokenOffError(str(error)) from error


def free_ports(count: int) -> list[int]:
    """Give ports that nothing listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind((_HOST, 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
