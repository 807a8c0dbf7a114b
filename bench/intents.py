"""Compare ways to classify intents: by cross-validation on data/nlu, and on the held-back lines.

    .venv-rasa/bin/python -m bench.intents [--folds 3] [--only NAME] [--diet EPOCHS]

Runs in Rasa's environment. Prints, for each way, accuracy and macro F1 of both; the threshold that gives up 2 % of the right answers of the
cross-validation, and what it finds of the messages that are out of scope; training time, size, and time per message. `--diet` adds Rasa's
own DIETClassifier, trained for that many epochs and measured on the held-back lines only: it is slow. Nothing is fitted to held-back lines.
"""

import argparse
import asyncio
import pickle
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion

from actions.encoder import Encoder, weights_folder
from bot.rasa_ext.intent_model import IntentModel, Tuning

ROOT = Path(__file__).resolve().parent.parent
OUT_OF_SCOPE = "out_of_scope"
GIVEN_UP = 0.02
"""Share of the right answers that a threshold may cost: it sets every way's threshold, so that their recalls compare."""
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")

Probabilities = np.ndarray


@dataclass(frozen=True)
class Lines:
    """Messages with their intents and sentence vectors: of the last layer, and as the product makes them."""

    texts: list[str]
    intents: np.ndarray
    last_layer: np.ndarray
    vectors: np.ndarray

    def at(self, rows: np.ndarray) -> "Lines":
        """Take some of the lines."""
        return Lines([self.texts[row] for row in rows], self.intents[rows], self.last_layer[rows], self.vectors[rows])


Predict = Callable[[Lines], Probabilities]
Fit = Callable[[Lines], tuple[Sequence[str], Predict, Any]]
"""Learns; gives the intents in the order of the columns, the way to predict, and what a process must hold for it."""


def read_examples(files: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Read text and intent of every example of Rasa's training files, without the marks of entities."""
    for file in sorted(files):
        for block in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                if line.startswith("- "):
                    yield _ENTITY.sub(r"\1", line[2:].strip()), block["intent"]


def encoded(examples: Sequence[tuple[str, str]]) -> Lines:
    """Encode examples both ways."""
    texts = [text for text, _ in examples]
    last = Encoder(weights_folder(), averaged=1).encode_batch(texts)
    return Lines(texts, np.array([intent for _, intent in examples]), last, Encoder.load().encode_batch(texts))


def _logistic(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=200, class_weight="balanced", random_state=1)


def counts(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Fit a linear classifier on counts of words and characters, Rasa's CountVectorsFeaturizer twice."""
    return _on_text(lines, CountVectorizer, 1.0)


def tfidf(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Fit the same on counts weighted by rarity."""
    return _on_text(lines, TfidfVectorizer, 10.0)


def _on_text(lines: Lines, kind: Any, strength: float) -> tuple[Sequence[str], Predict, Any]:
    features = FeatureUnion(
        [("words", kind(ngram_range=(1, 2))), ("characters", kind(analyzer="char_wb", ngram_range=(1, 4), min_df=2))]
    )
    model = _logistic(strength).fit(features.fit_transform(lines.texts), lines.intents)
    return model.classes_, lambda test: model.predict_proba(features.transform(test.texts)), (features, model)


def token_mean(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Fit a linear classifier on the mean of static token vectors: the encoder's own table, no layer above it."""
    encoder = Encoder.load()

    def means(texts: Sequence[str]) -> np.ndarray:
        rows = [encoder._tokens[encoder._tokenize(text)].mean(axis=0) for text in texts]
        return np.stack([row / np.linalg.norm(row) for row in rows])

    model = _logistic(30.0).fit(means(lines.texts), lines.intents)
    return model.classes_, lambda test: model.predict_proba(means(test.texts)), model


def encoder_linear(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Fit a linear classifier on the encoder's last layer."""
    model = _logistic(5.0).fit(lines.last_layer, lines.intents)
    return model.classes_, lambda test: model.predict_proba(test.last_layer), model


def encoder_ngrams_linear(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Fit a linear classifier on the encoder's last layer beside weighted counts."""
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2))),
            ("c", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), min_df=2)),
        ]
    )
    model = _logistic(10.0)
    model.fit(hstack([csr_matrix(lines.last_layer), features.fit_transform(lines.texts)]), lines.intents)

    def predict(test: Lines) -> Probabilities:
        return model.predict_proba(hstack([csr_matrix(test.last_layer), features.transform(test.texts)]))

    return model.classes_, predict, (features, model)


