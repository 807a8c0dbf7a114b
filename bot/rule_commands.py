"""`frontdesk rules`: check the screening rules, and explain what rules and second net make of a text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from actions.screening.two_nets import TwoNets

ROOT = Path()
"""The project's folder: the one the command is started in."""


@click.group()
def rules() -> None:
    """Check the screening rules, or see why they judge a text as they do."""


@rules.command()
def check() -> None:
    """Check every rule, the hospital's own in screening.yml too, and list all problems at once."""
    from actions.screening.checking import check_rules

    book, problems = check_rules(ROOT)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    local = sum(rule.local for rule in book.rules)
    click.echo(f"{len(book.rules)} rules hold, {local} of them the hospital's own; {len(book.off)} switched off.")
    for off in book.off.values():
        click.echo(f"  off: {off.rule} ({off.reason})")


@rules.command()
@click.argument("text")
@click.option("--public", is_flag=True, help="Judge the text as a public comment.")
@click.option("--context", multiple=True, help="An earlier message of the conversation; oldest first.")
@click.option("--rules-only", is_flag=True, help="Leave the second net out.")
def explain(text: str, public: bool, context: tuple[str, ...], rules_only: bool) -> None:
    """Say which rules judge TEXT, by which words, what lowered them, what the second net adds, and the decision of both."""
    from actions.screening import Screener, Visibility
    from actions.screening.explanation import explain as explained
    from actions.screening.net_explanation import explain_both
    from actions.screening.rules import RuleError

    visibility = Visibility.PUBLIC if public else Visibility.PRIVATE
    try:
        both = None if rules_only else _both()
        lines = (
            explain_both(both, text, visibility, context)
            if both
            else explained(Screener.load(ROOT), text, visibility, context)
        )
    except RuleError as error:
        raise click.ClickException(str(error)) from None
    for line in lines:
        click.echo(line)


def _both() -> TwoNets | None:
    """Load rules and net; say why where the net cannot be loaded, and give nothing."""
    from actions.encoder import EncoderError
    from actions.hospital import HospitalError
    from actions.screening.net import NetMissingError
    from bot.net_training import two_nets

    try:
        return two_nets(ROOT)
    except (NetMissingError, EncoderError, HospitalError) as error:
        click.echo(f"Without the second net, by the rules alone ({str(error).splitlines()[0]}):")
        return None
