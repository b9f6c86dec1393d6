"""Asking a unit for photos of a milestone: what is there already is shown first, and who asks for it."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, NoSuchThing, Stale
from portal.domain.permissions import covers
from portal.domain.photo_requests import PhotoRequest
from portal.domain.progress import MAX_PHOTOS
from portal.queries.burden import for_each_milestone
from portal.queries.ledger import project_in_remit
from portal.rules.clock import day_of
from portal.web import filters
from portal.web.desk import find, now, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.supervisor_desk.showing import HOME
from portal.web.words import REPORT_STATES, by_field, refusal_words
from portal.workflows.ask_for_photos import RequestWords, ask_for_photos, take_back_request

bp = door(Blueprint("supervisor_requests", __name__), Audience.SUPERVISION)
USUAL = 6  # photos
WEEK = dt.timedelta(days=7)


@bp.get("/desk/supervision/projects/<code>/requests")
def show(code: str) -> Response:
    today = day_of(now())
    typed = RequestWords(cap=str(USUAL), due_on=(today + WEEK).isoformat())
    return _page(code, typed=typed)


@bp.post("/desk/supervision/projects/<code>/requests")
def ask(code: str) -> BaseResponse:
    """Ask, or join who asks already. Where photos of the milestone are there, they are shown first."""
    names = ("milestone", "cap", "due_on", "reason")
    typed = RequestWords(**{name: request.form.get(name, "") for name in names})
    shown = request.form.get("seen", "")
    seen = int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 6 else 0
    try:
        with writing() as (session, actor):
            assert actor.body is not None
            project = project_in_remit(session, body=actor.body, code=code)
            if project is None:
                raise NoSuchThing("no_such_thing")
            asked = ask_for_photos(
                session, project=project, words=typed, seen_photos=seen, actor=actor, now=now()
            )
            joined, day = len(asked.bodies) > 1, asked.due_on
    except Invalid as invalid:
        return _page(code, typed=typed, errors=by_field(invalid.problems), status=422)
    except Stale as stale:
        if stale.code != "photos_are_there":
            raise
        return _page(code, typed=typed, seen=stale.facts["photos"], said=refusal_words(stale), status=409)
    if joined:
        say(
            _(
                "别的督查机构已经在要，并在一起了，%(day)s前要。单位只报一次。",
                day=filters.day(day),
            )
        )
    else:
        say(_("已向单位要照片。单位报送了这个阶段目标的照片，这件就销掉。"))
    return redirect(window_path(f"{HOME}/projects/{code}/requests"), 303)


@bp.post("/desk/supervision/requests/<int:request_id>/take-back")
def take_back(request_id: int) -> BaseResponse:
    with writing() as (session, actor):
        asked = find(session, PhotoRequest, request_id)
        if not covers(actor, asked.project):
            raise NoSuchThing("no_such_thing")
        take_back_request(session, request=asked, actor=actor, now=now())
        code = asked.project.code
    say(_("您的机构不要了。别的机构还要的，单位照报。"))
    return redirect(window_path(f"{HOME}/projects/{code}/requests"), 303)


def _page(
    code: str,
    *,
    typed: RequestWords,
    errors: dict[str, str] | None = None,
    seen: int = 0,
    said: str = "",
    status: int = 200,
) -> Response:
    with reading() as (session, actor):
        assert actor.body is not None
        project = project_in_remit(session, body=actor.body, code=code)
        if project is None:
            raise NoSuchThing("no_such_thing")
        page = render_template(
            "supervisor_desk/requests.html",
            project=project,
            milestones=for_each_milestone(session, project),
            options=[(str(each.id), each.name) for each in project.milestones],
            body_id=actor.body_id,
            states=REPORT_STATES,
            typed=typed,
            errors=errors or {},
            seen=seen,
            said=said,
            most=MAX_PHOTOS,
            today=day_of(now()).isoformat(),
        )
    return make_response(page, status)
