"""Departments, days, times of day and doctors in a message, found from hospital.yml as it is now: a new ward needs no training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import structlog
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from actions.clock import Clock, system_clock
from actions.hospital import LAST_GOOD, Hospital, HospitalError, HospitalFile, LastGood
from actions.mentions import Mention, find_days, find_departments, find_doctors, find_time_of_day

_FILE: Final = "hospital.yml"

_log = structlog.get_logger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class HospitalEntityExtractor(GraphComponent):
    """Sets the entities of a message: department, day, time_of_day, doctor, each with its normalised value.

    Without a usable hospital.yml, and without a last good version of it, there are none; that is logged once, and the file is used as
    soon as it is good.
    """

    def __init__(self, path: Path, clock: Clock = system_clock, last_good: LastGood | None = None) -> None:
        """Keep the paths of the facts and of their last good version."""
        self._path = path
        self._last_good = last_good
        self._clock = clock
        self._file: HospitalFile | None = None
        self._complained = False

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change: `hospital`, the path of the facts from the working directory."""
        return {"hospital": _FILE}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> HospitalEntityExtractor:
        """Make the component of a trained model."""
        var = Path(os.environ.get("FRONTDESK_VAR") or "var")
        return cls(Path(config["hospital"]), last_good=LastGood(var / LAST_GOOD))

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the entities of the messages, in place."""
        hospital = self._facts()
        for message in messages:
            text = message.get(TEXT) or ""
            found = self._mentions(text, hospital) if hospital is not None else []
            message.set(ENTITIES, [_entity(mention) for mention in found], add_to_output=True)
        return messages

    def _mentions(self, text: str, hospital: Hospital) -> list[Mention]:
        """Find what is mentioned, in the order of the text; days are counted from today in the hospital's town."""
        today = self._clock().astimezone(hospital.timezone).date()
        time_of_day = find_time_of_day(text)
        found = [
            *find_departments(text, hospital),
            *find_days(text, today, hospital.calendar),
            *([time_of_day] if time_of_day else []),
            *find_doctors(text, hospital),
        ]
        return sorted(found, key=lambda mention: (mention.start, mention.end))

    def _facts(self) -> Hospital | None:
        """Give the facts in force, or None while there are none."""
        if self._file is None:
            try:
                self._file = HospitalFile(self._path, last_good=self._last_good)
            except HospitalError as error:
                if not self._complained:
                    _log.error("entities.no_facts", problems=len(error.problems), first=error.problems[0])
                    self._complained = True
                return None
        return self._file.current()


def _entity(mention: Mention) -> dict[str, Any]:
    """Write a mention as Rasa's entity."""
    return {
        "entity": mention.type,
        "value": mention.value,
        "start": mention.start,
        "end": mention.end,
        "extractor": HospitalEntityExtractor.__name__,
    }
