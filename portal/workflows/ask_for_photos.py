"""A supervision body asks a unit for photos of one milestone, joins what another body asks for, or takes it back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.errors import Invalid, NotPermitted, Problem, Refused, Stale, WrongState
from portal.domain.lifecycle import MatterState
from portal.domain.organisation import Person
from portal.domain.permissions import own_unit
from portal.domain.photo_requests import (
    AskingBody,
    PhotoRequest,
    open_request,
    permit_asking,
    photos_given,
)
from portal.domain.plan import Milestone, Project
from portal.domain.progress import MAX_PHOTOS, Report
from portal.domain.wording import clean
from portal.rules.clock import day_of

TAKES_REPORTS = (MatterState.ASSIGNED, MatterState.ACCEPTED, MatterState.IN_PROGRESS)


@dataclass(frozen=True, kw_only=True)
class RequestWords:
    """What the form sends, as typed."""

    milestone: str = ""
    cap: str = ""
    due_on: str = ""
    reason: str = ""


def ask_for_photos(
    session: Session,
    *,
    project: Project,
    words: RequestWords,
    seen_photos: int,
    actor: Person,
    now: dt.datetime,
) -> PhotoRequest:
    """Ask the unit that answers for the project, or join the request that is open for this milestone: then its
    number and day stay as they are, and the unit gets nothing new to do.

    seen_photos: how many photos of the milestone the asker was shown to be there. Raises `Stale` with
    `photos_are_there` when there are more, `Refused` with `already_asked`, and `Invalid` naming what is missing.
    """
    hold(session, project)
    permit_asking(actor, project)
    if project.state not in TAKES_REPORTS:
        raise WrongState("project_takes_no_reports", state=project.state.value)
    milestone, cap, due_on, reason = _checked(project, words, today=day_of(now))
    if (given := photos_given(session, milestone)) > seen_photos:
        raise Stale("photos_are_there", photos=given, milestone=milestone.name)
    request = open_request(session, milestone, project.unit)
    joins = request is not None
    if request is None:
        request = PhotoRequest(
            project=project, milestone=milestone, unit=project.unit, cap=cap, due_on=due_on, asked_at=now
        )
        session.add(request)
    _ask(request, actor, reason=reason, now=now)
    audit.note(
        session, actor=actor, act="join_request" if joins else "ask_photos", subject=request, now=now, cap=cap
    )
    return request


def take_back_request(session: Session, *, request: PhotoRequest, actor: Person, now: dt.datetime) -> None:
    """The actor's body needs the photos no more; when no other body asks, nobody does."""
    hold(session, request)
    permit_asking(actor, request.project)
    if not request.is_open:
        raise WrongState("request_is_over")
    asking = next((each for each in request.bodies if each.body_id == actor.body_id), None)
    if asking is None:
        raise NotPermitted("not_yours_to_decide", act="take_back_request")
    asking.left_at = now
    if not request.bodies:
        request.cancelled_at = now
    audit.note(session, actor=actor, act="take_back_request", subject=request, now=now)


def aim_draft(
    session: Session, *, request: PhotoRequest, report: Report, actor: Person, now: dt.datetime
) -> None:
    """Point the unit's draft at the milestone that photos are asked for, unless something is written in it already.
    Raises `WrongState` when the request is over."""
    if not own_unit(actor, report) or request.unit_id != actor.unit_id:
        raise NotPermitted("not_your_unit", act="answer_request")
    if not request.is_open:
        raise WrongState("request_is_over")
    if not report.done and not report.photos:
        report.milestone = request.milestone
    audit.note(session, actor=actor, act="answer_request", subject=request, now=now)


def _ask(request: PhotoRequest, actor: Person, *, reason: str, now: dt.datetime) -> None:
    assert actor.body is not None
    before = next((each for each in request.all_bodies if each.body_id == actor.body_id), None)
    if before is None:
        request.all_bodies.append(AskingBody(body=actor.body, person=actor, reason=reason, joined_at=now))
    elif before.left_at is None:
        raise Refused("already_asked")
    else:
        before.left_at, before.joined_at, before.reason, before.person = None, now, reason, actor


def _checked(project: Project, words: RequestWords, *, today: dt.date) -> tuple[Milestone, int, dt.date, str]:
    """The words as values. Raises `Invalid` naming everything that is wrong."""
    problems = []
    milestone = next((each for each in project.milestones if str(each.id) == words.milestone), None)
    if milestone is None:
        problems.append(Problem("milestone", "missing"))
    cap = int(words.cap) if words.cap.isascii() and words.cap.isdecimal() and len(words.cap) < 4 else 0
    if not 1 <= cap <= MAX_PHOTOS:
        problems.append(Problem("cap", "not_a_cap", {"most": MAX_PHOTOS, "typed": words.cap[:20]}))
    due_on = None
    try:
        due_on = dt.date.fromisoformat(words.due_on)
        if due_on < today:
            problems.append(Problem("due_on", "in_the_past"))
    except ValueError:
        problems.append(Problem("due_on", "not_a_day", {"typed": words.due_on[:20]}))
    reason = clean(words.reason, limit=300)
    if not reason:
        problems.append(Problem("reason", "missing"))
    if problems or milestone is None or due_on is None:
        raise Invalid(problems)
    return milestone, cap, due_on, reason
