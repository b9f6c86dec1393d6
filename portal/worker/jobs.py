"""What the worker knows to do when an act has asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

from portal.database import DatabaseBusy, again
from portal.domain import letters
from portal.domain.subscriptions import CONFIRM_JOB
from portal.ports import AddressRefused, Job, Letter, MailerUnavailable
from portal.wiring import Portal
from portal.worker.crediting import credit, tidy
from portal.worker.digests import letterhead, send_confirmation
from portal.workflows import compare_photos, erase_report, moderate_report, withdraw_report
from portal.workflows.send_letter import letter_refused, letter_sent, write_letter

log = logging.getLogger(__name__)


def handlers(portal: Portal) -> Mapping[str, Callable[[Job], None]]:
    """What the worker knows to do, by kind of job. Each job is one transaction, so a job that another act
    crosses is simply done again; a letter is not, because it may be gone already."""

    def take_effect(job: Job) -> None:
        credit(portal, job.payload["decision"])
        with portal.database.writing() as session:
            moderate_report.take_effect(
                session,
                decision_id=job.payload["decision"],
                media=portal.media,
                now=portal.now(),
                letters=portal.letters,
            )
        tidy(portal, job.payload["decision"])

    def destroy_media(job: Job) -> None:
        for store in filter(None, (portal.media, portal.mirror)):
            with portal.database.reading() as session:
                erase_report.destroy_media(
                    session,
                    names=job.payload["names"],
                    originals=job.payload.get("originals", ()),
                    media=store,
                )

    def scrub(_job: Job) -> None:
        if not portal.database.scrub():
            raise DatabaseBusy("a long reading keeps the log of changes from being emptied")

    known: dict[str, Callable[[Job], None]] = {
        moderate_report.JOB: take_effect,
        withdraw_report.JOB: destroy_media,
        withdraw_report.SCRUB: scrub,
        compare_photos.JOB: partial(_compare, portal),
    }
    return {kind: partial(_uncrossed, act) for kind, act in known.items()} | {
        letters.JOB: partial(_send_letter, portal),
        CONFIRM_JOB: partial(send_confirmation, portal),
    }


def _compare(portal: Portal, job: Job) -> None:
    with portal.database.reading() as session:
        compare_photos.refresh(session, index=portal.likenesses)
        found = compare_photos.look(session, report_id=job.payload["report"], index=portal.likenesses)
    with portal.database.writing() as session:
        compare_photos.keep(session, found=found, now=portal.now())


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
    with portal.database.writing() as session:
        return write_letter(session, letter_id=letter_id, head=letterhead(portal), now=portal.now())


def _noted(portal: Portal, note: Callable[..., None], letter_id: str) -> None:
    with portal.database.writing() as session:
        note(session, letter_id=letter_id, now=portal.now())
