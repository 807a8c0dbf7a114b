"""The further tests that a rule over characters may name for what it finds."""

import re
from collections.abc import Callable, Mapping


def _octets(found: str) -> bool:
    return all(int(part) < 256 for part in found.split("."))


def _iban(found: str) -> bool:
    return sum(c.isdigit() for c in found) >= 8 and len(re.sub(r"\W", "", found)) >= 15


def _numbered(found: str) -> bool:
    # A code with four digits or more says who somebody is; "covid19" or "b12" does not.
    return sum(c.isdigit() for c in found) >= 4 and len(found) >= 6


VALIDATORS: Mapping[str, Callable[[str], bool]] = {
    "": lambda found: True,
    "octets": _octets,
    "iban": _iban,
    "numbered": _numbered,
}
