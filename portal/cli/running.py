"""Setting up and running: init, serve, work, run, assets."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import click
from sqlalchemy import make_url

from config import ROOT, Mode, Server, Settings
from portal.adapters import schema
from portal.adapters.front_end import AssetMissing, collect
from portal.adapters.key_file import KeyUnusable
from portal.cli import demonstration
from portal.cli.terminal import Mishap, open_portal, say_unsafe
from portal.ports import SearchUnavailable
from portal.record.batches import keys_of_receipts
from portal.record.photo_authority import PhotoKey, authorities
from portal.record.receipt_key import ReceiptKey
from portal.record.signed import generations
from portal.record.signing import SigningKeys
from portal.rules.lamps import DEFAULT_RULES
from portal.wiring import Portal, owner_database
from portal.workflows.found_keys import KeysDiffer, found_keys
from portal.workflows.publish_basics import publish_lamp_rules

FEW_ARENAS = (
    "MALLOC_ARENA_MAX",
    "2",
)  # threads that take turns need no heap each, of which little is given back
GRACE = 30  # seconds a child has to finish what it holds


@click.command()
def init() -> None:
    """Make or update the database and put the lamp rules on the record. Safe to repeat.

    Example: python -m portal init
    """
    with open_portal(migrated=False) as portal:
        if portal.database.path:
            Path(portal.database.path).parent.mkdir(parents=True, exist_ok=True)
        _migrate(portal.settings)
        _make_keys(portal)
        _make_receipt_key(portal)
        _make_photo_key(portal)
        if portal.settings.mode is Mode.PRODUCTION:  # the demonstration's record begins years ago, by itself
            with portal.database.writing() as session:
                publish_lamp_rules(session, rules=DEFAULT_RULES, now=portal.now())
        try:
            if portal.search.position() < 0:
                portal.search.reset()  # an empty archive answers "nothing found" instead of "not available"
        except SearchUnavailable as trouble:
            click.secho(
                f"the archive's index does not answer; the worker makes it later ({trouble})", fg="yellow"
            )
    click.echo("the database is ready")


def _migrate(settings: Settings) -> None:
    """The newest schema, made by the owner of the tables, and the rights of those who serve. Raises `Mishap`
    for a role that the database does not know."""
    owner = owner_database(settings)
    try:
        schema.upgrade(owner)
        if settings.database_owner_url:
            web = make_url(settings.database_url).username or ""
            reader = make_url(settings.database_read_url).username if settings.database_read_url else None
            schema.grant(owner, web=web, readers=[reader] if reader and reader != web else [])
    except schema.NoSuchRole as missing:
        raise Mishap(str(missing)) from missing
    finally:
        owner.close()


def _make_keys(portal: Portal) -> None:
    """The keys that sign the record, and their public halves in the database. Where another account keeps the
    key file, there is nothing to do. Raises `Mishap` when file and record do not belong together."""
    owner, file = owner_database(portal.settings), portal.signing_key
    try:
        with owner.writing() as session:
            if not generations(session) and not file.exists():
                file.keep(SigningKeys.make(portal.settings.log_name))
            if file.exists():
                found_keys(session, file.read(), now=portal.now())
    except PermissionError:
        click.secho(f"{file.path} belongs to another account, as it should", fg="yellow")
    except (KeysDiffer, KeyUnusable, ValueError) as trouble:
        raise Mishap(f"{trouble}; put the right key file back ({file.path})") from trouble
    finally:
        owner.close()


def _make_receipt_key(portal: Portal) -> None:
    """The key that signs receipts; the worker puts its public half on the record. Where the record knows one
    already, none is made: the right file must be put back."""
    with portal.database.reading() as session:
        known, log = keys_of_receipts(session), generations(session)
    if known or portal.receipt_key.exists():
        return
    portal.receipt_key.keep(ReceiptKey.make(log[-1].name if log else portal.settings.log_name))


def _make_photo_key(portal: Portal) -> None:
    """The key that signs photos, under an authority of its own. Where the record knows one already, or another
    account keeps the file, none is made."""
    file = portal.photo_key
    with portal.database.reading() as session:
        known = authorities(session)
    try:
        if portal.credentials is not None and not known and not file.exists():
            file.keep(PhotoKey.make(portal.settings.site_name, now=portal.now()))
    except PermissionError:
        click.secho(f"{file.path} belongs to another account, as it should", fg="yellow")


@click.command()
@click.option("--host", default=None, help="Address to listen on (default: PORTAL_HOST).")
@click.option("--port", default=None, type=int, help="Port to listen on (default: PORTAL_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the web pages. Example: python -m portal serve --port 8080"""
    settings = Settings()
    say_unsafe(settings)
    with open_portal():
        pass
    os.chdir(ROOT)
    if settings.server is Server.GRANIAN and importlib.util.find_spec("granian") is None:
        raise Mishap(
            "PORTAL_SERVER is granian, which is not installed: `pip install granian`, or name gunicorn"
        )
    command = server_command(settings, host or settings.host, port or settings.port, "wsgi:application")
    os.environ.setdefault(*FEW_ARENAS)
    os.execv(sys.executable, command)


