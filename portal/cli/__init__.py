"""`python -m portal COMMAND`: everything a person does with the portal from a terminal."""

from __future__ import annotations

import sys
import warnings

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from config import Settings
from portal.cli import (
    accounts,
    audit,
    demonstration,
    doctor,
    export,
    importing,
    media,
    paper,
    proofs,
    record,
    running,
    subscriptions,
    witness,
)
from portal.cli.terminal import Mishap
from portal.database import TROUBLE
from portal.ports import SearchUnavailable, StoreBroken, StoreFull

OUTAGES = (OperationalError, *TROUBLE, StoreFull, StoreBroken, SearchUnavailable)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """阳光督查 Sunlight Oversight. Settings are PORTAL_* in the environment or in .env (see config.py)."""


for command in (
    running.init,
    running.serve,
    running.work,
    running.run,
    running.assets,
    demonstration.demo,
    doctor.doctor,
    accounts.user,
    subscriptions.subscriptions,
    record.record,
    media.media,
    importing.import_,
    audit.audit,
    export.export,
    witness.witness,
):
    portal.add_command(command)


def main() -> None:
    """Run a command; whatever goes wrong is said in one sentence with its cure, and exits non-zero."""
    warnings.simplefilter("default")
    try:
        portal(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except Mishap as mishap:
        click.echo(f"error: {mishap}", err=True)
        sys.exit(1)
    except OUTAGES as trouble:
        click.echo(
            f"error: {str(trouble).splitlines()[0]}; `python -m portal doctor` looks for the cause", err=True
        )
        sys.exit(1)
    except ValidationError as error:
        for fault in error.errors():
            where = "_".join(str(part) for part in fault["loc"]).upper()
            click.echo(f"error: {'PORTAL_' + where + ': ' if where else ''}{fault['msg']}", err=True)
        sys.exit(2)


__all__ = ["Settings", "main", "paper", "portal", "proofs"]
