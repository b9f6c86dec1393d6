"""A photo taken in the page: a one-time code when the camera is pressed, and what the phone claims when it comes.

What a request says is a claim. The code, its age and the phone's clock are ours to check; a forged place reaches what a
forged place can reach, and is shown to nobody outside (docs/provenance.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_claims import CaptureCode, PhotoClaim, PlaceConsent
from portal.domain.progress import Photo, Report
from portal.rules.provenance import Code

KEPT = dt.timedelta(days=1)  # a code that is older is forgotten; photos keep what became of theirs
MOST_SKEW = 10**9  # seconds; a clock that is wronger is as wrong


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What came with a photo. code: as it was given out, "" for none; phone_at: when the file came to be, by the
    phone's clock; lon, lat: WGS-84 as decimal text; accuracy: metres."""

    code: str = ""
    phone_at: dt.datetime | None = None
    lon: str | None = None
    lat: str | None = None
    accuracy: int | None = None


def give_code(
    session: Session, *, report: Report, phone_at: dt.datetime | None, actor: Person, now: dt.datetime
) -> str:
    """A one-time code for the next photo that this person takes for this report."""
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    code = secrets.token_urlsafe(18)
    session.execute(
        delete(CaptureCode).where(CaptureCode.person_id == actor.id, CaptureCode.given_at < now - KEPT)
    )
    skew = None if phone_at is None else round((phone_at - now).total_seconds())
    session.add(
        CaptureCode(
            hash=_hash(code),
            person_id=actor.id,
            report_id=report.id,
            given_at=now,
            skew=None if skew is None else max(-MOST_SKEW, min(MOST_SKEW, skew)),
        )
    )
    audit.note(session, actor=actor, act="give_code", subject=report, now=now)
    return code


def agree_to_place(session: Session, *, agreed: bool, actor: Person, now: dt.datetime) -> None:
    """Remember whether the page may send the place with photos that this person takes in it."""
    hold(session, actor)
    consent = session.get(PlaceConsent, actor.id)
    if consent is None:
        session.add(PlaceConsent(person_id=actor.id, agreed=agreed, at=now))
    else:
        consent.agreed, consent.at = agreed, now
    act = "agree_to_place" if agreed else "refuse_place"
    audit.note(session, actor=actor, act=act, subject=actor, now=now)


def keep_claim(session: Session, *, photo: Photo, claimed: Claimed, actor: Person, now: dt.datetime) -> None:
    """Keep what came with a photo that has arrived in this very transaction, and use up its code. A place is kept only
    of who agreed to give it. Of a photo that was there before, nothing is changed."""
    session.flush()
    if photo.received_at != now or not claimed.code or session.get(PhotoClaim, photo.id) is not None:
        return
    state, code = _use_up(session, claimed.code, photo=photo, actor=actor, now=now)
    consent = session.get(PlaceConsent, actor.id)
    placed = consent is not None and consent.agreed
    session.add(
        PhotoClaim(
            photo_id=photo.id,
            code=state,
            code_given_at=code.given_at if code is not None else None,
            phone_at=claimed.phone_at,
            skew=code.skew if code is not None else None,
            lon=claimed.lon if placed else None,
            lat=claimed.lat if placed else None,
            accuracy=claimed.accuracy if placed else None,
        )
    )


def _use_up(
    session: Session, code: str, *, photo: Photo, actor: Person, now: dt.datetime
) -> tuple[Code, CaptureCode | None]:
    found = session.scalars(
        select(CaptureCode).where(CaptureCode.hash == _hash(code)).with_for_update()
    ).first()
    if found is None or (found.person_id, found.report_id) != (actor.id, photo.report_id):
        return Code.UNKNOWN, None
    if found.used_at is not None:
        return Code.SPENT, found
    found.used_at = now
    return Code.GOOD, found


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
