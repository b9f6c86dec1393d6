"""How this site would stand in the yearly inspection of government sites: each indicator, what says so, the cure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.ports import SearchUnavailable
from portal.record.signed import is_frozen
from portal.record.tables import Entry
from portal.rules.clock import day_of
from portal.rules.inspection import NEWS, NOTICES, Column, Facts, Finding, Part, Verdict, inspect
from portal.web.desk import now, portal, reading
from portal.web.doors import Audience, door
from portal.web.filters import day
from portal.web.language import _

bp = door(Blueprint("admin_inspection", __name__), Audience.ADMINISTRATION)

Say = Callable[[], str]
Told = Callable[[Mapping[str, Any]], str]
COLUMNS: Mapping[str, tuple[Say, Any]] = {
    "report": (lambda: _("进展"), NEWS),
    "project": (lambda: _("项目"), NOTICES),
    "unit": (lambda: _("单位"), None),
    "burden": (lambda: _("减负账本"), NOTICES),
}
FOOTER = (
    *("organiser", "undertaker", "address", "phone", "site_code", "icp", "police"),
    *("party_mark", "accessible_mark", "find_errors"),
)
LAMPS = {Verdict.MET: "green", Verdict.FAILED: "red", Verdict.LOOK: "yellow"}
VERDICTS: Mapping[Verdict, Say] = {
    Verdict.MET: lambda: _("符合"),
    Verdict.FAILED: lambda: _("不符合"),
    Verdict.LOOK: lambda: _("要人看"),
}
# Indicator → its name, what says so, and the cure.
WORDS: Mapping[str, tuple[Say, Told, Say]] = {
    "safety": (
        lambda: _("安全、泄密事故等严重问题"),
        lambda _f: _(
            "公开记录随时和签过名的对；发布前每一件都有人审。表述对不对、该不该公开，程序看不出来。"
        ),
        lambda: _("公开记录停住时先查清原因，再恢复。"),
    ),
    "reachable": (
        lambda: _("站点无法访问"),
        lambda f: _("程序自己看不到从外面打不打得开；做不下去的后台工作有 %(n)s 件。", n=f["jobs"]),
        lambda: _("用监测服务每分钟访问一次 /readyz。"),
    ),
    "front_page": (
        lambda: _("首页不更新"),
        lambda f: _(
            "最近一次更新：%(day)s；%(n)s 天内要有。", day=day(f["newest"]) if f["newest"] else "—", n=f["days"]
        ),
        lambda: _("催责任单位报送进展，督查机构及时审核。"),
    ),
    "columns": (
        lambda: _("栏目不更新"),
        lambda f: _(
            "过期的栏目：%(stale)s；空白的栏目：%(empty)s。各到 5 个就单项否决。",
            stale="、".join(f["stale"]) or _("没有"),
            empty="、".join(f["empty"]) or _("没有"),
        ),
        lambda: _("进展两周内、其余半年内要有更新；没有内容的栏目先不开。"),
    ),
    "errors": (
        lambda: _("严重错误"),
        lambda _f: _("错别字和表述要人校对；更正留有版本，查得到。"),
        lambda: _("发现了就走更正，写明原因。"),
    ),
    "answers": (
        lambda: _("互动回应差"),
        lambda f: _("页脚有电话 %(phone)s；网上来信的答复期限要人核对。", phone=f["phone"]),
        lambda: _("有效留言三个月内必须答复。"),
    ),
    "domain": (
        lambda: _("域名名称"),
        lambda f: _("现在是 %(domain)s；政府网站要以 .gov.cn 结尾。", domain=f["domain"] or "—"),
        lambda: "PORTAL_URL",
    ),
    "https": (lambda: _("安全连接"), lambda _f: _("整站用 HTTPS，并告诉浏览器以后都用。"), lambda: "PORTAL_HTTPS"),
    "site_code": (
        lambda: _("网站标识码"),
        lambda f: _("页脚写的是 %(value)s。", value=f["value"] or "—"),
        lambda: "PORTAL_SITE_CODE",
    ),
    "icp": (
        lambda: _("ICP 备案号"),
        lambda f: _("页脚写的是 %(value)s。", value=f["value"] or "—"),
        lambda: "PORTAL_ICP",
    ),
    "police": (
        lambda: _("公安备案号"),
        lambda f: _("页脚写的是 %(value)s。", value=f["value"] or "—"),
        lambda: "PORTAL_POLICE",
    ),
    "organiser": (
        lambda: _("主办单位和联系方式"),
        lambda _f: _("每一页的页脚都有单位、地址、电话。"),
        lambda: "PORTAL_ORGANISER, PORTAL_ADDRESS, PORTAL_PHONE",
    ),
    "undertaker": (lambda: _("承办单位"), lambda _f: _("每一页的页脚。"), lambda: "PORTAL_UNDERTAKER"),
    "party_mark": (
        lambda: _("党政机关网站标识"),
        lambda _f: _("每一页的页脚，链到核验的页面。"),
        lambda: "PORTAL_PARTY_MARK",
    ),
    "find_errors": (
        lambda: _("政府网站找错"),
        lambda _f: _("每一页的页脚，链到找错平台。"),
        lambda: "PORTAL_FIND_ERRORS",
    ),
    "accessible": (
        lambda: _("适老化、无障碍"),
        lambda _f: _("每一页都有长辈版，键盘和读屏能用；标识要先通过评测。"),
        lambda: "PORTAL_ACCESSIBLE_MARK",
    ),
    "search": (
        lambda: _("站内搜索"),
        lambda _f: _("每一页的页头都有；索引有没有回应，这里现查。"),
        lambda: _("看看索引，必要时重建。"),
    ),
    "labels": (
        lambda: _("页面标签"),
        lambda _f: _("每一页都写网站、栏目；项目和进展还写标题、日期、来源。由测试守着。"),
        lambda: "—",
    ),
    "links": (
        lambda: _("链接可用性"),
        lambda _f: _("站内链接由测试逐个点过；公开过的地址永远有回答。"),
        lambda: "—",
    ),
}  # fmt: skip


@bp.get("/desk/admin/inspection")
def show() -> str:
    """Looked through anew on every visit; nothing is asked of the network."""
    with reading() as (session, _actor):
        found = inspect(_facts(session))
    parts = [
        (_("单项否决：有一条不符合，整个网站就不合格"), [_told(f) for f in found if f.part is Part.VETO]),
        (_("扣分的"), [_told(f) for f in found if f.part is Part.POINTS]),
    ]
    counts = {v: sum(f.verdict is v for f in found) for v in Verdict}
    return render_template(
        "admin/inspection.html",
        parts=parts,
        met=counts[Verdict.MET],
        failed=counts[Verdict.FAILED],
        look=counts[Verdict.LOOK],
    )


def _told(found: Finding) -> dict[str, str]:
    name, evidence, cure = WORDS[found.key]
    return {
        "name": name(),
        "colour": LAMPS[found.verdict],
        "verdict": VERDICTS[found.verdict](),
        "source": found.source,
        "evidence": evidence(found.facts),
        "cure": "" if found.verdict is Verdict.MET else cure(),
    }


def _facts(session: Session) -> Facts:
    wired = portal()
    settings = wired.settings
    last = select(Entry.kind, func.max(Entry.at)).where(Entry.kind.in_(list(COLUMNS))).group_by(Entry.kind)
    changed = {kind: day_of(at) for kind, at in session.execute(last)}
    return Facts(
        on=day_of(now()),
        columns=tuple(
            Column(name=name(), changed_on=changed.get(kind), within=within)
            for kind, (name, within) in COLUMNS.items()
        ),
        frozen=is_frozen(session),
        searched=_searched(),
        domain=settings.public_url.partition("://")[2].partition(":")[0],
        https=settings.https,
        said={name: getattr(settings, name) for name in FOOTER},
        failed_jobs=len(wired.queue.set_aside()),
    )


def _searched() -> bool:
    try:
        portal().search.position()
    except SearchUnavailable:
        return False
    return True
