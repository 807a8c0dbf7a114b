"""EncoderFeaturizer: the vector that came with a message is used and forgotten; without one the text is encoded."""

import base64

import numpy as np
import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from actions.encoder import Encoder
from bot.rasa_ext.featurizer import EncoderFeaturizer, sentence_vector, take_vector


@pytest.fixture(scope="module")
def featurizer():
    return EncoderFeaturizer(EncoderFeaturizer.get_default_config(), "featurizer")


def encoded(vector):
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def unit(position):
    vector = np.zeros(384, np.float32)
    vector[position] = 1
    return vector


def test_the_vector_of_the_metadata_is_used(featurizer):
    (message,) = featurizer.process([Message(data={"text": "hi", "metadata": {"vector": encoded(unit(7))}})])
    assert np.array_equal(sentence_vector(message), unit(7))


def test_the_vector_is_taken_out_of_the_metadata_and_the_rest_stays(featurizer):
    metadata = {"vector": encoded(unit(0)), "message_id": 3}
    featurizer.process([Message(data={"text": "hi", "metadata": metadata})])
    assert metadata == {"message_id": 3}


@pytest.mark.parametrize("metadata", [None, {}, {"message_id": 1}])
def test_without_a_vector_the_text_is_encoded(featurizer, metadata):
    (message,) = featurizer.process([Message(data={"text": "where do I park", "metadata": metadata})])
    assert np.allclose(sentence_vector(message), Encoder.load().encode("where do I park"), atol=1e-6)


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "not base64!",
        "AAAA",
        17,
        None,
        ["0.1"],
        encoded(np.zeros(384, np.float32)),
        encoded(np.full(384, np.nan, np.float32)),
        encoded(unit(0) * 5),
        encoded(np.ones(383, np.float32) / 383**0.5),
    ],
)
def test_what_is_no_vector_is_taken_out_and_not_used(featurizer, vector):
    metadata = {"vector": vector}
    (message,) = featurizer.process([Message(data={"text": "hello", "metadata": metadata})])
    assert metadata == {}
    assert np.allclose(sentence_vector(message), Encoder.load().encode("hello"), atol=1e-6)


def test_a_vector_is_read_as_the_service_writes_it():
    vector = Encoder.load().encode("visiting hours")
    assert np.array_equal(take_vector({"vector": encoded(vector)}), vector)


def test_a_message_without_text_has_a_vector_too(featurizer):
    (message,) = featurizer.process([Message(data={})])
    assert sentence_vector(message).shape == (384,)


def test_training_examples_get_the_vectors_that_messages_get(featurizer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # vectors are kept there for the next training
    texts = ["where do I park", "hi", "when can kids visit?"]
    examples = [Message(data={"text": text, "intent": "x"}) for text in texts]
    featurizer.process_training_data(TrainingData([*examples, Message(data={"action_text": "no text"})]))
    for example, text in zip(examples, texts, strict=True):
        assert np.allclose(sentence_vector(example), Encoder.load().encode(text), atol=1e-5)


def test_a_component_before_the_featurizer_is_told_what_is_missing():
    with pytest.raises(LookupError, match="EncoderFeaturizer must stand before"):
        sentence_vector(Message(data={"text": "hi"}))
