"""A supervisor looks at a submission and decides; the decision takes effect after the undo time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.database import hold
from portal.disclosure import public_names, report_shown
from portal.domain import audit
from portal.domain.counter import next_number
from portal.domain.crediting import take_up
from portal.domain.errors import Invalid, Problem, Stale, WrongState
from portal.domain.filming import refuse_unless_films_are_made
from portal.domain.holding import refuse_if_taken
from portal.domain.letters import owe_letter
from portal.domain.lifecycle import REPORT, ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_claims import grades_of
from portal.domain.progress import CLAIM_LASTS, UNDO_LASTS, Decision, Report, ReturnReason, Verb
from portal.domain.receipts import Outcome, decided, submission_of
from portal.domain.return_reasons import PASSAGE_PRESETS, PHOTO_PRESETS, RETURNABLE_PASSAGES, VIDEO_PRESETS
from portal.domain.wording import clean, passage_text
from portal.ports import JobQueue, MediaStore
from portal.record import log
from portal.rules.clock import day_of
from portal.rules.numbers import report_number

JOB = "take_effect"
VERBS = {Verb.APPROVE: ReportAct.PUBLISH, Verb.RETURN: ReportAct.RETURN}


@dataclass(frozen=True, kw_only=True)
class Why:
    """One reason of a return: for a photo (by id) or a passage, from the presets, in words, or both."""

    photo_id: int | None = None
    passage: str | None = None
    preset: str = ""
    text: str = ""


def claim_report(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> None:
    """Say "I am looking at this" for five minutes, or for five more.

    Raises `WrongState` with the code `claimed` and the colleague's name while it is theirs.
    """
    hold(session, report)
    permit_report(actor, ReportAct.CLAIM, report)
    next_state = REPORT.next(report.state, ReportAct.CLAIM)
    refuse_if_taken(report, actor, now)
    report.state = next_state
    report.claimed_by, report.claimed_until = actor, now + CLAIM_LASTS
    audit.note(session, actor=actor, act="claim_report", subject=report, now=now)


def release_report(session: Session, *, report: Report, actor: Person, now: dt.datetime) -> None:
    """Give it back to the queue without deciding."""
    hold(session, report)
    permit_report(actor, ReportAct.RELEASE, report)
    refuse_if_taken(report, actor, now)
    report.state = REPORT.next(report.state, ReportAct.RELEASE)
    report.claimed_by = report.claimed_until = None
    audit.note(session, actor=actor, act="release_report", subject=report, now=now)


def decide_report(
    session: Session,
    *,
    report: Report,
    verb: Verb,
    reasons: Sequence[Why],
    seen_round: int,
    seen_hash: str,
    actor: Person,
    queue: JobQueue,
    now: dt.datetime,
) -> Decision:
    """Approve or return exactly what was seen. It takes effect after `UNDO_LASTS` unless undone.

    Raises `Stale` when the report is no longer what was seen, `WrongState` when somebody decided first or a film that
    would be published is not made yet, `Invalid` when a return gives no reason.
    """
    hold(session, report)
    permit_report(actor, VERBS[verb], report)
    if report.state is ReportState.SUBMITTED:
        report.state = REPORT.next(report.state, ReportAct.CLAIM)
    _refuse_unless_as_seen(report, verb, actor, now, seen=(seen_round, seen_hash))
    assert actor.body_id is not None
    decision = Decision(
        report=report,
        verb=verb,
        by=actor,
        body_id=actor.body_id,
        at=now,
        effect_at=now + UNDO_LASTS,
        seen_round=seen_round,
        seen_hash=seen_hash,
        reasons=_checked(report, verb, reasons),
    )
    session.add(decision)
    session.flush()
    report.pending = decision
    report.claimed_by, report.claimed_until = actor, decision.effect_at
    queue.enqueue(
        session,
        kind=JOB,
        payload={"decision": decision.id},
        not_before=decision.effect_at,
        key=job_key(decision),
    )
    act = f"decide_{verb.value}"
    audit.note(session, actor=actor, act=act, subject=report, now=now, round=seen_round, seen=seen_hash)
    return decision


def _refuse_unless_as_seen(
    report: Report, verb: Verb, actor: Person, now: dt.datetime, *, seen: tuple[int, str]
) -> None:
    REPORT.next(report.state, VERBS[verb])
    if report.corrects is not None and report.corrects.state is not ReportState.PUBLISHED:
        raise WrongState("corrected_version_is_gone")
    refuse_if_taken(report, actor, now)
    if seen != (report.round, report.content_hash):
        raise Stale("report_changed_since_seen")
    if verb is Verb.APPROVE:
        refuse_unless_films_are_made(report)


def undo_decision(
    session: Session, *, decision: Decision, actor: Person, queue: JobQueue, now: dt.datetime
) -> None:
    """Take a decision back before it takes effect. Raises `WrongState` with `too_late_to_undo`."""
    report = decision.report
    hold(session, report)
    permit_report(actor, ReportAct.CLAIM, report)
    open_to_undo = report.pending_id == decision.id and decision.by_id == actor.id
    if not open_to_undo or now >= decision.effect_at or not queue.cancel(session, key=job_key(decision)):
        raise WrongState("too_late_to_undo")
    decision.undone_at = now
    report.pending = None
    report.claimed_by, report.claimed_until = actor, now + CLAIM_LASTS
    audit.note(session, actor=actor, act="undo_decision", subject=report, now=now, decision=decision.id)


def take_effect(
    session: Session,
    *,
    decision_id: int,
    media: MediaStore,
    now: dt.datetime,
    letters: JobQueue | None = None,
) -> None:
    """Carry out a decision whose undo time is over. Doing it again changes nothing. Through `letters`, who
    wrote a report hears that it came back."""
    decision = session.get_one(Decision, decision_id)
    report = decision.report
    if report.pending_id != decision.id or decision.undone_at is not None:
        return
    if report.corrects is not None and report.corrects.state is ReportState.WITHDRAWN:
        decision.undone_at, report.pending = now, None  # what it corrects has been taken down meanwhile
        return
    if report.content_hash != decision.seen_hash:
        raise Stale("report_changed_since_seen")
    if decision.verb is Verb.APPROVE:
        entry = _publish(session, report, decision, media, now)
        decided(session, submission_of(report), outcome=Outcome.PUBLISHED, at=now, entry=entry)
    else:
        report.state = REPORT.next(report.state, ReportAct.RETURN)
        decided(session, submission_of(report), outcome=Outcome.RETURNED, at=now)
        _tell_author(session, report, letters, now)
    decision.took_effect_at = now
    report.pending = None
    report.claimed_by = report.claimed_until = None
    audit.note(
        session,
        actor=decision.by,
        act=f"effect_{decision.verb.value}",
        subject=report,
        now=now,
        decision=decision.id,
    )


def _publish(
    session: Session, report: Report, decision: Decision, media: MediaStore, now: dt.datetime
) -> int:
    """The number of its entry."""
    number = take_up(session, decision, report)
    if report.corrects is None:
        year = day_of(now).year
        report.number = number or report_number(year, next_number(session, name=f"report/{year}"))
    else:
        report.corrects.state = REPORT.next(report.corrects.state, ReportAct.SUPERSEDE)
        report.number, report.version = report.corrects.number, report.corrects.version + 1
    report.state = REPORT.next(report.state, ReportAct.PUBLISH)
    report.published_at = now
    session.flush()
    for name in public_names(report):
        media.publish(name)  # before the record names it, so that it never names what is not there
    return log.publish(
        session, report_shown(report, decided_by=decision.by, graded=grades_of(session, report)), at=now
    ).seq


def _tell_author(session: Session, report: Report, letters: JobQueue | None, now: dt.datetime) -> None:
    author = report.author
    if letters is not None and author.email is not None and author.disabled_at is None:
        letters.enqueue(session, **owe_letter(session, person=author, report=report, now=now).as_job())


def _checked(report: Report, verb: Verb, reasons: Sequence[Why]) -> list[ReturnReason]:
    """The reasons as rows; what is flagged is remembered as it was."""
    if verb is Verb.APPROVE:
        return []
    photos = {photo.id: photo for photo in report.photos}
    rows = []
    for why in reasons:
        text = clean(why.text, limit=500)
        presets = _presets_for(why)
        known = why.photo_id in photos if why.photo_id is not None else why.passage in RETURNABLE_PASSAGES
        if not known or (why.preset and why.preset not in presets):
            raise Invalid([Problem("reasons", "unknown_reason")])
        if not why.preset and not text:
            raise Invalid([Problem("reasons", "reason_missing")])
        photo = photos.get(why.photo_id) if why.photo_id is not None else None
        before = photo.caption if photo is not None else passage_text(report, why.passage or "")
        rows.append(
            ReturnReason(
                photo_id=why.photo_id, passage=why.passage, preset=why.preset, text=text, before=before
            )
        )
    if not rows:
        raise Invalid([Problem("reasons", "reason_missing")])
    return rows


def _presets_for(why: Why) -> tuple[str, ...]:
    if why.photo_id is not None:
        return PHOTO_PRESETS
    return VIDEO_PRESETS if why.passage == "videos" else PASSAGE_PRESETS


def job_key(decision: Decision) -> str:
    """The key under which a decision waits in the queue."""
    return f"decision/{decision.id}"
