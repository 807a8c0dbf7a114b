"""Whatever a patient repeats, a message is read within a bounded time: every reader runs in a server's only loop."""

import ast
import re
import signal
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from pathlib import Path
from types import FrameType

import pytest

from actions.answers import COMPOSERS, compose
from actions.answers.asked import read_question
from actions.booking.moving import read_move
from actions.booking.reading import BOOKING_FORM, Reading, questions_in_form, read, takes
from actions.calls import Call, Question
from actions.hospital import load_hospital
from actions.screening.engine import MAX_CHARACTERS
from bot.rasa_ext.questions import Part, divide, questions_of

ROOT = Path(__file__).parents[2]
HOSPITAL = load_hospital(ROOT / "hospital.yml")
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)
SECONDS = 1.0
"""Of processor time for a text; where the ways to read it multiply, it takes minutes or for ever."""
CHARACTERS = 200
SOURCES = [
    *(ROOT / "actions" / "booking").glob("*.py"),
    *(ROOT / "actions" / "mentions").glob("*.py"),
    *(ROOT / "actions" / "answers").glob("*.py"),
    ROOT / "bot" / "rasa_ext" / "questions.py",
    ROOT / "bot" / "rasa_ext" / "splitter.py",
]
SEPARATORS = (" ", ", ", "  ", "\n", ". ")
ENDS = ("", "i need an appointment", " zz9")
SHAPES = (
    *(
        " ",
        "\n",
        "\t",
        ",",
        ", ",
        ".",
        "-",
        "?",
        "'",
        "’",
        "1",
        "1 ",
        "1:",
        "1/",
        "a",
        "#",
        "é",
        "👍",
        "_",
        "x ",
        "aB1",
    ),
    *(
        "nov 1 ",
        "tue 24 ",
        "1 nov ",
        "LK-",
        "LK-A",
        "1 to ",
        "dr ",
        "next next ",
        "at about ",
        "1 - ",
        "no one ",
        ", and ",
    ),
)


def words_of_patterns() -> list[str]:
    """Give every word that stands in a string of the readers' modules, their patterns' among them."""
    strings = (
        node.value
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return sorted({word for string in strings for word in re.findall(r"[a-z']+", string.lower())})


def in_form(text: str) -> None:
    """Read a text as an open booking form does."""
    call = Call("", "ann", text, "parking", (Question(text, "parking"),), {"requested_slot": "day"}, BOOKING_FORM, {})
    questions_in_form(call, HOSPITAL, TODAY)
    read_move(text, HOSPITAL, TODAY, NOW.astimezone(HOSPITAL.timezone))
    for intent in ("reschedule_appointment", "find_doctor_department"):
        takes(Question(text, intent), Reading(), "day", BOOKING_FORM)


def divided(text: str) -> None:
    """Divide a text as the splitter does."""
    spans = divide(text) or [(0, len(text))]
    questions_of(Part(text, 0, len(text), "greet", 0.6), [Part(text[a:b], a, b, "parking", 0.9) for a, b in spans])


def answered(text: str) -> None:
    """Compose every answer there is."""
    asked = read_question(Question(text, "parking"), (), HOSPITAL, NOW)
    for intent in COMPOSERS:
        compose(intent, asked)


def check(text: str, *readers: Callable[[str], object]) -> None:
    """Read a text with each reader in turn, and stop one that takes too long."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"{SECONDS} s for {text[:60]!r} …")

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        for reader in readers:
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            reader(text)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def repeated(piece: str, characters: int) -> str:
    return piece * (characters // len(piece))


def texts_of(words: list[str]) -> Iterator[str]:
    for number, word in enumerate(words):
        yield repeated(word + SEPARATORS[number % len(SEPARATORS)], CHARACTERS) + ENDS[number % len(ENDS)]


def test_a_word_of_any_pattern_may_be_repeated() -> None:
    words = words_of_patterns()
    assert {"please", "tuesday", "and"} <= set(words)
    for text in texts_of(words):
        check(text, lambda text: read(text, HOSPITAL, TODAY), in_form, divided)


def test_a_polite_word_may_be_repeated_before_anything() -> None:
    for separator in SEPARATORS:
        for word in ("please", "thank you", "let's", "ok", "i want to", "could you"):
            for end in ENDS:
                check(repeated(word + separator, 150) + end, lambda text: read(text, HOSPITAL, TODAY))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_longest_text_of_one_shape_is_read(shape: str) -> None:
    for end in ENDS:
        check(repeated(shape, MAX_CHARACTERS) + end, lambda text: read(text, HOSPITAL, TODAY), in_form, divided)


def test_answers_to_repeated_words_are_composed() -> None:
    words = words_of_patterns()
    for first in range(0, len(words), 8):
        check("".join(repeated(word + " ", 60) for word in words[first : first + 8]), answered)
