"""Claiming, deciding, and taking a decision back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid, Stale, WrongState
from portal.domain.progress import CLAIM_LASTS, Decision, Verb
from portal.queries.review import next_to_decide, queue_of
from portal.web.desk import find, now, portal, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.supervisor_desk.reasons import Typed, typed_in
from portal.web.supervisor_desk.review import review_page
from portal.web.supervisor_desk.showing import HOME, report_in_remit, report_path
from portal.web.words import problem_words, refusal_words
from portal.workflows.moderate_report import claim_report, decide_report, release_report, undo_decision

bp = door(Blueprint("supervisor_decide", __name__), Audience.SUPERVISION)


@bp.post("/desk/supervision/reports/<int:report_id>/decide")
def decide(report_id: int) -> BaseResponse:
    """Approve or return; then on to the next submission. What was typed is kept when it is not taken."""
    typed = typed_in(request.form)
    verb = Verb.APPROVE if request.form.get("verb") == Verb.APPROVE.value else Verb.RETURN
    if verb is Verb.APPROVE and typed.targets:
        said = _("您写了退回原因，又按了通过。要退回就按退回；要通过，先把原因去掉。")
        return review_page(report_id, typed=typed, said=said, status=422)
    try:
        return redirect(_decide(report_id, verb, typed), 303)
    except Invalid as refusal:
        said = "　".join(dict.fromkeys(problem_words(problem) for problem in refusal.problems))
        return review_page(report_id, typed=typed, said=said, status=422)
    except (Stale, WrongState) as refusal:
        return review_page(report_id, typed=typed, said=refusal_words(refusal), status=409)


def _decide(report_id: int, verb: Verb, typed: Typed) -> str:
    """Decide and answer where to go on."""
    seen_round = request.form.get("seen_round", "")
    with writing() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        following = next_to_decide(queue_of(session, person=actor, now=now()), report.id)
        decide_report(
            session,
            report=report,
            verb=verb,
            reasons=typed.whys(),
            seen_round=int(seen_round) if seen_round.isdecimal() else -1,
            seen_hash=request.form.get("seen_hash", ""),
            actor=actor,
            queue=portal().queue,
            now=now(),
        )
        return report_path(following) if following is not None else window_path(HOME)


@bp.post("/desk/supervision/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> BaseResponse:
    """Take a decision back and return to what it was about."""
    with writing() as (session, actor):
        decision = find(session, Decision, decision_id)
        report = report_in_remit(session, decision.report_id, actor)
        undo_decision(session, decision=decision, actor=actor, queue=portal().queue, now=now())
        where = report_path(report)
    say(_("已撤销，这一件还在您手里。"))
    return redirect(where, 303)


@bp.post("/desk/supervision/reports/<int:report_id>/claim")
def claim(report_id: int) -> BaseResponse:
    """Hold a submission for five minutes, or five more."""
    with writing() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        claim_report(session, report=report, actor=actor, now=now())
        where = report_path(report)
    return _answer(where, minutes=int(CLAIM_LASTS.total_seconds()) // 60)


@bp.post("/desk/supervision/reports/<int:report_id>/release")
def release(report_id: int) -> BaseResponse:
    """Give a submission back to the queue."""
    with writing() as (session, actor):
        release_report(session, report=report_in_remit(session, report_id, actor), actor=actor, now=now())
    return _answer(window_path(HOME), minutes=0)


def _answer(where: str, *, minutes: int) -> BaseResponse:
    """For scripts how long the claim lasts, for people the next page."""
    if request.accept_mimetypes.best == "application/json":
        answer: Response = make_response(jsonify(minutes=minutes))
        return answer
    return redirect(where, 303)
