"""`portal media`: looking after the files of photos."""

from __future__ import annotations

import click

from portal.cli import media_fingerprint


@click.group()
def media() -> None:
    """The files of photos."""


media.add_command(media_fingerprint.fingerprint)
