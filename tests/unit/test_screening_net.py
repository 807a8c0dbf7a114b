"""The second net of screening: what it learns, what it adds, and that it never takes anything away."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actions.encoder import Encoder
from actions.hospital import HospitalFile
from actions.screening import Category, Decision, Finding, Screening
from actions.screening.glossary import Glossary
from actions.screening.net import (
    CLAUSE_DISCOUNT,
    CLINICAL_RULE,
    EMERGENCY_RULE,
    Label,
    NetMissingError,
    Scores,
    SecondNet,
)
from actions.screening.routine import RoutineAnswers
from actions.screening.two_nets import TwoNets
from bot.net_training import ExamplesError, ensure_net, learn, net_examples, net_path, nlu_lines, train_net, two_nets
from tests.conftest import ROOT

CLEAR = Screening(Decision.ANSWER, frozenset(), (), "")
EXAMPLES = ("service", "general", "clinical", "knowledge", "emergency")


def judged(screener: TwoNets, text: str, before: Screening = CLEAR) -> Screening:
    """Add what the net finds in a text that the rules judged as `before`."""
    return screener.net.judge(before, text, Scores.of_message(screener.read(text).scores))


def learned(screener: TwoNets, row: int, before: Screening = CLEAR) -> Screening:
    """Judge an example."""
    net = screener.net
    text = net.texts[row]
    return net.judge(before, text, net.scores([Glossary.load().in_english(text)], net.vectors[row : row + 1])[0])


@pytest.fixture
def routine(hospital_file: HospitalFile) -> RoutineAnswers:
    return RoutineAnswers(hospital_file)


def small_project(folder: Path, **texts: str) -> Path:
    """Make a project with a few examples."""
    (folder / "actions" / "screening" / "examples").mkdir(parents=True)
    (folder / "data" / "nlu").mkdir(parents=True)
    shutil.copy(ROOT / "hospital.yml", folder)
    (folder / "data" / "nlu" / "out_of_scope.yml").write_text(
        "nlu:\n- intent: out_of_scope\n  examples: |\n    - set an alarm for [six](time)\n"
        "- intent: parking\n  examples: |\n    - parking?\n    - where do i leave the car\n"
    )
    known = {
        "service": "# comment\nwhen do you open\nvisiting hours of the ward",
        "general": "play some music",
        "clinical": "my rash is back\nit hurts when i pee",
        "knowledge": "is gout hereditary",
        "emergency": "he is not breathing\ni want to die",
    }
    for name, text in {**known, **texts}.items():
        (folder / "actions" / "screening" / "examples" / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


# What it adds


@pytest.mark.parametrize("name", ["clinical", "emergency"])
def test_what_it_learned_as_sensitive_it_flags(screener: TwoNets, name: str) -> None:
    net = screener.net
    rows = np.flatnonzero(net.labels == Label[name.upper()])[::10]
    flagged = [learned(screener, row).decision is not Decision.ANSWER for row in rows]
    assert np.mean(flagged) > 0.9


def test_hardly_a_service_question_that_it_learned_from_is_flagged(screener: TwoNets) -> None:
    net = screener.net
    rows = np.flatnonzero(net.labels == Label.SERVICE)[::5]
    flagged = [net.texts[row] for row in rows if learned(screener, row) != CLEAR]
    assert len(flagged) < 0.01 * len(rows), flagged


@pytest.mark.parametrize("text", ["hes been so quiet since the fall", "she sleeps all day and hardly touches her food"])
def test_a_disclosure_without_a_medical_word_is_handed_off(screener: TwoNets, text: str) -> None:
    found = judged(screener, text)
    assert found.decision is Decision.HAND_OFF
    assert found.categories == {Category.CLINICAL}
    assert found.findings == (Finding("CLINICAL", 0, len(text), CLINICAL_RULE),)


def test_an_emergency_in_other_words_is_one(screener: TwoNets) -> None:
    text = "everyone would sleep easier if i was gone for good"
    found = judged(screener, text)
    assert found.decision is Decision.EMERGENCY
    assert found.findings == (Finding("EMERGENCY", 0, len(text), EMERGENCY_RULE),)


def test_a_clinical_message_can_become_an_emergency_and_keeps_what_was_found(screener: TwoNets) -> None:
    text = "i dont wanna be here anymore, call 555 0199"
    found = (Finding("PHONE", 36, 44, "id.phone"), Finding("CLINICAL", 0, 28, "clinical.mood"))
    before = Screening(
        Decision.HAND_OFF, frozenset({Category.CLINICAL, Category.IDENTIFYING}), found, "i dont …, call [PHONE]"
    )
    after = judged(screener, text, before)
    assert after.decision is Decision.EMERGENCY
    assert after.categories == {Category.CLINICAL, Category.IDENTIFYING, Category.EMERGENCY}
    assert tuple(after.findings[:2]) == found
    assert after.redacted == before.redacted


def test_a_denied_or_past_emergency_stays_clinical_unless_the_net_is_sure(screener: TwoNets) -> None:
    text = "no chest pain now, it went away years ago"
    rules = screener.rules.screen(text)
    assert rules.categories == {Category.CLINICAL}
    assert screener.screen(text) == rules
    sure = "i dont wanna be here anymore"
    before = Screening(Decision.HAND_OFF, rules.categories, (Finding("EMERGENCY", 0, 5, "emergency.chest_pain"),), sure)
    assert judged(screener, sure, before).decision is Decision.EMERGENCY


def test_a_disclosure_inside_a_routine_request_is_found_in_its_clause(screener: TwoNets) -> None:
    text = "please move my appointment with the dietitian to the week after next, he is off his food, and tell me where to park"
    read = screener.read(text)
    assert len(read.texts) == 4
    assert judged(screener, text).decision is Decision.HAND_OFF
    assert judged(screener, text.replace("he is off his food, ", "")).decision is Decision.ANSWER


def test_a_messages_scores_are_the_mean_of_the_whole_and_its_most_sensitive_part() -> None:
    assert Scores.of_message([Scores(0, 0.25), Scores(0.5, -1), Scores(-1, 0.75)]) == Scores(0.25, -0.375)
    assert Scores.of_message([Scores(0.5, 0.25)]) == Scores(0.5, 0.25)


def test_a_clause_that_is_plainly_sensitive_decides_alone() -> None:
    assert Scores.of_message([Scores(-1, -1), Scores(1, -1)]) == Scores(1 - CLAUSE_DISCOUNT, -1)


@pytest.mark.parametrize(
    ("sensitive", "emergency", "decision"),
    [
        (0.0, 0.9, Decision.ANSWER),
        (0.1, 0.2, Decision.ANSWER),
        (0.1, 0.4, Decision.EMERGENCY),
        (0.2, -0.1, Decision.HAND_OFF),
        (0.2, 0.1, Decision.EMERGENCY),
    ],
)
def test_a_text_that_is_hardly_sensitive_must_be_plainly_an_emergency(
    screener: TwoNets, sensitive: float, emergency: float, decision: Decision
) -> None:
    scores = Scores(sensitive, emergency)
    assert screener.net.judge(CLEAR, "some words that are not routine", scores).decision is decision


def test_where_the_rules_alone_see_illness_and_the_net_does_not_at_all_it_is_no_emergency(screener: TwoNets) -> None:
    clinical = Screening(Decision.HAND_OFF, frozenset({Category.CLINICAL}), (), "text")
    assert screener.net.judge(clinical, "some words that are not routine", Scores(-0.5, 0.9)) == clinical
    assert screener.net.judge(clinical, "some words that are not routine", Scores(-0.1, 0.9)) != clinical


def test_spanish_and_italian_are_read_in_english(screener: TwoNets) -> None:
    assert screener.read("mi duele la cabeza").texts[0] == "my hurts the head"
    for text in ("mi hija casi no come desde ayer", "mia figlia non mangia quasi niente da ieri"):
        assert judged(screener, text).decision is Decision.HAND_OFF
    for text in ("cuánto cuesta el estacionamiento para las visitas", "quanto costa il parcheggio per le visite"):
        assert judged(screener, text) == CLEAR


# What it never does


BEFORE = [
    CLEAR,
    Screening(Decision.ANSWER, frozenset({Category.IDENTIFYING}), (Finding("NAME", 0, 4, "id.name"),), "[NAME]"),
    Screening(Decision.HAND_OFF, frozenset({Category.CLINICAL}), (Finding("CLINICAL", 0, 4, "clinical.x"),), "text"),
    Screening(Decision.EMERGENCY, frozenset({Category.EMERGENCY}), (Finding("EMERGENCY", 0, 4, "e.x"),), "text"),
    Screening(Decision.HAND_OFF, frozenset({Category.UNJUDGED}), (), "[UNJUDGED]"),
]


@pytest.mark.parametrize("before", BEFORE, ids=lambda one: ",".join(sorted(c.value for c in one.categories)) or "clear")
def test_it_adds_and_never_removes(screener: TwoNets, before: Screening) -> None:
    order = list(Decision)
    for row in range(0, len(screener.net.texts), 50):
        after = learned(screener, row, before)
        assert after.categories >= before.categories
        assert order.index(after.decision) >= order.index(before.decision)
        assert tuple(after.findings[: len(before.findings)]) == tuple(before.findings)
        assert after.redacted == before.redacted
        if {Category.EMERGENCY, Category.UNJUDGED} & before.categories:
            assert after == before


ANSWERS = (
    """
