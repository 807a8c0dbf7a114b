"""`frontdesk hospital`: check the hospital's facts."""

import sys
from pathlib import Path

import click

ROOT = Path()
"""The project's folder: the one the command is started in."""


@click.group()
def hospital() -> None:
    """Check the hospital's facts."""


@hospital.command()
def check() -> None:
    """Check hospital.yml, and list all its problems at once."""
    from actions.hospital import HospitalError, load_hospital

    try:
        facts = load_hospital(ROOT / "hospital.yml")
    except HospitalError as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        sys.exit(1)
    click.echo(
        f"hospital.yml is good: {facts.name}, {len(facts.departments)} departments, {len(facts.doctors)} doctors."
    )
