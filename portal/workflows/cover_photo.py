"""A moderator covers what must not be seen on a photo (打码), before it is public or afterwards.

The caller develops the photo with `planned` covers between two transactions (`develop_again`); the second one takes
what came of it only when nothing has changed meanwhile. What showed more than it should is destroyed by the worker, as
after a withdrawal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from portal.database import hold
from portal.disclosure import report_redacted
from portal.domain import audit
from portal.domain.errors import Invalid, Problem, Refused, Stale
from portal.domain.holding import refuse_if_taken
from portal.domain.lifecycle import REPORT, ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import CLAIM_LASTS, Photo, Report, Verb
from portal.domain.redaction import Cover, Redaction
from portal.imaging.developed import RECIPE
from portal.ports import JobQueue, MediaStore
from portal.record import log
from portal.rules.boxes import MOST_BOXES
from portal.workflows.develop_again import Covered
from portal.workflows.erase_report import versions_of
from portal.workflows.withdraw_report import JOB, SCRUB


def planned(session: Session, *, photo: Photo, wanted: Sequence[Cover], actor: Person) -> list[Cover]:
    """Everything that will be covered on this photo: before publication what is wanted, afterwards that and what any
    of its versions has covered: nothing public is uncovered again. Raises `NotPermitted`, `Refused`, `Invalid`."""
    report = photo.report
    permit_report(actor, _act(report), report)
    if photo.removed_at is not None or not photo.renditions:
        raise Refused("photo_not_open")
    if report.state is ReportState.PUBLISHED:
        settled = settled_on(session, photo)
        if not set(wanted) - set(settled):
            raise Invalid([Problem("boxes", "nothing_new_covered")])
        wanted = [*settled, *wanted]
    covers = sorted(set(wanted))
    if len(covers) > MOST_BOXES:
        raise Invalid([Problem("boxes", "too_many_boxes", {"most": MOST_BOXES})])
    return covers


def settled_on(session: Session, photo: Photo) -> list[Cover]:
    """What is covered on a photo in any version of its report. Of a report that is not public: on this photo."""
    return sorted({cover for each in _same(session, photo) for cover in each.covers})


def _act(report: Report) -> ReportAct:
    return ReportAct.REDACT if report.state is ReportState.PUBLISHED else ReportAct.COVER


def _same(session: Session, photo: Photo) -> list[Photo]:
    """The photo in every version of its report: what was corrected, and corrections that are not finished."""
    report = photo.report
    if report.state is not ReportState.PUBLISHED or report.number is None:
        return [photo]
    versions = versions_of(session, report.number)
    return [p for each in versions for p in each.all_photos if p.original_sha256 == photo.original_sha256]


def cover_photo(
    session: Session,
    *,
    photo: Photo,
    covered: Covered,
    seen: Sequence[Cover],
    actor: Person,
    queue: JobQueue,
    now: dt.datetime,
) -> None:
    """Put covers on a photo that is being reviewed, change them, or take them off; whoever does it holds the report, as
    who decides does. Raises `Stale` when the covers are no longer those that were `seen`."""
    report = photo.report
    hold(session, report)
    session.expire(photo)
    permit_report(actor, ReportAct.COVER, report)
    if report.state is ReportState.SUBMITTED:
        report.state = REPORT.next(report.state, ReportAct.CLAIM)
    report.state = REPORT.next(report.state, ReportAct.COVER)
    refuse_if_taken(report, actor, now)
    report.claimed_by, report.claimed_until = actor, now + CLAIM_LASTS
    if sorted(seen) != photo.covers:
        raise Stale("covers_changed_elsewhere")
    names = _exchange([photo], covered, actor, now)
    _destroy(session, names, photo, queue, now)
    audit.note(session, actor=actor, act="cover_photo", subject=photo, now=now, **_noted(photo, covered))


def redact_photo(
    session: Session,
    *,
    photo: Photo,
    covered: Covered,
    seen: Sequence[Cover],
    actor: Person,
    media: MediaStore,
    queue: JobQueue,
    now: dt.datetime,
) -> int:
    """Cover more on a photo that is public: a `redacted` entry with new renditions; its number. What earlier versions
    said and showed is destroyed; corrections that are begun or wait have the covers too. Raises `Stale` as above."""
    report = photo.report
    hold(session, report)
    session.expire(photo)
    permit_report(actor, ReportAct.REDACT, report)
    report.state = REPORT.next(report.state, ReportAct.REDACT)
    settled = settled_on(session, photo)
    if sorted(seen) != settled or not set(settled) <= set(covered.covers):
        raise Stale("covers_changed_elsewhere")
    new = sorted(set(covered.covers) - set(settled))
    same = _same(session, photo)
    _call_back({each.report for each in same}, now)
    names = _exchange(same, covered, actor, now)
    report.version += 1  # in step with the record, which counts this as a version
    session.flush()
    for (
        rendition
    ) in photo.renditions:  # before the record names them, so that it never names what is not there
        media.publish(rendition["name"])
    assert actor.body is not None
    shown = report_redacted(report, decided_by=_approved_by(report), by=actor.body, covers=new)
    seq = log.redact(session, shown, at=now).seq
    _destroy(session, names, photo, queue, now)
    queue.enqueue(session, kind=SCRUB, payload={}, not_before=now)
    noted = {"number": report.number, **_noted(photo, covered)}
    audit.note(session, actor=actor, act="redact_photo", subject=photo, now=now, **noted)
    return seq


def _approved_by(report: Report) -> Person | None:
    """Nobody, when it came with an old archive."""
    approvals = (
        d.by for d in reversed(report.decisions) if d.verb is Verb.APPROVE and d.took_effect_at is not None
    )
    return next(approvals, None)


def _call_back(reports: Iterable[Report], now: dt.datetime) -> None:
    """A decision about what looks otherwise now does not take effect; the correction waits for another one."""
    for report in reports:
        if report.pending is not None:
            report.pending.undone_at, report.pending = now, None
            report.claimed_by = report.claimed_until = None


def _exchange(photos: Sequence[Photo], covered: Covered, actor: Person, now: dt.datetime) -> list[str]:
    """Give these photos the covers and the renditions that have them; the names of the renditions they had."""
    assert actor.body_id is not None
    names = [rendition["name"] for photo in photos for rendition in photo.renditions]
    for photo in photos:
        had = {redaction.cover for redaction in photo.redactions}
        photo.redactions = [each for each in photo.redactions if each.cover in covered.covers] + [
            Redaction(
                x=cover.box.left,
                y=cover.box.top,
                width=cover.box.width,
                height=cover.box.height,
                kind=cover.kind,
                by=actor,
                body_id=actor.body_id,
                at=now,
            )
            for cover in covered.covers
            if cover not in had
        ]
        photo.renditions, photo.tone, photo.recipe = covered.renditions, covered.tone, RECIPE
    return sorted({*names} - {rendition["name"] for rendition in covered.renditions})


def _destroy(session: Session, names: Sequence[str], photo: Photo, queue: JobQueue, now: dt.datetime) -> None:
    if names:
        media = {"names": names, "originals": [photo.original_sha256]}
        queue.enqueue(session, kind=JOB, payload=media, not_before=now)


def _noted(photo: Photo, covered: Covered) -> dict[str, object]:
    return {"photo": photo.original_sha256, "boxes": [cover.told for cover in covered.covers]}