tuesday morning|the second one|10:30|next thursday at 3pm|cardiology|the eye clinic|eye clinic, thurs 3 pm|any day
yes please|no thanks|ok|2|3rd|parking?|thank you|monday or wednesday|around noon|Dr. Patel|physical therapy|hello|  |?
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_to_the_booking_form_is_never_flagged_whatever_its_scores(screener: TwoNets, text: str) -> None:
    assert screener.net.judge(CLEAR, text, Scores(2, 2)) == CLEAR


@pytest.mark.parametrize(
    "text", ["help me", "heart stopped", "cold sweats", "i take two in the morning", "stop me", "lost the baby"]
)
def test_everyday_words_together_are_not_routine_for_that(screener: TwoNets, text: str) -> None:
    assert not screener.net.routine.covers(text, screener.net.short)


def test_the_lines_staff_train_the_assistant_with_pass(screener: TwoNets) -> None:
    lines = [line for intent, texts in nlu_lines(ROOT).items() if intent != "out_of_scope" for line in texts[1::12]]
    vectors = screener.encoder.encode_batch(lines)
    scores = screener.net.scores(lines, vectors)
    flagged = [text for text, one in zip(lines, scores, strict=True) if screener.net.judge(CLEAR, text, one) != CLEAR]
    assert len(flagged) < 0.003 * len(lines), flagged


