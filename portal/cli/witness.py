"""`portal witness`: the other side, for whoever watches the record of a portal from elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from config import ROOT
from portal.cli.terminal import Mishap
from portal.witness.memory import Memory, Unusable


@click.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("witness"), show_default=True,
    help="Its key, the file `logs` with the public keys of the logs it watches, and what it has signed.",
)  # fmt: skip
@click.option(
    "--name", default="", help="What it is called, at its first start: an address without https://."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8100, show_default=True, help="Port to listen on.")
def witness(folder: Path, name: str, host: str, port: int) -> None:
    """Run a witness: it remembers how long each log was, and signs only what extends that. Needs no database.

    Example: python -m portal witness --folder /srv/witness --name witness.example.org/w1 --port 8100
    """
    memory = Memory(folder.resolve())
    try:
        key = memory.found(name)
        click.echo(f"{key.name} is known to others by this line:\n{key.public.line}")
        for origin in memory.logs():
            click.echo(f"watches {origin}")
    except (Unusable, OSError) as trouble:
        raise Mishap(str(trouble)) from trouble
    click.echo(f"takes checkpoints at http://{host}:{port}/add-checkpoint    (Ctrl-C stops it)")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *_options(host, port), _served(folder)])


def _served(folder: Path) -> str:
    return f"portal.witness.server:serve({str(folder.resolve())!r})"


def _options(host: str, port: int) -> list[str]:
    return [
        f"--bind={host}:{port}", "--worker-class=gthread", "--workers=1", "--threads=8", "--timeout=60",
        "--keep-alive=30", "--no-control-socket", "--log-level=warning",
    ]  # fmt: skip
