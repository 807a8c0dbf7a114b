"""The vault: what patients wrote and who they are, sealed with a key that the database does not hold.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce an item; the keys for sealing, for pseudonyms and for links are derived from one
master key by HKDF (RFC 5869), so that none of them gives away another.
"""

import asyncio
import hashlib
import hmac
import os
import secrets
from base64 import b32encode
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from actions.database import Connection, Queries, fetch_one

_KEY_BYTES = 32
_NONCE_BYTES = 12
_QUERIES = Queries("actions.handoff", "vault.sql")


class VaultKeyError(Exception):
    """The vault's key is missing or unusable: restore the key file from its backup. Without it nothing sealed can be read again."""


class SealBrokenError(Exception):
    """A sealed item cannot be opened: it was sealed with another key, or was changed since."""


class Vault:
    """Seals and opens texts, and makes pseudonyms and link codes."""

    def __init__(self, master: bytes) -> None:
        """Derive the keys from `master` (32 bytes)."""
        if len(master) != _KEY_BYTES:
            raise VaultKeyError(f"the vault's key has {len(master)} bytes, expected {_KEY_BYTES}")
        self._cipher = AESGCM(_derive(master, b"seal"))
        self._pseudonym_key = _derive(master, b"pseudonym")
        self._link_key = _derive(master, b"link")

    def seal(self, text: str) -> bytes:
        """Seal `text`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode("utf-8"), None)

    def unseal(self, sealed: bytes) -> str:
        """Open what `seal` made; raises SealBrokenError."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode("utf-8")
        except (InvalidTag, ValueError):
            raise SealBrokenError("a sealed item cannot be opened with this vault's key") from None

    def pseudonym(self, *parts: str) -> str:
        """Give the name under which whatever `parts` identify is known outside the vault: 26 letters and digits."""
        return _code(self._pseudonym_key, "\x1f".join(parts), 16)

    def link_code(self, subject: str) -> str:
        """Give the code that makes a link to `subject` unguessable."""
        return _code(self._link_key, subject, 16)

    def link_code_fits(self, subject: str, code: str) -> bool:
        """Check a link's code in constant time."""
        return hmac.compare_digest(self.link_code(subject).encode(), code.encode("utf-8", "replace"))


def open_vault(key_file: Path, *, create: bool) -> Vault:
    """Open the vault with the key in `key_file` (64 hexadecimal digits); with `create`, make the file if it is missing.

    Raises VaultKeyError.
    """
    if create and not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        _write_new(key_file, secrets.token_hex(_KEY_BYTES))
    try:
        return Vault(bytes.fromhex(key_file.read_text("ascii").strip()))
    except FileNotFoundError:
        raise VaultKeyError(f"{key_file}: the vault's key is missing; restore it from its backup") from None
    except (OSError, ValueError) as error:
        raise VaultKeyError(f"{key_file}: expected 64 hexadecimal digits ({type(error).__name__})") from None


async def ready_vault(connection: Connection, key_file: Path, now: datetime) -> tuple[Vault, bool]:
    """Open the vault for the service, and say whether its key was made just now: only while the database holds nothing sealed.

    Raises VaultKeyError, also for a key that does not open what the database holds.
    """
    await connection.execute(_QUERIES["lock"])
    oldest = await fetch_one(connection, _QUERIES["oldest"])
    if oldest is None:
        made = not await asyncio.to_thread(key_file.exists)
        vault = open_vault(key_file, create=True)
        # So that another process, perhaps on another machine, does not make a second key before the first patient writes.
        await keep(connection, vault, "the vault's first item: whoever can open it has the right key", now)
        return vault, made
    vault = open_vault(key_file, create=False)
    try:
        vault.unseal(oldest["sealed"])
    except SealBrokenError:
        raise VaultKeyError(
            f"{key_file}: is not the key that this database was sealed with; restore that key from its backup, "
            "or check FRONTDESK_VAULT_KEY_FILE, FRONTDESK_VAR and DATABASE_URL"
        ) from None
    return vault, False


async def keep(connection: Connection, vault: Vault, text: str, now: datetime) -> int:
    """Seal `text` into the vault's table and give the item's id."""
    row = await fetch_one(connection, _QUERIES["keep"], sealed=vault.seal(text), now=now)
    assert row is not None
    return int(row["id"])


def _write_new(key_file: Path, key: str) -> None:
    """Make the file with its content in one step: another process that starts now must not find it empty."""
    draft = key_file.with_name(f"{key_file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(draft, key_file)
    except FileExistsError:
        return  # another process made it in the meantime: its key counts
    finally:
        draft.unlink()


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=b"frontdesk/" + purpose).derive(master)


def _code(key: bytes, subject: str, size: int) -> str:
    digest = hmac.new(key, subject.encode("utf-8"), hashlib.sha256).digest()[:size]
    return b32encode(digest).decode("ascii").rstrip("=").lower()
