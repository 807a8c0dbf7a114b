"""The statistics of intent classification."""

from pathlib import Path

import numpy as np
import pytest

from actions.encoder import Encoder
from actions.ngrams import NGrams
from bot.rasa_ext.intent_model import IntentModel, Tuning

EXAMPLES = {
    "parking": [
        "where do i park",
        "is there a garage",
        "how much is parking",
        "parking fees?",
        "can i leave my car there",
    ],
    "visiting_hours": ["when can i visit", "visiting hours?", "can kids come and see grandma", "visitors on sunday"],
    "food_cafeteria": ["is the cafeteria open", "where can i eat", "vegan food?", "coffee?", "do you have a canteen"],
    "out_of_scope": ["tell me a joke", "who won the game", "asdf", "weather tomorrow", "write me a poem"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [intent for intent, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def vectors():
    return Encoder.load().encode_batch(TEXTS)


@pytest.fixture(scope="module")
def model(vectors):
    return IntentModel.train(TEXTS, vectors, LABELS, dictionary=Encoder.load().words())


def best(model, text):
    probabilities = model.confidences([text], Encoder.load().encode(text).reshape(1, -1))[0]
    return model.intents[int(np.argmax(probabilities))]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("is there somewhere for my truck", "parking"),
        ("may the children see their grandfather", "visiting_hours"),
        ("I'm hungry, what is there", "food_cafeteria"),
        ("do you know any riddles", "out_of_scope"),
    ],
)
def test_a_question_gets_the_intent_of_the_examples_that_mean_alike(model, text, intent):
    assert best(model, text) == intent


def test_two_trainings_give_the_same_model(model, vectors, tmp_path):
    again = IntentModel.train(TEXTS, vectors, LABELS, dictionary=Encoder.load().words())
    assert np.array_equal(again.example_weights, model.example_weights)
    assert np.array_equal(again.ngram_weights, model.ngram_weights)


def test_the_order_of_the_examples_does_not_matter(model, vectors):
    order = np.random.default_rng(1).permutation(len(TEXTS))
    other = IntentModel.train([TEXTS[i] for i in order], vectors[order], [LABELS[i] for i in order])
    assert np.allclose(other.confidences(TEXTS, vectors), model.confidences(TEXTS, vectors), atol=1e-4)


def test_a_model_that_was_stored_gives_the_same_confidences(model, vectors, tmp_path):
    model.save(tmp_path)
    assert np.array_equal(IntentModel.load(tmp_path).confidences(TEXTS, vectors), model.confidences(TEXTS, vectors))


def test_a_stored_model_holds_no_code(model, tmp_path):
    model.save(tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} == {".npz", ".json"}
    with np.load(tmp_path / "intents.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype == np.float32 for name in arrays.files)


def test_confidences_are_probabilities(model, vectors):
    confidences = model.confidences(TEXTS, vectors)
    assert np.allclose(confidences.sum(axis=1), 1, atol=1e-5)
    assert (confidences >= 0).all()


def test_examples_that_are_all_alike_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"raise it in config\.yml"):
        IntentModel.train(["a"] * 4, np.ones((4, 384), np.float32), ["x", "x", "y", "y"], Tuning(smoothing=-2.0))


def test_words_and_characters_of_a_text_have_length_one_each():
    grams = NGrams.of(["park the car", "park a bus"])
    columns, values = grams.vector("park the bus")
    words = np.array([gram.startswith("w:") for gram in sorted(grams.columns, key=grams.columns.get)])[columns]
    assert np.linalg.norm(values[words]) == pytest.approx(1)
    assert np.linalg.norm(values[~words]) == pytest.approx(1)


def test_a_rare_word_counts_for_more_than_a_frequent_one():
    grams = NGrams.of(["the car", "the bus", "the train"])
    columns, values = grams.vector("the bus")
    weight = dict(zip(columns, values, strict=True))
    assert weight[grams.columns["w:bus"]] > weight[grams.columns["w:the"]]


def test_a_text_of_unknown_characters_has_no_ngrams():
    columns, values = NGrams.of(["park the car", "park a bus"]).vector("病院")
    assert len(columns) == len(values) == 0


def test_a_text_without_any_known_ngram_is_classified_all_the_same(model):
    assert best(model, "病院") in model.intents
    assert best(model, "") in model.intents


def test_the_files_of_a_model_are_read_from_its_folder_alone(model, tmp_path):
    with pytest.raises(FileNotFoundError):
        IntentModel.load(Path(tmp_path))
