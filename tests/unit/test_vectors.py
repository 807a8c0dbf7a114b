"""Vectors of training examples are encoded once, by whichever training comes first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from actions import vectors
from actions.encoder import DIMENSIONS, Vector
from actions.vectors import example_vectors

FILE = Path("models") / "vectors.npz"


@dataclass
class Encoding:
    """An encoder that counts: the vector of a text is its length in every place."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, texts: Sequence[str]) -> Vector:
        """Encode texts."""
        self.asked += texts
        return np.stack([np.full(DIMENSIONS, len(text), dtype=np.float32) for text in texts])


@pytest.fixture
def encode() -> Encoding:
    return Encoding()


def test_each_text_has_its_row_in_the_order_asked_for_and_is_encoded_once(tmp_path: Path, encode: Encoding) -> None:
    rows = example_vectors(["wifi", "parking", "wifi"], tmp_path, encode)
    assert rows.shape == (3, DIMENSIONS)
    assert rows.dtype == np.float32
    assert rows[:, 0].tolist() == [4, 7, 4]
    assert encode.asked == ["wifi", "parking"]


def test_many_texts_are_shared_out_and_keep_their_rows(tmp_path: Path) -> None:
    texts = [str(number) for number in range(3 * vectors._SHARE + 1)]
    asked: list[int] = []

    def numbers(some: Sequence[str]) -> Vector:
        asked.append(len(some))
        return np.array([[float(text)] for text in some], dtype=np.float32)

    assert example_vectors(texts, tmp_path, numbers)[:, 0].tolist() == list(range(len(texts)))
    assert sorted(asked) == [1, *[vectors._SHARE] * 3]


def test_the_next_training_encodes_only_what_is_new(tmp_path: Path, encode: Encoding) -> None:
    example_vectors(["wifi", "línea\u2028due \ud83d"], tmp_path, encode)
    rows = example_vectors(["café", "wifi", "línea\u2028due \ud83d"], tmp_path, encode)
    assert rows[:, 0].tolist() == [4, 4, 11]
    assert encode.asked == ["wifi", "línea\u2028due \ud83d", "café"]


def test_a_file_of_another_encoder_or_a_damaged_one_is_made_anew(
    tmp_path: Path, encode: Encoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    example_vectors(["wifi"], tmp_path, encode)
    with monkeypatch.context() as patch:
        patch.setattr(vectors, "version", lambda package: "0.0.0")
        example_vectors(["wifi"], tmp_path, encode)
    assert encode.asked == ["wifi"] * 2
    (tmp_path / FILE).write_bytes(b"PK\x03\x04 half a file")
    assert example_vectors(["wifi"], tmp_path, encode)[0, 0] == 4
    assert encode.asked == ["wifi"] * 3
    assert [file.name for file in (tmp_path / "models").iterdir()] == [FILE.name]


def test_a_file_that_has_grown_too_large_keeps_the_examples_of_today(
    tmp_path: Path, encode: Encoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_MOST", 2)
    example_vectors(["one", "two"], tmp_path, encode)
    example_vectors(["two", "three"], tmp_path, encode)
    encode.asked.clear()
    example_vectors(["two", "three"], tmp_path, encode)
    assert encode.asked == []
    example_vectors(["one"], tmp_path, encode)
    assert encode.asked == ["one"]
