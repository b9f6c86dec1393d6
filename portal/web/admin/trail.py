"""The trail of acts, for whoever has to find out who did what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request

from portal.domain.audit import newest_seal
from portal.queries.trail import PAGE, Trace, actors, acts, trail
from portal.record.log import latest
from portal.web.admin.asking import base_of_pages, number_typed, page_asked, pages_of
from portal.web.desk import reading
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.states import word
from portal.web.words import MATTER_ACTS

bp = door(Blueprint("admin_trail", __name__), Audience.ADMINISTRATION)

Say = Callable[[], str]
ACTS: Mapping[str, Say] = {
    "sign_in": lambda: _("登录"),
    "sign_in_failed": lambda: _("登录没成功"),
    "sign_out": lambda: _("退出"),
    "sign_out_everywhere": lambda: _("所有地方都退出"),
    "set_password": lambda: _("用链接设密码"),
    "change_password": lambda: _("换密码"),
    "create_person": lambda: _("加人"),
    "move_person": lambda: _("调动"),
    "disable_person": lambda: _("停用账号"),
    "enable_person": lambda: _("恢复账号"),
    "issue_link": lambda: _("发设密码的链接"),
    "mail_link": lambda: _("把设密码的链接发到邮箱"),
    "change_email": lambda: _("改邮箱"),
    "edit_remit": lambda: _("改职责范围"),
    "found_unit": lambda: _("加单位"),
    "change_unit": lambda: _("改单位"),
    "found_body": lambda: _("设督查机构"),
    "rename_body": lambda: _("督查机构改名"),
    "draw_up_plan": lambda: _("拟计划"),
    "add_project": lambda: _("加项目"),
    "adopt_plan": lambda: _("印发计划"),
    "change_project": lambda: _("改项目"),
    "start_draft": lambda: _("开始写报送"),
    "save_draft": lambda: _("保存草稿"),
    "save": lambda: _("保存草稿"),
    "discard_draft": lambda: _("作废草稿"),
    "add_photo": lambda: _("加照片"),
    "begin_upload": lambda: _("开始传照片"),
    "end_upload": lambda: _("不传这张了"),
    "give_code": lambda: _("按下拍照"),
    "agree_to_place": lambda: _("同意带位置"),
    "refuse_place": lambda: _("不带位置"),
    "remove_photo": lambda: _("移走照片"),
    "rerender_photo": lambda: _("照片重新制作"),
    "restore_photo": lambda: _("放回照片"),
    "move_photo": lambda: _("调照片顺序"),
    "add_video": lambda: _("加录像"),
    "remove_video": lambda: _("移走录像"),
    "restore_video": lambda: _("放回录像"),
    "make_film": lambda: _("录像转换好了"),
    "fail_film": lambda: _("录像没能转换"),
    "submit_report": lambda: _("报送"),
    "start_correction": lambda: _("开始更正"),
    "see_report": lambda: _("打开看"),
    "claim_report": lambda: _("开始审"),
    "release_report": lambda: _("放开不审"),
    "decide_approve": lambda: _("通过"),
    "decide_return": lambda: _("退回"),
    "undo_decision": lambda: _("撤销决定"),
    "effect_approve": lambda: _("通过生效，公开"),
    "effect_return": lambda: _("退回生效"),
    "withdraw_report": lambda: _("撤下"),
    "answer_likeness": lambda: _("看过相似的照片"),
    "open_original": lambda: _("下载原件"),
    "see_uncovered": lambda: _("看遮盖下面"),
    "cover_photo": lambda: _("打码"),
    "redact_photo": lambda: _("公开后打码"),
    "export_audit": lambda: _("导出这本日志"),
    "make_view": lambda: _("设机位"),
    "change_view": lambda: _("改机位"),
    "close_view": lambda: _("停用机位"),
    "reopen_view": lambda: _("恢复机位"),
    "file_photo": lambda: _("给照片归机位"),
    "ask_photos": lambda: _("要照片"),
    "join_request": lambda: _("并入别的机构要的照片"),
    "take_back_request": lambda: _("不要照片了"),
    "answer_request": lambda: _("开始报送要的照片"),
    "sweep_media": lambda: _("清理没有用到的文件"),
    "restore_media": lambda: _("放回隔离的文件"),
    "repair_media": lambda: _("用副本修好文件"),
    "retry_job": lambda: _("重试后台工作"),
    "discard_job": lambda: _("放弃后台工作"),
    "begin_import": lambda: _("开始导入旧档案"),
    "import_notes": lambda: _("导入旧档案的一批"),
    "end_import": lambda: _("旧档案导完"),
    "edit_aliases": lambda: _("改别名"),
    "let_file_be_tried": lambda: _("放行一个放到一边的文件"),
}
SUBJECTS: Mapping[str, Say] = {
    "report": lambda: _("报送"),
    "archive": lambda: _("旧档案"),
    "annual_plan": lambda: _("年度计划"),
    "unit": lambda: _("单位", n=1),
    "supervision_body": lambda: _("督查机构"),
    "person": lambda: _("人员"),
    "project": lambda: _("项目", n=1),
    "view": lambda: _("机位"),
    "video": lambda: _("录像"),
    "decision": lambda: _("决定"),
    "photo": lambda: _("照片"),
    "photo_request": lambda: _("要照片的要求"),
    "media": lambda: _("文件"),
    "job": lambda: _("后台工作"),
    "intake_attempt": lambda: _("收到的文件"),
}


@bp.get("/desk/admin/audit")
def listing() -> str:
    asked = {name: request.args.get(name, "").strip() for name in ("person", "act")}
    page = page_asked()
    with reading() as (session, _actor):
        found, total = trail(session, actor_id=number_typed(asked["person"]), act=asked["act"], page=page)
        seal = newest_seal(session)
        entry = None if seal is None else latest(session, f"audit/{seal.day}")
        return render_template(
            "admin/trail.html",
            traces=found,
            total=total,
            page=page,
            pages=pages_of(total, size=PAGE),
            asked=asked,
            base=base_of_pages(**asked),
            act_word=act_word,
            subject_words=subject_words,
            people=[(str(key), f"{name}（{login}）") for key, name, login in actors(session)],
            seal=seal,
            seal_entry=None if entry is None else entry.seq,
            acts=[(act, act_word(act)) for act in acts(session)],
        )


def act_word(act: str) -> str:
    """An act in words; its code when it is newer than this table."""
    if act.startswith("matter_"):
        return word(MATTER_ACTS, act.removeprefix("matter_"))
    say = ACTS.get(act)
    return say() if say else act


def subject_words(trace: Trace) -> str:
    """What an act was done to."""
    if trace.subject:
        return trace.subject
    say = SUBJECTS.get(trace.subject_kind)
    return f"{say() if say else trace.subject_kind} {trace.subject_id}" if trace.subject_kind else ""
