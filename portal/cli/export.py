"""`portal export`: what goes out of the portal to be kept or served elsewhere."""

from __future__ import annotations

import os
import sys

import click

from config import ROOT
from portal.cli.terminal import open_portal


@click.group()
def export() -> None:
    """What is public, to be kept or served elsewhere."""


@export.command()
@click.argument("folder", type=click.Path(file_okay=False, resolve_path=False))
@click.option("--url", default="", help="Where readers will find it (default: PORTAL_URL); feeds name it.")
def site(folder: str, url: str) -> None:
    """The windows as plain files for any web server, in both languages. Repeat it to bring it up to date: only
    what changed is written. FOLDER becomes a link to the newest copy, changed from one moment to the next.

    Example: python -m portal export site /srv/sunlight
    """
    with open_portal():
        pass
    folder = os.path.abspath(folder)  # noqa: PTH100 - a link must stay one
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "portal.web.site_copy", folder, *([url] if url else [])])
