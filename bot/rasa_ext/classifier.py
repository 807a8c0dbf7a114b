"""The intent of a message, and of each part of it that may be a question of its own."""

from __future__ import annotations

import os
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
from threadpoolctl import threadpool_limits

from actions.encoder import Encoder, Vector
from bot.rasa_ext.featurizer import EncoderFeaturizer, sentence_vector
from bot.rasa_ext.intent_model import IntentModel, Tuning
from bot.rasa_ext.questions import Part, divide

PARTS_KEY: Final = "part_rankings"
"""Where the parts of a message stand for QuestionSplitter: a list of `Part`; empty for a message of one piece."""

_RANKING_LENGTH: Final = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` from the sentence vector and the n-grams of the text (intent_model.py).

    Slips of spelling are put right first; the message keeps its text.
    """

    def __init__(
        self, tuning: Tuning, storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        """Keep the settings, and the model once there is one."""
        self._tuning = tuning
        self._storage = storage
        self._resource = resource
        self._model = model
        self._encoder = Encoder.load()

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
        # One large equation, unlike a message, is worth every core.
        with threadpool_limits(os.cpu_count()):
            self._model = IntentModel.train(
                [example.get(TEXT) for example in examples],
                np.stack([sentence_vector(example) for example in examples]),
                [example.get(INTENT) for example in examples],
                self._tuning,
                self._encoder.words(),
            )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify the messages and their parts, in place."""
        for message in messages:
            text = message.get(TEXT) or ""
            ranking = self._ranking(text, sentence_vector(message))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(PARTS_KEY, [self._part(text, start, end) for start, end in divide(text)])
        return messages

    def _part(self, text: str, start: int, end: int) -> Part:
        """Classify one part of a text."""
        best = self._ranking(text[start:end])[0]
        return Part(text[start:end], start, end, best[INTENT_NAME_KEY], best[PREDICTED_CONFIDENCE_KEY])

    def _ranking(self, text: str, vector: Vector | None = None) -> list[dict[str, Any]]:
        """Give the most probable intents of a text, the best first; `vector` is the text's, where it is known."""
        if self._model is None:
            raise RuntimeError("the intent classifier is not trained: run `make train`")
        corrected = self._model.spelling.correct(text)
        if vector is None or corrected != text:
            vector = self._encoder.encode(corrected)
        probabilities = self._model.confidences([corrected], vector.reshape(1, -1))[0]
        return [
            {INTENT_NAME_KEY: self._model.intents[column], PREDICTED_CONFIDENCE_KEY: float(probabilities[column])}
            for column in np.argsort(-probabilities, kind="stable")[:_RANKING_LENGTH]
        ]


def _tuning(config: dict[str, Any]) -> Tuning:
    return Tuning(**{field.name: float(config[field.name]) for field in fields(Tuning)})
