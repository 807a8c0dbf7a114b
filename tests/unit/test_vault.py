"""The vault: what is sealed stays sealed, and a pseudonym gives nothing away."""

import os
import re
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.handoff.vault import SealBrokenError, Vault, VaultKeyError, open_vault

KEY = bytes(range(32))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_as_it_was(text: str) -> None:
    vault = Vault(KEY)
    assert vault.unseal(vault.seal(text)) == text


def test_a_sealed_text_does_not_show_in_the_bytes() -> None:
    sealed = Vault(KEY).seal("my number is 555 0100, my number is 555 0100")
    assert b"555" not in sealed
    assert b"number" not in sealed


def test_the_same_text_sealed_twice_looks_different_each_time() -> None:
    vault = Vault(KEY)
    assert vault.seal("hello") != vault.seal("hello")


@given(st.data())
def test_a_changed_bit_anywhere_breaks_the_seal(data: st.DataObject) -> None:
    vault = Vault(KEY)
    sealed = bytearray(vault.seal("where do I park"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBrokenError):
        vault.unseal(bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 7, 12, 20])
def test_a_shortened_item_breaks_the_seal(length: int) -> None:
    vault = Vault(KEY)
    with pytest.raises(SealBrokenError):
        vault.unseal(vault.seal("where do I park")[:length])


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBrokenError) as caught:
        Vault(os.urandom(32)).unseal(Vault(KEY).seal("where do I park"))
    assert "park" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(VaultKeyError, match="16 bytes, expected 32"):
        Vault(bytes(16))


def test_pseudonyms_are_the_same_for_the_same_parts_and_key_and_different_otherwise() -> None:
    vault, other = Vault(KEY), Vault(os.urandom(32))
    assert vault.pseudonym("conversation", "p", "1") == Vault(KEY).pseudonym("conversation", "p", "1")
    assert vault.pseudonym("conversation", "p", "1") != other.pseudonym("conversation", "p", "1")
    made = {
        vault.pseudonym(*parts)
        for parts in [
            ("message", "p", "1"),
            ("conversation", "p", "1"),
            ("conversation", "p1"),
            ("conversation", "1", "p"),
        ]
    }
    assert len(made) == 4


def test_a_pseudonym_is_a_plain_word_that_can_stand_anywhere() -> None:
    pseudonym = Vault(KEY).pseudonym("conversation", "messenger", "100", "24000000000000001")
    assert re.fullmatch(r"[a-z0-9]{20,64}", pseudonym)
    assert "24000000000000001" not in pseudonym


def test_a_missing_key_file_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "vault.key"
    previous = os.umask(0)  # the mode must not depend on the umask
    try:
        vault = open_vault(file, create=True)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n?", file.read_text())
    assert open_vault(file, create=True).unseal(vault.seal("hello")) == "hello", "the same key the next time"


def test_two_data_folders_have_different_keys(tmp_path: Path) -> None:
    one, other = (open_vault(tmp_path / name, create=True) for name in ("one", "other"))
    with pytest.raises(SealBrokenError):
        one.unseal(other.seal("hello"))


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    for number in range(20):
        file = tmp_path / f"key{number}"
        vaults: list[Vault] = []
        barrier = threading.Barrier(4)

        def start(file: Path = file, vaults: list[Vault] = vaults, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            vaults.append(open_vault(file, create=True))

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(vaults) == 4
        assert len({vault.pseudonym("x") for vault in vaults}) == 1


def test_without_leave_to_make_one_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    with pytest.raises(VaultKeyError, match=r"vault\.key: the vault's key is missing; restore it from its backup"):
        open_vault(file, create=False)
    assert not file.exists()


@pytest.mark.parametrize("content", ["", "ab", "z" * 64, "0" * 63, "0" * 66, "\xff" * 64])
def test_a_spoilt_key_file_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "vault.key"
    file.write_text(content, "latin-1")
    with pytest.raises(VaultKeyError) as caught:
        open_vault(file, create=True)
    assert file.read_text("latin-1") == content
    assert not content or content not in str(caught.value)
