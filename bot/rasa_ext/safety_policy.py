"""The policy that no other policy and no form can overrule."""

from __future__ import annotations

from typing import Any, Final

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_ext import action_validation
from bot.rasa_ext.screening import SCREENING_INTENTS, SCREENING_KEY

HAND_OFF_ACTION: Final = "action_hand_off"
MISUNDERSTOOD_ACTION: Final = "action_misunderstood"

_PRIORITY: Final = 100
"""Far above RulePolicy's, the highest of Rasa's own."""

_LAST_RESORT: Final = 0.1
"""Confidence of a prediction that any rule outbids."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """Answers a sensitive message with `action_hand_off` and then waits; elsewhere it only speaks where every other policy is silent.

    A form in progress predicts itself whatever the patient wrote, and such a prediction ("no user") beats every other kind, whatever
    the priority. So the predictions here are of that kind too, and the priority decides between the two.
    https://rasa.com/docs/rasa/policies#policy-priority
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change."""
        return {"priority": _PRIORITY}

    @staticmethod
    def supported_data() -> SupportedData:
        """Say which training data the policy takes: any, it learns nothing from them."""
        return SupportedData.ML_AND_RULE_DATA

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        """Make the policy of a trained model, and have the responses of actions checked by the compiled schema from now on."""
        action_validation.install()
        return cls(config, model_storage, resource, execution_context)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Learn nothing."""
        return self._resource

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, **kwargs: Any
    ) -> PolicyPrediction:
        """Predict the hand-off, or the wait after it, for a sensitive message; for any other, what to do where no rule says it."""
        message = tracker.latest_message
        if message is None or not _is_for_a_person(message):
            return self._prediction(confidence_scores_for(_without_a_rule(tracker), _LAST_RESORT, domain))
        action = ACTION_LISTEN_NAME if _hand_off_was_tried(tracker) else HAND_OFF_ACTION
        return self._prediction(confidence_scores_for(action, 1.0, domain), is_no_user_prediction=True)


def _is_for_a_person(message: UserUttered) -> bool:
    """Tell a message that screening found sensitive, or that came through a channel and past screening."""
    if message.intent_name in SCREENING_INTENTS:
        return True
    return message.input_channel is not None and SCREENING_KEY not in message.parse_data


def _hand_off_was_tried(tracker: DialogueStateTracker) -> bool:
    """Tell whether the hand-off has run since the patient's last message, or was refused by the action server.

    A refused action gets no probability from any policy. Tried again it would leave the turn to the form in progress; waiting leaves the
    patient without a reply from Rasa, which the service answers with the safe one.
    """
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, (ActionExecuted, ActionExecutionRejected)) and event.action_name == HAND_OFF_ACTION:
            return True
    return False


def _without_a_rule(tracker: DialogueStateTracker) -> str:
    """Choose the action where no rule applies: say so once, let a form in progress ask again, then wait.

    Rasa's own fallback would repeat itself until its limit of actions, after which it ignores the conversation.
    """
    if tracker.latest_action_name == ACTION_LISTEN_NAME:
        return MISUNDERSTOOD_ACTION
    form = tracker.active_loop_name
    if form is not None and tracker.is_active_loop_rejected:
        return str(form)
    return str(ACTION_LISTEN_NAME)
