"""The conversations of tests/conversations, with the real processes."""

from pathlib import Path

from bot.stack import Stack
from bot.talk.command import Output, talk_to_stack
from tests.conftest import ROOT


def test_every_conversation_goes_as_it_is_written(stack: Stack, tmp_path: Path) -> None:
    said: list[str] = []
    output = Output(said.append, tmp_path / "talk.xml")
    well = talk_to_stack(ROOT, stack, [ROOT / "tests" / "conversations"], output)
    assert well, "\n".join(said)
