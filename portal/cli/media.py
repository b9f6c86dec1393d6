"""`portal media`: looking after the files: sweeping, verifying, repairing, copying, signing, bringing up to date."""

from __future__ import annotations

import click

from portal.cli import media_copies, media_fingerprint, media_rerender, media_sweep


@click.group()
def media() -> None:
    """The files of photos: what nothing names, what is missing or changed, a second store, fingerprints, the recipe of
    today, the key that signs them."""


for command in (
    media_sweep.sweep,
    media_sweep.quarantine,
    media_sweep.restore,
    media_copies.verify,
    media_copies.mirror,
    media_fingerprint.fingerprint,
    media_rerender.rerender,
    media_rerender.rotate_photo_key,
):
    media.add_command(command)
