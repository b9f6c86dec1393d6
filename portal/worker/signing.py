"""The tiles follower: signs what agrees, asks the witnesses, and freezes the record at everything else."""

from __future__ import annotations

import logging

from portal.adapters.key_file import KeyUnusable
from portal.database import again
from portal.ports import Space, StoreFull, StoreUnavailable
from portal.record.blocks import Discrepancy
from portal.record.signed import freeze
from portal.wiring import Portal
from portal.worker.leases import NoLongerOurs, keeping
from portal.workflows import ask_witnesses
from portal.workflows.sign_record import (
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


def sign(portal: Portal, watch: Watch) -> int:
    """Write tiles and sign, when it is due, unless another process is doing that. What does not agree freezes
    the record."""

    if not portal.signing_key.exists():
        return 0
    keep_lease = keeping(portal, TILES)
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
    except NoLongerOurs:
        return 0
    except Discrepancy as found:
        reason = str(found)
        log.critical("the record is frozen", extra={"trouble": reason})
        again(lambda: _freeze(portal, reason))
        return 1
    except (NotReady, KeyUnusable, StoreUnavailable, StoreFull) as trouble:
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
