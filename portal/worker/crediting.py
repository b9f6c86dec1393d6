"""Signing the photos of an approval before it takes effect, and removing what signed ones have replaced."""

from __future__ import annotations

import logging
from typing import Any

from portal.database import again
from portal.ports import CredentialsUnavailable, MediaMissing, Space
from portal.wiring import Portal
from portal.workflows import credit_photos
from portal.workflows.credit_photos import Begun, Site, Unsigned
from portal.workflows.erase_report import destroy_media

log = logging.getLogger(__name__)


def credit(portal: Portal, decision_id: int) -> None:
    """Sign what a decision will publish. Without a key or a library it is published as it is; the doctor says so. What
    was kept by an attempt before stays when all of its files are there, and goes when they are not."""
    if portal.credentials is None or (trouble := portal.credentials.check()) is not None:
        if portal.credentials is not None and portal.photo_key.exists():
            log.warning("photos are not signed", extra={"trouble": trouble})
        return
    authority = portal.credentials.authority
    begun = again(lambda: _begin(portal, decision_id, authority))
    if begun is None or (begun.kept and _all_there(portal, begun.kept)):
        return
    for name in begun.kept:
        portal.media.remove(Space.STAGED, name)
    try:
        signed = {photo.photo_id: _signed(portal, photo) for photo in begun.photos}
    except CredentialsUnavailable as trouble:
        log.warning("photos are not signed", extra={"trouble": str(trouble)})
        signed = {}
    again(lambda: _keep(portal, begun, {photo: [r for r, _ in made] for photo, made in signed.items()}))
    for rendition, data in (each for made in signed.values() for each in made):
        if data is not None:
            portal.media.put(Space.STAGED, rendition["name"], data)


def tidy(portal: Portal, decision_id: int) -> None:
    """Remove what a decision has left over, and then the note of it. Doing it again changes nothing."""
    with portal.database.reading() as session:
        left = credit_photos.leftovers(session, decision_id=decision_id)
        if left is None:
            return
        destroy_media(session, names=left.names, originals=left.originals, media=portal.media)
    with portal.database.writing() as session:
        credit_photos.forget(session, decision_id=decision_id)


def _begin(portal: Portal, decision_id: int, authority: str) -> Begun | None:
    site = Site(name=portal.settings.site_name, url=portal.settings.public_url)
    with portal.database.writing() as session:
        return credit_photos.begin(
            session, decision_id=decision_id, site=site, authority=authority, now=portal.now()
        )


def _keep(portal: Portal, begun: Begun, signed: dict[int, list[dict[str, Any]]]) -> None:
    with portal.database.writing() as session:
        credit_photos.keep(session, begun, signed=signed)


def _all_there(portal: Portal, names: list[str]) -> bool:
    try:
        for name in names:
            portal.media.size(Space.STAGED, name)
    except MediaMissing:
        return False
    return True


def _signed(portal: Portal, photo: Unsigned) -> list[tuple[dict[str, Any], bytes | None]]:
    assert portal.credentials is not None
    return credit_photos.signed(
        photo.renditions, photo.statement, credentials=portal.credentials, media=portal.media
    )
