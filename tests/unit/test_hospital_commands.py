"""`frontdesk hospital check`: every problem at once, before the file is in force."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]


def check(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, ["hospital", "check"])


def test_the_products_own_facts_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(ROOT, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "hospital.yml is good: Lakemont General Hospital" in result.output


def test_every_problem_is_listed_at_once_with_its_line_and_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = (ROOT / "hospital.yml").read_text("utf-8")
    bad = original.replace("timezone: America/New_York", "timezone: Mars", 1) + "\nsurprise: 1\n"
    (tmp_path / "hospital.yml").write_text(bad, "utf-8")
    result = check(tmp_path, monkeypatch)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any("timezone: 'Mars' is not a timezone" in line for line in lines)
    assert any("surprise" in line for line in lines)
    assert all(line.startswith("hospital.yml:") and line.count(": ") >= 2 for line in lines)


def test_a_missing_file_is_a_problem_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = check(tmp_path, monkeypatch)
    assert result.exit_code == 1
    assert result.output.startswith("hospital.yml:1: file: cannot be read")
