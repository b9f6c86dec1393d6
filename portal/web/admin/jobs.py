"""Work behind the scenes that failed for good, and files with which their workers ended: what it was, why it failed,
and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.domain.errors import Stale
from portal.queries.set_aside import files_set_aside
from portal.web.desk import now, portal, reading, say, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.words import refusal_words
from portal.workflows import attempt_file
from portal.workflows.tend_jobs import discard_job, retry_job

bp = door(Blueprint("admin_jobs", __name__), Audience.ADMINISTRATION)

Say = Callable[[], str]
KINDS: Mapping[str, Say] = {
    "take_effect": lambda: _("让审核决定生效"),
    "destroy_media": lambda: _("销毁撤下的照片"),
    "scrub_database": lambda: _("清掉数据库文件里已经删除的内容"),
    "send_letter": lambda: _("发一封邮件"),
    "confirm_subscription": lambda: _("发一封确认订阅的邮件"),
    "send_digest": lambda: _("发一封订阅邮件"),
}
GIVEN_UP: Mapping[str, Say] = {
    "take_effect": lambda: _("放弃以后，这次审核决定不会生效，报送一直停在待审核。"),
    "destroy_media": lambda: _("放弃以后，撤下的照片文件还留在存储里，要人工删除。"),
    "scrub_database": lambda: _("放弃以后，撤下的内容可能还有残片留在数据库文件里，下次撤下时一起清掉。"),
    "send_letter": lambda: _(
        "放弃以后，这封邮件不再发。链接可以再发一个，退回的报送在单位的工作台上看得到。"
    ),
    "confirm_subscription": lambda: _("放弃以后，订阅的人收不到确认信，可以自己再订一次。"),
    "send_digest": lambda: _("放弃以后，下一个整点会再排一次，内容一样，不会漏。"),
}


@bp.get("/desk/admin/jobs")
def listing() -> Response:
    return _page()


@bp.post("/desk/admin/jobs/<int:job_id>/retry")
def retry(job_id: int) -> BaseResponse:
    return _tended(retry_job, job_id, said=_("第 %(id)s 号已重新排队，几秒后再试。", id=job_id))


@bp.post("/desk/admin/jobs/<int:job_id>/discard")
def discard(job_id: int) -> BaseResponse:
    return _tended(discard_job, job_id, said=_("第 %(id)s 号已放弃。", id=job_id))


@bp.post("/desk/admin/files/<int:file_id>/retry")
def let_file_be_tried(file_id: int) -> BaseResponse:
    try:
        with writing() as (session, actor):
            attempt_file.let_file_be_tried(session, attempt_id=file_id, actor=actor, now=now())
    except Stale as refusal:
        return _page(refusal)
    say(_("放行了。请报送的人再选一次这个文件。"))
    return redirect(url_for("admin_jobs.listing"), 303)


def _tended(act: Callable[..., None], job_id: int, *, said: str) -> BaseResponse:
    """Do it and say so; what somebody else has dealt with meanwhile is shown as it stands now."""
    try:
        with writing() as (session, actor):
            act(session, queue=portal().queue, job_id=job_id, actor=actor, now=now())
    except Stale as refusal:
        return _page(refusal)
    say(said)
    return redirect(url_for("admin_jobs.listing"), 303)


def job_word(kind: str) -> str:
    """A kind of job in words; its code when it is newer than this table."""
    return KINDS[kind]() if kind in KINDS else kind


def _page(refusal: Stale | None = None) -> Response:
    shown = [
        (job, job_word(job.kind), error, GIVEN_UP[job.kind]() if job.kind in GIVEN_UP else "")
        for job, error in portal().queue.set_aside()
    ]
    with reading() as (session, _actor):
        page = render_template(
            "admin/jobs.html",
            jobs=shown,
            files=files_set_aside(session),
            stale=refusal_words(refusal) if refusal is not None else "",
        )
    return make_response(page, 200 if refusal is None else 409)
