"""The trained model, as the assistant runs it, on lines that were written apart from its examples."""

import asyncio
import re
from pathlib import Path

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.training import model_path

ROOT = Path(__file__).parents[2]
CLEAR = {"screening": {"decision": "answer", "categories": [], "findings": []}}
NOT_UNDERSTOOD = {"out_of_scope", "nlu_fallback"}

pytestmark = pytest.mark.skipif(not model_path(ROOT).exists(), reason="the model is not trained: make train")


@pytest.fixture(scope="module")
def agent():
    return Agent.load(str(model_path(ROOT)))


def parse(agent, text):
    return asyncio.run(agent.processor.parse_message(UserMessage(text, metadata=dict(CLEAR))))


@pytest.fixture(scope="module")
def judged(agent):
    """Give (intent that is right, intent that was found) of every held-back line."""
    document = yaml.safe_load((ROOT / "tests" / "nlu" / "held_back.yml").read_text("utf-8"))
    lines = [(line[2:], block["intent"]) for block in document["nlu"] for line in block["examples"].splitlines()]
    texts = [(re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text), right) for text, right in lines]
    return [(right, parse(agent, text)["intent"]["name"]) for text, right in texts]


def test_nine_of_ten_held_back_lines_get_their_intent(judged):
    """A line below the threshold counts as not understood, which is right for those out of scope only."""
    right = [found == intent or {found, intent} <= NOT_UNDERSTOOD for intent, found in judged]
    assert sum(right) / len(right) >= 0.90


def test_most_of_what_is_out_of_scope_is_not_answered(judged):
    outside = [found in NOT_UNDERSTOOD for intent, found in judged if intent == "out_of_scope"]
    assert sum(outside) / len(outside) >= 0.75


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("can I visit the maternity ward on Sunday evening and where do I park?", ["visiting_hours", "parking"]),
        ("hi there, whats ur address", ["location_directions"]),
        ("where is radiology and is it open saturday", ["location_directions", "opening_hours"]),
        ("do you take aetna and blue cross", ["insurance"]),
        ("I have an appointment on tuesday. where do I park?", ["parking"]),
        ("hi! I'd like to book with dr patel. also how much is parking? thanks", ["book_appointment", "parking"]),
        ("where do i park and can i talk to a person", ["human_agent"]),
        ("is the lab open sunday and is the pharmacy open, and where do I park", ["opening_hours", "parking"]),
        ("thanks so much, bye", ["goodbye"]),
        ("vistng hours of the matenity ward plz", ["visiting_hours"]),
    ],
)
def test_questions_of_a_message(agent, text, intents):
    assert [question["intent"] for question in parse(agent, text)["questions"]] == intents


def test_the_vector_of_the_metadata_is_not_kept(agent):
    metadata = {**CLEAR, "vector": "AAAA"}
    asyncio.run(agent.processor.parse_message(UserMessage("hello", metadata=metadata)))
    assert "vector" not in metadata