def nearest(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Let the ten most alike examples vote, each as much as it is alike."""
    classes = sorted(set(lines.intents))
    member = np.array([[intent == name for name in classes] for intent in lines.intents], dtype=np.float32)

    def predict(test: Lines) -> Probabilities:
        alike = test.last_layer @ lines.last_layer.T
        alike[alike < np.sort(alike, axis=1)[:, [-10]]] = 0
        votes = np.maximum(alike, 0) ** 4 @ member
        return votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9)

    return classes, predict, lines.last_layer


def centroids(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
    """Take the intent whose mean vector is the most alike."""
    classes = sorted(set(lines.intents))
    means = np.stack([lines.last_layer[lines.intents == name].mean(axis=0) for name in classes])
    means /= np.linalg.norm(means, axis=1, keepdims=True)

    def predict(test: Lines) -> Probabilities:
        powers = np.exp(20 * test.last_layer @ means.T)
        return powers / powers.sum(axis=1, keepdims=True)

    return classes, predict, means


def kernel(*, layers: int, ngrams: bool, spelling: bool) -> Fit:
    """Fit kernel ridge regression on the last layer or the last three, with or without n-grams and corrected spelling."""

    def fit(lines: Lines) -> tuple[Sequence[str], Predict, Any]:
        vectors = lines.vectors if layers > 1 else lines.last_layer
        tuning = Tuning() if ngrams else Tuning(ngrams=0.0)
        encoder = Encoder.load()
        model = IntentModel.train(lines.texts, vectors, list(lines.intents), tuning, encoder.words())

        def predict(test: Lines) -> Probabilities:
            if not spelling:
                return model.confidences(test.texts, test.vectors if layers > 1 else test.last_layer)
            texts, rows = [model.spelling.correct(text) for text in test.texts], test.vectors.copy()
            slips = [row for row, (text, old) in enumerate(zip(texts, test.texts, strict=True)) if text != old]
            rows[slips] = encoder.encode_batch([texts[row] for row in slips])
            return model.confidences(texts, rows)

        return model.intents, predict, model

    return fit


WAYS: dict[str, Fit] = {
    "counts of words and characters, linear": counts,
    "the same, weighted by rarity": tfidf,
    "static token vectors, mean, linear": token_mean,
    "encoder, nearest centroid": centroids,
    "encoder, ten nearest": nearest,
    "encoder, linear": encoder_linear,
    "encoder + n-grams, linear": encoder_ngrams_linear,
    "encoder, kernel": kernel(layers=1, ngrams=False, spelling=False),
    "encoder + n-grams, kernel": kernel(layers=1, ngrams=True, spelling=False),
    "encoder of 3 layers + n-grams, kernel": kernel(layers=3, ngrams=True, spelling=False),
    "the same, spelling corrected (chosen)": kernel(layers=3, ngrams=True, spelling=True),
}


@dataclass(frozen=True)
class Judged:
    """Predictions for lines, with the threshold below which an intent is not believed."""

    right: np.ndarray
    predicted: np.ndarray
    confidence: np.ndarray

    @classmethod
    def of(cls, lines: Lines, classes: Sequence[str], probabilities: Probabilities) -> "Judged":
        """Judge probabilities against the intents of the lines."""
        return cls(lines.intents, np.array(classes)[probabilities.argmax(axis=1)], probabilities.max(axis=1))

    def accuracy(self) -> float:
        """Give the share of right intents."""
        return float((self.predicted == self.right).mean())

    def macro_f1(self) -> float:
        """Give the mean F1 of the intents."""
        return float(f1_score(self.right, self.predicted, average="macro"))

    def threshold(self) -> float:
        """Give the threshold that gives up GIVEN_UP of the right answers to messages in scope."""
        right = self.confidence[(self.predicted == self.right) & (self.right != OUT_OF_SCOPE)]
        return float(np.quantile(right, GIVEN_UP))

    def found(self, threshold: float) -> float:
        """Give the share of the messages out of scope that are not answered as if they were in scope."""
        outside = self.right == OUT_OF_SCOPE
        return float(((self.predicted == OUT_OF_SCOPE) | (self.confidence < threshold))[outside].mean())


def measure(name: str, fit: Fit, examples: Lines, held_back: Lines, folds: int) -> None:
    """Print one line of the table."""
    tested = []
    for train, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(examples.texts, examples.intents):
        classes, predict, _ = fit(examples.at(train))
        tested.append(Judged.of(examples.at(test), classes, predict(examples.at(test))))
    crossed = Judged(
        *(np.concatenate([getattr(one, part) for one in tested]) for part in ("right", "predicted", "confidence"))
    )
    started = time.perf_counter()
    classes, predict, held = fit(examples)
    seconds = time.perf_counter() - started
    judged = Judged.of(held_back, classes, predict(held_back))
    times = []
    for row in range(len(held_back.texts)):
        one, started = held_back.at(np.array([row])), time.perf_counter()
        predict(one)
        times.append(time.perf_counter() - started)
    threshold = crossed.threshold()
    print(
        f"| {name} | {crossed.accuracy():.3f} | {crossed.macro_f1():.3f} | {judged.accuracy():.3f} | {judged.macro_f1():.3f} "
        f"| {threshold:.2f} | {crossed.found(threshold):.2f} | {judged.found(threshold):.2f} "
        f"| {seconds:.0f} s | {len(pickle.dumps(held)) / 1e6:.0f} MB | {1000 * float(np.median(times)):.2f} ms |",
        flush=True,
    )


def measure_diet(epochs: int, held_back: Lines) -> None:
    """Train Rasa's stock pipeline on data/nlu and print its line; it is not cross-validated."""
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    pipeline = yaml.safe_load((ROOT / "bench" / "stock_config.yml").read_text("utf-8"))["pipeline"]
    kept = [
        part
        for part in pipeline
        if part["name"] not in ("FallbackClassifier", "ResponseSelector", "EntitySynonymMapper")
    ]
    for part in kept:
        if part["name"] == "DIETClassifier":
            part["epochs"] = epochs
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yml"
        config.write_text(
            yaml.safe_dump({"recipe": "default.v1", "assistant_id": "stock", "language": "en", "pipeline": kept})
        )
        started = time.perf_counter()
        model = train_nlu(str(config), str(ROOT / "data" / "nlu"), folder)
        seconds = time.perf_counter() - started
        size = Path(model).stat().st_size
        agent = Agent.load(model)
    intents, confidences, times = [], [], []
    for text in held_back.texts:
        started = time.perf_counter()
        best = asyncio.run(agent.parse_message(text))["intent"]
        times.append(time.perf_counter() - started)
        intents.append(best["name"])
        confidences.append(best["confidence"])
    judged = Judged(held_back.intents, np.array(intents), np.array(confidences))
    print(
        f"| Rasa's DIET, {epochs} epochs | – | – | {judged.accuracy():.3f} | {judged.macro_f1():.3f} "
        f"| {judged.threshold():.2f} | – | {judged.found(judged.threshold()):.2f} "
        f"| {seconds:.0f} s | {size / 1e6:.0f} MB | {1000 * float(np.median(times)):.2f} ms |",
        flush=True,
    )


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of a way's name")
    parser.add_argument("--diet", type=int, default=0, metavar="EPOCHS")
    options = parser.parse_args()
    examples = list(read_examples(list((ROOT / "data" / "nlu").glob("*.yml"))))
    known = {_plain(text) for text, _ in examples}
    lines = list(read_examples([ROOT / "tests" / "nlu" / "held_back.yml"]))
    new = [line for line in lines if _plain(line[0]) not in known]
    started = time.perf_counter()
    encoded_examples, held_back = encoded(examples), encoded(new)
    print(
        f"{datetime.now(timezone.utc):%Y-%m-%d}: {len(examples)} examples, encoded twice in {time.perf_counter() - started:.0f} s"
    )
    print(f'{len(new)} held-back lines; {len(lines) - len(new)} more, such as "hello", are examples too and left out\n')
    heads = (
        "", "accuracy, cross-validated", "macro F1", "accuracy, held back", "macro F1", "threshold",
        "out of scope found, cross-validated", "held back", "training", "size", "a message",
    )  # fmt: skip
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for name, fit in WAYS.items():
        if options.only in name:
            measure(name, fit, encoded_examples, held_back, options.folds)
    if options.diet:
        measure_diet(options.diet, held_back)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


if __name__ == "__main__":
    main()
