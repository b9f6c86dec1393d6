"""`python -m portal.web.site_copy FOLDER [URL]`: what `portal export site` becomes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from config import Settings
from portal.web.app import create_app
from portal.web.site_copy.making import CannotCopy, Copying
from portal.wiring import wire


def main(folder: str, url: str = "") -> int:
    """Make the copy, say how far it is, and answer with the exit status."""
    settings = Settings()
    portal = wire(settings)
    try:
        with click.progressbar(length=1, label="copying", show_pos=True, update_min_steps=20) as drawn:

            def tell(done: int, total: int) -> None:
                drawn.length = total
                drawn.update(done - drawn.pos)

            done = Copying(create_app(portal), Path(folder).absolute(), url=url or settings.public_url).run(
                tell
            )
    except CannotCopy as trouble:
        click.echo(f"error: {trouble}", err=True)
        return 1
    finally:
        portal.close()
    click.echo(
        f"{done.files} files in {folder}, {done.fetched} of them fetched anew; the record up to {done.seq}"
    )
    click.echo(
        "search, other days, comparing two days, downloads of whole projects and desks are not in a copy"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
