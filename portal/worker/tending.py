"""Looking after the files once a day: what nothing names is set aside, and the second store gets its copies."""

from __future__ import annotations

import datetime as dt
import logging

from portal.domain import media_rounds
from portal.ports import StoreBroken, StoreFull, StoreUnavailable
from portal.queries.kept_media import Place, names_in_use, next_kept
from portal.wiring import Portal
from portal.worker.leases import NoLongerOurs, keeping
from portal.workflows.check_media import copy_to
from portal.workflows.sweep_media import Swept, TooMany, key_of, sweep, write_down

log = logging.getLogger(__name__)

LEASE = "media/sweep"
EVERY = dt.timedelta(days=1)
DAY = 24 * 3600


def tend_media(portal: Portal) -> None:
    """What is due of it, unless another process is doing that. A store in trouble is looked at again in an hour."""
    try:
        with portal.database.reading() as session:
            due = [
                name
                for name in (media_rounds.SWEEP, media_rounds.MIRROR)
                if media_rounds.is_due(session, name, every=EVERY, now=portal.now())
            ]
        if media_rounds.SWEEP in due:
            _sweep(portal)
        if media_rounds.MIRROR in due and portal.mirror is not None:
            _mirror(portal)
    except NoLongerOurs:
        return
    except TooMany as brake:
        log.critical("files are not swept: is this their database?", extra={"trouble": str(brake)})
    except (StoreUnavailable, StoreFull, StoreBroken) as trouble:
        log.warning("files are not tended", extra={"trouble": str(trouble)})


def _sweep(portal: Portal) -> Swept:
    keep = keeping(portal, LEASE)
    keep()
    asides = list(portal.media.quarantine.files())
    with portal.database.reading() as session:
        named, wanted = names_in_use(session, among=[key_of(each.space, each.name) for each in asides])
    after = portal.settings.orphans_after_days * DAY
    swept = sweep(portal.media, named=named, asides=asides, wanted=wanted, after_seconds=after, progress=keep)
    with portal.database.writing() as session:
        write_down(session, swept, now=portal.now())
        media_rounds.finish(session, media_rounds.SWEEP, now=portal.now())
    for key in swept.kept:
        log.critical(
            "a file that is named is missing, and its copy in quarantine is changed", extra={"media": key}
        )
    return swept


def _mirror(portal: Portal) -> None:
    assert portal.mirror is not None
    keep, place = keeping(portal, LEASE), Place()
    while True:
        keep()
        with portal.database.reading() as session:
            found = next_kept(session, place)
        if found is None:
            break
        batch, place, _rows = found
        for kept in batch:
            outcome = copy_to(portal.mirror, kept, media=portal.media, receive=portal.spool.keep)
            if isinstance(outcome, str):
                log.critical(
                    "a file cannot be copied",
                    extra={"media": key_of(kept.space, kept.name), "trouble": outcome},
                )
    asides = list(portal.mirror.quarantine.files())
    with portal.database.reading() as session:
        named, wanted = names_in_use(session, among=[key_of(each.space, each.name) for each in asides])
    after = portal.settings.orphans_after_days * DAY
    sweep(portal.mirror, named=named, asides=asides, wanted=wanted, after_seconds=after, progress=keep)
    with portal.database.writing() as session:
        media_rounds.finish(session, media_rounds.MIRROR, now=portal.now())
