"""Conversation files: what they may say, and what is said about a bad one."""

from datetime import date
from pathlib import Path

import pytest

from actions.hospital import HospitalFile
from bot.talk.conversation import (
    BotStep,
    Condition,
    Deed,
    EitherStep,
    PatientStep,
    SilentStep,
    StackStep,
    Thing,
    TogetherStep,
)
from bot.talk.loading import ConversationError, load_conversations, read_conversations
from bot.talk.placeholders import Facts

FILE = Path("talks/parking.yml")


@pytest.fixture(scope="module")
def facts(hospital_file: HospitalFile) -> Facts:
    return Facts(hospital_file.current(), date(2026, 11, 24))


def read(text: str, facts: Facts, file: Path = FILE) -> list[str]:
    return [str(problem) for problem in read_conversations(text.encode(), file, facts)[1]]


def steps_of(text: str, facts: Facts) -> tuple[object, ...]:
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    conversations, problems = read_conversations(f"- conversation: a test\n  steps:\n{indented}".encode(), FILE, facts)
    assert not problems
    return conversations[0].steps


def test_a_conversation_reads_as_its_steps_with_their_lines(facts: Facts) -> None:
    text = """\
- conversation: A visitor asks where to park
  steps:
    - patient: where can I park?
    - bot introduces itself:
    - bot: [garage, Harbor Street]
      does not say: sorry
      offers: Disabled parking
"""
    conversations, problems = read_conversations(text.encode(), FILE, facts)
    assert not problems
    (one,) = conversations
    assert (one.title, one.line, one.own_stack, one.patients) == (
        "A visitor asks where to park",
        1,
        False,
        ("the patient",),
    )
    assert one.steps[0] == PatientStep(3, "the patient", Deed.WRITES, "where can I park?")
    answer = one.steps[2]
    assert isinstance(answer, BotStep)
    assert answer.line == 5
    assert answer.expectation.says == ("garage", "Harbor Street")
    assert answer.expectation.says_not == ("sorry",)
    assert answer.expectation.offers == ("Disabled parking",)


def test_an_emergency_is_two_messages_the_number_first_without_a_link(facts: Facts) -> None:
    steps = steps_of("- patient: help\n- bot hands off: emergency", facts)
    number, redirect = steps[1:]
    assert isinstance(number, BotStep)
    assert isinstance(redirect, BotStep)
    assert number.expectation.says == ("{emergency number}",)
    assert number.expectation.longest is not None
    assert number.expectation.private_link is None
    assert redirect.expectation.private_link == "emergency"


def test_any_other_hand_off_is_one_message_with_the_emergency_number_and_the_link(facts: Facts) -> None:
    steps = steps_of("- patient: my rash is back\n- bot hands off: clinical\n  says: privately", facts)
    assert len(steps) == 2
    assert isinstance(steps[1], BotStep)
    assert steps[1].expectation.says == ("{emergency number}", "privately")
    assert steps[1].expectation.private_link == "clinical"


def test_a_step_may_be_a_thing_a_race_or_silence(facts: Facts) -> None:
    steps = steps_of(
        "- patient sends: a sticker\n  who: Ann\n- bot is silent:\n  who: Ann\n"
        "- at the same moment:\n  - patient chooses: first\n    who: Ann\n  - patient chooses: first\n    who: Ben\n"
        "- one of them:\n  - bot: is yours\n  the other:\n  - bot: taken",
        facts,
    )
    assert steps[0] == PatientStep(3, "Ann", Deed.SENDS, "", Thing.STICKER)
    assert steps[1] == SilentStep(5, "Ann")
    assert isinstance(steps[2], TogetherStep)
    assert [step.who for step in steps[2].steps] == ["Ann", "Ben"]
    assert isinstance(steps[3], EitherStep)


def test_text_can_be_repeated_to_any_length(facts: Facts) -> None:
    steps = steps_of("- patient: 'park? '\n  times: 500\n- bot hands off: unjudged", facts)
    assert isinstance(steps[0], PatientStep)
    assert steps[0].text == "park? " * 500


def test_a_stack_step_needs_a_stack_of_its_own_and_names_its_script(tmp_path: Path, facts: Facts) -> None:
    (tmp_path / "broken.py").write_text("")
    text = """\
- conversation: An action fails
  needs: own stack
  steps:
    - stack: the action server runs broken.py
    - patient: where can I park?
    - bot hands off: failure
"""
    conversations, problems = read_conversations(text.encode(), tmp_path / "failures.yml", facts)
    assert not problems
    assert conversations[0].own_stack
    assert conversations[0].steps[0] == StackStep(4, Condition.ACTIONS_REPLACED, tmp_path / "broken.py")
    without = text.replace("  needs: own stack\n", "").replace("broken.py", "gone.py")
    found = read(without, facts, tmp_path / "failures.yml")
    assert any(
        "failures.yml:3: stack: breaks the stack that others use, expected `needs: own stack`" in one for one in found
    )
    assert any("failures.yml:3: stack: there is no file" in one for one in found)


