"""The worker: carries out what acts have asked for, and keeps the followers in step with the record."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from types import FrameType

from config import Settings
from portal.logs import configure_logs
from portal.record.shelf import Shelf
from portal.record.signed import is_frozen
from portal.wiring import Portal, wire
from portal.worker.digests import tend_subscriptions
from portal.worker.films import run_idle, work_idle
from portal.worker.following import follow, log_receipts, seal_audit, tell_burden
from portal.worker.jobs import handlers
from portal.worker.signing import sign
from portal.worker.tending import tend_media
from portal.workflows.resume_upload import forget_expired
from portal.workflows.sign_record import Watch

log = logging.getLogger(__name__)

PAUSE = 0.5  # seconds between looks at the queue
SWEEP_EVERY = dt.timedelta(hours=1)
SPOOL_KEEPS = 24 * 3600  # seconds


def run_once(portal: Portal, watch: Watch | None = None) -> int:
    """Everything that is due now: jobs first, then what waits for its store, then followers, of which one
    process alone runs each kind. How much was done. While the record is frozen, jobs wait. `watch` is what
    this process remembers of its passes; without it everything is looked at. Receipts follow their own clock
    (`log_receipts`), so that a batch's coming tells nothing."""
    with portal.database.reading() as session:
        frozen = is_frozen(session)
    done = 0 if frozen else portal.queue.run_due(handlers(portal), now=portal.now())
    done += portal.media.settle(shown=lambda name: _shown(portal, name))
    watch = watch or Watch()
    done += seal_audit(portal, watch, frozen=frozen)
    if not frozen:  # before the archive, which may stumble over what was changed
        done += sign(portal, watch)
    return done + follow(portal)


def _shown(portal: Portal, name: str) -> bool:
    """Whether the record shows this rendition now; asked anew each time, because sending takes its time."""
    with portal.database.reading() as session:
        return Shelf(session).shows_media(name)


def sweep_uploads(portal: Portal) -> None:
    """Forget uploads in pieces whose time is over, here and in the database. Those of other machines stay there."""
    with portal.database.writing() as session:
        open_ones = forget_expired(session, now=portal.now())
    portal.partials.sweep(keep=open_ones, older_than_seconds=SPOOL_KEEPS)


def work(portal: Portal, *, stop: threading.Event) -> None:
    """Work until told to stop; what is in hand is finished first."""
    next_sweep, watch = portal.now(), Watch()
    while not stop.is_set():
        try:
            done = run_once(portal, watch) + log_receipts(portal, watch)
            if portal.now() >= next_sweep:
                portal.spool.sweep(SPOOL_KEEPS)
                portal.media.sweep(SPOOL_KEEPS)
                sweep_uploads(portal)
                tell_burden(portal)
                tend_subscriptions(portal)
                tend_media(portal)
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
    idle = threading.Thread(target=work_idle, args=(portal,), kwargs={"stop": stop}, name="idle")
    idle.start()
    try:
        work(portal, stop=stop)
        portal.leases.release()
    finally:
        stop.set()
        idle.join()
        portal.close()


__all__ = [
    "SPOOL_KEEPS",
    "handlers",
    "log_receipts",
    "main",
    "run_idle",
    "run_once",
    "sign",
    "sweep_uploads",
    "tell_burden",
    "tend_media",
    "tend_subscriptions",
    "work",
]
