"""SafetyPolicy: what screening found goes to a person, whatever any other policy or form wants."""

from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActionExecutionRejected, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_ext.safety_policy import SafetyPolicy
from bot.rasa_ext.screening import SCREENING_INTENTS

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
IN_FORM = [
    ActionExecuted("action_listen"),
    UserUttered("book", {"name": "book_appointment"}),
    ActionExecuted("booking_form"),
    ActiveLoop("booking_form"),
    SlotSet("requested_slot", "day"),
]


@pytest.fixture
def policy(tmp_path):
    context = ExecutionContext(GraphSchema({}), "model")
    return SafetyPolicy.load(
        SafetyPolicy.get_default_config(), LocalModelStorage(tmp_path), Resource("policy"), context
    )


def tracker(*events, intent):
    said = [ActionExecuted("action_listen"), UserUttered("…", {"name": intent})]
    return DialogueStateTracker.from_events("one", [*IN_FORM, *said, *events], DOMAIN.slots)


def chosen(policy, conversation, other="booking_form", confidence=1.0):
    """Give the action that wins against a form's happy path or, with `confidence`, against a rule."""
    rival = PolicyPrediction(
        confidence_scores_for(other, confidence, DOMAIN), "RulePolicy", 6, is_no_user_prediction=other.endswith("_form")
    )
    ours = policy.predict_action_probabilities(conversation, DOMAIN)
    best = DefaultPolicyPredictionEnsemble().combine_predictions([rival, ours], conversation, DOMAIN)
    return DOMAIN.action_names_or_texts[best.max_confidence_index]


@pytest.mark.parametrize("intent", sorted(SCREENING_INTENTS))
def test_a_sensitive_message_in_a_form_is_handed_off(policy, intent):
    assert chosen(policy, tracker(intent=intent)) == "action_hand_off"


@pytest.mark.parametrize("intent", sorted(SCREENING_INTENTS))
def test_nothing_follows_a_hand_off_even_if_the_form_is_still_open(policy, intent):
    assert chosen(policy, tracker(ActionExecuted("action_hand_off"), intent=intent)) == "action_listen"


def from_channel(**parse_data):
    said = UserUttered("…", {"name": "parking"}, parse_data=parse_data, input_channel="rest")
    events = [*IN_FORM, ActionExecuted("action_listen"), said]
    return DialogueStateTracker.from_events("one", events, DOMAIN.slots)


def test_a_message_that_came_past_screening_is_handed_off(policy):
    assert chosen(policy, from_channel()) == "action_hand_off"
    assert chosen(policy, from_channel(), other="action_restart") == "action_hand_off"


def test_a_message_that_was_screened_and_is_clear_is_not(policy):
    assert chosen(policy, from_channel(screening={"decision": "answer", "categories": []})) == "booking_form"


def test_a_hand_off_that_the_action_server_refuses_does_not_leave_the_message_to_the_form(policy):
    conversation = tracker(ActionExecutionRejected("action_hand_off"), intent="clinical")
    assert chosen(policy, conversation) == "action_listen"


def test_an_earlier_hand_off_does_not_stand_for_this_one(policy):
    again = [ActionExecuted("action_hand_off"), ActionExecuted("action_listen"), UserUttered("…", {"name": "clinical"})]
    assert chosen(policy, tracker(*again, intent="emergency")) == "action_hand_off"


def test_a_sensitive_message_is_handed_off_whatever_a_rule_says(policy):
    assert chosen(policy, tracker(intent="emergency"), other="action_answer") == "action_hand_off"


def test_any_other_message_is_left_to_the_form(policy):
    assert chosen(policy, tracker(intent="parking")) == "booking_form"


def test_any_other_message_is_left_to_the_rules(policy):
    assert chosen(policy, tracker(intent="parking"), other="action_answer") == "action_answer"


def test_a_message_without_a_rule_is_not_met_with_silence(policy):
    conversation = tracker(intent="parking")
    assert chosen(policy, conversation, other="action_answer", confidence=0.0) == "action_misunderstood"


def test_where_no_rule_says_what_follows_an_action_the_turn_ends(policy):
    conversation = tracker(ActiveLoop(None), ActionExecuted("action_leave_booking"), intent="parking")
    assert chosen(policy, conversation, other="action_answer", confidence=0.0) == "action_listen"


def test_a_form_asks_again_after_a_message_that_nobody_could_use(policy):
    rejected = [ActionExecutionRejected("booking_form"), ActionExecuted("action_misunderstood")]
    assert chosen(policy, tracker(*rejected, intent="parking"), other="action_answer", confidence=0.0) == "booking_form"


def test_loading_the_policy_installs_the_compiled_check_of_responses(policy):
    from rasa.core.actions.action import RemoteAction

    from bot.rasa_ext.action_validation import validate_action_result

    assert RemoteAction._validate_action_result is validate_action_result
