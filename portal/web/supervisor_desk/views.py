"""The views of a project: making them, choosing references for them, filing photos under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing, Stale, WrongState
from portal.domain.organisation import Person
from portal.domain.permissions import permit_views
from portal.domain.plan import MAX_VIEW_NAME, MAX_VIEWS, Project, View
from portal.domain.progress import Photo
from portal.queries.ledger import project_in_remit
from portal.queries.views import ViewShown, published_pictures, views_of
from portal.record.pictures import Picture
from portal.web import filters
from portal.web.desk import find, now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.supervisor_desk.filing import published_shown
from portal.web.supervisor_desk.reasons import typed_in
from portal.web.supervisor_desk.review import review_page
from portal.web.supervisor_desk.showing import HOME, report_in_remit
from portal.web.words import by_field, refusal_words
from portal.workflows.arrange_views import (
    STILL,
    change_view,
    close_view,
    file_photo,
    make_view,
    reopen_view,
)

bp = door(Blueprint("supervisor_views", __name__), Audience.SUPERVISION)
OFFERED = 24  # published photos to choose a reference from: those taken from there first, then the newest

Typed = Mapping[str, str]
Errors = Mapping[str, str]


@bp.get("/desk/supervision/projects/<code>/views")
def views(code: str) -> Response:
    """The views of a project, and the form of a new one."""
    return _list_page(code)


@bp.post("/desk/supervision/projects/<code>/views")
def make(code: str) -> BaseResponse:
    typed = _typed("name", "milestone")
    try:
        with writing() as (session, actor):
            view = make_view(session, project=_project(session, actor, code), actor=actor, now=now(), **typed)
            name = view.name
    except Invalid as refusal:
        return _list_page(code, typed=typed, errors=by_field(refusal.problems), status=422)
    say(_("机位“%(name)s”设好了，已经公开。", name=name))
    return redirect(_path(code), 303)


@bp.get("/desk/supervision/projects/<code>/views/<int:ordinal>")
def view(code: str, ordinal: int) -> Response:
    """One view: its name, its milestone, its reference, whether it is in use."""
    return _page(code, ordinal)


@bp.post("/desk/supervision/projects/<code>/views/<int:ordinal>")
def change(code: str, ordinal: int) -> BaseResponse:
    """Save it (`act=save`), or put it out of use (`close`) or into use (`reopen`)."""
    typed = _typed("name", "milestone", "reference")
    act = request.form.get("act", "save")
    try:
        with writing() as (session, actor):
            found = _view(_project(session, actor, code), ordinal)
            if act == "close":
                close_view(session, view=found, actor=actor, now=now())
            elif act == "reopen":
                reopen_view(session, view=found, actor=actor, now=now())
            else:
                change_view(session, view=found, actor=actor, now=now(), **typed)
            name = found.name
    except Invalid as refusal:
        return _page(code, ordinal, typed=typed, errors=by_field(refusal.problems), status=422)
    say(_("机位“%(name)s”改好了。", name=name))
    return redirect(_path(code), 303)


@bp.post("/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>/view")
def file(report_id: int, photo_id: int) -> BaseResponse:
    """File a photo under review under another view; the reasons that were typed stay."""
    typed = typed_in(request.form)
    ordinal = request.form.get(f"view-{photo_id}", "")
    try:
        with writing() as (session, actor):
            report = report_in_remit(session, report_id, actor)
            photo = find(session, Photo, photo_id)
            if photo.report_id != report.id:
                raise NoSuchThing("no_such_thing")
            file_photo(session, report=report, photo=photo, ordinal=ordinal, actor=actor, now=now())
    except (Stale, WrongState) as refusal:
        return review_page(report_id, typed=typed, said=refusal_words(refusal), status=409)
    return review_page(report_id, typed=typed)


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in names}


def _path(code: str) -> str:
    return window_path(f"{HOME}/projects/{code}/views")


def _project(session: Session, actor: Person, code: str) -> Project:
    """A project whose views this person may arrange. Raises `NoSuchThing` and `NotPermitted`."""
    assert actor.body is not None
    found = project_in_remit(session, body=actor.body, code=code)
    if found is None:
        raise NoSuchThing("no_such_thing")
    permit_views(actor, found)
    return found


def _view(project: Project, ordinal: int) -> View:
    found = next((view for view in project.views if view.ordinal == ordinal), None)
    if found is None:
        raise NoSuchThing("no_such_thing")
    return found


def _list_page(
    code: str, *, typed: Typed | None = None, errors: Errors | None = None, status: int = 200
) -> Response:
    with reading() as (session, actor):
        project = _project(session, actor, code)
        shown = views_of(session, project)
        page = render_template(
            "supervisor_desk/views.html",
            project=project,
            path=_path(code),
            views=[_row(each) for each in shown],
            fixed=project.state in STILL,
            full=sum(each.view.closed_at is None for each in shown) >= MAX_VIEWS,
            most=MAX_VIEWS,
            **_form(project, typed or {}, errors or {}),
        )
    return make_response(page, status)


def _page(
    code: str,
    ordinal: int,
    *,
    typed: Typed | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    with reading() as (session, actor):
        project = _project(session, actor, code)
        here = _view(project, ordinal)
        (shown,) = (each for each in views_of(session, project) if each.view is here)
        pictures = published_pictures(session, project)
        chosen = shown.reference.key if shown.reference is not None and here.reference_seal else ""
        saved = {
            "name": here.name,
            "milestone": str(here.milestone.ordinal) if here.milestone is not None else "",
            "reference": chosen,
        }
        page = render_template(
            "supervisor_desk/view.html",
            project=project,
            view=here,
            path=f"{_path(code)}/{ordinal}",
            row=_row(shown),
            pictures=[published_shown(each) for each in _offered(pictures, ordinal, chosen)],
            fixed=project.state in STILL,
            **_form(project, {**saved, **(typed or {})}, errors or {}),
        )
    return make_response(page, status)


def _form(project: Project, typed: Typed, errors: Errors) -> dict[str, Any]:
    return {
        "typed": typed,
        "errors": errors,
        "limit": MAX_VIEW_NAME,
        "milestones": [(str(each.ordinal), each.name) for each in project.milestones],
    }


def _row(shown: ViewShown) -> dict[str, Any]:
    view = shown.view
    return {
        "name": view.name,
        "href": f"{_path(view.project.code)}/{view.ordinal}",
        "public": window_path(f"/projects/{view.project.code}/views/{view.ordinal}"),
        "milestone": view.milestone.name if view.milestone is not None else "",
        "count": len(shown.pictures),
        "closed": filters.day(view.closed_at) if view.closed_at is not None else "",
        "reference": published_shown(shown.reference) if shown.reference is not None else None,
    }


def _offered(pictures: Sequence[Picture], ordinal: int, chosen: str) -> list[Picture]:
    """The photo that is chosen now, those taken from the view, then the newest of the others."""
    newest_first = list(pictures)[::-1]
    from_here = [each for each in newest_first if each.view == ordinal]
    ranked = [each for each in newest_first if each.key == chosen] + from_here + newest_first
    return list({each.key: each for each in ranked}.values())[:OFFERED]
