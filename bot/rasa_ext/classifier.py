"""The intent of a message, and of each part of it that may be a question of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.encoder import Encoder, Vector
from bot.rasa_ext.featurizer import EncoderFeaturizer, sentence_vector
from bot.rasa_ext.intent_model import IntentModel, Tuning
from bot.rasa_ext.questions import Part, divide

PARTS_KEY: Final = "part_rankings"
"""Where the parts of a message stand for QuestionSplitter: a list of `Part`; empty for a message of one piece."""

_RANKING_LENGTH: Final = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` from the sentence vector and the n-grams of the text (intent_model.py)."""

    def __init__(
        self, tuning: Tuning, storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        """Keep the settings, and the model once there is one."""
        self._tuning = tuning
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> list[type]:
        """Say what must stand before it in the pipeline."""
        return [EncoderFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change; intent_model.py says what they mean."""
        return asdict(Tuning())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderIntentClassifier:
        """Make an untrained component."""
        return cls(_tuning(config), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EncoderIntentClassifier:
        """Make the component of a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(_tuning(config), model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples that have a text and an intent, and store the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = IntentModel.train(
            [example.get(TEXT) for example in examples],
            np.stack([sentence_vector(example) for example in examples]),
            [example.get(INTENT) for example in examples],
            self._tuning,
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify the messages and their parts, in place."""
        for message in messages:
            text = message.get(TEXT) or ""
            ranking = self._rankings([text], [sentence_vector(message)])[0]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(PARTS_KEY, self._parts(text))
        return messages

    def _parts(self, text: str) -> list[Part]:
        """Classify the parts into which the text may be divided."""
        spans = divide(text)
        if not spans:
            return []
        texts = [text[start:end] for start, end in spans]
        best = [ranking[0] for ranking in self._rankings(texts, Encoder.load().encode_batch(texts))]
        return [
            Part(part, start, end, top[INTENT_NAME_KEY], top[PREDICTED_CONFIDENCE_KEY])
            for part, (start, end), top in zip(texts, spans, best, strict=True)
        ]

    def _rankings(self, texts: Sequence[str], vectors: Sequence[Vector]) -> list[list[dict[str, Any]]]:
        """Give the most probable intents of each text, the best first."""
        if self._model is None:
            raise RuntimeError("the intent classifier is not trained: run `make train`")
        intents = self._model.intents
        return [
            [
                {INTENT_NAME_KEY: intents[column], PREDICTED_CONFIDENCE_KEY: float(row[column])}
                for column in np.argsort(-row, kind="stable")[:_RANKING_LENGTH]
            ]
            for row in self._model.confidences(texts, np.stack(list(vectors)))
        ]


def _tuning(config: dict[str, Any]) -> Tuning:
    return Tuning(**{field.name: float(config[field.name]) for field in fields(Tuning)})
