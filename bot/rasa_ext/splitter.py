"""The questions of a message, as actions read them: `questions` in the parse data, one item unless several are certain."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.classifier import PARTS_KEY
from bot.rasa_ext.questions import Part, questions_of

QUESTIONS_KEY: Final = "questions"

_APPOINTMENTS: Final = ("book_appointment", "reschedule_appointment", "cancel_appointment")
"""Intents whose rule must run: the message gets the first of them. Its actions answer the other questions too."""

_POINTS_BACK = re.compile(
    r"\b(?:it|its|it's|they|them|their|there|that|this|those|these|he|she|him|her|same)\b", re.IGNORECASE
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class QuestionSplitter(GraphComponent, IntentClassifier):
    """Sets `questions`, and the intent of a message with several of them.

    It stands after the entity extractor, whose entities it shares out, and before ScreeningClassifier, which has the last word.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionSplitter:
        """Make the component of a trained model."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the questions of the messages, in place."""
        for message in messages:
            text, intent = message.get(TEXT) or "", message.get(INTENT) or {}
            whole = Part(
                text, 0, len(text), intent.get(INTENT_NAME_KEY) or "", intent.get(PREDICTED_CONFIDENCE_KEY, 0.0)
            )
            asked = questions_of(whole, message.get(PARTS_KEY) or [])
            leading = next((part for part in asked if part.intent in _APPOINTMENTS), asked[0])
            if leading.intent != whole.intent:
                message.set(
                    INTENT,
                    {INTENT_NAME_KEY: leading.intent, PREDICTED_CONFIDENCE_KEY: leading.confidence},
                    add_to_output=True,
                )
            message.set(QUESTIONS_KEY, _with_entities(asked, message.get(ENTITIES) or []), add_to_output=True)
        return messages


def _with_entities(parts: Sequence[Part], entities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give each question the entities within it; one that points back ("is it open") takes over those kinds that it has none of."""
    questions: list[dict[str, Any]] = []
    before: list[Mapping[str, Any]] = []
    for part in parts:
        own = [entity for entity in entities if part.start <= entity["start"] and entity["end"] <= part.end]
        if _POINTS_BACK.search(part.text):
            kinds = {entity["entity"] for entity in own}
            own = own + [
                entity
                for entity in before
                if entity["entity"] in ("department", "doctor") and entity["entity"] not in kinds
            ]
        questions.append({"text": part.text, "intent": part.intent, "entities": [dict(entity) for entity in own]})
        before = own
    return questions
