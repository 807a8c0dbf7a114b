"""HospitalEntityExtractor: what a message names, from the hospital's facts as they are now."""

import os
import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.shared.nlu.training_data.message import Message
from structlog.testing import capture_logs

from bot.rasa_ext.entities import HospitalEntityExtractor

HOSPITAL = Path(__file__).parents[2] / "hospital.yml"


def monday_evening():
    """Give 02:00 of a Tuesday in UTC: still Monday in Lakemont."""
    return datetime(2026, 11, 24, 2, 0, tzinfo=timezone.utc)


def entities(extractor, text):
    return extractor.process([Message(data={"text": text})])[0].as_dict(only_output_properties=True)["entities"]


def values(extractor, text):
    return {one["entity"]: one["value"] for one in entities(extractor, text)}


@pytest.fixture
def extractor():
    return HospitalEntityExtractor(HOSPITAL, monday_evening)


def test_department_doctor_day_and_time_of_day_come_with_their_standard_values(extractor):
    text = "is Dr Patel in the maternity ward on Sunday evening"
    assert values(extractor, text) == {
        "doctor": "Dr. Anita Patel",
        "department": "maternity",
        "day": "2026-11-29",
        "time_of_day": "evening",
    }


def test_an_entity_says_where_it_stands_and_who_found_it(extractor):
    (one,) = entities(extractor, "is the ER open")
    assert one == {
        "entity": "department",
        "value": "emergency",
        "start": 7,
        "end": 9,
        "extractor": "HospitalEntityExtractor",
    }


def test_entities_stand_in_the_order_of_the_text(extractor):
    found = entities(extractor, "tomorrow morning in cardiology or on Friday in oncology")
    assert [one["start"] for one in found] == sorted(one["start"] for one in found)
    assert [one["value"] for one in found if one["entity"] == "department"] == ["cardiology", "oncology"]


def test_days_are_counted_from_today_in_the_hospitals_town(extractor):
    assert values(extractor, "are you open tomorrow") == {"day": "2026-11-24"}


def test_a_text_that_names_nothing_has_no_entities(extractor):
    assert entities(extractor, "thanks a lot") == []
    assert entities(extractor, "") == []


def test_without_a_usable_file_there_are_no_entities_and_one_line_in_the_log(tmp_path):
    extractor = HospitalEntityExtractor(tmp_path / "hospital.yml")
    with capture_logs() as logs:
        assert entities(extractor, "is the ER open") == []
        assert entities(extractor, "is the ER open") == []
    assert [line["event"] for line in logs] == ["entities.no_facts"]
    assert "hospital.yml:1" in logs[0]["first"]


def test_with_a_bad_file_the_last_good_version_of_the_data_folder_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("FRONTDESK_VAR", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    shutil.copy(HOSPITAL, tmp_path / "var" / "hospital.last-good.yml")
    (tmp_path / "hospital.yml").write_text("name: [", "utf-8")
    extractor = HospitalEntityExtractor.create({"hospital": str(tmp_path / "hospital.yml")}, None, None, None)
    assert values(extractor, "is the ER open") == {"department": "emergency"}


def test_a_file_that_appears_later_is_used(tmp_path):
    extractor = HospitalEntityExtractor(tmp_path / "hospital.yml")
    assert entities(extractor, "is the ER open") == []
    shutil.copy(HOSPITAL, tmp_path / "hospital.yml")
    assert values(extractor, "is the ER open") == {"department": "emergency"}


def test_a_ward_under_a_new_name_is_found_without_training(tmp_path, monkeypatch):
    path = tmp_path / "hospital.yml"
    shutil.copy(HOSPITAL, path)
    extractor = HospitalEntityExtractor(path)
    assert values(extractor, "where is the stork suite") == {}
    text = path.read_text("utf-8")
    path.write_text(text.replace("labor and delivery", "stork suite", 1), "utf-8")
    os.utime(path, (1, 1))
    monkeypatch.setattr(extractor._file, "_checked", float("-inf"))
    assert values(extractor, "where is the stork suite") == {"department": "maternity"}
