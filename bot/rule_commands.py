"""`frontdesk rules`: check the screening rules, and explain what they make of a text."""

import sys
from pathlib import Path

import click

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
def explain(text: str, public: bool, context: tuple[str, ...]) -> None:
    """Say which rules judge TEXT, by which words, what lowered them, and the decision."""
    from actions.screening import Screener, Visibility
    from actions.screening.explanation import explain as explained
    from actions.screening.rules import RuleError

    try:
        screener = Screener.load(ROOT)
    except RuleError as error:
        raise click.ClickException(str(error)) from None
    for line in explained(screener, text, Visibility.PUBLIC if public else Visibility.PRIVATE, context):
        click.echo(line)
