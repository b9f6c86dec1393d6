"""Followers that keep in step with the record and with the house: the archive's index, the audit's tree, receipts."""

from __future__ import annotations

import logging

from portal.adapters.key_file import KeyUnusable
from portal.ports import SearchUnavailable
from portal.record.batches import keys_of_receipts
from portal.record.blocks import Discrepancy
from portal.record.signed import RecordFrozen, is_frozen
from portal.wiring import Portal
from portal.worker.leases import NoLongerOurs, keeping
from portal.workflows.follow_record import follow_into_search
from portal.workflows.log_receipts import RECEIPTS, publish_batches, stand_key
from portal.workflows.log_receipts import is_due as batch_is_due
from portal.workflows.publish_burden import months_due, publish_burden
from portal.workflows.seal_audit import BATCH, SEALING, has_new, hashed, seal, take_in
from portal.workflows.seal_audit import is_due as is_seal_due
from portal.workflows.sign_record import AUDIT, Watch

log = logging.getLogger(__name__)

BURDEN = "follow/burden"  # the lease of whoever tells what months asked
SEARCH = "follow/search"  # the lease of the search follower


def follow(portal: Portal) -> int:
    """Bring the index up to date, unless another process is doing that."""
    keep_lease = keeping(portal, SEARCH)
    try:
        keep_lease()
        with portal.database.reading() as session:
            return follow_into_search(session, index=portal.search, progress=keep_lease)
    except NoLongerOurs:
        return 0
    except SearchUnavailable as trouble:
        log.warning("index unavailable", extra={"trouble": str(trouble)})
        return 0


def seal_audit(portal: Portal, watch: Watch, *, frozen: bool) -> int:
    """Make leaves of new acts and, when a day has ended and all have theirs, put its seal on the record, unless
    another process is doing that. Acts that are not what was sealed are said, and nothing is sealed for an hour."""
    now, done, keep_lease = portal.now(), 0, keeping(portal, SEALING)
    waits = frozen or (watch.audit_waits is not None and now < watch.audit_waits)
    try:
        with portal.database.reading() as session:
            new = has_new(session)
        if new:
            keep_lease()
            with portal.database.writing() as session:
                done = take_in(session)
        if done == BATCH or waits:
            return done
        with portal.database.reading() as session:
            due = is_seal_due(session, now=now)
        if due:
            keep_lease()
            with portal.database.writing() as session:
                done += take_in(session, late=True)
            with portal.database.reading() as session:  # no writer has to wait for all this hashing
                tree = hashed(session, progress=keep_lease)
            with portal.database.writing() as session:
                seal(session, tree, now=now)
    except NoLongerOurs:
        return done
    except Discrepancy as found:
        log.critical("the audit is not sealed", extra={"trouble": str(found)})
        watch.audit_waits = now + AUDIT
    return done


def log_receipts(portal: Portal, watch: Watch | None = None) -> int:
    """Put on the record what was received and decided, when it is due, unless another process is doing that or the
    record is frozen. How many batches."""
    watch = watch or Watch()
    try:
        with portal.database.reading() as session:
            if is_frozen(session) or not batch_is_due(session, now=portal.now()):
                return 0
            known = keys_of_receipts(session)
        if not known and not portal.receipt_key.exists():  # none is given here
            return 0
        if not portal.leases.hold(RECEIPTS, now=portal.now()):
            return 0
        first = None if known else portal.receipt_key.read().public
        with portal.database.writing() as session:
            if first is not None:  # later ones stand by `portal record rotate-receipt-key` alone
                stand_key(session, first, now=portal.now())
            return len(publish_batches(session, now=portal.now()))
    except (KeyUnusable, RecordFrozen) as trouble:
        if watch.unlogged != str(trouble):  # once, not twice a second
            log.warning("no receipts are logged", extra={"trouble": str(trouble)})
        watch.unlogged = str(trouble)
        return 0


def tell_burden(portal: Portal) -> int:
    """Put on the record what the months asked of the district that are over, unless another process is doing that or
    the record is frozen. How many months."""
    try:
        with portal.database.reading() as session:
            if is_frozen(session) or not months_due(session, now=portal.now()):
                return 0
        if not portal.leases.hold(BURDEN, now=portal.now()):
            return 0
        with portal.database.writing() as session:
            return len(publish_burden(session, now=portal.now()))
    except RecordFrozen:
        return 0
