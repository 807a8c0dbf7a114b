"""Reading one step of a conversation."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node

from actions.handoff.cases import CaseCategory
from bot.talk.conversation import (
    FIRST_OF_BOTH,
    PATIENT,
    SECOND_OF_BOTH,
    BotStep,
    CaseStep,
    Condition,
    Deed,
    EitherStep,
    Expectation,
    Notice,
    NoticeStep,
    PatientStep,
    PersonAct,
    PersonStep,
    SilentStep,
    StackStep,
    Step,
    Thing,
    TogetherStep,
)
from bot.talk.expectation import is_pattern
from bot.talk.nodes import Nodes, line_of, quoted

_SHORT = 320
"""Characters of the first message of an emergency: it has to be read at a glance."""
_SAID = ("exactly", "does not say", "offers", "does not offer", "remember")
_QUALIFIERS: Mapping[str, tuple[str, ...]] = {
    "patient": ("who", "times"),
    "patient chooses": ("who",),
    "patient presses": ("who",),
    "patient sends": ("who", "caption"),
    "at the same moment": (),
    "messenger": ("who",),
    "person": ("who",),
    "stack": (),
    "bot": ("who", "private link", *_SAID),
    "bot introduces itself": ("who",),
    "bot hands off": ("who", "says", *_SAID),
    "bot is silent": ("who",),
    "case holds": ("who",),
    FIRST_OF_BOTH: (SECOND_OF_BOTH,),
}
_INTRODUCTION = Expectation(says=("automated assistant", "person", "{emergency number}"))

Keys = Mapping[str, Node]


class StepReader:
    """Reads the steps of the conversations of one file."""

    def __init__(self, nodes: Nodes, folder: Path) -> None:
        """Note problems in `nodes`; scripts are looked for from `folder`."""
        self._nodes = nodes
        self._folder = folder
        self._readers: Mapping[str, Callable[[Node, Keys], tuple[Step, ...]]] = {
            "patient": self._writes,
            "patient chooses": lambda node, keys: self._touches(node, keys, Deed.CHOOSES),
            "patient presses": lambda node, keys: self._touches(node, keys, Deed.PRESSES),
            "patient sends": self._sends,
            "at the same moment": self._together,
            "messenger": self._notice,
            "person": self._person,
            "stack": self._stack,
            "bot": self._bot,
            "bot introduces itself": self._introduction,
            "bot hands off": self._hands_off,
            "bot is silent": self._silent,
            "case holds": self._case,
            FIRST_OF_BOTH: self._either,
        }

    def read(self, node: Node) -> tuple[Step, ...]:
        """Read one item of `steps`; a step that stands for several messages gives several."""
        names = [str(key.value) for key, _ in node.value] if isinstance(node, MappingNode) else []
        main = next((name for name in names if name in self._readers), None)
        if main is None:
            said = f"{', '.join(names)} says nothing" if names else "a step says nothing"
            self._nodes.problem(
                node, "steps", f"{said} that can be done or expected, expected one of {quoted(self._readers)}"
            )
            return ()
        keys = self._nodes.mapping(node, main, (main, *_QUALIFIERS[main]))
        return self._readers[main](keys[main], keys)

    def _writes(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        times = self._nodes.number(keys["times"], "times", range(1, 1001)) if "times" in keys else 1
        text = self._nodes.text(node, "patient", "where can I park?")
        return (PatientStep(line_of(node), self._who(keys), Deed.WRITES, text * times),)

    def _touches(self, node: Node, keys: Keys, deed: Deed) -> tuple[Step, ...]:
        example = '"Parking", or first or last' if deed is Deed.CHOOSES else '"Get started"'
        return (PatientStep(line_of(node), self._who(keys), deed, self._nodes.text(node, deed.value, example)),)

    def _sends(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        thing = self._nodes.choice(node, "patient sends", Thing)
        caption = self._nodes.text(keys.get("caption"), "caption", "is this the form?")
        return (PatientStep(line_of(node), self._who(keys), Deed.SENDS, caption, thing),) if thing else ()

    def _together(self, node: Node, _keys: Keys) -> tuple[Step, ...]:
        steps = [
            step
            for item in self._nodes.items(node, "at the same moment", "what each patient does")
            for step in self.read(item)
        ]
        patients = tuple(step for step in steps if isinstance(step, PatientStep))
        if len(patients) != len(steps) or len({step.who for step in patients}) < len(patients):
            self._nodes.problem(
                node,
                "at the same moment",
                "holds other steps, expected one step of each of several patients, with `who`",
            )
        return (TogetherStep(line_of(node), patients),)

    def _notice(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        notice = self._nodes.choice(node, "messenger", Notice)
        return (NoticeStep(line_of(node), self._who(keys), notice),) if notice else ()

    def _person(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        act = self._nodes.choice(node, "person", PersonAct)
        return (PersonStep(line_of(node), self._who(keys), act),) if act else ()

    def _stack(self, node: Node, _keys: Keys) -> tuple[Step, ...]:
        runs = f"{Condition.ACTIONS_REPLACED.value} "
        if isinstance(node.value, str) and node.value.startswith(runs):
            script = self._folder / node.value.removeprefix(runs).strip()
            if not script.is_file():
                self._nodes.problem(
                    node, "stack", f"there is no file {script}, expected a script, its path seen from this file"
                )
            return (StackStep(line_of(node), Condition.ACTIONS_REPLACED, script),)
        condition = self._nodes.choice(node, "stack", Condition)
        if condition is Condition.ACTIONS_REPLACED:
            self._nodes.problem(node, "stack", f"names no script, expected `{runs}FILE`")
        return (StackStep(line_of(node), condition),) if condition else ()

    def _bot(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        category = self._nodes.choice(keys.get("private link"), "private link", CaseCategory)
        expectation = self._expectation(self._nodes.texts(node, "bot"), keys, category)
        return (BotStep(line_of(node), self._who(keys), expectation),)

    def _introduction(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        self._nodes.nothing(node, "bot introduces itself")
        return (BotStep(line_of(node), self._who(keys), _INTRODUCTION),)

    def _hands_off(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        """Read a hand-off: one message with the emergency number and the private link; in an emergency the number comes first, alone."""
        category = self._nodes.choice(node, "bot hands off", CaseCategory)
        who, line = self._who(keys), line_of(node)
        said = self._nodes.texts(keys.get("says"), "says")
        if category is not CaseCategory.EMERGENCY:
            return (BotStep(line, who, self._expectation(("{emergency number}", *said), keys, category)),)
        number = Expectation(says=("{emergency number}",), longest=_SHORT)
        return BotStep(line, who, number), BotStep(line, who, self._expectation(said, keys, category))

    def _silent(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        self._nodes.nothing(node, "bot is silent")
        return (SilentStep(line_of(node), self._who(keys)),)

    def _case(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        value = str(node.value).removesuffix(" messages").removesuffix(" message")
        if not value.isdecimal():
            self._nodes.problem(node, "case holds", f"is {node.value!r}, expected a number such as `2 messages`")
            return ()
        return (CaseStep(line_of(node), self._who(keys), int(value)),)

    def _either(self, node: Node, keys: Keys) -> tuple[Step, ...]:
        other = keys.get(SECOND_OF_BOTH)
        if other is None:
            self._nodes.problem(node, FIRST_OF_BOTH, f"stands alone, expected `{SECOND_OF_BOTH}` beside it")
            return ()
        return (EitherStep(line_of(node), self._messages(node, FIRST_OF_BOTH), self._messages(other, SECOND_OF_BOTH)),)

    def _messages(self, node: Node, field: str) -> tuple[BotStep, ...]:
        steps = [step for item in self._nodes.items(node, field, "the bot's messages") for step in self.read(item)]
        if any(not isinstance(step, BotStep) or step.who != PATIENT for step in steps):
            self._nodes.problem(node, field, "holds other steps, expected messages of the bot without `who`")
        return tuple(step for step in steps if isinstance(step, BotStep))

    def _expectation(self, says: tuple[str, ...], keys: Keys, category: CaseCategory | None) -> Expectation:
        exactly = keys.get("exactly")
        remember = {}
        for name, node in self._nodes.pairs(keys.get("remember"), "remember").items():
            pattern = self._nodes.text(node, f"remember.{name}", r"/LK-\w+/")
            if pattern and not is_pattern(pattern):
                self._nodes.problem(
                    node, f"remember.{name}", f"is {pattern!r}, expected a regular expression in slashes"
                )
            remember[name] = pattern
        expectation = Expectation(
            says=says,
            says_not=self._nodes.texts(keys.get("does not say"), "does not say"),
            exactly=self._nodes.text(exactly, "exactly", "the whole message") if exactly is not None else None,
            offers=self._nodes.texts(keys.get("offers"), "offers"),
            offers_not=self._nodes.texts(keys.get("does not offer"), "does not offer"),
            private_link=category.value if category else None,
            remember=tuple(remember.items()),
        )
        self._check_patterns(expectation, keys)
        return expectation

    def _check_patterns(self, expectation: Expectation, keys: Keys) -> None:
        texts = (*expectation.says, *expectation.says_not, *expectation.offers, *expectation.offers_not)
        for text in (*texts, *(pattern for _, pattern in expectation.remember)):
            if is_pattern(text):
                try:
                    re.compile(text.strip("/"))
                except re.error as error:
                    at = next(iter(keys.values()))
                    self._nodes.problem(
                        at, "bot", f"{text} is no regular expression ({error}), expected one, or a text without slashes"
                    )

    def _who(self, keys: Keys) -> str:
        return (self._nodes.text(keys["who"], "who", "Ann") or PATIENT) if "who" in keys else PATIENT
