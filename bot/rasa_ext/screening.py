"""The last word of the NLU pipeline: a sensitive message gets a screening intent, and typed commands become text.

The service screens a message before it asks Rasa and sends the result in the message's metadata. Where there is none (`rasa shell`,
`rasa test`, another channel) the text is screened here, so no message reaches the policies unscreened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.featurizer import sentence_vector

if TYPE_CHECKING:
    from actions.encoder import Vector
    from actions.screening.findings import Screening, Visibility

SCREENING_KEY: Final = "screening"
"""Where the result stands, in the metadata that comes in and in the parse data that goes to the actions."""

_QUESTIONS_KEY: Final = "questions"
"""Where QuestionSplitter leaves the questions of a message."""

_BY_URGENCY: Final = ("emergency", "clinical", "unjudged", "identifying")

SCREENING_INTENTS: Final = frozenset(_BY_URGENCY)
"""The intents that screening sets and the classifier never does."""

_NEVER_ANSWERED: Final = frozenset({"emergency", "clinical", "unjudged"})
"""An identifying message may be answered (a patient's own name, redacted, in private); these never are."""

_UNJUDGED: Final[Mapping[str, Any]] = {"decision": "hand_off", "categories": ["unjudged"], "findings": []}

_COMMAND = re.compile(r"\s*/[\s/]*")
"""A leading slash, with the white space that Rasa strips before it looks for one."""

_log = structlog.get_logger(__name__)


class TextScreener(Protocol):
    """What is needed of `actions.screening.two_nets.TwoNets`."""

    def screen(self, text: str, visibility: Visibility = ..., *, vector: Vector | None = ...) -> Screening:
        """Judge one text; `vector` is that of the text, where it is known."""
        ...


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ScreeningClassifier(GraphComponent):
    """Sets the intent of a sensitive message to emergency, clinical, identifying or unjudged, and empties it of entities and questions.

    It stands last in config.yml's pipeline: what comes after it could overrule it.
    """

    def __init__(self, screener: TextScreener | None = None) -> None:
        """Keep the screener for messages without a result; None loads it from the working directory at the first of them."""
        self._screener = screener

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ScreeningClassifier:
        """Make the component of a trained model."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Screen the messages, in place."""
        for message in messages:
            screening = self._judge(message)
            message.set(SCREENING_KEY, screening, add_to_output=True)
            intent = intent_of(screening)
            if intent is not None:
                _make_sensitive(message, intent)
            message.set(TEXT, without_command(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def _judge(self, message: Message) -> dict[str, Any]:
        """Give the result that came with the message, or else screen its text and keep only the redacted one."""
        metadata = message.get("metadata")
        if isinstance(metadata, Mapping) and SCREENING_KEY in metadata:
            return _checked(metadata[SCREENING_KEY])
        try:
            return self._screen(message, metadata if isinstance(metadata, Mapping) else {})
        except Exception as error:  # whatever fails in screening, the message is not clear
            _log.error("screening.failed", error=type(error).__name__)
            message.set(TEXT, "[UNJUDGED]")
            return dict(_UNJUDGED)

    def _screen(self, message: Message, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Screen the message's text, and replace it, and that of its questions, by the redacted one."""
        from actions.screening.findings import Visibility

        screener = self._loaded()
        visibility = Visibility(metadata.get("visibility", Visibility.PRIVATE))
        text = message.get(TEXT) or ""
        screening = screener.screen(text, visibility, vector=_vector(message))
        if screening.redacted != text:
            message.set(TEXT, screening.redacted, add_to_output=True)
            for question in message.get(_QUESTIONS_KEY) or ():
                question[TEXT] = screener.screen(question[TEXT], visibility).redacted
        return {
            "decision": screening.decision.value,
            "categories": sorted(category.value for category in screening.categories),
            "findings": [
                {"type": finding.type, "start": finding.start, "end": finding.end, "rule": finding.rule}
                for finding in screening.findings
            ],
        }

    def _loaded(self) -> TextScreener:
        """Give the screener, loaded at its first use: with results in the metadata Rasa never needs one."""
        if self._screener is None:
            from bot.net_training import two_nets

            self._screener = two_nets(Path.cwd())
        return self._screener


def _vector(message: Message) -> Vector | None:
    """Give the sentence vector of the message's text, where a featurizer has set it."""
    try:
        return sentence_vector(message)
    except LookupError:
        return None


def intent_of(screening: Mapping[str, Any]) -> str | None:
    """Give the screening intent that follows from a result, the most urgent category first; None lets the message pass."""
    categories = set(screening["categories"])
    if screening["decision"] == "answer":
        categories &= _NEVER_ANSWERED
        return next((name for name in _BY_URGENCY if name in categories), None)
    if screening["decision"] == "emergency":
        return "emergency"
    return next((name for name in _BY_URGENCY if name in categories), "unjudged")


def without_command(text: str) -> str:
    """Remove leading slashes: Rasa would run `/restart` as a command and take `/inform{"day":"x"}` for slots."""
    return _COMMAND.sub("", text, count=1) if _COMMAND.match(text) else text


def _checked(value: Any) -> dict[str, Any]:
    """Give a result that came in the metadata, or "unjudged" where it does not look like one."""
    if not isinstance(value, Mapping) or not isinstance(value.get("decision"), str):
        return dict(_UNJUDGED)
    categories = value.get("categories", [])
    if not isinstance(categories, list) or not SCREENING_INTENTS.issuperset(map(str, categories)):
        return dict(_UNJUDGED)
    findings = value.get("findings", [])
    return {
        "decision": value["decision"],
        "categories": categories,
        "findings": findings if isinstance(findings, list) else [],
    }


def _make_sensitive(message: Message, intent: str) -> None:
    """Give the message the screening intent, and leave nothing in it that could fill a slot or be answered."""
    prediction = {"name": intent, "confidence": 1.0}
    message.set(INTENT, prediction, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [prediction], add_to_output=True)
    message.set(ENTITIES, [], add_to_output=True)
    message.set(_QUESTIONS_KEY, [], add_to_output=True)
