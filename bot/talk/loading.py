"""Load conversations from their files, or say everything that is wrong with them."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import Node

from bot.talk.conversation import (
    FIRST_OF_BOTH,
    SECOND_OF_BOTH,
    BotStep,
    CaseStep,
    Conversation,
    EitherStep,
    Outcome,
    PatientStep,
    SilentStep,
    StackStep,
    Step,
    TogetherStep,
    spoken_to,
)
from bot.talk.nodes import Nodes, Problem, line_of, quoted
from bot.talk.placeholders import CHOSEN, Facts, UnknownPlaceholderError, names_in
from bot.talk.steps import StepReader

_OWN_STACK = "own stack"
_HINT = "expected YAML: spaces for indents (no tabs), a space after each colon, texts with a colon or braces in quotes"
_EXPECTED = "`bot`, `bot hands off` or `bot is silent`"


class ConversationError(Exception):
    """Conversation files cannot be used; mend the lines listed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_conversations(paths: Iterable[Path], facts: Facts) -> tuple[Conversation, ...]:
    """Load the conversations of files and folders; ConversationError holds every problem of all of them."""
    conversations: list[Conversation] = []
    problems: list[Problem] = []
    for file in _files(paths, problems):
        found, wrong = read_conversations(file.read_bytes(), file, facts)
        conversations += found
        problems += wrong
    first: dict[str, Conversation] = {}
    for one in conversations:
        known = first.setdefault(one.title, one)
        if known is not one:
            message = f"{one.title!r} already stands in {known.file}:{known.line}, expected a title used once"
            problems.append(Problem(str(one.file), one.line, "conversation", message))
    if problems:
        raise ConversationError(sorted(problems))
    return tuple(conversations)


def read_conversations(content: bytes, file: Path, facts: Facts) -> tuple[list[Conversation], list[Problem]]:
    """Read the conversations of one file's content, with its problems."""
    nodes = Nodes(str(file))
    root = _compose(content, nodes)
    found = []
    if root is not None:
        steps = StepReader(nodes, file.parent)
        for item in nodes.items(root, "file", "conversations"):
            conversation = _read(item, nodes, steps, file)
            _check(conversation, nodes, facts)
            found.append(conversation)
    return found, nodes.problems


def _files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        found = sorted(path.rglob("*.yml")) if path.is_dir() else [path] if path.is_file() else []
        if not found:
            what = "holds no file that ends in .yml" if path.is_dir() else "is not there"
            problems.append(Problem(str(path), 1, "file", f"{what}, expected a file or a folder of conversations"))
        yield from found


def _compose(content: bytes, nodes: Nodes) -> Node | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        nodes.problem(
            content.count(b"\n", 0, error.start) + 1, "file", "is not text in UTF-8, expected it saved as UTF-8"
        )
        return None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root: Node | None = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "cannot be read"
        nodes.problem(mark.line + 1 if mark else 1, "file", f"{what}, {_HINT}")
        return None
    if root is None:
        nodes.problem(1, "file", "is empty, expected a list of conversations")
    return root


def _read(item: Node, nodes: Nodes, reader: StepReader, file: Path) -> Conversation:
    keys = nodes.mapping(item, "file", ("conversation", "needs", "steps"))
    if "conversation" not in keys and keys:
        nodes.problem(item, "conversation", "is missing, expected a sentence that says what happens")
    title = nodes.text(keys.get("conversation"), "conversation", "a visitor asks where to park")
    needs = nodes.text(keys.get("needs"), "needs", f"`{_OWN_STACK}`")
    if needs not in ("", _OWN_STACK):
        nodes.problem(keys["needs"], "needs", f"is {needs!r}, expected `{_OWN_STACK}`, or no `needs` at all")
    steps: list[Step] = []
    if "steps" in keys:
        for node in nodes.items(keys["steps"], "steps", "steps"):
            steps += reader.read(node)
    elif keys:
        nodes.problem(item, "steps", "are missing, expected a list that begins with what the patient does")
    return Conversation(file, line_of(item), title, tuple(steps), own_stack=needs == _OWN_STACK)


def _check(conversation: Conversation, nodes: Nodes, facts: Facts) -> None:
    """Note what is wrong with the steps taken together."""
    if conversation.steps and isinstance(conversation.steps[0], Outcome):
        nodes.problem(
            conversation.steps[0].line, "steps", "begin with what is expected, expected what the patient does first"
        )
    breaking = next((step for step in conversation.steps if isinstance(step, StackStep)), None)
    if breaking and not conversation.own_stack:
        nodes.problem(
            breaking.line, "stack", f"breaks the stack that others use, expected `needs: {_OWN_STACK}` under the title"
        )
    for one in conversation.rounds():
        for name in spoken_to(one.acts):
            _check_outcomes(name, [step for step in one.outcomes if _concerns(step, name)], one.acts[-1].line, nodes)
    _check_names(conversation, nodes)
    _check_placeholders(conversation, nodes, facts)


def _check_outcomes(name: str, outcomes: Sequence[Outcome], line: int, nodes: Nodes) -> None:
    answers = [step for step in outcomes if not isinstance(step, CaseStep)]
    if not answers:
        nodes.problem(line, "steps", f"nothing says what {name} gets then, expected {_EXPECTED} before the next act")
    silent = next((step for step in answers if isinstance(step, SilentStep)), None)
    if silent and len(answers) > 1:
        nodes.problem(silent.line, "bot is silent", "stands beside a message of the bot, expected one or the other")


def _check_names(conversation: Conversation, nodes: Nodes) -> None:
    known = conversation.patients
    if not known:
        return
    both = False
    for step in conversation.steps:
        if isinstance(step, EitherStep):
            both = True
            if len(known) != 2:
                nodes.problem(step.line, FIRST_OF_BOTH, f"there are {len(known)} patients, expected two")
        elif not isinstance(step, TogetherStep | StackStep):
            allowed = (*known, FIRST_OF_BOTH, SECOND_OF_BOTH) if both else known
            if step.who not in allowed:
                nodes.problem(
                    step.line, "who", f"{step.who} does nothing in this conversation, expected one of {quoted(allowed)}"
                )


def _concerns(step: Outcome, name: str) -> bool:
    return isinstance(step, EitherStep) or step.who == name


def _check_placeholders(conversation: Conversation, nodes: Nodes, facts: Facts) -> None:
    """Note placeholders that stand for nothing at the step where they are used."""
    remembered = {CHOSEN}
    for step in conversation.steps:
        for name in (name for text in _texts(step) for name in names_in(text)):
            try:
                name in remembered or facts.value(name.lower())
            except UnknownPlaceholderError:
                known = quoted((*sorted(remembered), *facts.names(), "hospital.FIELD.FIELD"))
                nodes.problem(step.line, "steps", f"{{{name}}} stands for nothing, expected one of {known}")
        for expectation in (one.expectation for one in _bot_steps(step)):
            remembered |= {name for name, _ in expectation.remember}


def _texts(step: Step) -> Iterator[str]:
    if isinstance(step, PatientStep):
        yield step.text
    if isinstance(step, TogetherStep):
        yield from (one.text for one in step.steps)
    for one in _bot_steps(step):
        expected = one.expectation
        yield from (*expected.says, *expected.says_not, *expected.offers, *expected.offers_not, expected.exactly or "")


def _bot_steps(step: Step) -> tuple[BotStep, ...]:
    if isinstance(step, EitherStep):
        return (*step.one, *step.other)
    return (step,) if isinstance(step, BotStep) else ()