def server_command(settings: Settings, host: str, port: int, application: str) -> list[str]:
    """What serves an application by these settings."""
    if settings.server is Server.GRANIAN:
        return [sys.executable, "-m", "granian", *granian_options(settings, host, port), application]
    return [sys.executable, "-m", "gunicorn", *gunicorn_options(settings, host, port), application]


def granian_options(settings: Settings, host: str, port: int) -> list[str]:
    """The same manners as gunicorn's below."""
    return [
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={settings.processes}",
        f"--blocking-threads={settings.threads}",
        "--http=1",
        "--no-ws",
        "--no-access-log",
        "--log-level=warning",
        f"--workers-kill-timeout={GRACE}",
        "--respawn-failed-workers",
    ]


def gunicorn_options(settings: Settings, host: str, port: int) -> list[str]:
    """Threads that stream uploads; no access log, because addresses of readers are nobody's business. What no process
    changes is loaded once, before they part: making the application opens no connection and begins no thread."""
    return [
        f"--bind={host}:{port}",
        "--preload",
        "--worker-class=portal.web.doorstep.Worker",
        f"--workers={settings.processes}",
        f"--threads={settings.threads}",
        "--keep-alive=30",
        "--timeout=120",
        f"--graceful-timeout={GRACE}",
        "--no-control-socket",
        "--log-level=warning",
    ]


@click.command()
def work() -> None:
    """Run the worker: decisions take effect, the archive follows the record. Example: python -m portal work"""
    with open_portal():
        pass
    os.execv(sys.executable, [sys.executable, "-m", "portal.worker"])


@click.command()
def run() -> None:
    """Serve pages and run the worker together until Ctrl-C; both stop cleanly. Example: python -m portal run"""
    settings = Settings()
    with open_portal():
        pass
    commands = {
        "web": [sys.executable, "-m", "portal", "serve"],
        "worker": [sys.executable, "-m", "portal", "work"],
    }
    children = {
        name: subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        for name, command in commands.items()
    }
    signal.signal(signal.SIGTERM, _interrupt)
    password = demonstration.kept_password(settings)
    click.echo(f"\n  阳光督查  http://{settings.host}:{settings.port}/    (Ctrl-C stops it)")
    if password:
        click.echo(f"  sign in: reporter, head, supervisor, second, leader, admin    password: {password}\n")
    try:
        while (ended := _first_ended(children)) is None:
            time.sleep(0.3)
        raise Mishap(
            f"the {ended} process ended by itself (code {children[ended].returncode}); both were stopped"
        )
    except KeyboardInterrupt:
        click.echo("\nstopping …")
    finally:
        _stop(children)
    click.echo("stopped cleanly")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _first_ended(children: dict[str, subprocess.Popen[bytes]]) -> str | None:
    return next((name for name, child in children.items() if child.poll() is not None), None)


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE + 5
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@click.command()
def assets() -> None:
    """Fetch front-end packages with npm by the lock file. Without npm the site works without them.

    Example: python -m portal assets
    """
    npm = shutil.which("npm")
    if npm is None:
        click.secho(
            "npm is not here: pages will do without the photo viewer (install nodejs and npm, then repeat)",
            fg="yellow",
        )
        return
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        raise Mishap(
            "npm ci failed (its own words stand above); pages do without these packages until it works"
        )
    try:
        paths = collect(ROOT / "node_modules", ROOT / "portal" / "web" / "static" / "vendor")
    except AssetMissing as missing:
        raise Mishap(str(missing)) from missing
    click.echo(f"{len(paths)} front-end files are in place")
