"""The worker: carries out what acts have asked for, and keeps the followers in step with the record."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType

from config import Settings
from portal.adapters.key_file import SigningKeyUnusable
from portal.adapters.receipt_key_file import ReceiptKeyUnusable
from portal.database import DatabaseBusy, again
from portal.domain import letters
from portal.logs import configure_logs
from portal.ports import (
    AddressRefused,
    Job,
    Letter,
    MailerUnavailable,
    SearchUnavailable,
    Space,
    StoreFull,
    StoreUnavailable,
)
from portal.record.batches import keys_of_receipts
from portal.record.blocks import Discrepancy
from portal.record.shelf import Shelf
from portal.record.signed import RecordFrozen, freeze, is_frozen
from portal.wiring import Portal, wire
from portal.workflows import ask_witnesses, erase_report, moderate_report, withdraw_report
from portal.workflows.follow_record import follow_into_search
from portal.workflows.log_receipts import RECEIPTS, publish_batches, stand_key
from portal.workflows.log_receipts import is_due as batch_is_due
from portal.workflows.seal_audit import SEALING, has_new, hashed, seal, take_in
from portal.workflows.seal_audit import is_due as is_seal_due
from portal.workflows.send_letter import Letterhead, letter_refused, letter_sent, write_letter
from portal.workflows.sign_record import (
    AUDIT,
    TILES,
    NotReady,
    Signed,
    Watch,
    follow_into_tiles,
    give_out,
    is_due,
    keep,
    last_signed,
)

log = logging.getLogger(__name__)

SEARCH = "follow/search"  # the lease of the search follower
PAUSE = 0.5  # seconds between looks at the queue
SWEEP_EVERY = dt.timedelta(hours=1)
SPOOL_KEEPS = 24 * 3600  # seconds


def handlers(portal: Portal) -> Mapping[str, Callable[[Job], None]]:
    """What the worker knows to do, by kind of job. Each job is one transaction, so a job that another act
    crosses is simply done again; a letter is not, because it may be gone already."""

    def take_effect(job: Job) -> None:
        with portal.database.writing() as session:
            moderate_report.take_effect(
                session,
                decision_id=job.payload["decision"],
                media=portal.media,
                now=portal.now(),
                letters=portal.letters,
            )

    def destroy_media(job: Job) -> None:
        with portal.database.reading() as session:
            erase_report.destroy_media(
                session,
                names=job.payload["names"],
                originals=job.payload.get("originals", ()),
                media=portal.media,
            )

    def scrub(_job: Job) -> None:
        if not portal.database.scrub():
            raise DatabaseBusy("a long reading keeps the log of changes from being emptied")

    known = {
        moderate_report.JOB: take_effect,
        withdraw_report.JOB: destroy_media,
        withdraw_report.SCRUB: scrub,
    }
    return {kind: partial(_uncrossed, act) for kind, act in known.items()} | {
        letters.JOB: partial(_send_letter, portal)
    }


def _uncrossed(act: Callable[[Job], None], job: Job) -> None:
    again(lambda: act(job))


def _send_letter(portal: Portal, job: Job) -> None:
    """Raises `MailerUnavailable` for the queue to try again later."""
    if portal.mailer is None:
        raise MailerUnavailable("no mail is sent here: PORTAL_MAIL_URL is console:")
    letter_id = job.payload["letter"]
    letter = again(lambda: _written(portal, letter_id))
    if letter is None:
        return
    try:
        portal.mailer.send(letter)
    except AddressRefused as refusal:
        log.warning("address refused", extra={"job": job.id, "trouble": str(refusal)})
        again(lambda: _noted(portal, letter_refused, letter_id))
    else:
        again(lambda: _noted(portal, letter_sent, letter_id))


def _written(portal: Portal, letter_id: str) -> Letter | None:
    s = portal.settings
    head = Letterhead(name=s.site_name, english=s.site_name_english, url=s.public_url)
    with portal.database.writing() as session:
        return write_letter(session, letter_id=letter_id, head=head, now=portal.now())


def _noted(portal: Portal, note: Callable[..., None], letter_id: str) -> None:
    with portal.database.writing() as session:
        note(session, letter_id=letter_id, now=portal.now())


def run_once(portal: Portal, watch: Watch | None = None) -> int:
    """Everything that is due now: jobs first, then what waits for its store, then followers, of which one
    process alone runs each kind. How much was done. While the record is frozen, jobs wait. `watch` is what
    this process remembers of the tiles; without it everything is looked at."""
    with portal.database.reading() as session:
        frozen = is_frozen(session)
    done = 0 if frozen else portal.queue.run_due(handlers(portal), now=portal.now())
    done += portal.media.settle(shown=lambda name: _shown(portal, name))
    watch = watch or Watch()
    done += _seal_audit(portal, watch, frozen=frozen)
    if not frozen:  # before the archive, which may stumble over what was changed
        done += sign(portal, watch)
    return done + _follow(portal)


def _shown(portal: Portal, name: str) -> bool:
    """Whether the record shows this rendition now; asked anew each time, because sending takes its time."""
    with portal.database.reading() as session:
        return Shelf(session).shows_media(name)


class _NoLongerOurs(Exception):
    """Another process has taken over what this one was doing too slowly."""


def _follow(portal: Portal) -> int:
    """Bring the index up to date, unless another process is doing that."""

    def keep_lease(_done: int = 0, _total: int = 0) -> None:
        if not portal.leases.hold(SEARCH, now=portal.now()):
            raise _NoLongerOurs

    try:
        keep_lease()
        with portal.database.reading() as session:
            return follow_into_search(session, index=portal.search, progress=keep_lease)
    except _NoLongerOurs:
        return 0
    except SearchUnavailable as trouble:
        log.warning("index unavailable", extra={"trouble": str(trouble)})
        return 0


def _seal_audit(portal: Portal, watch: Watch, *, frozen: bool) -> int:
    """Make leaves of new acts and, when a day has ended, put its seal on the record, unless another process is
    doing that. Acts that are not what was sealed are said, and nothing is sealed for an hour."""

    def keep_lease(_done: int = 0, _total: int = 0) -> None:
        if not portal.leases.hold(SEALING, now=portal.now()):
            raise _NoLongerOurs

    now, done = portal.now(), 0
    waits = frozen or (watch.audit_waits is not None and now < watch.audit_waits)
    try:
        with portal.database.reading() as session:
            new, due = has_new(session), not waits and is_seal_due(session, now=now)
        if new or due:
            keep_lease()
            with portal.database.writing() as session:
                done = take_in(session, late=due)
        if due:
            with portal.database.reading() as session:  # no writer has to wait for all this hashing
                tree = hashed(session, progress=keep_lease)
            with portal.database.writing() as session:
                seal(session, tree, now=now)
    except _NoLongerOurs:
        return done
    except Discrepancy as found:
        log.critical("the audit is not sealed", extra={"trouble": str(found)})
        watch.audit_waits = now + AUDIT
    return done


def sign(portal: Portal, watch: Watch) -> int:
    """Write tiles and sign, when it is due, unless another process is doing that. What does not agree freezes
    the record."""

    def keep_lease(_done: int = 0, _total: int = 0) -> None:
        if not portal.leases.hold(TILES, now=portal.now()):
            raise _NoLongerOurs

    if not portal.signing_key.exists():
        return 0
    try:
        with portal.database.reading() as session:
            due = is_due(session, watch, now=portal.now())
            if not due and not ask_witnesses.is_due(session, watch, policy=portal.policy, now=portal.now()):
                return 0
        keep_lease()
        if not due:
            return _ask_again(portal, watch)
        keys = portal.signing_key.read()
        with portal.database.reading() as session:
            signed = follow_into_tiles(
                session,
                tiles=portal.tiles,
                keys=keys,
                watch=watch,
                now=portal.now(),
                open_public=lambda name: portal.media.open(Space.PUBLIC, name),
                progress=keep_lease,
            )
        if signed is not None:
            keep_lease()
            _give_out(portal, signed, watch)
    except _NoLongerOurs:
        return 0
    except Discrepancy as found:
        reason = str(found)
        log.critical("the record is frozen", extra={"trouble": reason})
        again(lambda: _freeze(portal, reason))
        return 1
    except (NotReady, SigningKeyUnusable, StoreUnavailable, StoreFull) as trouble:
        if watch.trouble != str(trouble):  # once, not twice a second
            log.warning("nothing is signed", extra={"trouble": str(trouble)})
        watch.trouble = str(trouble)
        return 0
    watch.trouble = ""
    return int(signed is not None)


def _give_out(portal: Portal, signed: Signed, watch: Watch) -> None:
    """First into the database, then to the witnesses, then to readers, whoever has answered; what is cut off in
    between is done at the next look. Raises `Discrepancy` for what a witness says against it."""
    if signed.new:
        with portal.database.writing() as session:
            keep(session, signed)
    _ask_witnesses(portal, signed.number, watch)
    with portal.database.reading() as session:
        give_out(session, signed, tiles=portal.tiles)


def _ask_again(portal: Portal, watch: Watch) -> int:
    """Ask those who have not signed yet, and give their lines to readers."""
    with portal.database.reading() as session:
        signed = last_signed(session)
    if signed is None or not _ask_witnesses(portal, signed.number, watch):
        return 0
    with portal.database.reading() as session:
        give_out(session, signed, tiles=portal.tiles)
    return 1


def _ask_witnesses(portal: Portal, number: int, watch: Watch) -> int:
    """How many signed now. Nothing of the database is held while they are waited for."""
    if portal.policy is None:
        return 0
    watch.asked_at = portal.now()
    with portal.database.reading() as session:
        questions = ask_witnesses.questions(session, number, policy=portal.policy)
    told = ask_witnesses.ask(
        questions, witnesses=portal.witnesses, read=portal.tiles.read, limit=ask_witnesses.LIMIT
    )
    with portal.database.writing() as session:
        signed = ask_witnesses.keep(session, number, told, now=portal.now())
    ask_witnesses.must_not_contradict(told)
    return signed


def _freeze(portal: Portal, reason: str) -> None:
    with portal.database.writing() as session:
        freeze(session, reason, now=portal.now())


def log_receipts(portal: Portal, said: set[str] | None = None) -> int:
    """Put on the record what was received and decided, when it is due, unless another process is doing that or the
    record is frozen. How many batches. `said` is what this process has complained of."""
    said = set() if said is None else said
    try:
        with portal.database.reading() as session:
            known = keys_of_receipts(session)
            if is_frozen(session) or not batch_is_due(session, now=portal.now()):
                return 0
        if not known and not portal.receipt_key.exists():  # none is given here
            return 0
        if not portal.leases.hold(RECEIPTS, now=portal.now()):
            return 0
        first = None if known else portal.receipt_key.read().public
        with portal.database.writing() as session:
            if first is not None:  # later ones stand by `portal record rotate-receipt-key` alone
                stand_key(session, first, now=portal.now())
            return len(publish_batches(session, now=portal.now()))
    except (ReceiptKeyUnusable, RecordFrozen) as trouble:
        if str(trouble) not in said:  # once, not twice a second
            log.warning("no receipts are logged", extra={"trouble": str(trouble)})
        said.add(str(trouble))
        return 0


def work(portal: Portal, *, stop: threading.Event) -> None:
    """Work until told to stop; what is in hand is finished first."""
    next_sweep, watch, said = portal.now(), Watch(), set[str]()
    while not stop.is_set():
        try:
            done = run_once(portal, watch) + log_receipts(portal, said)
            if portal.now() >= next_sweep:
                portal.spool.sweep(SPOOL_KEEPS)
                portal.media.sweep(SPOOL_KEEPS)
                next_sweep = portal.now() + SWEEP_EVERY
        except Exception:  # whatever happens, the next look may go well
            log.exception("worker stumbled")
            done = 0
        if not done:
            stop.wait(PAUSE)


def main() -> None:
    """`python -m portal.worker`: work until SIGTERM or SIGINT."""
    settings = Settings()
    configure_logs(settings)
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    portal = wire(settings)
    try:
        work(portal, stop=stop)
        portal.leases.release()
    finally:
        portal.close()


if __name__ == "__main__":
    main()
