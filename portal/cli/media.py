"""`portal media`: what is kept of photos, and how they are made and signed."""

from __future__ import annotations

import click


@click.group()
def media() -> None:
    """Photos: bring old ones up to the recipe of today, change the key that signs them."""
