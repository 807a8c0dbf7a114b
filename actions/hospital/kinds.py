"""Kinds of text in hospital.yml beyond plain sentences, each with its check.

A function here returns the text in its standard form, or raises ValueError that says what is wrong and expected.
"""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

MAX_TEXT = 300
"""The longest sentence, so that two of them fit one answer."""
MAX_TITLE = 20
"""Messenger cuts a quick reply's title after 20 characters."""

_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def check_text(text: str) -> str:
    """Check a sentence or name: not empty, not over-long, nothing that Rasa or a platform would take for markup."""
    plain = " ".join(text.split())
    if not plain:
        raise ValueError("is empty, expected text")
    if len(plain) > MAX_TEXT:
        raise ValueError(f"has {len(plain)} characters, expected at most {MAX_TEXT}")
    if re.search(r"[{}<>*`]|\]\(", plain):
        raise ValueError("holds one of { } < > * ` or a [link](…), expected plain text")
    return plain


def check_title(text: str) -> str:
    """Check a name that also stands on a button."""
    plain = check_text(text)
    if len(plain) > MAX_TITLE:
        raise ValueError(f"{plain!r} has {len(plain)} characters, expected at most {MAX_TITLE} to fit a button")
    return plain


def check_phone(text: str) -> str:
    """Check a phone number with its country code."""
    digits = re.sub(r"[^\d]", "", text)
    if not re.fullmatch(r"\+[\d ()-]+", text.strip()) or not 8 <= len(digits) <= 15:
        raise ValueError(f"{text!r} is not a phone number, expected one with country code such as +1 555 555 0123")
    return " ".join(text.split())


def check_short_code(text: str) -> str:
    """Check an emergency number or crisis line: a short code or a phone number."""
    if re.fullmatch(r"\d{3,6}", text.strip()):
        return text.strip()
    try:
        return check_phone(text)
    except ValueError:
        raise ValueError(f"{text!r} is not an emergency number, expected one such as 911 or +1 555 555 0123") from None


def check_url(text: str) -> str:
    """Check a web address."""
    url = text.strip()
    parts = urlsplit(url) if not re.search(r"\s", url) else urlsplit("")
    if parts.scheme != "https" or not parts.hostname or "." not in parts.hostname:
        raise ValueError(f"{text!r} is not a web address, expected one such as https://www.example.org/page")
    return url


def check_email(text: str) -> str:
    """Check an e-mail address."""
    if not _EMAIL.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is not an e-mail address, expected one such as desk@example.org")
    return text.strip()


def check_key(text: str) -> str:
    """Check a department's id."""
    if not _KEY.fullmatch(text):
        raise ValueError(f"{text!r} is not an id, expected lower-case letters, digits and _ such as physical_therapy")
    return text


def check_doctor(text: str) -> str:
    """Check a doctor's name: title, first name, surname."""
    plain = check_text(text)
    if not re.fullmatch(r"Dr\. \S+( \S+)+", plain):
        raise ValueError(
            f"{plain!r} is not a doctor's name, expected Dr., first name and surname such as Dr. Anita Patel"
        )
    return plain


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a text that names something defined elsewhere: a key or an item under the path `to`."""

    to: str


@dataclass(frozen=True, slots=True)
class Unique:
    """Marks a text that may stand only once among the texts of its group, whatever its case."""

    group: str


Phone = Annotated[str, check_phone]
ShortCode = Annotated[str, check_short_code]
Url = Annotated[str, check_url]
Email = Annotated[str, check_email]
DepartmentTitle = Annotated[str, check_title, Unique("words for departments")]
Key = Annotated[str, check_key]
DepartmentId = Annotated[str, check_key, Refers("departments")]
Building = Annotated[str, check_text, Refers("location.buildings")]
DepartmentWord = Annotated[str, check_text, Unique("words for departments")]
DoctorName = Annotated[str, check_doctor, Unique("doctors")]
InsurerWord = Annotated[str, check_text, Unique("insurers")]
HolidayWord = Annotated[str, check_text, Unique("holidays")]