# Both nets


def test_both_nets_give_the_vector_of_the_redacted_text(screener: TwoNets) -> None:
    screening, vector = screener.hear("my name is John Smith, where do I park?")
    assert screening.decision is Decision.ANSWER
    assert vector is not None
    assert np.allclose(vector, screener.encoder.encode(screening.redacted), atol=1e-6)


def test_the_net_is_not_asked_when_the_rules_found_an_emergency_or_could_not_judge(screener: TwoNets) -> None:
    for text in ("my husband is not breathing", "hello " * 2000):
        screening, vector = screener.hear(text)
        assert screening == screener.rules.screen(text)
        assert vector is None


def test_a_spanish_question_has_the_vector_of_its_own_words(screener: TwoNets) -> None:
    screening, vector = screener.hear("dónde puedo estacionar el coche")
    assert screening.decision is Decision.ANSWER
    assert vector is not None
    assert np.allclose(vector, screener.encoder.encode(screening.redacted), atol=1e-6)


def test_a_net_that_fails_hands_the_message_off(screener: TwoNets) -> None:
    broken = replace(screener, net=replace(screener.net, weights=screener.net.weights[:3]))
    screening, vector = broken.hear("where do i leave my bicycle?")
    assert screening.decision is Decision.HAND_OFF
    assert screening.categories == {Category.UNJUDGED}
    assert vector is None


