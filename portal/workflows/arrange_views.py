"""Views 机位: a supervisor says from where a project is photographed again and again, and what a picture from there
should look like; a moderator files a photo that waits under the view from which it was really taken."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.database import hold
from portal.disclosure import project_shown
from portal.domain import audit
from portal.domain.errors import Invalid, Problem, Refused, WrongState
from portal.domain.lifecycle import MatterState, ReportAct, ReportState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report, permit_views
from portal.domain.plan import MAX_VIEW_NAME, MAX_VIEWS, Milestone, Project, View
from portal.domain.progress import Photo, Report
from portal.domain.report_words import keep_view
from portal.domain.wording import clean
from portal.record import log
from portal.record.pictures import pictures_of
from portal.record.shelf import Shelf
from portal.rules.clock import day_of

STILL = (MatterState.DRAFT, MatterState.SUSPENDED, MatterState.WITHDRAWN, MatterState.ARCHIVED)
REVIEWED = (ReportState.SUBMITTED, ReportState.IN_REVIEW)


def make_view(
    session: Session, *, project: Project, name: str, milestone: str, actor: Person, now: dt.datetime
) -> View:
    """A new view under the next number, made public with the project. Raises `Refused` (`too_many_views`) and
    `Invalid`."""
    _permit(session, project, actor)
    if sum(view.closed_at is None for view in project.views) >= MAX_VIEWS:
        raise Refused("too_many_views", most=MAX_VIEWS)
    view = View(
        ordinal=max((view.ordinal for view in project.views), default=0) + 1,
        name=_name(project, name),
        milestone=_milestone(project, milestone),
        made_at=now,
    )
    project.views.append(view)
    _told(session, view, act="make_view", actor=actor, now=now)
    return view


def change_view(
    session: Session,
    *,
    view: View,
    name: str,
    milestone: str,
    reference: str,
    actor: Person,
    now: dt.datetime,
) -> None:
    """Another name, milestone or reference: the key of one of the project's published photos, or "" for the first
    that was published from here. Raises `Invalid`; the same again changes nothing."""
    project = view.project
    _permit(session, project, actor)
    report, seal = _reference(session, project, reference)
    wanted = _name(project, name, but=view), _milestone(project, milestone), report, seal
    if wanted == (view.name, view.milestone, view.reference_report, view.reference_seal):
        audit.note(session, actor=actor, act="change_view", subject=view, now=now, code=project.code)
        return
    view.name, view.milestone, view.reference_report, view.reference_seal = wanted
    _told(session, view, act="change_view", actor=actor, now=now)


def close_view(session: Session, *, view: View, actor: Person, now: dt.datetime) -> None:
    """Ask for no more pictures from here; those that are there stay."""
    _permit(session, view.project, actor)
    if view.closed_at is not None:
        raise WrongState("view_is_closed")
    view.closed_at = now
    _told(session, view, act="close_view", actor=actor, now=now)


def reopen_view(session: Session, *, view: View, actor: Person, now: dt.datetime) -> None:
    """Ask for pictures from here again."""
    _permit(session, view.project, actor)
    if view.closed_at is None:
        raise WrongState("view_is_open")
    if sum(each.closed_at is None for each in view.project.views) >= MAX_VIEWS:
        raise Refused("too_many_views", most=MAX_VIEWS)
    view.closed_at = None
    _told(session, view, act="reopen_view", actor=actor, now=now)


def file_photo(
    session: Session, *, report: Report, photo: Photo, ordinal: str, actor: Person, now: dt.datetime
) -> None:
    """A moderator says from which view a photo of a waiting submission was taken; "" for none of them. It is a label
    and no evidence, so the unit is not asked; whoever has looked before has to look again."""
    hold(session, report)
    permit_report(actor, ReportAct.CLAIM, report)
    holder = report.claimed_at(now)
    if report.state not in REVIEWED or report.pending is not None:
        raise WrongState("wrong_state", state=report.state.value)
    if holder is not None and holder.id != actor.id:
        raise WrongState("claimed", by=holder.name)
    if photo not in report.photos:
        raise Refused("photo_not_open")
    problems = keep_view(photo, typed=ordinal)
    if problems:
        raise Invalid(problems)
    audit.note(session, actor=actor, act="file_photo", subject=report, now=now, photo=photo.id, view=ordinal)


def _permit(session: Session, project: Project, actor: Person) -> None:
    hold(session, project)  # two views made at once get two numbers
    permit_views(actor, project)
    if project.state in STILL:
        raise WrongState("project_takes_no_views", state=project.state.value)


def _name(project: Project, typed: str, *, but: View | None = None) -> str:
    name = " ".join(clean(typed, limit=len(typed)).split())
    if not name:
        raise Invalid([Problem("name", "view_needs_name")])
    if len(name) > MAX_VIEW_NAME:
        raise Invalid([Problem("name", "too_long", {"most": MAX_VIEW_NAME, "has": len(name)})])
    if any(view.name == name for view in project.views if view is not but):
        raise Invalid([Problem("name", "view_name_taken")])
    return name


def _milestone(project: Project, typed: str) -> Milestone | None:
    chosen = next((each for each in project.milestones if str(each.ordinal) == typed), None)
    if typed and chosen is None:
        raise Invalid([Problem("milestone", "not_of_this_project")])
    return chosen


def _reference(session: Session, project: Project, key: str) -> tuple[str, str]:
    """Report and seal of a published photo of the project, as the record has it."""
    if not key:
        return "", ""
    found = next((each for each in pictures_of(Shelf(session), project.code) if each.key == key), None)
    if found is None:
        raise Invalid([Problem("reference", "no_such_reference")])
    return found.number, found.seal


def _told(session: Session, view: View, *, act: str, actor: Person, now: dt.datetime) -> None:
    project = view.project
    session.flush()
    audit.note(session, actor=actor, act=act, subject=view, now=now, code=project.code, ordinal=view.ordinal)
    log.publish(session, project_shown(project, dated=day_of(now).isoformat()), at=now)
