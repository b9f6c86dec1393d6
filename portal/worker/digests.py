"""Letters to citizens: one to confirm, soon; digests in idle hours, one at a time, so that nothing waits for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from portal.database import again
from portal.ports import AddressRefused, Job, Letter, MailerUnavailable, SearchUnavailable
from portal.wiring import Portal
from portal.workflows.send_digest import (
    Window,
    close_window,
    open_window,
    owe_digests,
    put_off,
    write_confirmation,
    write_digest,
)
from portal.workflows.send_letter import Letterhead
from portal.workflows.subscribe import end, forget_unconfirmed

log = logging.getLogger(__name__)
T = TypeVar("T")


def letterhead(portal: Portal) -> Letterhead:
    """Who writes."""
    s = portal.settings
    return Letterhead(name=s.site_name, english=s.site_name_english, url=s.public_url)


def tend_subscriptions(portal: Portal) -> int:
    """Once an hour: forget what nobody confirmed, and owe the digests that are due. How many are due."""
    _write(portal, forget_unconfirmed, now=portal.now())
    if portal.letters is None:
        return 0
    return int(_write(portal, owe_digests, queue=portal.queue, now=portal.now()))


def send_confirmation(portal: Portal, job: Job) -> None:
    """Raises `MailerUnavailable` for the queue to try again later."""
    if portal.mailer is None:
        raise MailerUnavailable("no mail is sent here: PORTAL_MAIL_URL is console:")
    subscription_id = job.payload["subscription"]
    with portal.database.reading() as session:
        letter = write_confirmation(
            session,
            subscription_id=subscription_id,
            head=letterhead(portal),
            secret_key=portal.secret_key,
            now=portal.now(),
        )
    if letter is not None:
        _hand_over(portal, letter, subscription_id)


def send_digest(portal: Portal, job: Job) -> None:
    """One digest: its window is fixed, its letter written and handed over, its window closed. Where mail or index do
    not answer, it waits an hour; nothing is lost by that."""
    subscription_id = job.payload["subscription"]
    try:
        indexed = portal.search.position()
        window = _write(
            portal, open_window, subscription_id=subscription_id, indexed=indexed, now=portal.now()
        )
        if window is None:
            return
        letter = _letter(portal, window)
        if letter is not None:
            _hand_over(portal, letter, subscription_id)
        _write(portal, close_window, window, now=portal.now())
    except (MailerUnavailable, SearchUnavailable) as trouble:
        log.warning("a digest waits", extra={"job": job.id, "trouble": str(trouble)})
        _write(portal, put_off, subscription_id=subscription_id, now=portal.now())


def _letter(portal: Portal, window: Window) -> Letter | None:
    with portal.database.reading() as session:
        return write_digest(
            session, window, index=portal.search, head=letterhead(portal), secret_key=portal.secret_key
        )


def _hand_over(portal: Portal, letter: Letter, subscription_id: str) -> None:
    """An address where nobody gets mail is forgotten. Raises `MailerUnavailable`."""
    if portal.mailer is None:
        raise MailerUnavailable("no mail is sent here: PORTAL_MAIL_URL is console:")
    try:
        portal.mailer.send(letter)
    except AddressRefused as refusal:
        log.warning("address refused", extra={"trouble": str(refusal)})
        _write(portal, end, subscription_id=subscription_id)


def _write(portal: Portal, act: Callable[..., T], *about: object, **named: object) -> T:
    def once() -> T:
        with portal.database.writing() as session:
            return act(session, *about, **named)

    return again(once)
