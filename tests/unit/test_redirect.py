"""What a patient is told when a person takes over."""

import re
from datetime import datetime, timezone
from uuid import UUID

import pytest

from actions.handoff.cases import CaseCategory
from actions.handoff.language import Language, language_of
from actions.handoff.redirect import compose
from actions.hospital import Hospital, HospitalFile
from actions.screening.findings import Category
from bot.channels.messenger import TEXT_LIMIT

ROOM = UUID("6f0d7c1e-4d0b-4a58-9a3b-0b2f3d1c5e77")
TUESDAY_MORNING = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)  # 10:00 in Lakemont
TUESDAY_NIGHT = datetime(2026, 11, 25, 4, 0, tzinfo=timezone.utc)  # 23:00 in Lakemont


@pytest.fixture
def hospital(hospital_file: HospitalFile) -> Hospital:
    return hospital_file.current()


def says_call(text: str, number: str) -> bool:
    """Tell whether a text says to call the number, which is not just a part of a longer one."""
    return re.search(rf"\bcall {re.escape(number)}(?![\d-])", text, re.IGNORECASE) is not None


@pytest.mark.parametrize("category", CaseCategory)
@pytest.mark.parametrize("now", [TUESDAY_MORNING, TUESDAY_NIGHT])
def test_the_emergency_number_stands_in_every_redirect(
    hospital: Hospital, category: CaseCategory, now: datetime
) -> None:
    texts = [reply.text for reply in compose(category, hospital, ROOM, now)]
    assert any(says_call(text, hospital.emergency.number) for text in texts)


@pytest.mark.parametrize("category", CaseCategory)
def test_every_redirect_links_the_private_room_once_at_its_end(hospital: Hospital, category: CaseCategory) -> None:
    replies = compose(category, hospital, ROOM, TUESDAY_MORNING)
    assert [reply.room for reply in replies] == [None] * (len(replies) - 1) + [ROOM]
    assert replies[-1].text.rstrip().endswith(":"), "the link follows the text"


@pytest.mark.parametrize("category", [one for one in CaseCategory if one is not CaseCategory.EMERGENCY])
def test_every_other_redirect_names_the_secure_email(hospital: Hospital, category: CaseCategory) -> None:
    (reply,) = compose(category, hospital, ROOM, TUESDAY_MORNING)
    assert hospital.private.secure_email in reply.text


def test_an_emergency_is_answered_with_the_number_first_in_one_short_message(hospital: Hospital) -> None:
    first, *_rest = compose(CaseCategory.EMERGENCY, hospital, ROOM, TUESDAY_NIGHT)
    assert first.text.startswith(f"Call {hospital.emergency.number} now")
    assert hospital.emergency.crisis_line in first.text
    assert len(first.text) <= 200
    assert first.room is None, "nothing to read through or to touch before the call"
    assert not first.quick_replies


def test_an_emergency_says_that_nobody_should_wait_here(hospital: Hospital) -> None:
    text = " ".join(reply.text for reply in compose(CaseCategory.EMERGENCY, hospital, ROOM, TUESDAY_NIGHT))
    assert "automated assistant" in text
    assert "do not wait" in text


@pytest.mark.parametrize("category", CaseCategory)
def test_the_redirect_says_whether_somebody_is_there_now(hospital: Hospital, category: CaseCategory) -> None:
    open_, closed = (
        " ".join(reply.text for reply in compose(category, hospital, ROOM, now))
        for now in (TUESDAY_MORNING, TUESDAY_NIGHT)
    )
    assert "are reading messages now" in open_
    assert "are away now" in closed


