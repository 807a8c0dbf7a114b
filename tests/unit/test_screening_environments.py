"""The engine judges alike in the service's environment and in Rasa's."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OTHER = ROOT / ".venv-rasa" / "bin" / "python"


def digest(python: Path | str, seed: str) -> str:
    command = [str(python), "-m", "bench.screening", "--digest"]
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_two_runs_judge_alike() -> None:
    assert digest(sys.executable, "1") == digest(sys.executable, "2")


@pytest.mark.skipif(not OTHER.exists(), reason="Rasa's environment is not installed")
def test_rasas_environment_judges_every_labelled_message_as_the_services_does() -> None:
    assert digest(OTHER, "3") == digest(sys.executable, "4")
