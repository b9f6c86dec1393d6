"""`portal demo`: the demonstration district, built through the workflows that people use."""

from __future__ import annotations

import secrets

import click

from config import Mode, Settings
from portal.cli.terminal import Mishap, bar, open_portal
from portal.demo.build import build_district, is_built

WORDS = (
    "amber",
    "birch",
    "cedar",
    "ember",
    "fern",
    "grove",
    "hazel",
    "iris",
    "jade",
    "kite",
    "lark",
    "maple",
)


@click.command()
def demo() -> None:
    """Build the demonstration district into an empty database; nothing happens when it is there already.

    Example: python -m portal demo
    """
    with open_portal() as portal:
        if portal.settings.mode is Mode.PRODUCTION:
            raise Mishap("production never holds demonstration data; set PORTAL_MODE=demo")
        if is_built(portal):
            click.echo("the demonstration district is here already")
            return
        password = kept_password(portal.settings) or _make_password(portal.settings)
        with bar("building the district") as tell:
            build_district(portal, password=password, progress=tell)
    click.echo("the demonstration district is ready")


def kept_password(settings: Settings) -> str:
    """The password of the demonstration accounts, or "" when none was made."""
    path = settings.instance / "demo_password"
    return settings.demo_password or (path.read_text(encoding="utf-8") if path.exists() else "")


def _make_password(settings: Settings) -> str:
    password = "-".join(secrets.choice(WORDS) for _ in range(4))
    path = settings.instance / "demo_password"
    path.touch(mode=0o600)
    path.write_text(password, encoding="utf-8")
    return password
