"""Private-room links."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.handoff.vault import Vault
from bot.private_room.link import case_of_link, room_link

CASE = UUID("6f3c1c2e-7d0c-4f3e-9b64-6f7c0d9dbf19")
VAULT = Vault(bytes(range(32)))


def token(case: UUID = CASE, vault: Vault = VAULT) -> str:
    return room_link("https://chat.lakemont.example", case, vault).rpartition("/")[2]


def test_a_link_stands_under_the_public_address() -> None:
    link = room_link("https://chat.lakemont.example", CASE, VAULT)
    assert link == f"https://chat.lakemont.example/room/{token()}"


def test_a_link_opens_its_own_case() -> None:
    assert case_of_link(token(), VAULT) == CASE


def test_the_same_case_gets_the_same_link_again() -> None:
    assert token() == token()


def test_a_code_does_not_open_another_case() -> None:
    code = token().partition(".")[2]
    assert case_of_link(f"{uuid4()}.{code}", VAULT) is None


def test_a_link_of_another_vault_opens_nothing() -> None:
    assert case_of_link(token(vault=Vault(bytes(32))), VAULT) is None


def test_a_link_to_something_else_is_no_room_link() -> None:
    assert case_of_link(f"{CASE}.{VAULT.link_code(str(CASE))}", VAULT) is None


@pytest.mark.parametrize("position", range(0, 26, 5))
def test_one_wrong_character_of_the_code_is_enough_to_refuse(position: int) -> None:
    name, _, code = token().partition(".")
    other = "b" if code[position] == "a" else "a"
    assert case_of_link(f"{name}.{code[:position]}{other}{code[position + 1 :]}", VAULT) is None


@pytest.mark.parametrize(
    "text", ["", ".", str(CASE), f"{CASE}.", "x.y", f"{CASE}.{'a' * 26}", token() + "a", token() + ".a"]
)
def test_what_is_no_link_opens_nothing(text: str) -> None:
    assert case_of_link(text, VAULT) is None


@given(st.text())
def test_no_text_makes_reading_a_link_fail(text: str) -> None:
    assert case_of_link(text, VAULT) is None
    assert case_of_link(f"{CASE}.{text}", VAULT) is None


def test_the_code_has_128_bits() -> None:
    assert len(token().partition(".")[2]) == 26  # base32: 5 bits a character
