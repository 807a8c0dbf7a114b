"""The sentence vector as a feature of Rasa's messages."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from actions.encoder import DIMENSIONS, Encoder, Vector
from actions.vectors import example_vectors

VECTOR_KEY: Final = "vector"
"""Where a message's metadata may carry its vector: base64 of 384 little-endian 32-bit floats."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class EncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Sets the sentence feature of a message to its sentence vector (actions/encoder.py).

    A vector that came in the metadata is used, and taken out of it, so that it is stored nowhere; else the text is encoded here.
    """

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the encoder, which a process holds once."""
        super().__init__(name, config)
        self._encoder = Encoder.load()

    @classmethod
    def required_components(cls) -> list[type]:
        """Say what must stand before it in the pipeline: a tokenizer, for the featurizers and classifiers that go with this one."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change: none of its own."""
        return DenseFeaturizer.get_default_config()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept every setting: there is none of its own."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderFeaturizer:
        """Make the component of a trained model."""
        return cls(config, execution_context.node_name)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the feature of every training example that has a text; texts that an earlier training encoded are not encoded again."""
        examples = [example for example in training_data.training_examples if example.get(TEXT) is not None]
        with threadpool_limits(1):
            vectors = example_vectors(
                [example.get(TEXT) for example in examples], Path.cwd(), self._encoder.encode_batch
            )
        for example, vector in zip(examples, vectors, strict=True):
            self._add(example, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the feature of the messages, in place."""
        for message in messages:
            vector = take_vector(message.get("metadata"))
            self._add(message, self._encoder.encode(message.get(TEXT) or "") if vector is None else vector)
        return messages

    def _add(self, message: Message, vector: Vector) -> None:
        origin = self._config[FEATURIZER_CLASS_ALIAS]
        message.add_features(Features(vector.reshape(1, DIMENSIONS), FEATURE_TYPE_SENTENCE, TEXT, origin))


def take_vector(metadata: Any) -> Vector | None:
    """Take the vector out of a message's metadata; None if there is none or it is no vector of an encoder."""
    encoded = metadata.pop(VECTOR_KEY, None) if isinstance(metadata, dict) else None
    if not isinstance(encoded, str):
        return None
    try:
        vector = np.frombuffer(base64.b64decode(encoded, validate=True), dtype="<f4").astype(np.float32)
    except (binascii.Error, ValueError):
        return None
    # A sentence vector has length one; anything else, NaN included, comes from no encoder.
    return vector if vector.shape == (DIMENSIONS,) and abs(float(np.linalg.norm(vector)) - 1) < 1e-3 else None


def sentence_vector(message: Message) -> Vector:
    """Give the sentence vector that EncoderFeaturizer set."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise LookupError(
            "the message has no sentence vector: EncoderFeaturizer must stand before this component in config.yml"
        )
    vector: Vector = np.asarray(sentence.features, dtype=np.float32).reshape(-1)
    return vector
