"""What is sent to Rasa is text, whatever was typed; and what comes back is read or refused."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.calls import QuickReply, Reply
from bot.dialogue import DialogueError, plain, read_replies

CASE = UUID("6f0d7c1e-4d0b-4a58-9a3b-0b2f3d1c5e77")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("where do I park?", "where do I park?"),
        ("/restart", "restart"),
        ("//restart", "restart"),
        ("  /restart", "restart"),
        ("/ /restart", "restart"),
        ('/inform{"department":"x"}', 'inform{"department":"x"}'),
        ("/\u200b/restart", "restart"),
        ("\u2003/restart", "restart"),
        ("\x0b\x1f\x85/restart", "restart"),
        ("and/or", "and/or"),
        ("open 24/7?", "open 24/7?"),
    ],
)
def test_leading_slashes_are_taken_off_and_the_rest_stays(typed: str, sent: str) -> None:
    assert plain(typed) == sent


@pytest.mark.parametrize("typed", ["", "/", " / ", "///", "\u00a0", "\u200b"])
def test_a_text_of_which_nothing_is_left_is_still_a_message(typed: str) -> None:
    assert plain(typed) == "?"


@given(st.text(alphabet="/ \t\n\r\x0b\x0c\x1c\x1f\x85\u00a0\u1680\u2003\u2028\u3000\u200b\ufeffa{", max_size=8))
def test_no_text_becomes_a_command_in_rasa(typed: str) -> None:
    """Rasa strips a text and takes what then begins with a slash for a command (rasa/core/channels/channel.py, UserMessage)."""
    sent = plain(typed)
    assert sent.strip()
    assert not sent.strip().startswith("/")


@given(st.text(alphabet=st.characters(exclude_characters="/"), min_size=1).filter(lambda text: text.strip()))
def test_a_text_without_slashes_keeps_every_visible_character(typed: str) -> None:
    assert plain(typed).strip() in typed
    assert plain(typed).split() == typed.lstrip("\u200b\ufeff").split() or "\u200b" in typed or "\ufeff" in typed


def test_texts_buttons_and_the_room_are_read_in_order() -> None:
    replies = read_replies(
        [
            {"recipient_id": "x", "text": "One.", "buttons": [{"title": "Yes", "payload": "yes please"}]},
            {"recipient_id": "x", "text": "Two."},
            {"recipient_id": "x", "custom": {"room": str(CASE)}},
        ]
    )
    assert replies == (Reply("One.", (QuickReply("Yes", "yes please"),)), Reply("Two.", room=CASE))


@pytest.mark.parametrize("document", [[], [{}], [{"text": ""}], [{"text": None}], [{"text": " \n "}], [{"custom": {}}]])
def test_an_answer_that_says_nothing_is_no_answer(document: Any) -> None:
    assert read_replies(document) == ()


@pytest.mark.parametrize(
    "document",
    [
        None,
        "ok",
        7,
        {},
        {"text": "hello"},
        ["hello"],
        [None],
        [[]],
        [{"text": 7}],
        [{"text": ["a"]}],
        [{"text": "hello", "buttons": ["yes"]}],
        [{"text": "hello", "buttons": [{"title": "yes"}]}],
        [{"text": "hello", "buttons": 7}],
        [{"text": "hello"}, {"custom": {"room": "not a case"}}],
        [{"text": "hello"}, {"custom": {"room": 7}}],
        [{"text": "hello"}, {"custom": 7}],
    ],
)
def test_an_answer_of_another_shape_is_refused_as_unreadable(document: Any) -> None:
    with pytest.raises(DialogueError) as caught:
        read_replies(document)
    assert caught.value.reason == "unreadable"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["text", "buttons", "custom", "room", "title", "payload"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_document_is_either_read_or_refused(document: Any) -> None:
    try:
        replies = read_replies(document)
    except DialogueError:
        return
    assert all(reply.text.strip() for reply in replies)
