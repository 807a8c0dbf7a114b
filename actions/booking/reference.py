"""Reference codes of appointments: short enough to read out, too many to guess."""

import re
import secrets

PREFIX = "LK-"
ALPHABET = "CDFGHJKMNPQRTVWXY2346789"
"""No vowels, so that no word comes about, and none of the pairs that look alike (0 O, 1 I L, 5 S, 8 B, 2 Z)."""
LENGTH = 6
"""24 ** 6 is 191 million codes; a conversation may try five wrong ones an hour."""

_REFERENCE = re.compile(rf"\bLK[-‐‑–— ]{{0,2}}([{ALPHABET}]{{{LENGTH}}})\b", re.IGNORECASE)
_LOOKS_LIKE_ONE = re.compile(r"\bLK[-‐‑–— ]{0,2}(?=\w*\d|[A-Z]{4,})\w{3,10}\b")


def new_reference() -> str:
    """Make a random code: LK- and six characters."""
    return PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def find_reference(text: str) -> str | None:
    """Give the first reference code in a text, in its standard form; letter case and the hyphen do not matter."""
    found = _REFERENCE.search(text)
    return PREFIX + found[1].upper() if found else None


def without_reference(text: str) -> str:
    """Give the text with its reference codes taken out."""
    return _REFERENCE.sub(" ", text)


def has_mistyped_reference(text: str) -> bool:
    """Tell whether the text holds something that was meant as a reference code and cannot be one."""
    return find_reference(text) is None and _LOOKS_LIKE_ONE.search(text.upper()) is not None
