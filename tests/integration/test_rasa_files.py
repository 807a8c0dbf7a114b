"""Rasa's own commands accept the files at the top level, and the trained model passes the conversation tests."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
STORIES = ROOT / "tests" / "test_stories.yml"
SCREENING_INTENTS = {"emergency", "clinical", "identifying", "unjudged"}

pytestmark = pytest.mark.skipif(not RASA.exists(), reason="the Rasa environment is not set up: make setup")


def rasa(*arguments: str) -> str:
    """Run one of Rasa's commands at the top level and give what it prints; its exit code must be 0."""
    environment = os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "COLUMNS": "200"}
    for name in ("DATABASE_URL", "PYTHONWARNINGS"):
        environment.pop(name, None)
    done = subprocess.run([RASA, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def loaded(name: str) -> Any:
    """Read one of the Rasa files."""
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The latest model of models/; one is trained where there is none."""
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if models:
        return models[-1]
    folder = tmp_path_factory.mktemp("models")
    rasa("train", "--out", str(folder))
    return next(folder.glob("*.tar.gz"))


def test_data_validate_warns_of_nothing_but_the_screening_intents_having_no_examples() -> None:
    printed = rasa("data", "validate")
    warned = re.findall(r"UserWarning: (.*)", printed)
    without_examples = {
        re.match(r"The intent '(\w+)' is listed in the domain file, but is not found in the NLU", line)
        for line in warned
    }
    assert {found.group(1) for found in without_examples if found} == SCREENING_INTENTS
    assert len(warned) == len(SCREENING_INTENTS)
    assert "No story structure conflicts found" in printed


def test_the_trained_model_passes_every_conversation_test(model: Path, tmp_path: Path) -> None:
    rasa("test", "core", "--e2e", "--no-plot", "--stories", str(STORIES), "--model", str(model), "--out", str(tmp_path))
    accuracy = json.loads((tmp_path / "story_report.json").read_text("utf-8"))["conversation_accuracy"]
    failed = re.findall(
        r".*  # .*|^- story: .*", (tmp_path / "failed_test_stories.yml").read_text("utf-8"), re.MULTILINE
    )
    assert accuracy["correct"] == accuracy["total"], "\n".join(failed)
    assert accuracy["total"] == len(loaded("tests/test_stories.yml")["stories"]) >= 30


def test_every_intent_of_the_domain_occurs_in_the_conversation_tests() -> None:
    known = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in loaded("domain.yml")["intents"]}
    tested = {step.get("intent") for story in loaded("tests/test_stories.yml")["stories"] for step in story["steps"]}
    assert known - tested == set()


def test_every_intent_of_the_domain_has_a_rule() -> None:
    known = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in loaded("domain.yml")["intents"]}
    ruled = set()
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text("utf-8"))["rules"]:
            for step in rule["steps"]:
                ruled |= {choice.get("intent") for choice in step.get("or", [step])}
    assert known - ruled == set()


def test_screening_is_the_last_of_the_pipeline_and_safety_the_first_of_the_policies() -> None:
    config = loaded("config.yml")
    assert config["pipeline"][-1]["name"] == "bot.rasa_ext.screening.ScreeningClassifier"
    assert config["policies"][0] == {"name": "bot.rasa_ext.safety_policy.SafetyPolicy"}


def test_screening_intents_have_no_examples() -> None:
    examples = "\n".join(file.read_text("utf-8") for file in (ROOT / "data" / "nlu").glob("*.yml"))
    assert SCREENING_INTENTS.isdisjoint(re.findall(r"- intent: (\w+)", examples))


def test_no_slot_is_filled_from_what_a_patient_writes() -> None:
    for name, slot in loaded("domain.yml")["slots"].items():
        assert [mapping["type"] for mapping in slot["mappings"]] == ["custom"], name
        assert slot["influence_conversation"] is False, name


def test_every_action_of_the_domain_is_served_and_the_other_way_round() -> None:
    from actions.server import ACTIONS

    assert set(loaded("domain.yml")["actions"]) == set(ACTIONS)


def test_a_plain_rasa_test_finds_no_other_conversation_tests_under_the_top_level() -> None:
    """Rasa looks everywhere below, and its own package brings conversation tests of a sample project: make setup removes them."""
    found = {Path(folder) / name for folder, _, names in os.walk(ROOT) for name in names if name.startswith("test_")}
    files = {path for path in found if path.suffix in (".yml", ".yaml")}
    assert {path for path in files if re.search(r"^stories:", path.read_text("utf-8"), re.MULTILINE)} == {STORIES}
