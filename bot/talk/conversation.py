"""A conversation as a test: what patients do, and what has to come of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

PATIENT = "the patient"
"""Who acts in a step that names nobody."""
FIRST_OF_BOTH = "one of them"
"""After a step `one of them`, the patient who got what it says."""
SECOND_OF_BOTH = "the other"


class Deed(str, Enum):
    """How a patient says something."""

    WRITES = "patient"  # types a text
    CHOOSES = "patient chooses"  # touches a quick reply
    PRESSES = "patient presses"  # presses a button, which the platform delivers as a postback
    SENDS = "patient sends"  # sends something that is no text


class Thing(str, Enum):
    """What a patient may send that is no text."""

    PHOTO = "a photo"
    VIDEO = "a video"
    VOICE = "a voice message"
    FILE = "a file"
    LOCATION = "a location"
    STICKER = "a sticker"
    THUMB = "a thumb"  # the sticker beside the text field
    UNSUPPORTED = "something unsupported"  # that the platform itself could not deliver


class Notice(str, Enum):
    """What the platform delivers besides patients' messages."""

    REPEAT = "delivers the last message again"
    DELIVERED = "reports that the reply was delivered"
    READ = "reports that the reply was read"
    REACTION = "reports a reaction"
    ECHO = "echoes the bot's reply"


class PersonAct(str, Enum):
    """What a member of staff does with the patient's case."""

    CLAIMS = "claims the case"
    CLOSES = "closes the case"


class Condition(str, Enum):
    """What state the stack is brought into."""

    RASA_STOPPED = "Rasa is stopped"
    RASA_HANGS = "Rasa hangs"
    ACTIONS_STOPPED = "the action server is stopped"
    ACTIONS_REPLACED = "the action server runs"  # … FILE, a script that serves other actions at the same address
    WORKS = "everything works again"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one message of the bot has to be; each text may hold placeholders, and one in slashes is a regular expression."""

    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    exactly: str | None = None
    offers: tuple[str, ...] = ()
    """Titles of quick replies that are among those shown."""
    offers_not: tuple[str, ...] = ()
    private_link: str | None = None
    """The category of the unclosed case whose private-room link the message has to bring; None: it may bring none."""
    remember: tuple[tuple[str, str], ...] = ()
    """Names, and the regular expression that finds what each stands for from then on."""
    longest: int | None = None
    """The number of characters it may have."""


@dataclass(frozen=True, slots=True)
class PatientStep:
    """A patient does something."""

    line: int
    who: str
    deed: Deed
    text: str
    """What is typed; or the title of the quick reply or button; or the caption of what is sent."""
    thing: Thing | None = None


@dataclass(frozen=True, slots=True)
class TogetherStep:
    """Several patients do something at the same moment."""

    line: int
    steps: tuple[PatientStep, ...]


@dataclass(frozen=True, slots=True)
class NoticeStep:
    """The platform delivers something else about the patient's conversation."""

    line: int
    who: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class PersonStep:
    """A member of staff does something with the patient's case."""

    line: int
    who: str
    act: PersonAct


@dataclass(frozen=True, slots=True)
class StackStep:
    """The stack is brought into a condition; `script` is what the action server runs then."""

    line: int
    condition: Condition
    script: Path | None = None


@dataclass(frozen=True, slots=True)
class BotStep:
    """The bot sends a message."""

    line: int
    who: str
    expectation: Expectation


@dataclass(frozen=True, slots=True)
class SilentStep:
    """The bot sends nothing."""

    line: int
    who: str


@dataclass(frozen=True, slots=True)
class CaseStep:
    """The patient's unclosed case holds this many messages."""

    line: int
    who: str
    messages: int


@dataclass(frozen=True, slots=True)
class EitherStep:
    """One of two patients gets the first messages and the other the second, whoever is who."""

    line: int
    one: tuple[BotStep, ...]
    other: tuple[BotStep, ...]


Act = PatientStep | TogetherStep | NoticeStep | PersonStep | StackStep
Outcome = BotStep | SilentStep | CaseStep | EitherStep
Step = Act | Outcome


@dataclass(frozen=True, slots=True)
class Round:
    """Acts, and what has to come of them before the next act."""

    acts: tuple[Act, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of a file."""

    file: Path
    line: int
    title: str
    steps: tuple[Step, ...]
    own_stack: bool = False
    """It breaks something, so it needs a stack that nothing else uses."""

    @property
    def patients(self) -> tuple[str, ...]:
        """Give everybody who acts, in the order of first acts."""
        names = dict.fromkeys(name for step in self.steps for name in _actors(step))
        return tuple(name for name in names if name not in (FIRST_OF_BOTH, SECOND_OF_BOTH))

    def rounds(self) -> tuple[Round, ...]:
        """Divide the steps into rounds."""
        rounds: list[tuple[list[Act], list[Outcome]]] = []
        for step in self.steps:
            if isinstance(step, Act):
                if not rounds or rounds[-1][1]:
                    rounds.append(([], []))
                rounds[-1][0].append(step)
            elif rounds:
                rounds[-1][1].append(step)
        return tuple(Round(tuple(acts), tuple(outcomes)) for acts, outcomes in rounds)


def spoken_to(acts: Iterable[Act]) -> tuple[str, ...]:
    """Give the patients of whom something has to be expected after these acts: those who act and those whom a notice is about."""
    names = [name for act in acts for name in ((act.who,) if isinstance(act, NoticeStep) else _actors(act))]
    return tuple(dict.fromkeys(names))


def _actors(step: Step) -> tuple[str, ...]:
    if isinstance(step, TogetherStep):
        return tuple(one.who for one in step.steps)
    return (step.who,) if isinstance(step, PatientStep) else ()
