"""The command line: `frontdesk COMMAND`."""

import asyncio
import os

# Before NumPy is imported: its threads cost more than they bring for one sentence, and fight with Rasa's for the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click

from bot.development import with_development
from bot.hospital_commands import hospital
from bot.rule_commands import rules
from bot.settings import Settings, SettingsError, read_settings

ROOT = Path()
"""The project's folder: the one the command is started in."""
_ENDINGS = (signal.SIGINT, signal.SIGTERM)


@click.group()
def main() -> None:
    """Frontdesk: a hospital's front desk on Messenger."""


main.add_command(rules)
main.add_command(hospital)


def _end_once(number: int, frame: object) -> None:
    """Begin to stop; a second signal, which would leave half of the stack running, is ignored."""
    for one in _ENDINGS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


@main.command()
def run() -> None:
    """Start everything and print where to look; Ctrl-C stops it."""
    from actions.database import DatabaseError
    from actions.hospital import HospitalError
    from bot.net_training import ExamplesError
    from bot.stack import Stack, StackError
    from bot.training import TrainingError

    started = time.monotonic()
    stack = None
    for number in _ENDINGS:
        signal.signal(number, _end_once)
    try:
        stack = Stack(ROOT.resolve(), dict(os.environ), say=_say)
        stack.start()
        _say(f"Ready after {time.monotonic() - started:.0f} s. Ctrl-C stops everything.")
        _show_where(stack.settings)
        stack.watch()
    except KeyboardInterrupt:
        pass
    except (SettingsError, StackError, TrainingError, ExamplesError, HospitalError, DatabaseError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        if stack is not None:
            _say("Stopping …")
            stack.stop()
            _say("Stopped.")


@main.command()
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["public", "worker", "desk", "actions"]),
    help="What this process does; all by default.",
)
def serve(roles: Sequence[str]) -> None:
    """Run the service alone: webhooks, workers, desk and action server."""
    from actions.database import DatabaseError
    from actions.handoff.vault import VaultKeyError
    from actions.hospital import HospitalError
    from actions.screening.net import NetMissingError
    from actions.screening.rules import RuleError
    from bot.app import TALKING, Role, service
    from bot.logs import set_up_logs

    settings = _settings()
    wanted = [Role(role) for role in roles] or list(Role)
    if settings.messenger is None and not TALKING.isdisjoint(wanted):
        raise click.ClickException(
            "FRONTDESK_MESSENGER_APP_SECRET, FRONTDESK_MESSENGER_VERIFY_TOKEN and FRONTDESK_MESSENGER_PAGE_TOKEN are not set; "
            "`frontdesk run` makes development ones for the simulator"
        )
    set_up_logs()

    async def serve_until_told() -> None:
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        async with service(settings, wanted, ROOT):
            await told.wait()

    try:
        asyncio.run(serve_until_told())
    except (
        HospitalError,
        RuleError,
        NetMissingError,
        VaultKeyError,
        DatabaseError,
        OSError,
    ) as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--if-stale", is_flag=True, help="Only when the files have changed since the last training.")
def train(if_stale: bool) -> None:
    """Train the language model from data/, domain.yml and config.yml, and screening's second net from its examples."""
    from actions.hospital import HospitalError
    from bot import net_training, training

    root = ROOT.resolve()
    log = _settings().var / "log" / "train.log"
    steps: tuple[tuple[Path, Callable[[], Path]], ...] = (
        (net_training.net_path(root), partial(net_training.train_net, root)),
        (training.model_path(root), partial(training.train, root, log)),
    )
    stale = [do for path, do in steps if not (if_stale and path.exists())]
    if not stale:
        _say("The models fit the files: nothing to train.")
    for do in stale:
        started = time.monotonic()
        try:
            model = do()
        except (training.TrainingError, net_training.ExamplesError, HospitalError) as error:
            raise click.ClickException(str(error)) from None
        _say(f"Trained {model.name} in {time.monotonic() - started:.0f} s.")


