"""What came of a step, and how the bot's messages compare with what was expected. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from bot.talk.conversation import BotStep, Conversation, Expectation
from bot.talk.expectation import BotMessage, describe, find, mismatches, oddities


class BrokenOffError(Exception):
    """A conversation could not be run to its end; the message says what stopped it."""


class Mark(Enum):
    """What an entry of a transcript is."""

    DONE = " "  # somebody did something
    FITS = "✓"  # the bot did what was expected
    DIFFERS = "✗"  # the bot said something else
    MISSING = "-"  # the bot did not say it
    UNEXPECTED = "+"  # the bot said something that nobody expected


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the transcript of a conversation that was run."""

    mark: Mark
    line: int | None
    """The line of the file; None: nothing in the file stands for it."""
    who: str
    said: str = ""
    quick_replies: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether this is a failure."""
        return self.mark not in (Mark.DONE, Mark.FITS)


class Verdict(Enum):
    """How a conversation ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # it needs a stack of its own, and there is none


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a conversation."""

    conversation: Conversation
    verdict: Verdict
    seconds: float = 0.0
    transcript: tuple[Entry, ...] = ()
    note: str = ""
    """Why it was skipped or could not be run to its end."""


Filled = Callable[[Expectation], Expectation]
Remember = Callable[[str, str], None]


def compare(
    expected: Sequence[BotStep], received: Sequence[BotMessage], who: str, filled: Filled, remember: Remember
) -> list[Entry]:
    """Compare the messages that a patient got with those expected, in order; what fits is remembered from."""
    entries: list[Entry] = []
    waiting: list[tuple[BotStep, Expectation]] = []
    cursor = 0
    for step in expected:
        expectation = filled(step.expectation)
        place = next((at for at in range(cursor, len(received)) if not mismatches(expectation, received[at])), None)
        if place is None:
            waiting.append((step, expectation))
            continue
        entries += _beside(waiting, received[cursor:place], who)
        waiting = []
        message = received[place]
        entries.append(Entry(Mark.FITS, step.line, who, message.text, message.titles))
        for name, pattern in expectation.remember:
            remember(name, find(pattern, message.text) or "")
        cursor = place + 1
    return entries + _beside(waiting, received[cursor:], who)


def _beside(expected: Sequence[tuple[BotStep, Expectation]], received: Sequence[BotMessage], who: str) -> list[Entry]:
    """Set what was expected beside what came instead."""
    entries = []
    for (step, expectation), message in zip(expected, received, strict=False):
        wrong = mismatches(expectation, message)
        entries.append(Entry(Mark.DIFFERS, step.line, who, message.text, message.titles, describe(expectation), wrong))
    for step, expectation in expected[len(received) :]:
        entries.append(Entry(Mark.MISSING, step.line, who, expected=describe(expectation)))
    for message in received[len(expected) :]:
        why = (*oddities(message), *(["brings a private link"] if message.link else []))
        entries.append(Entry(Mark.UNEXPECTED, None, who, message.text, message.titles, why=why))
    return entries
