"""A change of hospital.yml takes effect by itself; a bad one leaves the last good facts in force."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from actions.hospital import HospitalError, HospitalFile, LastGood

ORIGINAL = (Path(__file__).parents[2] / "hospital.yml").read_text(encoding="utf-8")


class Watch:
    """A stopwatch that tests set."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "hospital.yml"
    file.write_text(ORIGINAL, encoding="utf-8")
    return file


def rename(path: Path, name: str) -> None:
    path.write_text(ORIGINAL.replace("name: Lakemont General Hospital", f"name: {name}", 1), encoding="utf-8")


def test_a_change_takes_effect_within_five_seconds(path: Path) -> None:
    watch = Watch()
    file = HospitalFile(path, monotonic=watch)
    assert file.current().name == "Lakemont General Hospital"
    rename(path, "Harbor Hospital")
    watch.seconds += 4.9
    assert file.current().name == "Harbor Hospital"


def test_a_change_of_the_same_length_takes_effect(path: Path) -> None:
    watch = Watch()
    file = HospitalFile(path, monotonic=watch)
    before = path.stat().st_mtime_ns
    rename(path, "Lakemont General Hospitel")
    os.utime(path, ns=(before + 1, before + 1))
    watch.seconds += 2
    assert file.current().name == "Lakemont General Hospitel"


def test_the_file_is_looked_at_no_more_than_once_a_second(path: Path) -> None:
    watch = Watch()
    file = HospitalFile(path, monotonic=watch)
    rename(path, "Harbor Hospital")
    watch.seconds += 0.9
    assert file.current().name == "Lakemont General Hospital"
    watch.seconds += 0.2
    assert file.current().name == "Harbor Hospital"


def test_unchanged_facts_stay_the_same_object(path: Path) -> None:
    watch = Watch()
    file = HospitalFile(path, monotonic=watch)
    first = file.current()
    watch.seconds += 10
    assert file.current() is first


def test_a_bad_version_is_told_once_and_the_last_good_one_stays(path: Path) -> None:
    watch, told = Watch(), list[Sequence[str]]()
    file = HospitalFile(path, told.append, watch)
    path.write_text(ORIGINAL.replace("timezone: America/New_York", "timezone: Mars"), encoding="utf-8")
    for _ in range(3):
        watch.seconds += 2
        assert file.current().name == "Lakemont General Hospital"
    assert len(told) == 1
    assert "timezone: 'Mars' is not a timezone" in told[0][0]
    path.write_text("name: [", encoding="utf-8")
    watch.seconds += 2
    file.current()
    assert len(told) == 2
    rename(path, "Harbor Hospital")
    watch.seconds += 2
    assert file.current().name == "Harbor Hospital"
    assert len(told) == 2


def test_a_file_that_vanishes_leaves_the_facts_in_force(path: Path) -> None:
    watch, told = Watch(), list[Sequence[str]]()
    file = HospitalFile(path, told.append, watch)
    path.unlink()
    for _ in range(3):
        watch.seconds += 2
        assert file.current().name == "Lakemont General Hospital"
    assert len(told) == 1
    rename(path, "Harbor Hospital")
    watch.seconds += 2
    assert file.current().name == "Harbor Hospital"


def test_a_first_version_that_is_bad_is_an_error(path: Path) -> None:
    path.write_text("name: only this\n", encoding="utf-8")
    with pytest.raises(HospitalError, match=r"hospital\.yml:1: town: is missing"):
        HospitalFile(path)


def test_a_start_with_a_bad_file_uses_the_last_good_version_and_tells_the_problems(path: Path, tmp_path: Path) -> None:
    watch, told = Watch(), list[Sequence[str]]()
    copy = LastGood(tmp_path / "var" / "hospital.last-good.yml", writes=True)
    rename(path, "Harbor Hospital")
    HospitalFile(path, last_good=copy)
    path.write_text("name: only this\n", encoding="utf-8")
    file = HospitalFile(path, told.append, watch, copy)
    assert file.current().name == "Harbor Hospital"
    assert len(told) == 1
    assert file.problems == told[0]
    rename(path, "Lakeside Hospital")
    watch.seconds += 2
    assert file.current().name == "Lakeside Hospital"
    assert file.problems == ()
    assert "Lakeside Hospital" in copy.path.read_text("utf-8")


def test_a_bad_version_never_becomes_the_last_good_one(path: Path, tmp_path: Path) -> None:
    watch = Watch()
    copy = LastGood(tmp_path / "hospital.last-good.yml", writes=True)
    file = HospitalFile(path, monotonic=watch, last_good=copy)
    path.write_text("name: only this\n", encoding="utf-8")
    watch.seconds += 2
    file.current()
    assert copy.path.read_text("utf-8") == ORIGINAL
    assert [one.name for one in tmp_path.iterdir() if "last-good" in one.name] == [copy.path.name]


def test_without_a_usable_last_good_version_the_files_own_problems_are_the_error(path: Path, tmp_path: Path) -> None:
    copy = LastGood(tmp_path / "hospital.last-good.yml", writes=True)
    copy.path.write_text("x: [", encoding="utf-8")
    path.write_text("name: only this\n", encoding="utf-8")
    with pytest.raises(HospitalError, match=r"hospital\.yml:1: town: is missing"):
        HospitalFile(path, last_good=copy)


def test_a_last_good_version_that_cannot_be_written_stops_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a folder is expected", encoding="utf-8")
    with capture_logs() as logs:
        HospitalFile(path, last_good=LastGood(tmp_path / "var" / "hospital.last-good.yml", writes=True))
    assert [log["event"] for log in logs] == ["hospital.not_kept"]


def test_a_reader_that_is_not_the_service_writes_nothing(path: Path, tmp_path: Path) -> None:
    HospitalFile(path, last_good=LastGood(tmp_path / "hospital.last-good.yml"))
    assert not (tmp_path / "hospital.last-good.yml").exists()


def test_many_readers_at_once_all_get_facts(path: Path) -> None:
    watch, failures = Watch(), list[BaseException]()
    file = HospitalFile(path, monotonic=watch)

    def read() -> None:
        try:
            for _ in range(50):
                watch.seconds += 1.5
                assert file.current().name in ("Lakemont General Hospital", "Harbor Hospital")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    rename(path.with_suffix(".new"), "Harbor Hospital")
    path.with_suffix(".new").replace(path)
    for thread in threads:
        thread.join()
    watch.seconds += 2
    assert failures == []
    assert file.current().name == "Harbor Hospital"
