"""The compiled check of the action server's responses says what Rasa's own says."""

import copy
import functools
import importlib.util

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.rasa_ext import action_validation

ACCEPTED = [
    {"events": [], "responses": []},
    {},
    {
        "events": [{"event": "slot", "name": "day", "value": "2030-01-07", "timestamp": None}],
        "responses": [{"text": "hello"}],
    },
    {"events": [{"event": "slot", "name": "day", "value": None}], "responses": [{"text": "x", "buttons": []}]},
    {
        "events": [{"event": "followup", "name": "booking_form"}, {"event": "active_loop", "name": None}],
        "responses": [],
    },
    {
        "events": [{"event": "action_execution_rejected", "name": "booking_form"}],
        "responses": [{"custom": {"room": "1"}}],
    },
    {"responses": [{"text": "hello", "unheard_of": 1}]},
    {"events": [{"event": "followup"}]},
]
REFUSED = [
    [],
    "hello",
    None,
    {"events": {}},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot", "name": 5, "value": None}]},
    {"events": [{"event": "slot"}]},
    {"events": [{}]},
    {"events": [], "responses": ["hello"]},
    {"events": [], "responses": "hello"},
]


@functools.lru_cache
def original():
    """Give Rasa's method from a second copy of its module: the compiled one may be installed in the first."""
    spec = importlib.util.find_spec("rasa.core.actions.action")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.RemoteAction._validate_action_result


def verdict(check, response):
    try:
        return check(RemoteAction("action_answer", None), copy.deepcopy(response))
    except ValidationError as error:
        return error.message, list(error.absolute_path), list(error.absolute_schema_path)


@pytest.mark.parametrize("response", ACCEPTED)
def test_both_accept_the_same_responses(response):
    assert verdict(action_validation.validate_action_result, response) is True
    assert verdict(original(), response) is True


@pytest.mark.parametrize("response", REFUSED)
def test_both_refuse_the_same_responses_in_the_same_words(response):
    ours = verdict(action_validation.validate_action_result, response)
    assert ours == verdict(original(), response)
    assert "Failed to validate Action server response" in ours[0]


def test_a_release_it_was_not_compared_with_keeps_its_own_check(monkeypatch):
    own = original()
    monkeypatch.setattr(RemoteAction, "_validate_action_result", own)
    monkeypatch.setattr(rasa, "__version__", "3.7.0")
    assert action_validation.install() is False
    assert RemoteAction._validate_action_result is own


def test_the_known_release_gets_the_compiled_check(monkeypatch):
    monkeypatch.setattr(RemoteAction, "_validate_action_result", original())
    assert rasa.__version__ == action_validation.KNOWN_RASA_VERSION
    assert action_validation.install() is True
    assert RemoteAction._validate_action_result is action_validation.validate_action_result
