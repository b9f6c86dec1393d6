"""States, lamps and kinds in words, for windows and desks alike."""

from __future__ import annotations

from collections.abc import Callable

from portal.rules.lamps import Verdict
from portal.web.language import _

Say = Callable[[], str]

MATTER_STATES: dict[str, Say] = {
    "draft": lambda: _("拟立项"),
    "filed": lambda: _("已立项"),
    "assigned": lambda: _("已交办"),
    "accepted": lambda: _("已签收"),
    "in_progress": lambda: _("办理中"),
    "completion_claimed": lambda: _("申请办结"),
    "completed": lambda: _("已办结"),
    "closed": lambda: _("已销号"),
    "archived": lambda: _("已归档"),
    "suspended": lambda: _("中止"),
    "withdrawn": lambda: _("调出"),
}
PROJECT_KINDS: dict[str, Say] = {"project": lambda: _("重点工程"), "work_item": lambda: _("工作事项")}
UNIT_KINDS: dict[str, Say] = {
    "town": lambda: _("乡镇街道"),
    "bureau": lambda: _("区直委局"),
    "temporary": lambda: _("临时机构"),
}
BODY_KINDS: dict[str, Say] = {"dedicated": lambda: _("专门督查机构"), "part_time": lambda: _("兼职督查机构")}
LAMPS: dict[str, Say] = {
    "red": lambda: _("红灯·滞后"),
    "yellow": lambda: _("黄灯·预警"),
    "green": lambda: _("绿灯·正常"),
    "blue": lambda: _("蓝灯·办结"),
}
ACTS: dict[str, Say] = {
    "published": lambda: _("公开"),
    "corrected": lambda: _("更正"),
    "redacted": lambda: _("遮盖"),
    "withdrawn": lambda: _("撤下"),
}
ITEM_KINDS: dict[str, Say] = {
    "project": lambda: _("项目", n=1),
    "report": lambda: _("进展"),
    "unit": lambda: _("单位", n=1),
    "rules": lambda: _("规则"),
    "burden": lambda: _("减负账本"),
    "audit": lambda: _("内部审计日志的封条"),
    "authority": lambda: _("照片签名的证书"),
    "receipts": lambda: _("收件凭据的校验码"),
}
OUTCOMES: dict[str, Say] = {
    "published": lambda: _("已公开"),
    "returned": lambda: _("退回补正"),
    "refused": lambda: _("不予受理"),
    "withdrawn": lambda: _("已撤回"),
}
CAUSES: dict[str, Say] = {
    "completed": lambda: _("已经办结。"),
    "overdue": lambda: _("时限过了 %(late)s 天，还没有做完。"),
    "behind": lambda: _("比计划慢 %(gap)s 个百分点。"),
    "due_soon": lambda: _("离时限只有 %(days)s 天。"),
    "on_plan": lambda: _("和计划一样。"),
    "ahead": lambda: _("比计划快 %(ahead)s 个百分点。"),
}


def why(verdict: Verdict) -> str:
    """The sentence that explains a lamp."""
    facts = {"late": -verdict.days, "gap": verdict.gap, "days": verdict.days, "ahead": -verdict.gap}
    return CAUSES[verdict.cause.value]() % facts


def word(table: dict[str, Say], value: str) -> str:
    """The word for a stored value; the value itself when it is newer than this table."""
    say = table.get(value)
    return say() if say else value
