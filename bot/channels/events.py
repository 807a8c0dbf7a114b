"""What a platform delivers and takes, in terms that no platform owns."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Kind(str, Enum):
    """What a patient sent."""

    TEXT = "text"  # typed
    QUICK_REPLY = "quick_reply"  # a suggested reply, chosen
    POSTBACK = "postback"  # a button, pressed
    ATTACHMENT = "attachment"  # a picture, a voice message, a place: cannot be read
    UNSUPPORTED = "unsupported"  # something new, or something the platform could not deliver
    STANDBY = "standby"  # written while a person answers through another app


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a patient. `text` may stand beside an attachment; what was attached is never kept."""

    page: str
    sender: str
    mid: str
    kind: Kind
    text: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message that its patient has taken back."""

    page: str
    sender: str
    mid: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one webhook request brought: messages, and how many events of each kind were passed over."""

    messages: tuple[Incoming, ...]
    ignored: tuple[tuple[str, int], ...]
    withdrawn: tuple[Withdrawn, ...] = ()
    unknown: tuple[str, ...] = ()
    """What somebody did that we know nothing of, as JSON: for a person to look at."""


class UnreadableError(Exception):
    """A well-signed request whose body cannot be read; it is kept whole for a person to look at."""


class SendError(Exception):
    """The platform did not take a message: `permanent` says whether to try again, `code` is the platform's error code."""

    def __init__(self, code: str, *, permanent: bool) -> None:
        """Keep the platform's code and what it means for the message."""
        super().__init__(code)
        self.code = code
        self.permanent = permanent
