"""The locks: what an install brings is decided here, down to the byte, and comes from the public registry."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import tomllib

ROOT = Path(__file__).parents[2]
HOSTS = {"pypi.org", "files.pythonhosted.org"}
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
LOCKED = [file for file in REQUIREMENTS if not file.stem.endswith("-overrides")]


def hosts(text: str) -> set[str]:
    return {urlsplit(url).hostname or "" for url in re.findall(r"\w+://[^\s\"')>,]+", text)}


def requirements(file: Path) -> Iterator[str]:
    """Give each requirement with its options, on one line."""
    text = re.sub(r"\\\n", " ", file.read_text("utf-8"))
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    yield from filter(None, lines)


def test_there_is_a_lock_for_each_environment() -> None:
    assert (ROOT / "uv.lock").exists()
    assert ROOT / "requirements-rasa.txt" in LOCKED


@pytest.mark.parametrize("file", [ROOT / "uv.lock", *REQUIREMENTS], ids=lambda file: file.name)
def test_a_lock_names_no_host_but_the_public_registry(file: Path) -> None:
    assert hosts(file.read_text("utf-8")) <= HOSTS


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_a_requirements_file_chooses_no_index(file: Path) -> None:
    assert not re.search(
        r"^\s*(--?(extra-)?index-url|-i\b|--find-links|-f\b|--trusted-host)", file.read_text("utf-8"), re.MULTILINE
    )


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_every_requirement_has_one_version_and_hashes(file: Path) -> None:
    found = list(requirements(file))
    assert found
    for line in found:
        assert re.match(r"[A-Za-z0-9._-]+(\[[^\]]+\])?==[^\s;]+", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", line), line[:80]


def test_every_file_of_the_main_lock_has_a_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    files = 0
    for package in lock["package"]:
        if set(package["source"]) & {"editable", "virtual"}:
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        for file in [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]:
            assert file["hash"].startswith("sha256:"), file["url"]
            assert urlsplit(file["url"]).hostname == "files.pythonhosted.org"
            files += 1
    assert files > len(lock["package"])


def test_rasa_is_the_version_the_assistant_was_built_for() -> None:
    found = list(requirements(ROOT / "requirements-rasa.txt"))
    assert any(re.match(r"rasa(\[[^\]]+\])?==3\.6\.21\s", line) for line in found)