def test_every_problem_of_a_file_is_told_at_once_with_its_line(facts: Facts) -> None:
    text = """\
- conversation: ""
  steps:
    - patient: hello
    - bot: [hello, /un(closed/]
      offer: Parking
    - patient sends: a poem
    - bot hands off: medical
    - dog: barks
    - patient: book {next blue moon}
    - bot is silent: yes
- steps:
    - bot: hello
"""
    assert read(text, facts) == [
        "talks/parking.yml:1: conversation: is empty, expected a text such as a visitor asks where to park",
        "talks/parking.yml:5: offer: is not known here, expected one of `bot`, `who`, `private link`, `exactly`, `does not say`, `offers`, "
        "`does not offer`, `remember`",
        "talks/parking.yml:4: bot: /un(closed/ is no regular expression (missing ), unterminated subpattern at position 2), "
        "expected one, or a text without slashes",
        "talks/parking.yml:6: patient sends: is 'a poem', expected one of `a photo`, `a video`, `a voice message`, `a file`, `a location`, "
        "`a sticker`, `a thumb`, `something unsupported`",
        "talks/parking.yml:7: bot hands off: is 'medical', expected one of `emergency`, `clinical`, `unjudged`, `identifying`, `failure`, "
        "`human_agent`, `booking`",
        "talks/parking.yml:8: steps: dog says nothing that can be done or expected, expected one of `patient`, `patient chooses`, "
        "`patient presses`, `patient sends`, `at the same moment`, `messenger`, `person`, `stack`, `bot`, `bot introduces itself`, "
        "`bot hands off`, `bot is silent`, `case holds`, `one of them`",
        "talks/parking.yml:10: bot is silent: is the text 'yes', expected nothing after the colon",
        "talks/parking.yml:9: steps: {next blue moon} stands for nothing, expected one of `chosen`, `today`, `tomorrow`, `monday`, "
        "`tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`, `emergency number`, `crisis line`, `hospital.FIELD.FIELD`",
        "talks/parking.yml:11: conversation: is missing, expected a sentence that says what happens",
        "talks/parking.yml:12: steps: begin with what is expected, expected what the patient does first",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "talks/parking.yml:1: file: is empty, expected a list of conversations"),
        ("a: b", "talks/parking.yml:1: file: is a mapping, expected a list of conversations, each after a dash"),
        (
            "- hello",
            "talks/parking.yml:1: file: is the text 'hello', expected `conversation`, `needs`, `steps`, each with a colon",
        ),
        (
            "- conversation: x",
            "talks/parking.yml:1: steps: are missing, expected a list that begins with what the patient does",
        ),
        ("- conversation: x\n\tsteps:", "talks/parking.yml:2: file: "),
        (
            "- conversation: x\n  needs: luck\n  steps: [patient: hi, bot is silent: ]",
            "talks/parking.yml:2: needs: is 'luck', expected `own stack`",
        ),
    ],
)
def test_a_file_that_is_no_list_of_conversations_is_refused(text: str, problem: str, facts: Facts) -> None:
    assert read(text, facts)[0].startswith(problem)


def test_an_act_without_a_consequence_is_refused(facts: Facts) -> None:
    found = read("- conversation: x\n  steps:\n  - patient: hi\n  - bot: hello\n  - patient: bye", facts)
    assert found == [
        "talks/parking.yml:5: steps: nothing says what the patient gets then, "
        "expected `bot`, `bot hands off` or `bot is silent` before the next act"
    ]


def test_silence_beside_a_message_is_refused(facts: Facts) -> None:
    found = read("- conversation: x\n  steps:\n  - patient: hi\n  - bot: hello\n  - bot is silent:", facts)
    assert found == [
        "talks/parking.yml:5: bot is silent: stands beside a message of the bot, expected one or the other"
    ]


def test_a_name_that_nobody_has_is_refused(facts: Facts) -> None:
    steps = "  - patient: hi\n    who: Ann\n  - bot: hello\n    who: Ann\n  - bot: hello\n    who: Anne"
    found = read(f"- conversation: x\n  steps:\n{steps}", facts)
    assert found == ["talks/parking.yml:7: who: Anne does nothing in this conversation, expected one of `Ann`"]


def test_a_race_of_one_patient_is_refused(facts: Facts) -> None:
    found = read(
        "- conversation: x\n  steps:\n  - patient: hi\n  - one of them: [bot: a]\n    the other: [bot: b]", facts
    )
    assert found == ["talks/parking.yml:4: one of them: there are 1 patients, expected two"]


def test_what_a_step_remembers_is_known_after_it_and_not_before(facts: Facts) -> None:
    remembering = "  - bot: code\n    remember: {code: '/LK-\\w+/'}"
    late = f"- conversation: x\n  steps:\n  - patient: book\n{remembering}\n  - patient: cancel {{code}}\n  - bot: done"
    assert read(late, facts) == []
    early = f"- conversation: x\n  steps:\n  - patient: cancel {{code}}\n{remembering}"
    assert "{code} stands for nothing" in read(early, facts)[0]


def test_facts_of_the_hospital_are_checked_when_the_file_is_loaded(facts: Facts) -> None:
    good = "- conversation: x\n  steps:\n  - patient: price?\n  - bot: '{hospital.parking.price}'"
    assert read(good, facts) == []
    assert "{hospital.parking.prize} stands for nothing" in read(good.replace("price}", "prize}"), facts)[0]


def test_two_conversations_of_one_title_are_refused_across_files(tmp_path: Path, facts: Facts) -> None:
    text = "- conversation: Parking\n  steps:\n  - patient: park?\n  - bot: garage\n"
    (tmp_path / "a.yml").write_text(text)
    (tmp_path / "b.yml").write_text("\n" + text)
    with pytest.raises(ConversationError) as raised:
        load_conversations([tmp_path], facts)
    first = f"{tmp_path}/a.yml:1"
    assert (
        str(raised.value)
        == f"{tmp_path}/b.yml:2: conversation: 'Parking' already stands in {first}, expected a title used once"
    )


def test_a_path_without_conversations_is_refused_rather_than_passed(tmp_path: Path, facts: Facts) -> None:
    with pytest.raises(ConversationError) as raised:
        load_conversations([tmp_path, tmp_path / "gone.yml"], facts)
    assert [problem.message for problem in raised.value.problems] == [
        "holds no file that ends in .yml, expected a file or a folder of conversations",
        "is not there, expected a file or a folder of conversations",
    ]
