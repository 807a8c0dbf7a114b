"""EncoderIntentClassifier and QuestionSplitter, trained on a handful of examples."""

from contextlib import contextmanager

import pytest

pytest.importorskip("rasa", reason="runs in the Rasa environment")

from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_ext.classifier import EncoderIntentClassifier
from bot.rasa_ext.featurizer import EncoderFeaturizer
from bot.rasa_ext.splitter import QuestionSplitter

EXAMPLES = {
    "visiting_hours": [
        "when can i visit",
        "visiting hours?",
        "can kids come see grandma",
        "can I visit the ward on sunday",
    ],
    "opening_hours": [
        "is it open saturday",
        "when does the lab open",
        "opening hours?",
        "is the clinic open on sunday",
    ],
    "parking": ["where do i park", "where can we park", "can i park there", "how much is parking", "parking fees?"],
    "location_directions": ["where is radiology", "what is your address", "how do i get there", "whats ur address"],
    "insurance": ["do you take aetna", "do you accept blue cross", "is cigna ok", "which insurance do you take"],
    "book_appointment": [
        "i want to book an appointment",
        "book me with dr patel",
        "need an appt",
        "make an appointment",
    ],
    "human_agent": ["talk to a person", "i want a human", "let me speak to someone", "operator please"],
    "greet": ["hi", "hello", "hi there", "good morning"],
    "thanks_praise": ["thanks", "thank you so much", "great service", "thx"],
    "out_of_scope": ["tell me a joke", "who won the game", "weather tomorrow", "write me a poem"],
}


class FolderStorage:
    """Rasa's model storage, reduced to one folder."""

    def __init__(self, folder):
        self.folder = folder

    @contextmanager
    def write_to(self, resource):
        yield self.folder

    @contextmanager
    def read_from(self, resource):
        yield self.folder


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    """Give a function that sends a text, with entities, through featurizer, classifier and splitter."""
    storage, resource = FolderStorage(tmp_path_factory.mktemp("model")), Resource("classifier")
    featurizer = EncoderFeaturizer(EncoderFeaturizer.get_default_config(), "featurizer")
    examples = [Message(data={"text": text, "intent": intent}) for intent, texts in EXAMPLES.items() for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))  # vectors are kept there for the next training
        data = featurizer.process_training_data(TrainingData(examples))
    config = EncoderIntentClassifier.get_default_config()
    EncoderIntentClassifier.create(config, storage, resource, None).train(data)
    classifier = EncoderIntentClassifier.load(config, storage, resource, None)

    def parse(text, *entities):
        message = Message(data={"text": text})
        classifier.process(featurizer.process([message]))
        message.set("entities", [entity(text, *one) for one in entities])
        return QuestionSplitter().process([message])[0].as_dict(only_output_properties=True)

    return parse


def entity(text, kind, words, value):
    start = text.index(words)
    return {"entity": kind, "value": value, "start": start, "end": start + len(words)}


def intents(parsed):
    return [question["intent"] for question in parsed["questions"]]


def test_a_message_has_its_intent_with_a_ranking_of_all(pipeline):
    parsed = pipeline("is there any place for my car")
    assert parsed["intent"]["name"] == "parking"
    ranking = parsed["intent_ranking"]
    assert ranking[0] == parsed["intent"]
    assert [one["confidence"] for one in ranking] == sorted((one["confidence"] for one in ranking), reverse=True)
    assert {one["name"] for one in ranking} == set(EXAMPLES)


def test_a_plain_message_is_one_question_with_all_its_entities(pipeline):
    text = "when can i visit maternity"
    parsed = pipeline(text, ("department", "maternity", "maternity"))
    (question,) = parsed["questions"]
    assert (question["text"], question["intent"]) == (text, "visiting_hours")
    assert [one["value"] for one in question["entities"]] == ["maternity"]


def test_two_questions_share_out_the_entities(pipeline):
    text = "can I visit the maternity ward on Sunday evening and where do I park?"
    parsed = pipeline(text, ("department", "maternity ward", "maternity"), ("day", "Sunday", "2026-11-29"))
    assert intents(parsed) == ["visiting_hours", "parking"]
    first, second = parsed["questions"]
    assert [one["value"] for one in first["entities"]] == ["maternity", "2026-11-29"]
    assert second["entities"] == []
    assert second["text"] == "where do I park?"
    assert parsed["intent"]["name"] == "visiting_hours"


def test_a_greeting_in_front_leaves_one_question(pipeline):
    parsed = pipeline("hi there, whats ur address")
    assert intents(parsed) == ["location_directions"]
    assert parsed["intent"]["name"] == "location_directions"


def test_what_points_back_takes_the_department_over(pipeline):
    text = "where is radiology and is it open saturday"
    parsed = pipeline(text, ("department", "radiology", "radiology"), ("day", "saturday", "2026-11-28"))
    assert intents(parsed) == ["location_directions", "opening_hours"]
    assert [one["value"] for one in parsed["questions"][1]["entities"]] == ["2026-11-28", "radiology"]


def test_two_names_in_one_question_are_one_question(pipeline):
    assert intents(pipeline("do you take aetna and blue cross")) == ["insurance"]


def test_background_is_not_a_question(pipeline):
    assert intents(pipeline("My cousins want to come. where do I park?")) == ["parking"]


def test_an_appointment_among_the_questions_is_the_intent_of_the_message(pipeline):
    parsed = pipeline("how much is parking? and i want to book an appointment")
    assert intents(parsed) == ["parking", "book_appointment"]
    assert parsed["intent"]["name"] == "book_appointment"


def test_a_wish_for_a_person_wins_over_the_question_beside_it(pipeline):
    parsed = pipeline("where do i park? let me speak to someone")
    assert intents(parsed) == ["human_agent"]
    assert parsed["intent"]["name"] == "human_agent"


def test_a_misspelled_message_is_understood_and_keeps_its_text(pipeline):
    (question,) = pipeline("pakr?")["questions"]
    assert (question["intent"], question["text"]) == ("parking", "pakr?")


@pytest.mark.parametrize("text", ["", " ", "?", "\n\n", "and", "👍 and 👎", "x" * 3000, "病院 and 駐車場", "a. " * 400])
def test_any_text_is_at_least_one_question(pipeline, text):
    parsed = pipeline(text)
    assert len(parsed["questions"]) >= 1
    assert parsed["intent"]["name"]


def test_an_untrained_classifier_says_what_to_do():
    classifier = EncoderIntentClassifier.create(EncoderIntentClassifier.get_default_config(), None, None, None)
    message = EncoderFeaturizer(EncoderFeaturizer.get_default_config(), "f").process([Message(data={"text": "hi"})])
    with pytest.raises(RuntimeError, match="make train"):
        classifier.process(message)
