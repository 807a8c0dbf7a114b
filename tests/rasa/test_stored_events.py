"""What is stored of a conversation: enough for Rasa to go on as if it had never stopped, and nothing else."""

import json
import logging
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_ext import stored_events

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
OTHER_DOMAIN = Domain.from_dict(
    {"intents": ["greet"], "slots": {"day": {"type": "text", "mappings": [{"type": "custom"}]}}}
)
START = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def message(text, intent="parking"):
    ranking = [{"name": f"intent_{rank}", "confidence": 0.1} for rank in range(30)]
    found = [{"entity": "department", "value": "maternity", "start": 0, "end": 3}]
    return UserUttered(
        text,
        {"name": intent, "confidence": 0.9},
        found,
        {
            "intent": {"name": intent, "confidence": 0.9},
            "entities": found,
            "text": text,
            "intent_ranking": ranking,
            "text_tokens": [(0, 3)] * 20,
            "questions": [{"text": text, "intent": intent, "entities": []}],
        },
        input_channel="rest",
        message_id="abc",
        metadata={"message_id": 7, "channel": "messenger", "model_id": "m", "assistant_id": "a", "vector": "AAAA"},
    )


def turn(text="where", *between, action="action_answer"):
    return [
        message(text),
        DefinePrevUserUtteredFeaturization(False),
        ActionExecuted(action, "RulePolicy", 1.0, hide_rule_turn=True),
        BotUttered("there", {"buttons": [{"title": "a", "payload": "b"}], "image": None}),
        *between,
        ActionExecuted("action_listen", "RulePolicy", 1.0),
    ]


def stored(events, domain=DOMAIN):
    return json.loads(stored_events.to_json(events, domain))


def restored(events, domain=DOMAIN):
    return DialogueStateTracker.from_events("p", stored_events.from_json(stored(events), domain), domain.slots)


def test_a_restored_conversation_goes_on_where_it_was():
    events = [
        *START,
        *turn(),
        *turn("x", ActiveLoop("booking_form"), SlotSet("day", "2030-01-07"), SlotSet("offered", [1, 2])),
    ]
    before = DialogueStateTracker.from_events("p", events, DOMAIN.slots)
    after = restored(events)
    assert after.current_slot_values() == before.current_slot_values()
    assert after.active_loop_name == "booking_form"
    assert after.latest_action_name == "action_listen"
    assert after.latest_message.parse_data["questions"] == before.latest_message.parse_data["questions"]
    assert after.latest_message.timestamp == before.latest_message.timestamp
    assert [type(event) for event in after.events] == [type(event) for event in before.events]
    assert after.past_states(DOMAIN) == before.past_states(DOMAIN)


def test_storing_what_was_restored_changes_nothing():
    events = [*START, *turn()]
    once = stored(events)
    assert stored(stored_events.from_json(once, DOMAIN)) == once


def test_bulk_is_left_out():
    (user,) = [event for event in stored([*START, *turn()]) if event["event"] == "user"]
    assert len(user["parse_data"]["intent_ranking"]) == 3
    assert set(user["parse_data"]) == {"intent", "entities", "intent_ranking", "questions"}
    assert user["metadata"] == {"message_id": 7, "channel": "messenger"}
    assert "AAAA" not in str(user)


def test_the_text_is_the_redacted_one():
    said = message("call 555 0123")
    said.parse_data["text"] = "call [PHONE]"
    said.parse_data["questions"] = []
    (user,) = [event for event in stored([*START, said]) if event["event"] == "user"]
    assert user["text"] == "call [PHONE]"
    assert "0123" not in str(user)


def test_only_the_current_session_is_stored():
    events = [
        *START,
        *turn("first", SlotSet("day", "2030-01-07")),
        SlotSet("session_started_metadata", {"x": 1}),
        *START,
        *turn("second"),
    ]
    kept = stored(events)
    assert [event["text"] for event in kept if event["event"] == "user"] == ["second"]
    assert kept[0]["name"] == "action_session_start"
    assert restored(events).get_slot("day") is None


def test_rasas_copy_of_the_first_metadata_is_not_stored():
    assert "session_started_metadata" not in str(
        stored([*START, SlotSet("session_started_metadata", {"x": 1}), *turn()])
    )


def test_a_long_session_is_folded_into_the_slots_and_the_form_it_led_to():
    events = [
        *START,
        *turn("open", ActiveLoop("booking_form"), SlotSet("department", "ent"), SlotSet("day", "2030-01-07")),
    ]
    for number in range(stored_events.LONGEST_SESSION):
        events += turn(str(number), *([SlotSet("day", None)] if number == 12 else []))
    kept = stored(events)
    texts = [event["text"] for event in kept if event["event"] == "user"]
    assert (
        texts == [str(number) for number in range(stored_events.LONGEST_SESSION)][-stored_events.KEPT_OF_LONG_SESSION :]
    )
    after = restored(events)
    assert after.active_loop_name == "booking_form"
    assert after.get_slot("department") == "ent"
    assert after.get_slot("day") is None
    assert after.latest_action_name == "action_listen"


def test_a_session_is_folded_again_and_again_without_growing():
    events = [*START, *turn("open", SlotSet("department", "ent"))]
    longest = 0
    for number in range(200):
        events = [*stored_events.from_json(stored(events), DOMAIN), *turn(str(number))]
        longest = max(longest, len(events))
    assert longest < 8 * (stored_events.LONGEST_SESSION + 2)
    assert restored(events).get_slot("department") == "ent"


def test_a_turn_that_rasa_broke_off_is_ended():
    broken = [*START, message("x"), *[ActionExecuted("action_answer") for _ in range(10)]]
    assert restored(broken).latest_action_name == "action_listen"


def test_slots_and_forms_that_the_domain_has_lost_are_dropped_without_a_word(caplog):
    events = [*START, *turn("x", ActiveLoop("booking_form"), SlotSet("offered", [1]), SlotSet("day", "2030-01-07"))]
    with caplog.at_level(logging.WARNING):
        after = restored(events, OTHER_DOMAIN)
    assert caplog.records == []
    assert after.active_loop_name is None
    assert after.get_slot("day") == "2030-01-07"


def test_the_end_of_a_form_is_kept():
    assert restored([*START, ActiveLoop("booking_form"), *turn("x", ActiveLoop(None))]).active_loop_name is None


@pytest.mark.parametrize("value", [False, 0, "", [], {}])
def test_an_empty_value_of_a_slot_is_kept(value):
    assert restored([*START, *turn("x", SlotSet("offered", value))]).get_slot("offered") == value


@pytest.mark.parametrize(
    "text", ["nul \x00 here", "half \ud83d a pair", "back\\u0000slash", "smile \U0001f600", "\\\x00"]
)
def test_what_postgresql_refuses_is_replaced_and_the_rest_kept(text):
    body = stored_events.to_json([*START, message(text)], DOMAIN)
    assert "\\u0000" not in body.replace("\\\\", "")
    (user,) = [event for event in json.loads(body.encode("utf-8")) if event["event"] == "user"]
    assert user["text"] == text.replace("\x00", "\ufffd").replace("\ud83d", "?")
