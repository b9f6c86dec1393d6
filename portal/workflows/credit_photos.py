"""The large renditions of a report's photos are credited and signed, after its approval and before it is public.

The worker does it in four steps, each its own transaction or none: `begin`, sign, `keep` the names, put the files.
Then the approval takes effect with what was kept (`moderate_report`), and `leftovers` are removed. Whatever is cut
off is done again
from there, with the same names once they are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.counter import next_number
from portal.domain.crediting import Crediting, is_signed_size
from portal.domain.errors import Stale
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Decision, Photo, Report, Verb
from portal.ports import Credentials, MediaStore, Space, Statement
from portal.record.document import seal
from portal.record.log import Disclosed, iso, publish
from portal.record.photo_authority import ITEM, KIND, authorities
from portal.rules.clock import day_of
from portal.rules.numbers import report_number


@dataclass(frozen=True, kw_only=True)
class Site:
    """Who publishes: the site's name, and where readers find it, without a slash at the end."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Unsigned:
    """A photo with renditions that are to be signed, and what is to be said of it."""

    photo_id: int
    renditions: list[dict[str, Any]]
    statement: Statement


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What is to be signed for a decision. kept: names of signed renditions that were written down by an attempt
    before."""

    decision_id: int
    photos: list[Unsigned]
    kept: list[str]


def begin(
    session: Session, *, decision_id: int, site: Site, authority: str, now: dt.datetime
) -> Begun | None:
    """What is to be signed before a decision takes effect, None when it is nothing. The report is given its number,
    and the authority its place on the record, because what is signed names both."""
    decision = session.get_one(Decision, decision_id)
    report = decision.report
    if (
        report.pending_id != decision.id
        or decision.verb is not Verb.APPROVE
        or decision.undone_at is not None
    ):
        return None
    if report.corrects is not None and report.corrects.state is ReportState.WITHDRAWN:
        return None
    crediting = session.get(Crediting, decision.id, with_for_update=True)
    if crediting is None:
        number = report.corrects.number or "" if report.corrects else ""
        if not _unsigned(report, number, site):
            return None
        number = number or _next(session, now)
        crediting = Crediting(decision_id=decision.id, number=number, renditions={}, replaced=[])
        session.add(crediting)
    stand(session, authority, now)
    photos = _unsigned(report, crediting.number, site)
    return Begun(decision_id=decision.id, photos=photos, kept=crediting.names)


def _next(session: Session, now: dt.datetime) -> str:
    year = day_of(now).year
    return report_number(year, next_number(session, name=f"report/{year}"))


def _unsigned(report: Report, number: str, site: Site) -> list[Unsigned]:
    """Photos whose large renditions do not carry exactly this statement yet; those of a correction may."""
    found = []
    for place, photo in enumerate(report.photos, start=1):
        statement = _statement(report, photo, number, place, site)
        large = [r for r in photo.renditions if is_signed_size(r)]
        if any(r.get("credit") != statement.identifier for r in large):
            found.append(Unsigned(photo_id=photo.id, renditions=list(photo.renditions), statement=statement))
    return found


def _statement(report: Report, photo: Photo, number: str, place: int, site: Site) -> Statement:
    original = seal(bytes.fromhex(photo.seal_salt), photo.original_sha256)
    return statement(report.project.code, report.unit.name, original, number=number, place=place, site=site)


def statement(project: str, unit: str, original: str, *, number: str, place: int, site: Site) -> Statement:
    """What a photo says of itself. original: the commitment to its sealed original; place: in its report, from 1."""
    return Statement(
        site=site.name,
        project=project,
        report=number,
        photo=place,
        original=original,
        address=f"{site.url}/reports/{number}",
        credit=f"{unit}／{site.name}",
    )


def signed(
    renditions: Sequence[dict[str, Any]], said: Statement, *, credentials: Credentials, media: MediaStore
) -> list[tuple[dict[str, Any], bytes | None]]:
    """Every rendition of a photo as it will be, and the bytes of those that are new. Raises
    `CredentialsUnavailable`."""
    return [
        _signed(rendition, said, credentials, media) if is_signed_size(rendition) else (rendition, None)
        for rendition in renditions
    ]


def _signed(
    rendition: dict[str, Any], said: Statement, credentials: Credentials, media: MediaStore
) -> tuple[dict[str, Any], bytes]:
    with media.open(Space.STAGED, rendition["name"]) as stream:
        data = credentials.sign(stream.read(), said)
    name = f"{hashlib.sha256(data).hexdigest()}.jpg"
    return {**rendition, "name": name, "bytes": len(data), "credit": said.identifier}, data


def stand(session: Session, authority: str, now: dt.datetime) -> None:
    """Give the authority that signs its place on the record, when it has none."""
    known = authorities(session)
    if authority in known:
        return
    document = {
        "certificates": [*known, authority],
        "dated": iso(now)[:10],
        "title": "",
        "v": 1,
    }
    publish(session, Disclosed(item=ITEM, kind=KIND, document=document), at=now)


def keep(session: Session, begun: Begun, *, signed: Mapping[int, list[dict[str, Any]]]) -> None:
    """Write down the names of what was signed, before any of it is put into the store. Raises `Stale` when another
    worker did so meanwhile."""
    crediting = session.get(Crediting, begun.decision_id, with_for_update=True, populate_existing=True)
    if crediting is None or crediting.names != begun.kept:
        raise Stale("signed_elsewhere")
    crediting.renditions = {str(photo): renditions for photo, renditions in signed.items()}


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """Files that a decision has left over, and of which originals they are."""

    names: list[str]
    originals: list[str]


def leftovers(session: Session, *, decision_id: int) -> Leftovers | None:
    """What to remove after a decision: the renditions that signed ones have replaced, or, when it did not take
    effect, the signed ones. None while it still waits, or when there is nothing."""
    crediting = session.get(Crediting, decision_id)
    decision = session.get_one(Decision, decision_id)
    if crediting is None or decision.report.pending_id == decision_id:
        return None
    originals = {photo.original_sha256 for photo in decision.report.all_photos}
    return Leftovers(names=[*crediting.names, *crediting.replaced], originals=sorted(originals))


def forget(session: Session, *, decision_id: int) -> None:
    """After the leftovers are removed."""
    crediting = session.get(Crediting, decision_id)
    if crediting is not None:
        session.delete(crediting)
