"""Refusals and states in words. Every code that the house can answer has a sentence that cures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.domain.errors import Problem, Refused
from portal.web.language import _

Say = Callable[[], str]

# Code of a refusal → sentence. `%(name)s` are the facts that come with it.
REFUSALS: dict[str, Say] = {
    "not_your_unit": lambda: _("这是别的单位的事，只有责任单位的人能办。"),
    "not_yours_to_decide": lambda: _("这一件不归您审：不在您机构的职责范围内，或者是您自己、本单位报送的。"),
    "administrators_only": lambda: _("这件事只有管理员能办。"),
    "no_such_thing": lambda: _("没有找到，或者不是给您看的。"),
    "wrong_state": lambda: _("现在不能这样做：别人可能已经办过了。刷新看看现在的状态。"),
    "order_is_fixed": lambda: _("退回补正时不能再调顺序，换掉被退回的照片就行。"),
    "project_takes_no_reports": lambda: _("这个项目现在不收报送：还没交办，或者已经办结。"),
    "project_takes_no_views": lambda: _("这个项目现在不改机位：还没公开，或者已经中止、调出、归档。"),
    "too_many_views": lambda: _("一个项目最多 %(most)s 个在用的机位。先停用一个再加。"),
    "view_is_closed": lambda: _("这个机位已经停用。"),
    "view_is_open": lambda: _("这个机位正在用。"),
    "draft_changed_elsewhere": lambda: _("这份草稿在别处存过一次。您写的还在下面，核对后再存。"),
    "project_changed_elsewhere": lambda: _("这个项目刚被别人改过。您填的还在下面，核对后再存。"),
    "person_changed_elsewhere": lambda: _("这个人的资料刚被别人改过。刷新后再改。"),
    "unit_changed_elsewhere": lambda: _("这个单位刚被别人改过。您填的还在下面，核对后再存。"),
    "body_changed_elsewhere": lambda: _("这个督查机构刚被别人改过。您填的还在下面，核对后再存。"),
    "remit_changed_elsewhere": lambda: _("这个机构的职责范围刚被别人改过。您勾选的还在下面，核对后再存。"),
    "aliases_changed_elsewhere": lambda: _("别名刚被别人改过。您写的还在下面，核对后再存。"),
    "report_changed_since_seen": lambda: _("您看过之后这份报送又变了。请看新的内容再决定。"),
    "covers_changed_elsewhere": lambda: _("这一张的框刚被别人改过。您画的还在，核对后再存。"),
    "original_missing": lambda: _("封存的原图读不出来，盖不了。请告诉管理员；急的话先退回或撤下。"),
    "already_decided": lambda: _("%(by)s已经作了决定，不用再审。"),
    "claimed": lambda: _("%(by)s正在审这一件，5 分钟没有动作会自动放开。"),
    "corrected_version_is_gone": lambda: _("它要更正的那一版已经撤下或另有更正，不能再公开。"),
    "too_late_to_undo": lambda: _("过了 10 秒，已经生效，撤不回来了。需要改就走更正或撤下。"),
    "too_many_photos": lambda: _("一次最多 %(most)s 张照片。先移走一张再加。"),
    "photo_not_open": lambda: _("这张照片没有被退回，不用换。"),
    "file_not_set_aside": lambda: _("这个文件刚被别人放行，或者已经收下了。"),
    "film_not_ready": lambda: _("录像还在转换，转换好、看过以后再通过。现在可以退回。"),
    "film_failed": lambda: _("有一段录像没能转换，不能公开。请退回，让单位移走或换一段。"),
    "too_many_videos": lambda: _("一次最多 %(most)s 段录像。先移走一段再加。"),
    "videos_not_open": lambda: _("录像没有被退回，不用换。"),
    "job_not_set_aside": lambda: _("这件工作刚被别人处理过，或者已经做成了。"),
    "plan_changed_elsewhere": lambda: _("计划刚被别人改过。看看新的清单再印发。"),
    "plan_already_adopted": lambda: _("%(year)s年的计划已经印发过了。"),
    "too_many_tries": lambda: _("试的次数太多，请 %(seconds)s 秒后再来。"),
    "too_many_subscriptions": lambda: _("一个邮箱最多订 %(most)s 条。先在信里停掉一条，再点这个链接。"),
    "too_many_subscriptions_asked": lambda: _("短时间里订的太多，请 %(seconds)s 秒后再来。"),
    "too_many_links": lambda: _("从您这里打开的无效链接太多。"),
    "too_many_drafts": lambda: _("开始的报送太多，没有再开新的。写好的都还在。"),
    "too_many_uploads": lambda: _("传得太快，这张没有收下。%(seconds)s 秒后再传，别的照片都还在。"),
    "too_many_uploads_open": lambda: _("传到一半的已经有 %(most)s 张。先把它们传完，或者取消几张。"),
    "photos_are_there": lambda: _(
        "“%(milestone)s”已经有 %(photos)s 张照片，各机构通用。先看看够不够；不够再要，写明还缺什么。"
    ),
    "already_asked": lambda: _("您的机构已经在要这个阶段目标的照片，单位还没有报送。"),
    "request_is_over": lambda: _("这件要求已经了结：单位报送过了，或者不要了。"),
    "unit_day_is_full": lambda: _(
        "本单位今天传了 %(files)s 个文件、%(mb)s MB，到一天的上限了（%(most_files)s 个、%(most_mb)s MB）。"
        "这张没有收下，别的都还在。今晚 24:00 以后再传；要传得更多，请管理员调高上限。"
    ),
    "link_not_valid": lambda: _("这个链接用过了或过期了。请管理员再发一个。"),
    "invalid": lambda: _("有几处要改，改好再提交。"),
}

# (field or "*", code) → sentence.
PROBLEMS: dict[tuple[str, str], Say] = {
    ("milestone", "missing"): lambda: _("选一个阶段目标，才知道这次报的是哪一步。"),
    ("milestone", "not_of_this_project"): lambda: _("这个阶段目标不是本项目的，重新选一个。"),
    ("month", "missing"): lambda: _("选一个月份。"),
    ("month", "not_a_month"): lambda: _("月份写成 2026-11 这样。"),
    ("month", "in_the_future"): lambda: _("这个月还没到。"),
    ("month", "before_the_start"): lambda: _("这个月项目还没开始。"),
    ("physical_percent", "missing"): lambda: _("填形象进度，0 到 100。"),
    ("physical_percent", "not_a_percent"): lambda: _("形象进度填 0 到 100 的整数，现在是“%(typed)s”。"),
    ("done", "missing"): lambda: _("写一句做成了什么。"),
    ("correction_reason", "missing"): lambda: _("写明为什么更正，公众看得到。"),
    ("*", "too_long"): lambda: _("太长了：%(has)s 字，最多 %(most)s 字。"),
    ("*", "caption_missing"): lambda: _("第 %(place)s 张照片还没有说明，写一句拍的是什么。"),
    ("*", "no_such_view"): lambda: _("这个项目没有这个机位，重新选一个。"),
    ("*", "no_such_reference"): lambda: _("这张照片没有公开，或者已经撤下。换一张作参照。"),
    ("*", "view_needs_name"): lambda: _("给机位起个名字，比如“大门”。"),
    ("*", "view_name_taken"): lambda: _("这个项目已经有同名的机位，换个名字。"),
    ("*", "description_missing"): lambda: _(
        "第 %(place)s 段录像还没有文字说明，至少 %(least)s 个字：看不到录像的人靠它知道拍了什么。"
    ),
    ("*", "film_failed"): lambda: _("第 %(place)s 段录像没能转换，移走或换一段。"),
    ("*", "not_a_day"): lambda: _("日期写成 2026-11-24 这样，现在是“%(typed)s”。"),
    ("*", "in_the_future"): lambda: _("这一天还没到。"),
    ("*", "photo_not_replaced"): lambda: _("第 %(place)s 张照片被退回，换一张或移走。"),
    ("*", "caption_not_changed"): lambda: _("第 %(place)s 张照片的说明被退回，改一改。"),
    ("*", "passage_not_changed"): lambda: _("这一段被退回，还没有改。"),
    ("reasons", "reason_missing"): lambda: _("退回要说原因：勾选一条，或写一句。"),
    ("reasons", "unknown_reason"): lambda: _("有一条原因对不上照片或段落，刷新后重选。"),
    ("boxes", "nothing_new_covered"): lambda: _("没有新的框。公开以后只能多盖，不能去掉。"),
    ("boxes", "too_many_boxes"): lambda: _("一张照片最多 %(most)s 处。"),
    ("cap", "not_a_cap"): lambda: _("张数填 1 到 %(most)s，现在是“%(typed)s”。"),
    ("due_on", "in_the_past"): lambda: _("这一天已经过了，选今天或者以后。"),
    ("reason", "missing"): lambda: _("写明原因。"),
    ("basis", "missing"): lambda: _("写明依据哪一条规定。"),
    ("name", "missing"): lambda: _("填名称。"),
    ("content", "missing"): lambda: _("写明主要内容。"),
    ("category", "missing"): lambda: _("选一个类别。"),
    ("leader", "exactly_one"): lambda: _("责任领导有且只有一位，现在是 %(has)s 位。"),
    ("unit", "exactly_one"): lambda: _("责任单位有且只有一个，现在是 %(has)s 个。"),
    ("person", "exactly_one"): lambda: _("责任人有且只有一位，现在是 %(has)s 位。"),
    ("leader", "not_a_leader"): lambda: _("责任领导要从区领导里选。"),
    ("person", "not_of_the_unit"): lambda: _("责任人要是责任单位的人。"),
    ("person", "not_yourself"): lambda: _("不能停用自己的账号。"),
    ("person", "disabled"): lambda: _("账号已停用，先恢复再发链接。"),
    ("town", "not_a_town"): lambda: _("所在乡镇街道要选一个。"),
    ("investment_wan", "negative"): lambda: _("投资额不能是负数。"),
    ("investment_wan", "not_a_number"): lambda: _("投资额填整数万元。"),
    ("due_on", "due_before_start"): lambda: _("时限早于开始的日子，改其中一个。"),
    ("place", "not_coordinates"): lambda: _("坐标填经度和纬度两个数，如 118.123456 和 36.654321。"),
    ("place", "coordinates_elsewhere"): lambda: _("坐标不在国内，经度和纬度可能填反了。"),
    ("milestones", "missing"): lambda: _("至少写一个阶段目标。"),
    ("milestones", "curve_ends_below_100"): lambda: _("最后一个阶段目标要到 100%。"),
    ("milestones", "curve_days_out_of_order"): lambda: _(
        "阶段目标要按先后写，日子一个比一个晚；同一天的两个，并成一个。"
    ),
    ("milestones", "curve_falls"): lambda: _("时序进度不能往回走。"),
    ("milestones", "milestone_outside"): lambda: _("第 %(place)s 个阶段目标不在开始和时限之间。"),
    ("milestones", "milestone_reported"): lambda: _(
        "第 %(place)s 个阶段目标“%(name)s”不能去掉：已经有报送写的是它。可以改它的内容和时限。"
    ),
    ("remit", "remit_is_empty"): lambda: _("至少勾选一个单位或项目，不然这个机构什么都审不了。"),
    ("remit", "not_there"): lambda: _("有一个单位或项目找不到了，刷新后重选。"),
    ("role", "missing"): lambda: _("选一个角色。"),
    ("title", "missing"): lambda: _("填计划的名称。"),
    ("year", "not_a_year"): lambda: _("年份写成 2027 这样，2000 到 2099。"),
    ("kind", "missing"): lambda: _("选重点工程或工作事项。"),
    ("milestones", "milestone_incomplete"): lambda: _(
        "第 %(place)s 个阶段目标没有填全：名称、内容、时限、时序进度都要有。"
    ),
    ("milestones", "milestone_day"): lambda: _(
        "第 %(place)s 个阶段目标的日期写成 2026-11-24 这样，现在是“%(typed)s”。"
    ),
    ("milestones", "milestone_percent"): lambda: _(
        "第 %(place)s 个阶段目标的时序进度填 0 到 100 的整数，现在是“%(typed)s”。"
    ),
    ("project", "nothing_changed"): lambda: _("什么都没有改。"),
    ("plan", "plan_is_empty"): lambda: _("计划里还没有项目，不能印发。"),
    ("login", "not_a_login"): lambda: _("登录名用小写字母开头，2 到 40 个字母、数字、点、横线。"),
    ("login", "login_taken"): lambda: _("这个登录名有人用了。"),
    ("email", "not_an_address"): lambda: _("邮箱写成 liwen@example.org 这样，只用英文字母、数字和符号。"),
    ("unit", "missing"): lambda: _("选一个单位。"),
    ("body", "missing"): lambda: _("选一个督查机构。"),
    ("unit", "has_a_body"): lambda: _("这个单位已经有%(body)s，一个单位只设一个。"),
    ("code", "not_a_unit_code"): lambda: _("代码用 2 到 8 个字母或数字，比如 B94。"),
    ("code", "code_taken"): lambda: _("这个代码有单位用了，换一个。"),
    ("name", "name_taken"): lambda: _("这个名称已经有了，换一个。"),
    ("name", "nothing_changed"): lambda: _("什么都没有改。"),
    ("groups", "too_many"): lambda: _("最多 %(most)s 组。"),
    ("groups", "alone"): lambda: _("第 %(line)s 行只有一个名称：一行至少写两个，用顿号隔开。"),
    ("groups", "too_long"): lambda: _("第 %(line)s 行的“%(name)s”太长，一个名称最多 %(most)s 个字。"),
    ("groups", "nothing_changed"): lambda: _("什么都没有改。"),
    ("kind", "not_a_kind"): lambda: _("选一种类型。"),
    ("password", "too_short"): lambda: _("密码至少 %(least)s 个字。"),
    ("password", "too_long"): lambda: _("密码最多 %(most)s 个字。"),
    ("old_password", "wrong"): lambda: _("现在的密码不对。"),
    ("again", "not_the_same"): lambda: _("两次填的密码不一样。"),
    ("*", "missing"): lambda: _("这一项要填。"),
}

# Why a photo was refused, by `portal.imaging.developed.Refusal`, and what the intake itself refuses.
PHOTO_REFUSALS: dict[str, Say] = {
    "empty": lambda: _("文件是空的。重新选一次；还是空的，就在手机上打开看看照片还在不在。"),
    "not_a_photo": lambda: _("不是照片。只收 HEIC、JPEG、PNG、WebP、AVIF 图片，重新选一张。"),
    "not_this_kind": lambda: _("这种图片格式收不了。用手机相册“复制为 JPEG”或截一张图再选。"),
    "truncated": lambda: _("照片只有半截。多半是没传完，重新选一次。"),
    "too_many_pixels": lambda: _("超过 1.2 亿像素。在手机上把照片调小一点再选。"),
    "animated": lambda: _("是会动的图。选一张静止的照片。"),
    "too_small": lambda: _("太小或太细长，看不清。选一张正常的照片。"),
    "too_heavy": lambda: _("太复杂，处理不了。用手机截一张图再选。"),
    "corrupt": lambda: _("照片坏了，打不开。重新拍一张或换一张。"),
    "too_large": lambda: _("超过 40 MB。在手机上选“压缩后”或调小再选。"),
    "full": lambda: _("服务器的盘满了，这张没有收下。过一会儿再选一次，其他照片不受影响。"),
    "reserve": lambda: _(
        "服务器快没有空间了，暂时不收照片，这张没有收下。文字照常能存、能报；腾出空间后会自己恢复，过一会儿再选一次。"
    ),
    "not_kept": lambda: _("服务器的盘出了错，这张没有收下。过一会儿再选一次；还是这样，请告诉管理员。"),
    "crashed": lambda: _("处理时出了错，这张没有收下。换一张试试。"),
    "file_crashed": lambda: _("处理到一半中断了，这张没有收下。再选一次；还不行就用手机截一张图。"),
    "file_set_aside": lambda: _(
        "处理这张照片两次都中断，已经放到一边，管理员看得到。用手机截一张图再选，多半能收。"
    ),
    "file_being_worked_on": lambda: _("这张照片正在处理。过五分钟再选一次。"),
    "busy": lambda: _("服务器正忙，这张没有收下。过一会儿再选一次。"),
    "too_many_photos": lambda: _("已经有 20 张了。先移走一张再加。"),
}

PHOTO_PRESETS: dict[str, Say] = {
    "unclear": lambda: _("看不清关键部位"),
    "wrong_place": lambda: _("不是这个地方"),
    "duplicate": lambda: _("和别的照片重复"),
    "of_a_screen": lambda: _("像是翻拍的，请到现场拍"),
    "faces": lambda: _("拍到了人脸或车牌"),
    "caption_mismatch": lambda: _("说明和照片对不上"),
}
PASSAGE_PRESETS: dict[str, Say] = {
    "too_vague": lambda: _("太笼统，写具体些"),
    "no_figures": lambda: _("缺少数量"),
    "contradicts_photos": lambda: _("文字和照片对不上"),
    "personal_data": lambda: _("有个人信息，请去掉"),
    "film_unclear": lambda: _("录像看不清关键部位"),
    "film_wrong_place": lambda: _("录像不是这个地方"),
    "film_faces": lambda: _("录像拍到了人脸或车牌"),
    "film_mismatch": lambda: _("说明和录像对不上"),
}
PASSAGES: dict[str, Say] = {
    "done": lambda: _("做成了什么"),
    "problems": lambda: _("问题和困难"),
    "next_step": lambda: _("下一步"),
    "physical_percent": lambda: _("形象进度"),
    "month": lambda: _("月份"),
    "milestone": lambda: _("阶段目标"),
    "videos": lambda: _("录像"),
}
REPORT_STATES: dict[str, Say] = {
    "draft": lambda: _("草稿"),
    "submitted": lambda: _("已报送"),
    "in_review": lambda: _("审核中"),
    "returned": lambda: _("退回补正"),
    "published": lambda: _("已公开"),
    "superseded": lambda: _("已更正"),
    "withdrawn": lambda: _("已撤下"),
    "discarded": lambda: _("草稿作废"),
}
ROLES: dict[str, Say] = {
    "reporter": lambda: _("单位报送员"),
    "head": lambda: _("单位负责人"),
    "supervisor": lambda: _("督查员"),
    "leader": lambda: _("责任领导"),
    "administrator": lambda: _("管理员"),
}
MATTER_ACTS: dict[str, Say] = {
    "file": lambda: _("立项"),
    "assign": lambda: _("交办"),
    "accept": lambda: _("签收"),
    "start": lambda: _("开始办理"),
    "claim_completion": lambda: _("申请办结"),
    "complete": lambda: _("办结"),
    "return": lambda: _("退回重办"),
    "close_out": lambda: _("销号"),
    "archive": lambda: _("归档"),
    "suspend": lambda: _("中止"),
    "resume": lambda: _("恢复"),
    "take_out": lambda: _("调出"),
}


def refusal_words(refusal: Refused) -> str:
    """A refusal as a sentence in the reader's language."""
    say = REFUSALS.get(refusal.code, REFUSALS["wrong_state"])
    return say() % refusal.facts if refusal.facts else say()


def problem_words(problem: Problem) -> str:
    """What is wrong with one field, as a sentence that cures."""
    say = PROBLEMS.get((problem.field, problem.code)) or PROBLEMS[("*", problem.code)]
    return say() % problem.facts if problem.facts else say()


def by_field(problems: Any) -> dict[str, str]:
    """The first sentence for each field."""
    said: dict[str, str] = {}
    for problem in problems:
        said.setdefault(problem.field, problem_words(problem))
    return said
