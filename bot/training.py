"""Training: when it is needed, and Rasa's command that does it."""

import hashlib
import os
import subprocess
from pathlib import Path

from actions.blas import blas_environment

RASA_PYTHON = Path(".venv-rasa") / "bin" / "python"
MODELS = "models"
_KEPT_MODELS = 3
_INPUTS = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "bot/rasa_ext/*.py",
    "actions/encoder.py",
    "actions/ngrams.py",
    "requirements-rasa.txt",
)


class TrainingError(Exception):
    """Training failed: the log named in the message says which file and line."""


def model_path(root: Path) -> Path:
    """Give the file of the model that fits the project's files now; it exists if training is not needed."""
    digest = hashlib.sha256()
    for pattern in _INPUTS:
        for file in sorted(root.glob(pattern)):
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return root / MODELS / f"frontdesk-{digest.hexdigest()[:12]}.tar.gz"


def train(root: Path, log: Path) -> Path:
    """Train the model that fits the project's files now, writing Rasa's output to `log`; raises TrainingError."""
    model = model_path(root)
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(root / RASA_PYTHON), "-m", "rasa", "train", "--out", str(model.parent)]
    command += ["--fixed-model-name", model.name.removesuffix(".tar.gz")]
    with log.open("wb") as output:
        done = subprocess.run(
            command, cwd=root, env=rasa_environment(), stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode != 0 or not model.exists():
        raise TrainingError(
            f"rasa train failed (exit code {done.returncode}); its last lines, from {log}:\n{_tail(log)}"
        )
    _forget_old(model)
    return model


def rasa_environment(**more: str) -> dict[str, str]:
    """Give the environment in which Rasa runs: no telemetry, few threads, quiet TensorFlow, the kernels that fit the processor."""
    return {
        **os.environ,
        **blas_environment(os.environ),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


def _forget_old(newest: Path) -> None:
    models = sorted(newest.parent.glob("frontdesk-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[_KEPT_MODELS:]:
        if old != newest:
            old.unlink()


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
