"""Messenger's protocol: signatures, verification, every event, building, splitting."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels import messenger
from bot.channels.events import Delivery, Incoming, Kind, UnreadableError, Withdrawn

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=timezone.utc)
SECRET = "app_secret_test"
# The platform signs the bytes it sends, in which every character outside ASCII is an escape.
SIGNED = (
    rb'{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[{"sender":{"id":"7"},"recipient":{"id":"1"},'
    rb'"timestamp":1700000000000,"message":{"mid":"m_1","text":"h\u00e9 \ud83d\ude00"}}]}]}'
)
SIGNATURE = "sha256=ab0d474264678d720dd28610112965cac8882eeae9b0bc67e0b8540419600c32"


def event(**parts: Any) -> dict[str, Any]:
    return {"sender": {"id": "7"}, "recipient": {"id": "1"}, "timestamp": 1_700_000_000_000, **parts}


def body(*events: Any, field: str = "messaging") -> bytes:
    return json.dumps({"object": "page", "entry": [{"id": "1", "time": 1, field: list(events)}]}).encode()


def parse(*events: Any, field: str = "messaging") -> Delivery:
    return messenger.parse(body(*events, field=field), NOW)


def only(*events: Any, field: str = "messaging") -> Incoming:
    [message] = parse(*events, field=field).messages
    return message


# Signatures


def test_the_platform_s_own_signature_fits() -> None:
    assert messenger.signature_fits(SIGNED, SIGNATURE, SECRET)


def test_our_own_signature_is_the_platform_s() -> None:
    assert messenger.sign(SIGNED, SECRET) == SIGNATURE


def test_the_text_under_the_signature_is_read_with_its_accents_and_emoji() -> None:
    [message] = messenger.parse(SIGNED, NOW).messages
    assert message.text == "hé 😀"


def test_a_body_written_anew_does_not_fit() -> None:
    anew = json.dumps(json.loads(SIGNED), ensure_ascii=False, separators=(",", ":")).encode()
    assert not messenger.signature_fits(anew, SIGNATURE, SECRET)


@pytest.mark.parametrize("position", [0, 40, len(SIGNED) - 1])
def test_one_changed_byte_of_the_body_does_not_fit(position: int) -> None:
    tampered = bytearray(SIGNED)
    tampered[position] ^= 1
    assert not messenger.signature_fits(bytes(tampered), SIGNATURE, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + "\n",
        SIGNATURE.upper(),
        "SHA256=" + SIGNATURE[7:],
        SIGNATURE[7:],
        " " + SIGNATURE,
        "sha256=" + "é" * 64,
        "sha256=" + "٠" * 64,
        "sha256=" + "0" * 64,
    ],
)
def test_any_other_header_does_not_fit(header: str | None) -> None:
    assert not messenger.signature_fits(SIGNED, header, SECRET)


@pytest.mark.parametrize("algorithm", ["sha1", "md5", "sha512"])
def test_the_sender_does_not_choose_the_algorithm(algorithm: str) -> None:
    digest = hmac.new(SECRET.encode(), SIGNED, algorithm).hexdigest()
    assert not messenger.signature_fits(SIGNED, f"{algorithm}={digest}", SECRET)
    assert not messenger.signature_fits(SIGNED, f"sha256={digest}", SECRET)


def test_nothing_fits_without_a_secret() -> None:
    assert not messenger.signature_fits(SIGNED, "sha256=" + hmac.new(b"", SIGNED, hashlib.sha256).hexdigest(), "")


def test_another_secret_does_not_fit() -> None:
    assert not messenger.signature_fits(SIGNED, SIGNATURE, SECRET + "x")


@given(st.binary(), st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_signed_fits(signed: bytes, secret: str) -> None:
    assert messenger.signature_fits(signed, messenger.sign(signed, secret), secret)


# Verification

QUERY = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "meatyhamhock"}


def test_a_verification_is_answered_with_its_challenge() -> None:
    assert messenger.challenge(QUERY, "meatyhamhock") == "1158201444"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.verify_token": "meatyhamhocK"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "\ud800"},
        {"hub.challenge": ""},
        {"hub.challenge": "<script>alert(1)</script>"},
        {"hub.challenge": "1158201444\n"},
        {"hub.challenge": "٣"},
        {"hub.challenge": "1" * 257},
    ],
)
def test_a_verification_that_is_not_right_in_every_part_is_refused(changed: Mapping[str, str]) -> None:
    assert messenger.challenge({**QUERY, **changed}, "meatyhamhock") is None


@pytest.mark.parametrize("missing", sorted(QUERY))
def test_a_verification_that_lacks_a_part_is_refused(missing: str) -> None:
    assert messenger.challenge({key: value for key, value in QUERY.items() if key != missing}, "meatyhamhock") is None


def test_an_empty_verify_token_verifies_nobody() -> None:
    assert messenger.challenge({**QUERY, "hub.verify_token": ""}, "") is None


# What patients send


def test_a_typed_text() -> None:
    message = only(event(message={"mid": "m_1", "text": "hi"}))
    sent_at = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
    assert message == Incoming("1", "7", "m_1", Kind.TEXT, "hi", sent_at)


def test_a_text_that_answers_another() -> None:
    message = only(event(message={"mid": "m_1", "text": "hi", "reply_to": {"mid": "m_0", "is_self_reply": True}}))
    assert (message.kind, message.text) == (Kind.TEXT, "hi")


def test_ids_of_older_events_are_numbers() -> None:
    message = only(
        {"sender": {"id": 7}, "recipient": {"id": 1}, "timestamp": 1, "message": {"mid": "m", "seq": 3, "text": "hi"}}
    )
    assert (message.page, message.sender) == ("1", "7")


def test_a_quick_reply_stands_for_its_payload() -> None:
    message = only(event(message={"mid": "m", "text": "Parking", "quick_reply": {"payload": "Where can I park?"}}))
    assert (message.kind, message.text) == (Kind.QUICK_REPLY, "Where can I park?")


@pytest.mark.parametrize("quick_reply", [{}, {"payload": None}, {"payload": ""}, {"payload": "GO_ON"}, {"payload": 5}])
def test_a_quick_reply_without_a_payload_of_words_stands_for_its_title(quick_reply: dict[str, Any]) -> None:
    message = only(event(message={"mid": "m", "text": "Parking", "quick_reply": quick_reply}))
    assert message.text == "Parking"


def test_a_button_stands_for_its_payload() -> None:
    message = only(event(postback={"title": "Parking", "payload": "Where can I park?", "mid": "m_2"}))
    assert (message.kind, message.text, message.mid) == (Kind.POSTBACK, "Where can I park?", "m_2")


@pytest.mark.parametrize("extra", [{"payload": "GET_STARTED"}, {}])
def test_a_button_of_another_app_or_on_standby_stands_for_its_title(extra: dict[str, Any]) -> None:
    assert only(event(postback={"title": "Get Started", "mid": "m", **extra})).text == "Get Started"


def test_a_button_with_nothing_but_constants_stands_for_its_title() -> None:
    assert only(event(postback={"title": "FAQ", "payload": "FAQ_1", "mid": "m"})).text == "FAQ"


def test_two_presses_of_an_old_button_without_ids_are_two_messages_and_a_repeated_delivery_is_one() -> None:
    first, again = event(postback={"title": "Parking"}), event(postback={"title": "Parking"})
    later = {**first, "timestamp": 1_700_000_000_001}
    ids = [one.mid for one in parse(first, again, later).messages]
    assert ids[0] == ids[1] != ids[2]


ATTACHMENTS: list[dict[str, Any]] = [
    {"attachments": [{"type": kind, "payload": {"url": "https://cdn.example/secret"}}]}
    for kind in ("image", "audio", "video", "file")
] + [
    {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": 1.5, "long": 2.5}}}]},
    {"attachments": [{"type": "fallback", "title": "A page", "url": "https://cdn.example/secret", "payload": None}]},
    {"attachments": [{"type": "template", "payload": {}}]},
    {"attachments": [{"type": "reel", "payload": {}}]},
    {"attachments": [{"type": "something new"}]},
    {"sticker_id": 144885035685763, "attachments": [{"type": "sticker", "payload": {"sticker_id": 144885035685763}}]},
    {"sticker_id": 144885035685763},
    {
        "sticker_id": 369239263222822,
        "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/secret"}}],
    },
    {"sticker_id": 369239263222822, "attachments": 7},
]


@pytest.mark.parametrize("parts", ATTACHMENTS, ids=lambda parts: str(parts)[:48])
def test_an_attachment_is_an_attachment_and_nothing_of_it_is_kept(parts: dict[str, Any]) -> None:
    message = only(event(message={"mid": "m", **parts}))
    assert (message.kind, message.text) == (Kind.ATTACHMENT, None)
    assert "secret" not in repr(message)


def test_a_text_beside_an_attachment_is_kept() -> None:
    message = only(event(message={"mid": "m", "text": "look", "attachments": [{"type": "image"}]}))
    assert (message.kind, message.text) == (Kind.ATTACHMENT, "look")


@pytest.mark.parametrize("sticker", [369239263222822, 369239343222814, 369239383222810, "369239263222822"])
@pytest.mark.parametrize("kind", ["image", "sticker"])
def test_the_thumb_beside_the_text_field_is_thanks(sticker: Any, kind: str) -> None:
    payload = {"url": "https://cdn.example/secret", "sticker_id": sticker}
    parts = {"sticker_id": sticker, "attachments": [{"type": kind, "payload": payload}]}
    for message in (parts, {"sticker_id": sticker}):
        found = only(event(message={"mid": "m", **message}))
        assert (found.kind, found.text) == (Kind.TEXT, "thanks")


def test_a_text_with_a_link_is_a_text_and_nothing_of_its_preview_is_kept() -> None:
    preview = {"type": "fallback", "title": "A secret page", "url": "https://cdn.example/secret", "payload": None}
    message = only(event(message={"mid": "m", "text": "see https://a.example", "attachments": [preview, preview]}))
    assert (message.kind, message.text) == (Kind.TEXT, "see https://a.example")
    assert "secret" not in repr(message)


@pytest.mark.parametrize("other", [{"type": "image"}, "fallback", None])
def test_a_link_beside_something_else_is_an_attachment(other: Any) -> None:
    attachments = [{"type": "fallback", "url": "https://cdn.example/secret"}, other]
    message = only(event(message={"mid": "m", "text": "look", "attachments": attachments}))
    assert (message.kind, message.text) == (Kind.ATTACHMENT, "look")


def test_a_message_that_the_platform_could_not_deliver_is_unsupported() -> None:
    assert only(event(message={"mid": "m", "is_unsupported": True})).kind is Kind.UNSUPPORTED


def test_an_edit_is_a_message_of_its_own_each_time() -> None:
    first, second = (event(message_edit={"mid": "m", "text": f"version {n}", "num_edit": n}) for n in ("1", "2"))
    messages = parse(event(message={"mid": "m", "text": "version 0"}), first, second).messages
    assert [one.text for one in messages] == ["version 0", "version 1", "version 2"]
    assert len({one.mid for one in messages}) == 3


def test_an_edit_without_a_number_is_not_lost() -> None:
    message = only(event(message_edit={"mid": "m", "text": "new words"}))
    assert (message.kind, message.text) == (Kind.TEXT, "new words")


@pytest.mark.parametrize(
    "part",
    [
        {"message": {"mid": "m", "text": "hi"}},
        {"message": {"mid": "m", "attachments": [{"type": "image"}]}},
        {"postback": {"title": "Parking", "mid": "m"}},
    ],
)
def test_what_is_written_while_another_app_answers_is_on_standby(part: dict[str, Any]) -> None:
    assert only(event(**part), field="standby").kind is Kind.STANDBY


def test_the_text_on_standby_is_kept() -> None:
    assert only(event(message={"mid": "m", "text": "hi"}), field="standby").text == "hi"


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"message": {"text": "hi"}}, Kind.TEXT),
        ({"message": {"mid": "", "text": "hi"}}, Kind.TEXT),
        ({"message": {"mid": {"a": 1}, "text": "hi"}}, Kind.TEXT),
        ({"message": {"mid": "m", "text": {"a": 1}}}, Kind.UNSUPPORTED),
        ({"message": {"mid": "m"}}, Kind.UNSUPPORTED),
        ({"message": {}}, Kind.UNSUPPORTED),
        ({"message": None}, Kind.UNSUPPORTED),
        ({"message": "hi"}, Kind.UNSUPPORTED),
        ({"message": {"mid": "m", "text": "hi", "quick_reply": "odd"}}, Kind.TEXT),
        ({"message_edit": {"mid": "m", "num_edit": 1}}, Kind.UNSUPPORTED),
        ({"postback": None}, Kind.POSTBACK),
        ({"message": {"mid": "m", "text": "hi"}, "timestamp": "soon"}, Kind.TEXT),
    ],
)
def test_a_patient_s_message_in_an_odd_shape_still_arrives(part: dict[str, Any], kind: Kind) -> None:
    message = only(event(**part))
    assert (message.kind, message.sender) == (kind, "7")
    assert message.mid
    if kind is Kind.TEXT:
        assert message.text == "hi"


@pytest.mark.parametrize("timestamp", [None, "soon", {}, [], 10**40, -(10**40), 1e400, float("nan"), "1" * 4000])
def test_a_message_without_a_usable_time_was_sent_when_it_came(timestamp: Any) -> None:
    assert only(event(message={"mid": "m", "text": "hi"}) | {"timestamp": timestamp}).sent_at == NOW


def test_characters_that_no_database_keeps_are_replaced() -> None:
    raw = body(event(message={"mid": "m", "text": "TEXT"})).replace(b"TEXT", rb"a\u0000b\ud800c\ud83d\ude00")
    [message] = messenger.parse(raw, NOW).messages
    assert message.text == "a\ufffdb\ufffdc😀"


# What is passed over


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"message": {"mid": "m", "is_echo": True, "app_id": 5, "metadata": "x", "text": "our own"}}, "echo"),
        ({"message": {"mid": "m", "is_deleted": True}}, "deleted"),
        ({"delivery": {"mids": ["m"], "watermark": 1}}, "delivery"),
        ({"read": {"watermark": 1}}, "read"),
        ({"reaction": {"mid": "m", "action": "react", "emoji": "😢", "reaction": "sad"}}, "reaction"),
        ({"referral": {"ref": "x", "source": "ADS", "type": "OPEN_THREAD"}}, "referral"),
        ({"optin": {"ref": "x"}}, "optin"),
        ({"pass_thread_control": {"new_owner_app_id": 1, "metadata": "x"}}, "pass_thread_control"),
        ({"take_thread_control": {"previous_owner_app_id": 1, "metadata": "x"}}, "take_thread_control"),
        ({"request_thread_control": {"requested_owner_app_id": 1, "metadata": "x"}}, "request_thread_control"),
        ({"app_roles": {"1": ["primary_receiver"]}}, "app_roles"),
        ({"account_linking": {"status": "linked"}}, "account_linking"),
    ],
)
@pytest.mark.parametrize("field", ["messaging", "standby"])
def test_an_event_that_is_no_patient_s_message_is_counted_and_passed_over(
    part: dict[str, Any], name: str, field: str
) -> None:
    delivery = parse(event(**part), field=field)
    assert (delivery.messages, delivery.ignored, delivery.unknown) == ((), ((name, 1),), ())
    assert name in messenger.KNOWN_EVENTS


def test_a_message_that_was_taken_back_is_named_where_the_event_says_which() -> None:
    assert parse(event(message={"mid": "m", "is_deleted": True})).withdrawn == (Withdrawn("1", "7", "m"),)
    assert parse(event(message={"is_deleted": True})).withdrawn == ()


def test_a_warning_of_the_platform_has_no_sender() -> None:
    warning = {"recipient": {"id": "1"}, "timestamp": 1, "policy-enforcement": {"action": "warning", "reason": "x"}}
    assert parse(warning).ignored == (("policy-enforcement", 1),)


def test_a_receipt_has_no_time() -> None:
    assert parse({"sender": {"id": "7"}, "recipient": {"id": "1"}, "delivery": {"watermark": 1}}).ignored == (
        ("delivery", 1),
    )


def test_a_new_kind_of_event_is_counted_under_its_own_name() -> None:
    delivery = parse(event(hologram={"x": 1}))
    assert delivery.ignored == (("hologram", 1),)
    assert [json.loads(one)["hologram"] for one in delivery.unknown] == [{"x": 1}]
    assert parse({"hologram": {"x": 1}}).unknown == (), "nobody sent it"


def test_comments_are_counted_and_passed_over() -> None:
    change = {"field": "feed", "value": {"item": "comment", "verb": "add", "message": "hello", "from": {"id": "7"}}}
    assert parse(change, change, field="changes") == Delivery((), (("changes", 2),))


# Batches


def test_every_event_of_every_entry_is_read_in_order() -> None:
    document = {
        "object": "page",
        "entry": [
            {"id": "1", "time": 1, "messaging": [event(message={"mid": f"a{n}", "text": str(n)}) for n in range(500)]},
            {"id": "1", "time": 1, "standby": [event(message={"mid": "b", "text": "b"})]},
            {
                "id": "1",
                "time": 1,
                "changes": [{"field": "feed"}],
                "messaging": [event(message={"mid": "c", "text": "c"})],
            },
            {"id": "1", "time": 1},
        ],
    }
    delivery = messenger.parse(json.dumps(document).encode(), NOW)
    assert [one.mid for one in delivery.messages] == [*(f"a{n}" for n in range(500)), "b", "c"]
    assert delivery.ignored == (("changes", 1),)


NOBODY_S = [
    None,
    1,
    "message",
    [],
    ["message"],
    [5],
    [{"a": 1}],
    {},
    {"message": {"mid": "m", "text": "hi"}},
    {"sender": {"id": "7"}, "message": {"mid": "m", "text": "hi"}},
    {"sender": None, "recipient": {"id": "1"}, "message": {"mid": "m", "text": "hi"}},
    {"sender": {"id": ""}, "recipient": {"id": "1"}, "message": {"mid": "m", "text": "hi"}},
    {"sender": {"id": True}, "recipient": {"id": "1"}, "message": {"mid": "m", "text": "hi"}},
    {"sender": "7", "recipient": "1", "message": {"mid": "m", "text": "hi"}},
]


@pytest.mark.parametrize("poison", NOBODY_S, ids=str)
def test_an_event_that_nobody_sent_is_counted_and_leaves_its_neighbours_alone(poison: Any) -> None:
    delivery = parse(event(message={"mid": "a", "text": "a"}), poison, event(message={"mid": "b", "text": "b"}))
    assert [one.mid for one in delivery.messages] == ["a", "b"]
    assert delivery.ignored == (("malformed", 1),)


def test_an_entry_that_is_none_leaves_its_neighbours_alone() -> None:
    entries = [None, "x", {"messaging": "x"}, {"messaging": [event(message={"mid": "a", "text": "a"})]}]
    delivery = messenger.parse(json.dumps({"object": "page", "entry": entries}).encode(), NOW)
    assert [one.mid for one in delivery.messages] == ["a"]
    assert delivery.ignored == (("malformed", 2),)


@pytest.mark.parametrize(
    "unreadable",
    [
        b"",
        b"hello",
        b"{",
        b"\xff\xfe\xfa",
        b"[]",
        b"null",
        b"{}",
        b'{"object":"page"}',
        b'{"object":"page","entry":{}}',
        b"[" * 100_000,
        b'{"object":"page","entry":[' + b"9" * 5000 + b"]}",
        b'{"object":"instagram","entry":[{"id":"0","changes":[{"field":"messages","value":{"sender":{"id":"12334"}}}]}]}',
        b'{"object":"whatsapp_business_account","entry":[]}',
    ],
    ids=lambda raw: raw[:40].decode("latin-1"),
)
def test_a_body_that_is_no_page_s_delivery_is_unreadable(unreadable: bytes) -> None:
    with pytest.raises(UnreadableError):
        messenger.parse(unreadable, NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
IDS = st.fixed_dictionaries({"id": st.text() | st.integers() | JSON}) | JSON
MESSAGE_FIELDS = "mid text quick_reply attachments sticker_id is_echo is_deleted is_unsupported".split()
EVENTS = (
    st.fixed_dictionaries(
        {"sender": IDS, "recipient": IDS},
        optional={
            "timestamp": st.integers() | JSON,
            "message": st.fixed_dictionaries(
                {},
                optional=dict.fromkeys(MESSAGE_FIELDS, JSON),
            )
            | JSON,
            "message_edit": st.fixed_dictionaries({}, optional={"mid": JSON, "text": JSON, "num_edit": JSON}) | JSON,
            "postback": st.fixed_dictionaries({}, optional={"mid": JSON, "title": JSON, "payload": JSON}) | JSON,
            "reaction": JSON,
        },
    )
    | JSON
)


def read(raw: bytes) -> Delivery | None:
    """Parse what may be unreadable; anything but UnreadableError fails the test."""
    try:
        return messenger.parse(raw, NOW)
    except UnreadableError:
        return None


@given(st.binary())
@example(b"\x00")
@example(b'"\\ud800"')
def test_no_bytes_make_parsing_fail(raw: bytes) -> None:
    read(raw)


@given(JSON)
def test_no_json_makes_parsing_fail(document: Any) -> None:
    read(json.dumps(document).encode())


@given(st.lists(EVENTS, max_size=4), st.sampled_from(["messaging", "standby"]))
def test_every_event_is_either_a_message_or_counted(events: list[Any], field: str) -> None:
    delivery = read(body(*events, field=field))
    assert delivery is not None
    assert len(delivery.messages) + sum(count for _, count in delivery.ignored) == len(events)
    assert all(isinstance(name, str) for name, _ in delivery.ignored)
    for message in delivery.messages:
        assert message.page
        assert message.sender
        assert message.mid
        assert message.sent_at.tzinfo is not None
        for text in (message.text or "", message.page, message.sender, message.mid):
            assert "\x00" not in text
            text.encode("utf-8")


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_a_text_arrives_as_it_was_written(text: str) -> None:
    assert only(event(message={"mid": "m", "text": text})).text == text


# Sending


def test_a_reply_is_a_response_to_its_recipient() -> None:
    assert messenger.build_message("7", "Hello") == {
        "recipient": {"id": "7"},
        "messaging_type": "RESPONSE",
        "message": {"text": "Hello"},
    }


def test_quick_replies_are_cut_to_the_platform_s_limits() -> None:
    message = messenger.build_message("7", "Hello", [("t" * 30, "p" * 2000)] * 20)["message"]
    assert len(message["quick_replies"]) == 13
    assert message["quick_replies"][0] == {"content_type": "text", "title": "t" * 20, "payload": "p" * 1000}


def test_the_typing_indicator_is_a_request_of_its_own() -> None:
    assert messenger.build_typing("7") == {"recipient": {"id": "7"}, "sender_action": "typing_on"}


def test_the_proof_is_the_token_signed_with_the_app_s_secret() -> None:
    assert messenger.app_secret_proof("token", "secret") == hmac.new(b"secret", b"token", hashlib.sha256).hexdigest()


# Splitting


def test_a_short_text_is_one_part() -> None:
    assert messenger.split_text("Hello.\nGood day.") == ["Hello.\nGood day."]


def test_an_empty_text_has_no_parts() -> None:
    assert messenger.split_text(" \n ") == []


def test_every_part_has_fewer_than_2000_characters() -> None:
    parts = messenger.split_text("word " * 2000)
    assert all(len(part) < 2000 for part in parts)
    assert " ".join(parts) == ("word " * 2000).strip()


def test_a_text_is_cut_at_a_line_first() -> None:
    assert messenger.split_text("One two. Three\nfour five six", 20) == ["One two. Three", "four five six"]


def test_a_text_is_cut_after_a_sentence_rather_than_within_one() -> None:
    assert messenger.split_text("One two three. Four five", 20) == ["One two three.", "Four five"]


def test_a_text_is_cut_between_words_where_no_sentence_ends() -> None:
    assert messenger.split_text("One two three four five six", 20) == ["One two three four", "five six"]


def test_a_text_without_any_gap_is_cut_at_the_limit() -> None:
    assert messenger.split_text("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@given(st.text(alphabet=st.sampled_from("ab. \n\u00e9😀")) | st.text(), st.integers(min_value=1, max_value=40))
def test_splitting_loses_nothing_but_whitespace_and_keeps_to_the_limit(text: str, limit: int) -> None:
    parts = messenger.split_text(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


# Refusals


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, 100, True),
        (400, 10, True),
        (400, 200, True),
        (400, 551, True),
        (400, 1, False),
        (400, 2, False),
        (400, 4, False),
        (400, 613, False),
        (400, 80006, False),
        (400, 1200, False),
        (401, 190, False),
        (500, 100, False),
    ],
)
def test_a_refusal_says_whether_to_try_again(status: int, code: int, permanent: bool) -> None:
    error = messenger.read_refusal(status, {"error": {"message": "x", "type": "OAuthException", "code": code}})
    assert (error.code, error.permanent) == (str(code), permanent)


@pytest.mark.parametrize("document", [None, "oops", {}, {"error": "oops"}, {"error": {"code": "ten"}}])
@pytest.mark.parametrize(
    ("status", "permanent"),
    [(404, True), (400, True), (429, False), (408, False), (401, False), (502, False), (302, False)],
)
def test_a_refusal_without_a_code_is_judged_by_its_status(document: Any, status: int, permanent: bool) -> None:
    error = messenger.read_refusal(status, document)
    assert (error.code, error.permanent) == (f"http {status}", permanent)
