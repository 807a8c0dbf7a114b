"""What the writer of conversations reads."""

from pathlib import Path
from xml.etree import ElementTree

from bot.talk.conversation import BotStep, Conversation, Deed, Expectation, PatientStep
from bot.talk.report import junit, summary_line, total_line, transcript
from bot.talk.verdict import Entry, Mark, Result, Verdict

STEPS = (
    PatientStep(3, "the patient", Deed.WRITES, "where can I park?"),
    BotStep(4, "the patient", Expectation(says=("garage",))),
    PatientStep(5, "the patient", Deed.WRITES, "thanks"),
    BotStep(6, "the patient", Expectation(says=("welcome",))),
)
ONE = Conversation(Path("talks/parking.yml"), 1, "A visitor asks where to park", STEPS)
FAILED = Result(
    ONE,
    Verdict.FAILED,
    1.25,
    (
        Entry(Mark.DONE, 3, "patient", "where can I park?"),
        Entry(Mark.FITS, 3, "bot", "Hello, this is the automated assistant."),
        Entry(
            Mark.DIFFERS,
            4,
            "bot",
            "Sorry, I did not\nunderstand.",
            ("Parking", "Talk"),
            ('says "garage"',),
            ('does not say "garage"',),
        ),
        Entry(Mark.UNEXPECTED, None, "bot", "Anything else?"),
    ),
)
PASSED = Result(Conversation(Path("talks/parking.yml"), 9, "Another", STEPS), Verdict.PASSED, 0.5)
SKIPPED = Result(
    Conversation(Path("talks/failures.yml"), 2, "Rasa hangs", STEPS, own_stack=True),
    Verdict.SKIPPED,
    note="needs --own",
)


def test_a_transcript_shows_what_was_expected_beside_what_came() -> None:
    assert transcript(FAILED).splitlines() == [
        "✗ talks/parking.yml:1  A visitor asks where to park",
        "        3  patient       where can I park?",
        "  ✓     3  bot           Hello, this is the automated assistant.",
        "  ✗     4  bot           is not what was expected",
        '          - expected:  says "garage"',
        "          + received:  Sorry, I did not",
        "                       understand.",
        "                       [Parking] [Talk]",
        '          ! the message does not say "garage"',
        "  +        bot           the bot said this, and nobody expected it",
        "          + received:  Anything else?",
        "    the 2 steps after it were not tried",
    ]


def test_a_conversation_that_broke_off_says_why() -> None:
    result = Result(ONE, Verdict.FAILED, note="the webhook answered 403, expected 200")
    assert "  ✗ the webhook answered 403, expected 200" in transcript(result).splitlines()


def test_long_messages_are_wrapped() -> None:
    result = Result(ONE, Verdict.FAILED, transcript=(Entry(Mark.DIFFERS, 4, "bot", "word " * 100),))
    assert max(map(len, transcript(result).splitlines())) <= 120


def test_each_conversation_has_a_line_and_all_have_a_total() -> None:
    assert summary_line(PASSED) == "✓ talks/parking.yml:9  Another"
    assert summary_line(SKIPPED) == "○ talks/failures.yml:2  Rasa hangs  (needs --own)"
    assert total_line([FAILED, PASSED, SKIPPED], 3.21) == "3 conversations: 1 passed, 1 failed, 1 skipped in 3.2 s"


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_conversation() -> None:
    root = ElementTree.fromstring(junit([PASSED, SKIPPED, FAILED]))
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["talks/failures.yml", "talks/parking.yml"]
    failed, passed = suites["talks/parking.yml"]
    assert failed.attrib == {
        "classname": "talks.parking",
        "name": "A visitor asks where to park",
        "file": "talks/parking.yml",
        "line": "1",
        "time": "1.250",
    }
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == 'talks/parking.yml:4: does not say "garage"'
    assert failure.text == transcript(FAILED)
    assert len(passed) == 0
    assert suites["talks/failures.yml"][0].find("skipped") is not None


def test_junit_stays_readable_whatever_the_bot_said() -> None:
    entry = Entry(Mark.DIFFERS, 4, "bot", 'bad \x00\x0b<&"\ud800 bytes', why=("is odd",))
    root = ElementTree.fromstring(junit([Result(ONE, Verdict.FAILED, transcript=(entry,))]))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert "bad \ufffd" in (failure.text or "")