@main.command()
@click.option(
    "--jsonl",
    is_flag=True,
    help='Lines are JSON: {"text": …, "visibility": "private"|"public", "context": [earlier messages]}.',
)
@click.option("--rules-only", is_flag=True, help="Leave the second net out.")
def screen(jsonl: bool, rules_only: bool) -> None:
    """Judge messages from standard input, one a line; write one JSON a line."""
    from actions.hospital import HospitalError
    from actions.screening.rules import RuleError
    from bot.net_training import ExamplesError
    from bot.screen import load_screener, screen_lines

    try:
        screener = load_screener(ROOT, rules_only=rules_only, say=lambda line: click.echo(line, err=True))
    except (ExamplesError, HospitalError, RuleError) as error:
        raise click.ClickException(str(error)) from None
    problems = screen_lines(sys.stdin.buffer, sys.stdout, screener, jsonl=jsonl)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write the results to this file as JUnit XML."
)
@click.option("--own", is_flag=True, help="Start a stack for the conversations, so that those which break one run too.")
@click.option("--transcripts", is_flag=True, help="Print every conversation, and not only those that failed.")
def talk(paths: Sequence[Path], junit: Path | None, own: bool, transcripts: bool) -> None:
    """Run the conversations of files or folders (tests/conversations) against the running stack."""
    from actions.database import DatabaseError
    from bot.net_training import ExamplesError
    from bot.stack import StackError
    from bot.talk import command
    from bot.talk.loading import ConversationError
    from bot.training import TrainingError

    output = command.Output(_say, junit, transcripts)
    chosen = paths or (ROOT / "tests" / "conversations",)
    try:
        if own:
            well = command.talk_to_own_stack(ROOT.resolve(), os.environ, chosen, output)
        else:
            well = command.talk(ROOT.resolve(), _settings(), chosen, output)
    except ConversationError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (command.NoStackError, SettingsError, StackError, TrainingError, ExamplesError, DatabaseError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(0 if well else 1)


@main.group(invoke_without_command=True)
@click.pass_context
def cases(context: click.Context) -> None:
    """List the open cases; `show`, `claim`, `confirm` and `close` work on one."""
    if context.invoked_subcommand is None:
        from bot.case_list import list_cases

        _print(list_cases(_settings()))


@cases.command()
@click.argument("number", type=int)
@click.option("--reveal", is_flag=True, help="Show what was really written; the audit trail keeps who looked.")
@click.option("--agent", envvar="USER", default="", help="Who is looking.")
def show(number: int, reveal: bool, agent: str) -> None:
    """Show one case and its messages, redacted unless --reveal."""
    from bot.case_list import show_case

    _print(show_case(_settings(), number, agent, reveal=reveal))


@cases.command()
@click.argument("number", type=int)
@click.option("--agent", envvar="USER", required=True, help="Who takes it.")
def claim(number: int, agent: str) -> None:
    """Take a case: from now on the bot stays silent in its conversation."""
    from bot.case_list import claim_case

    _print(claim_case(_settings(), number, agent))


@cases.command()
@click.argument("number", type=int)
@click.option("--agent", envvar="USER", required=True, help="Who confirms it.")
def confirm(number: int, agent: str) -> None:
    """Confirm the appointment that a case is about, and tell the patient."""
    from bot.case_list import confirm_case

    _print(confirm_case(_settings(), number, agent))


@cases.command()
@click.argument("number", type=int)
@click.option("--agent", envvar="USER", required=True, help="Who closes it.")
@click.option("--force", is_flag=True, help="Also when somebody else has claimed it, or messages in it are unread.")
def close(number: int, agent: str, force: bool) -> None:
    """Close a case and give its conversation back to the bot."""
    from bot.case_list import close_case

    _print(close_case(_settings(), number, agent, force=force))


@main.command("dead-letters")
@click.option(
    "--reveal",
    "number",
    type=int,
    help="Show what the dead letter of this number holds; the audit trail keeps who looked.",
)
@click.option("--agent", envvar="USER", default="", help="Who is looking.")
def dead_letters(number: int | None, agent: str) -> None:
    """List what Messenger delivered and nobody could read."""
    from bot.dead_letters import list_dead_letters, reveal_dead_letter

    _print(list_dead_letters(_settings()) if number is None else reveal_dead_letter(_settings(), number, agent))


def _settings() -> Settings:
    """Read the settings, with the simulator's own where Messenger's are missing and a data folder already has them."""
    try:
        settings = read_settings(os.environ)
        if settings.messenger is None and (settings.var / "development.json").exists():
            settings = read_settings(with_development(os.environ, settings))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    return settings


def _show_where(settings: Settings) -> None:
    if settings.simulator:
        _say(f"  simulator  {settings.public.url}/simulator")
    else:
        _say(f"  webhook    {settings.public.url}/webhooks/messenger")
    _say(f"  desk       {settings.staff.url}/")
    _say(f"  health     {settings.internal.url}/health")


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
