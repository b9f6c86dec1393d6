"""What was published in the remit, and taking it down: a reason, a legal basis, one look before it happens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Invalid
from portal.domain.lifecycle import ReportAct, ReportState
from portal.domain.permissions import may_report, permit_report
from portal.domain.progress import Report
from portal.queries.ledger import published_in_remit
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _, window_path
from portal.web.states import Say
from portal.web.supervisor_desk.showing import HOME, gone_page, photo_shown, report_in_remit, report_path
from portal.web.words import by_field
from portal.workflows.withdraw_report import withdraw_report

bp = door(Blueprint("supervisor_published", __name__), Audience.SUPERVISION)
PAGE = 30
MOST_TEXT = 60  # characters of what is looked for

# What stays on the tombstone is Chinese, whatever language the desk speaks.
REASONS: dict[str, Say] = {
    "拍到了人脸、车牌或证件等个人信息": lambda: _("拍到了人脸、车牌或证件等个人信息"),
    "写了个人信息": lambda: _("写了个人信息"),
    "内容不属实": lambda: _("内容不属实"),
    "报错了项目": lambda: _("报错了项目"),
    "涉及依法不得公开的内容": lambda: _("涉及依法不得公开的内容"),
}
# Names of Chinese law; they are public on the tombstone and are not translated.
BASES = (
    "《中华人民共和国政府信息公开条例》第十四条",
    "《中华人民共和国政府信息公开条例》第十五条",
    "《中华人民共和国个人信息保护法》第四十七条",
    "《中华人民共和国保守国家秘密法》第三条",
)


@bp.get("/desk/supervision/published")
def published() -> str:
    text = request.args.get("q", "").strip()[:MOST_TEXT]
    asked = request.args.get("page", "1")
    page = max(int(asked), 1) if asked.isdecimal() and len(asked) < 8 else 1
    with reading() as (session, actor):
        assert actor.body is not None
        found = published_in_remit(session, body=actor.body, text=text, page=page, size=PAGE)
        rows = [(report, may_report(actor, ReportAct.WITHDRAW, report)) for report in found.reports]
        return render_template(
            "supervisor_desk/published.html",
            rows=rows,
            total=found.total,
            text=text,
            page=page,
            pages=(found.total + PAGE - 1) // PAGE,
        )


@bp.get("/desk/supervision/reports/<int:report_id>/withdraw")
def withdraw_form(report_id: int) -> Response:
    return _page(report_id, {})


@bp.post("/desk/supervision/reports/<int:report_id>/withdraw")
def withdraw(report_id: int) -> BaseResponse:
    """First shows what will happen (`step=check`), then does it (`step=withdraw`)."""
    typed = {"preset": request.form.get("preset", ""), "text": request.form.get("text", "").strip()}
    typed["basis"] = request.form.get("basis", "").strip()
    reason = "：".join(part for part in (typed["preset"], typed["text"]) if part)
    step = request.form.get("step")
    if step == "back":
        return _page(report_id, typed)
    if step != "withdraw" and reason and typed["basis"]:
        return _page(report_id, typed, check=reason)
    try:
        number = _withdraw(report_id, reason, typed["basis"])
    except Invalid as refusal:
        return _page(report_id, typed, errors=by_field(refusal.problems), status=422)
    say(_("%(number)s 已撤下。原处留下了原因和依据。", number=number))
    return redirect(window_path(f"{HOME}/published"), 303)


def _withdraw(report_id: int, reason: str, basis: str) -> str | None:
    """Take it down; its number. Raises `Invalid` without a reason or a basis."""
    with writing() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        withdraw_report(
            session, report=report, reason=reason, basis=basis, actor=actor, queue=portal().queue, now=now()
        )
        return report.number


def _page(
    report_id: int,
    typed: dict[str, str],
    *,
    check: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        permit_report(actor, ReportAct.WITHDRAW, report)
        if report.state is not ReportState.PUBLISHED:
            return gone_page(
                report, headline=_("现在不能撤下"), way_href=f"{HOME}/published", way=_("回到已公开")
            )
        context: dict[str, Any] = {
            "report": report,
            "path": report_path(report, "withdraw"),
            "photo": photo_shown(report.photos[0], number=1) if report.photos else None,
            "versions": session.scalar(select(func.count()).where(Report.number == report.number)),
            "options": [(reason, label()) for reason, label in REASONS.items()]
            + [("", _("都不是，写在下面"))],
            "bases": BASES,
            "typed": typed,
            "errors": errors or {},
            "check": check,
        }
        return make_response(render_template("supervisor_desk/withdraw.html", **context), status)
