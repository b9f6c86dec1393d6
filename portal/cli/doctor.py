"""`portal doctor`: what is missing or unsafe, in words, with the cure."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from config import ROOT, Mode
from portal.adapters import schema
from portal.adapters.console_mailer import SCHEME as CONSOLE
from portal.adapters.receipt_key_file import ReceiptKeyUnusable
from portal.cli.terminal import Mishap, wired
from portal.ports import SearchUnavailable
from portal.queries.receipts import waiting
from portal.record.batches import keys_of_receipts
from portal.record.cosigning import with_lines
from portal.record.followers import last_seq
from portal.record.notes import Note
from portal.record.receipt import LOGGED_WITHIN
from portal.record.signed import freeze_of, generations, latest_at, newest
from portal.record.witnessing import lines_under, named, states
from portal.wiring import Portal
from portal.workflows.seal_audit import is_due as is_seal_due
from portal.workflows.seal_audit import newest_seal

Finding = tuple[str, str]  # ("ok" | "warn" | "bad", sentence)
SPACE = 2 * 1024**3  # bytes
LATE = dt.timedelta(minutes=2)  # without a signature of a new entry
SEALED_BY = dt.timedelta(hours=2)  # after a day has ended
DAILY = dt.timedelta(hours=26)  # without any signature
CURE = (
    "Nothing is published or signed until it is cured. Do not repair by hand: keep a copy of the database and of "
    "the tiles, find out who did it, then run `python -m portal record recover` (docs/operations.md)"
)

RECEIPTS_CURE = (
    "Start `python -m portal work`; while the record is frozen, cure that first, and say publicly why"
)


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
    free = shutil.disk_usage(portal.settings.instance).free
    tone = "ok" if free > SPACE else "warn"
    yield (
        tone,
        f"{free // 1024**2} MB are free on the disk"
        + ("" if tone == "ok" else ": make room before it is full"),
    )


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


def _darkroom(portal: Portal) -> Iterator[Finding]:
    for name, holds in portal.darkroom.status().items():
        yield (
            ("ok", f"the darkroom is confined by {name}")
            if holds
            else (
                "warn",
                f"the darkroom runs without {name} on this machine; a newer kernel or fewer container limits bring it",
            )
        )


def _assets(_portal: Portal) -> Iterator[Finding]:
    here = (ROOT / "portal" / "web" / "static" / "vendor" / "manifest.json").is_file()
    yield (
        ("ok", "front-end packages are in place")
        if here
        else ("warn", "front-end packages are not fetched; the site works without them (`make assets`)")
    )


def _keys(portal: Portal) -> Iterator[Finding]:
    for path in (
        Path(portal.settings.instance) / "secret_key",
        portal.settings.signing_key,
        portal.settings.receipt_key,
    ):
        if path.exists() and path.stat().st_mode & 0o077:
            yield "bad", f"{path.name} can be read by others: chmod 600 it"


def _record(portal: Portal) -> Iterator[Finding]:
    """Whether the record is signed, and by whom it should be."""
    try:
        with portal.database.reading() as session:
            frozen, known, last = freeze_of(session), generations(session), newest(session)
            size, entry = last_seq(session) + 1, latest_at(session)
    except Exception:  # said above
        return
    if frozen is not None:
        yield "bad", f"the record is frozen since {frozen.at:%Y-%m-%d %H:%M} UTC: {frozen.reason}. {CURE}"
        return
    if not known:
        yield "warn", "the record is not signed: run `python -m portal init`, which makes its keys"
        return
    now, signed = portal.now(), 0 if last is None else last.size
    late = None if entry is None or size == signed else now - entry
    if (late is not None and late > LATE) or (last is not None and now - last.at > DAILY):
        yield (
            "bad",
            f"{size} entries, {signed} signed: start `python -m portal work`, and see in its log why it does not sign",
        )
    else:
        yield "ok", f"the record is signed by {known[-1].name} up to {signed} entries"


def _audit(portal: Portal) -> Iterator[Finding]:
    """Whether what the house does is sealed every day."""
    try:
        with portal.database.reading() as session:
            due, last = is_seal_due(session, now=portal.now() - SEALED_BY), newest_seal(session)
    except Exception:  # said above
        return
    if due:
        yield (
            "bad",
            "the audit has no seal since "
            + (f"{last.day}" if last else "its beginning")
            + ": start `python -m portal work`, then run `python -m portal audit verify`, which names what is wrong",
        )
    elif last is not None:
        yield "ok", f"the audit is sealed up to {last.day}, {last.size} acts"


def _receipts(portal: Portal) -> Iterator[Finding]:
    """Whether receipts can be given, and whether the log says what was received."""
    try:
        with portal.database.reading() as session:
            left, known = waiting(session, now=portal.now()), keys_of_receipts(session)
    except Exception:  # said above
        return
    if not portal.receipt_key.exists():
        yield "warn", "no receipts are given: run `python -m portal init`, which makes their key"
    else:
        try:
            key = portal.receipt_key.read().public
        except ReceiptKeyUnusable as trouble:
            yield "bad", f"no receipts are given: {trouble}"
        else:
            if known and key not in known:
                yield (
                    "bad",
                    f"no receipts are given: {portal.receipt_key.path} is not the key on the record; put it back, "
                    "or run `python -m portal record rotate-receipt-key`",
                )
    if left.overdue:
        yield (
            "warn",
            f"{left.overdue} submissions should have been decided by now, and their receipts prove it",
        )
    if left.since is None:
        yield "ok", "the record says of every receipt that was given"
        return
    hours = int((portal.now() - left.since).total_seconds() // 3600)
    said = f"{left.count} receipts and decisions wait to be put on the record, the oldest for {hours} h"
    if portal.now() - left.since > LOGGED_WITHIN:
        yield (
            "bad",
            f"{said}: 24 h were promised, and whoever holds such a receipt can prove it. {RECEIPTS_CURE}",
        )
    else:
        yield "ok", said


def _witnesses(portal: Portal) -> Iterator[Finding]:
    """Who has signed the last checkpoint, and why the others have not."""
    policy = portal.policy
    if policy is None:
        return
    try:
        with portal.database.reading() as session:
            last, known = newest(session), states(session)
            lines = [] if last is None else lines_under(session, last.id)
    except Exception:  # said above
        return
    if last is None:
        return
    signed = policy.signed(with_lines(Note.parse(last.note.encode()), lines))
    told = f"{len(signed)} of {len(policy.witnesses)} witnesses have signed the last checkpoint"
    yield ("ok", told) if policy.is_met(signed) else ("warn", f"{told}, which is too few for the policy")
    for each in policy.witnesses:
        state = known.get(named(each.key))
        if each.name not in signed:
            why = "has not been asked" if state is None else state.trouble or "has not signed it yet"
            yield "warn", f"the witness {each.name} {why if each.url else 'has no address in the policy'}"


CHECKS: tuple[Callable[[Portal], Iterator[Finding]], ...] = (
    _python,
    _settings,
    _keys,
    _database,
    _media,
    _search,
    _limits,
    _mail,
    _record,
    _audit,
    _receipts,
    _witnesses,
    _worker,
    _darkroom,
    _assets,
)