@pytest.mark.parametrize(
    ("utc", "there"),
    [
        ("2026-11-24T12:59", False),  # 07:59 EST
        ("2026-11-24T13:00", True),  # 08:00 EST
        ("2026-11-24T22:59", True),  # 17:59 EST
        ("2026-11-24T23:00", False),  # 18:00 EST
        ("2026-07-07T11:59", False),  # 07:59 EDT
        ("2026-07-07T12:00", True),  # 08:00 EDT
        ("2026-11-28T14:00", True),  # a Saturday, 09:00
        ("2026-11-28T18:00", False),  # a Saturday, 13:00
        ("2026-11-29T15:00", False),  # a Sunday
        ("2026-11-26T15:00", False),  # Thanksgiving
        ("2026-12-25T15:00", False),  # Christmas
    ],
)
def test_the_hour_is_the_hospitals_own_with_daylight_saving_and_holidays(
    hospital: Hospital, utc: str, there: bool
) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=timezone.utc)
    (reply,) = compose(CaseCategory.CLINICAL, hospital, ROOM, now)
    assert ("are reading messages now" in reply.text) is there


@pytest.mark.parametrize("category", CaseCategory)
def test_no_redirect_asks_for_symptoms_or_who_somebody_is(hospital: Hospital, category: CaseCategory) -> None:
    text = " ".join(reply.text for reply in compose(category, hospital, ROOM, TUESDAY_MORNING))
    assert "?" not in text
    assert not re.search(r"your (full )?name|date of birth|describe|tell us|tell me", text, re.IGNORECASE)


@pytest.mark.parametrize("category", CaseCategory)
def test_every_redirect_fits_into_one_message_of_the_platform_with_its_link(
    hospital: Hospital, category: CaseCategory
) -> None:
    longest_link = 300
    assert all(
        len(reply.text) + longest_link < TEXT_LIMIT for reply in compose(category, hospital, ROOM, TUESDAY_NIGHT)
    )


def test_why_a_person_is_needed_has_a_redirect_of_its_own(hospital: Hospital) -> None:
    texts = {compose(category, hospital, ROOM, TUESDAY_MORNING)[0].text for category in CaseCategory}
    assert len(texts) == len(CaseCategory)


def test_every_category_of_screening_is_one_of_cases_and_an_emergency_comes_first() -> None:
    assert {category.value for category in Category} <= {category.value for category in CaseCategory}
    assert CaseCategory.EMERGENCY.priority < CaseCategory.CLINICAL.priority
    assert CaseCategory.CLINICAL.priority < CaseCategory.HUMAN_AGENT.priority
    assert len({category.priority for category in CaseCategory}) == len(CaseCategory)


@pytest.mark.parametrize(
    ("language", "call"), [(Language.SPANISH, "Llame ya al 911"), (Language.ITALIAN, "Chiami subito il 911")]
)
def test_an_emergency_in_another_language_is_answered_in_it_first_and_then_in_english(
    hospital: Hospital, language: Language, call: str
) -> None:
    first, second = compose(CaseCategory.EMERGENCY, hospital, ROOM, TUESDAY_NIGHT, language)
    assert first.text.startswith(call)
    assert first.text.endswith("Call 911 now.")
    assert hospital.emergency.crisis_line in first.text
    assert len(first.text) <= 200
    assert first.room is None
    assert second.room == ROOM
    assert len(second.text) < TEXT_LIMIT


@pytest.mark.parametrize("category", [one for one in CaseCategory if one is not CaseCategory.EMERGENCY])
@pytest.mark.parametrize("language", [Language.SPANISH, Language.ITALIAN])
def test_every_other_redirect_begins_in_the_patients_language(
    hospital: Hospital, category: CaseCategory, language: Language
) -> None:
    (foreign,) = compose(category, hospital, ROOM, TUESDAY_MORNING, language)
    (english,) = compose(category, hospital, ROOM, TUESDAY_MORNING)
    first_line, rest = foreign.text.split("\n", 1)
    assert hospital.emergency.number in first_line
    assert rest == english.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my son can't breathe", Language.ENGLISH),
        ("mi hijo no respira", Language.SPANISH),
        ("no puedo más, quiero morir", Language.SPANISH),
        ("mio figlio non respira", Language.ITALIAN),
        ("non ce la faccio più, voglio farla finita", Language.ITALIAN),
        ("mi chiamo [NAME] e ho la febbre", Language.ITALIAN),
        ("911", Language.ENGLISH),
        ("", Language.ENGLISH),
        ("[UNREAD]", Language.ENGLISH),
    ],
)
def test_small_words_tell_the_language(text: str, language: Language) -> None:
    assert language_of(text) is language