# Explanation


def test_its_judgement_is_explained_by_the_nearest_examples(screener: TwoNets) -> None:
    net = screener.net
    row = int(np.flatnonzero(net.labels == Label.CLINICAL)[7])
    nearest = net.nearest(net.vectors[row], 3)
    assert nearest[0].text == net.texts[row]
    assert nearest[0].label is Label.CLINICAL
    assert nearest[0].likeness == pytest.approx(1, abs=1e-5)
    assert [one.likeness for one in nearest] == sorted((one.likeness for one in nearest), reverse=True)
    assert len(nearest) == 3


# Training


def test_the_same_examples_give_the_same_file(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    first = train_net(root).read_bytes()
    assert train_net(root).read_bytes() == first
    assert net_path(root).read_bytes() == first


def test_a_changed_example_asks_for_training(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    trained = ensure_net(root)
    assert ensure_net(root) == trained
    (root / "actions" / "screening" / "examples" / "service.txt").write_text("is there a shuttle bus\n")
    assert net_path(root) != trained
    assert not net_path(root).exists()


def test_a_trained_net_is_read_back_as_it_was(tmp_path: Path, routine: RoutineAnswers) -> None:
    texts = ["when do you open", "my rash is back"]
    vectors = Encoder.load().encode_batch(texts)
    net = learn(texts, [Label.SERVICE, Label.CLINICAL], vectors, frozenset({("parking",)}), routine)
    net.save(tmp_path / "net.npz")
    read = SecondNet.load(tmp_path / "net.npz", routine)
    assert (list(read.texts), read.short) == (list(net.texts), net.short)
    assert np.array_equal(read.weights, net.weights)
    service, clinical = read.scores(net.texts, net.vectors)
    assert clinical.sensitive > 0 > service.sensitive
    assert read.scores(net.texts, net.vectors) == net.scores(net.texts, net.vectors)


def test_a_comment_is_no_example_and_entities_are_read_as_text(tmp_path: Path) -> None:
    examples = net_examples(small_project(tmp_path))
    assert examples["set an alarm for six"] is Label.SERVICE
    assert examples["is gout hereditary"] is Label.CLINICAL
    assert not [text for text in examples if text.startswith("#")]


def test_a_text_with_two_labels_is_refused_and_named(tmp_path: Path) -> None:
    root = small_project(tmp_path, emergency="my rash is back\nwhen do you open\nhe fell")
    with pytest.raises(ExamplesError) as refused:
        train_net(root)
    assert "my rash is back" in str(refused.value)
    assert "when do you open" in str(refused.value)
    assert "emergency.txt" in str(refused.value)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_file_of_examples_without_any_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExamplesError, match=f"{name}.txt"):
        train_net(small_project(tmp_path, **{name: "# nothing yet"}))


@pytest.mark.parametrize("content", [None, b"", b"not a net", b"PK\x03\x04 cut off"])
def test_without_a_net_nothing_is_judged_and_the_message_says_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    root = small_project(tmp_path)
    if content is not None:
        net_path(root).parent.mkdir()
        net_path(root).write_bytes(content)
    with pytest.raises(NetMissingError, match="frontdesk train"):
        two_nets(root)


def test_the_projects_examples_have_one_label_each_and_are_many() -> None:
    examples = net_examples(ROOT)
    counts = {label: sum(one is label for one in examples.values()) for label in Label}
    assert counts[Label.SERVICE] > 3000
    assert counts[Label.CLINICAL] + counts[Label.EMERGENCY] > 1500
