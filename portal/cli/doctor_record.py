"""What `portal doctor` says of the record: its keys, its signatures and witnesses, the audit's seals, receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from portal.adapters.key_file import KeyUnusable
from portal.domain.audit import newest_seal
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

Finding = tuple[str, str]  # ("ok" | "warn" | "bad", sentence)
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


def keys(portal: Portal) -> Iterator[Finding]:
    for path in (
        Path(portal.settings.instance) / "secret_key",
        portal.settings.signing_key,
        portal.settings.receipt_key,
        portal.settings.photo_key,
    ):
        if path.exists() and path.stat().st_mode & 0o077:
            yield "bad", f"{path.name} can be read by others: chmod 600 it"


def record(portal: Portal) -> Iterator[Finding]:
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


def audit(portal: Portal) -> Iterator[Finding]:
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


def receipts(portal: Portal) -> Iterator[Finding]:
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
        except KeyUnusable as trouble:
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


def witnesses(portal: Portal) -> Iterator[Finding]:
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
