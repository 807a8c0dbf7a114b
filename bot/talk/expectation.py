"""Whether a message of the bot is what was expected, and if not, why. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.channels.messenger import TEXT_LIMIT, TITLE_LIMIT
from bot.private_room.link import PATH
from bot.talk.conversation import Expectation

_LINK = re.compile(re.escape(PATH) + r"/([0-9a-f-]{36}\.[0-9A-Za-z_-]+)")
_LEFTOVERS = re.compile(r"\{\w*\}|\[[A-Z][A-Z_]+\]|\b(?:None|null|undefined|nan)\b")
"""What a patient must never see: an unfilled placeholder, a redaction mark, a value that was missing."""
_QUOTES = str.maketrans("‘’‚“”„\u00a0", "'''\"\"\" ")

Fill = Callable[[str, Callable[[str], str]], str]
"""Fills the placeholders of a text, with each value escaped by the second argument."""


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """The case that a message's private-room link opens."""

    category: str
    closed: bool
    of_this_patient: bool


@dataclass(frozen=True, slots=True)
class BotMessage:
    """One message that the platform took from the bot."""

    text: str
    quick_replies: tuple[tuple[str, str], ...] = ()
    """Title and payload of each."""
    case: LinkedCase | None = None
    """None: no private-room link, or none that opens."""

    @property
    def titles(self) -> tuple[str, ...]:
        """Give the titles of the quick replies."""
        return tuple(title for title, _ in self.quick_replies)

    @property
    def link(self) -> str | None:
        """Give the last part of the private-room link in the text."""
        found = _LINK.search(self.text)
        return found[1] if found else None


def filled(expectation: Expectation, fill: Fill) -> Expectation:
    """Fill the placeholders of an expectation."""

    def each(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(fill(text, re.escape if is_pattern(text) else str) for text in texts)

    return replace(
        expectation,
        says=each(expectation.says),
        says_not=each(expectation.says_not),
        exactly=None if expectation.exactly is None else fill(expectation.exactly, str),
        offers=each(expectation.offers),
        offers_not=each(expectation.offers_not),
    )


def mismatches(expectation: Expectation, message: BotMessage) -> tuple[str, ...]:
    """Give what is wrong with a message, a clause each; nothing when it is what was expected."""
    said = message.text
    wrong = [f"does not say {shown(text)}" for text in expectation.says if not holds(said, text)]
    wrong += [f"says {shown(text)}" for text in expectation.says_not if holds(said, text)]
    if expectation.exactly is not None and _flat(said) != _flat(expectation.exactly):
        wrong.append("is not exactly that text")
    wrong += [f"does not offer {shown(title)}" for title in expectation.offers if not _offered(message, title)]
    wrong += [f"offers {shown(title)}" for title in expectation.offers_not if _offered(message, title)]
    wrong += [
        f"holds nothing to remember as {name}: {shown(pattern)}"
        for name, pattern in expectation.remember
        if not find(pattern, said)
    ]
    if expectation.longest is not None and len(said) > expectation.longest:
        wrong.append(f"is {len(said)} characters long, at most {expectation.longest} expected")
    return (*wrong, *_link_mismatches(expectation, message), *oddities(message))


def oddities(message: BotMessage) -> tuple[str, ...]:
    """Give what no message to a patient may ever be."""
    odd = [f"shows {found[0]!r}, which is not meant for a patient" for found in _LEFTOVERS.finditer(message.text)]
    odd += [
        f"the quick reply {title!r} has more than {TITLE_LIMIT} characters"
        for title in message.titles
        if len(title) > TITLE_LIMIT
    ]
    if len(message.text) > TEXT_LIMIT:
        odd.append(f"has more than {TEXT_LIMIT} characters")
    return tuple(odd)


def describe(expectation: Expectation) -> tuple[str, ...]:
    """Describe what was expected, a clause each."""
    clauses = [f"says {shown(text)}" for text in expectation.says]
    clauses += [f"does not say {shown(text)}" for text in expectation.says_not]
    if expectation.exactly is not None:
        clauses.append(f"is exactly {expectation.exactly!r}")
    clauses += [f"offers {shown(title)}" for title in expectation.offers]
    clauses += [f"does not offer {shown(title)}" for title in expectation.offers_not]
    if expectation.private_link:
        clauses.append(f"brings the private link of a case: {expectation.private_link}")
    if expectation.longest is not None:
        clauses.append(f"has at most {expectation.longest} characters")
    return tuple(clauses) or ("anything",)


def holds(text: str, wanted: str) -> bool:
    """Tell whether a text holds another or matches a pattern; letter case and spacing do not matter, a number counts only whole."""
    if is_pattern(wanted):
        return find(wanted, text) is not None
    needle = re.escape(_flat(wanted))
    before = r"(?<!\d)" if needle[:1].isdigit() else ""
    after = r"(?!\d)" if needle[-1:].isdigit() else ""
    return re.search(before + needle + after, _flat(text)) is not None


def find(pattern: str, text: str) -> str | None:
    """Give what a pattern in slashes finds: its first group, or all of it."""
    found = re.search(pattern.strip("/"), text.translate(_QUOTES), re.IGNORECASE)
    return None if found is None else found[found.lastindex or 0]


def is_pattern(text: str) -> bool:
    """Tell whether a text of an expectation is a regular expression."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def shown(text: str) -> str:
    """Write a text of an expectation as it is read: in quotes, or as its pattern."""
    return text if is_pattern(text) else f'"{text}"'


def _link_mismatches(expectation: Expectation, message: BotMessage) -> tuple[str, ...]:
    wanted, case = expectation.private_link, message.case
    if wanted is None:
        return ("brings a private link, and none was expected",) if message.link else ()
    if message.link is None:
        return ("brings no private link",)
    if case is None or not case.of_this_patient:
        return ("brings a private link that does not open a case of this patient",)
    wrong = [] if case.category == wanted else [f"the case is {case.category}, not {wanted}"]
    return (*wrong, "the case is closed") if case.closed else tuple(wrong)


def _offered(message: BotMessage, wanted: str) -> bool:
    if is_pattern(wanted):
        return any(find(wanted, title) is not None for title in message.titles)
    return _flat(wanted) in {_flat(title) for title in message.titles}


def _flat(text: str) -> str:
    return " ".join(text.translate(_QUOTES).split()).casefold()
