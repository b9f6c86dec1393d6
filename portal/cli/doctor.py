"""`portal doctor`: what is missing or unsafe, in words, with the cure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from config import ROOT, Mode
from portal.adapters import schema
from portal.adapters.console_mailer import SCHEME as CONSOLE
from portal.cli import doctor_media, doctor_photos, doctor_record
from portal.cli.doctor_record import Finding
from portal.cli.terminal import Mishap, wired
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.film_room import FilmRoomUnavailable
from portal.ports import SearchUnavailable
from portal.queries.set_aside import files_set_aside
from portal.record.followers import last_seq
from portal.wiring import Portal


@click.command()
def doctor() -> None:
    """Look at everything the portal needs and say what is wrong. Exit 1 when something must be cured.

    Example: python -m portal doctor
    """
    portal = wired()
    bad = 0
    for check in CHECKS:
        for tone, sentence in check(portal):
            mark, colour = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}[tone]
            click.secho(f" {mark} {sentence}", fg=colour)
            bad += tone == "bad"
    portal.close()
    if bad:
        raise Mishap(f"{bad} things must be cured before the portal is well")
    click.echo("the portal is well")


def _python(_portal: Portal) -> Iterator[Finding]:
    yield "ok", f"Python {sys.version.split()[0]}"


def _settings(portal: Portal) -> Iterator[Finding]:
    faults = portal.settings.unsafe()
    tone = "bad" if portal.settings.mode is Mode.PRODUCTION else "warn"
    for fault in faults:
        yield tone, fault
    if not faults:
        yield "ok", "no unsafe default is left"


def _database(portal: Portal) -> Iterator[Finding]:
    try:
        current = schema.is_current(portal.database)
    except Exception as error:  # any failure to connect is the finding
        yield "bad", f"the database cannot be reached ({type(error).__name__}): check PORTAL_DATABASE_URL"
        return
    if not current:
        yield "bad", "the database is not at the newest schema: run `python -m portal init`"
        return
    if portal.database.path is None and schema.may_change_the_record(portal.database):
        yield (
            "warn",
            "the role of PORTAL_DATABASE_URL could change the record: use two roles (docs/cluster.md)",
        )
    with portal.database.reading() as session:
        yield "ok", f"the database is ready; the record has {last_seq(session) + 1} entries"


def _media(portal: Portal) -> Iterator[Finding]:
    trouble = portal.media.check()
    yield ("ok", "photos can be stored and read") if trouble is None else ("bad", trouble)
    yield from doctor_media.room(portal)


def _search(portal: Portal) -> Iterator[Finding]:
    try:
        position = portal.search.position()
    except SearchUnavailable as trouble:
        yield "bad", f"{trouble}: check PORTAL_SEARCH_URL, or run `python -m portal record rebuild search`"
        return
    if position < 0:
        yield (
            "warn",
            "the archive's index is empty: the worker fills it, or run `python -m portal record rebuild search`",
        )
    else:
        yield "ok", f"the archive's index stands at entry {position}"


def _limits(portal: Portal) -> Iterator[Finding]:
    where = "Redis" if portal.settings.limits_url else "the database"
    trouble = portal.limits.check()
    yield ("ok", f"limits are counted in {where}") if trouble is None else ("bad", trouble)


def _mail(portal: Portal) -> Iterator[Finding]:
    if portal.mailer is None:
        yield "ok", "no mail is sent (PORTAL_MAIL_URL is console:); links are handed out on the page"
    elif portal.settings.mail_url == CONSOLE:
        yield "ok", "letters are written to the worker's standard output (PORTAL_MAIL_URL is console:)"
    else:
        trouble = portal.mailer.check()
        yield ("ok", "the mail server takes letters") if trouble is None else ("bad", trouble)


def _worker(portal: Portal) -> Iterator[Finding]:
    try:
        waiting, late = portal.queue.waiting(now=portal.now())
    except Exception:  # without a database there is no queue; said above
        return
    if late.total_seconds() > 60:
        yield (
            "bad",
            f"{waiting} jobs wait, the oldest for {int(late.total_seconds())} s: start `python -m portal work`",
        )
    for job, error in portal.queue.set_aside():
        yield "warn", f"job {job.id} ({job.kind}) was set aside after {job.attempt} attempts: {error}"


WITHOUT = {
    "landlock": "whoever takes over a decoder could open files: Linux 5.13 or newer has it",
    "seccomp": "whoever takes over a decoder could call anything in the kernel: a container may forbid the filter, "
    "and processors other than x86_64 and aarch64 have no list yet",
    "network": "whoever takes over a decoder could reach the network: allow user namespaces, or forbid the service "
    "other addresses (IPAddressDeny in systemd)",
    "rlimits": "a photo could take more memory than its share: raise the limits that this process was started with",
}


def _darkroom(portal: Portal) -> Iterator[Finding]:
    try:
        held = portal.darkroom.status()
    except DarkroomUnavailable as trouble:
        yield "bad", f"no photo can be taken in: {trouble}"
        return
    for name, holds in held.items():
        if holds:
            yield "ok", f"the darkroom is confined by {name}"
        else:
            yield "warn", f"the darkroom runs without {name}; {WITHOUT[name]}"


def _files(portal: Portal) -> Iterator[Finding]:
    try:
        with portal.database.reading() as session:
            found = [(each.sha256, each.set_aside_at) for each in files_set_aside(session)]
    except Exception:  # the database is looked at above
        return
    for sha256, at in found:
        yield (
            "warn",
            f"a file was set aside on {at:%Y-%m-%d} after its worker ended twice ({sha256}): let it be tried again "
            "at /desk/admin/jobs, or leave it",
        )


def _films(portal: Portal) -> Iterator[Finding]:
    try:
        held = portal.films.status()
    except FilmRoomUnavailable as trouble:
        yield "warn", f"videos cannot be taken: {trouble}"
        return
    for name, holds in held.items():
        yield (
            ("ok", f"the film room is confined by {name}")
            if holds
            else ("warn", f"the film room runs without {name} on this machine")
        )


def _assets(_portal: Portal) -> Iterator[Finding]:
    here = (ROOT / "portal" / "web" / "static" / "vendor" / "manifest.json").is_file()
    yield (
        ("ok", "front-end packages are in place")
        if here
        else ("warn", "front-end packages are not fetched; the site works without them (`make assets`)")
    )


CHECKS: tuple[Callable[[Portal], Iterator[Finding]], ...] = (
    _python,
    _settings,
    doctor_record.keys,
    _database,
    _media,
    _search,
    _limits,
    _mail,
    doctor_media.rounds,
    doctor_record.record,
    doctor_record.audit,
    doctor_record.receipts,
    doctor_record.witnesses,
    doctor_photos.credentials,
    _worker,
    _darkroom,
    _files,
    _films,
    _assets,
)
