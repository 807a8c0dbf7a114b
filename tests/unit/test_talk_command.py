"""`frontdesk talk`, up to the point where there is somebody to talk to."""

from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.talk.command import NoStackError, Output, talk, talk_to_own_stack
from bot.talk.loading import ConversationError
from bot.talk.own_stack import free_ports

ROOT = Path(__file__).parents[2]
GOOD = "- conversation: Parking\n  steps:\n    - patient: where can I park?\n    - bot: garage\n"


@pytest.fixture
def conversation(tmp_path: Path) -> Path:
    file = tmp_path / "parking.yml"
    file.write_text(GOOD)
    return file


def environment(folder: Path, prefix: str) -> dict[str, str]:
    secrets = {
        f"FRONTDESK_MESSENGER_{name}": f"{prefix}{name}" for name in ("APP_SECRET", "VERIFY_TOKEN", "PAGE_TOKEN")
    }
    return {**secrets, "FRONTDESK_PUBLIC_ADDR": f"127.0.0.1:{free_ports(1)[0]}", "FRONTDESK_VAR": str(folder)}


def test_a_stack_that_does_not_run_is_told_before_any_conversation(conversation: Path, tmp_path: Path) -> None:
    settings = read_settings(environment(tmp_path, "development-"))
    with pytest.raises(
        NoStackError, match=r"no simulator answers at http://127\.0\.0\.1:\d+: start it with `make run`, or add --own"
    ):
        talk(ROOT, settings, [conversation], Output(print))


def test_nobody_talks_to_a_stack_with_real_credentials(conversation: Path, tmp_path: Path) -> None:
    settings = read_settings(environment(tmp_path, "real-"))
    with pytest.raises(NoStackError, match="only beside the simulator"):
        talk(ROOT, settings, [conversation], Output(print))


def test_bad_files_are_told_before_a_stack_is_started(conversation: Path) -> None:
    conversation.write_text(GOOD.replace("bot:", "dog:"))
    said: list[str] = []
    with pytest.raises(ConversationError, match=r"parking.yml:4: steps: dog says nothing"):
        talk_to_own_stack(ROOT, {}, [conversation], Output(said.append))
    assert said == []


def test_the_conversations_of_this_repository_can_be_read() -> None:
    settings = read_settings({"FRONTDESK_PUBLIC_ADDR": f"127.0.0.1:{free_ports(1)[0]}"})
    with pytest.raises(NoStackError):
        talk(ROOT, settings, [ROOT / "tests" / "conversations"], Output(print))
