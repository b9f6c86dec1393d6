"""What the supervision desk says: waiting, hints, claims and decisions in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from portal.domain.lifecycle import MatterState, ReportState
from portal.domain.photo_claims import PhotoClaim, metres_from
from portal.domain.plan import Project
from portal.domain.progress import Decision, Photo, Report, ReturnReason, Verb
from portal.queries.evidence import Claims, Hint, Signal
from portal.queries.review import Answered, Changed, Waiting
from portal.web.filters import day, shortday
from portal.web.language import _
from portal.web.states import Say, word
from portal.web.words import PASSAGE_PRESETS, PASSAGES, PHOTO_PRESETS

KILOMETRE = 1000

HINTS: dict[str, Say] = {
    "used_before": lambda: _("以前用过"),
    "far_from_site": lambda: _("离工地远"),
    "days_differ": lambda: _("日子对不上"),
    "old_photo": lambda: _("拍得早"),
}
VIEWS: dict[str, Say] = {
    "open": lambda: _("在办"),
    "check": lambda: _("等核查"),
    "closed": lambda: _("已了结"),
}
# What has become of a submission that nobody can decide any more.
GONE: dict[ReportState, Say] = {
    ReportState.RETURNED: lambda: _("这份报送已经退回，等单位补正。"),
    ReportState.PUBLISHED: lambda: _("这份报送已经公开。"),
    ReportState.SUPERSEDED: lambda: _("这一版已经被更正。"),
    ReportState.WITHDRAWN: lambda: _("这份报送已经撤下。"),
}


def waited(delta: dt.timedelta) -> str:
    """How long somebody has been waiting, in one unit."""
    minutes = max(int(delta.total_seconds() // 60), 0)
    if minutes < 60:
        return _("已等 %(n)s 分钟", n=minutes)
    if minutes < 24 * 60:
        return _("已等 %(n)s 小时", n=minutes // 60)
    return _("已等 %(n)s 天", n=minutes // (24 * 60))


def marks_of(waiting: Waiting) -> list[str]:
    """What is special about a submission in the queue."""
    report, marks = waiting.report, []
    if waiting.overdue:
        marks.append(_("过时限 %(n)s 天", n=waiting.overdue))
    if report.corrects_id is not None:
        marks.append(_("更正"))
    if report.round > 1:
        marks.append(_("第 %(n)s 次补正", n=report.round - 1))
    return marks


def metres(distance: int) -> str:
    if distance < KILOMETRE:
        return _("约 %(n)s 米", n=max(round(distance, -1), 10))
    digits = 1 if distance < 100 * KILOMETRE else 0
    return _("约 %(n)s 公里", n=f"{distance / KILOMETRE:.{digits}f}")


def claims_rows(photo: Photo, claims: Claims) -> list[tuple[str, str]]:
    """What is claimed about one photo, by whom, and what the house itself knows: when it arrived."""
    typed = day(photo.taken_on) if photo.taken_on else _("没有填拍摄日")
    embedded = [f"{day(claims.taken_at.date())} {claims.taken_at:%H:%M}"] if claims.taken_at else []
    if claims.metres is not None:
        embedded.append(_("离工地%(distance)s", distance=metres(claims.metres)))
    if claims.device:
        embedded.append(claims.device)
    return [
        (_("单位填写"), typed),
        (_("照片自带"), "　".join(embedded) or _("没有时间，没有位置")),
    ]


def phone_rows(claim: PhotoClaim | None, project: Project) -> list[tuple[str, str]]:
    """What the phone sent beside a photo that was taken in the page."""
    if claim is None:
        return []
    distance = metres_from(project, claim.lon, claim.lat)
    if distance is None or claim.accuracy is None:
        return [(_("手机报的"), _("没有位置"))]
    error = metres(claim.accuracy)
    return [(_("手机报的"), _("离工地%(distance)s，误差%(error)s", distance=metres(distance), error=error))]


def hint_title(signals: Sequence[Signal]) -> str:
    """What is odd about one photo, in a few words; "" when nothing is."""
    return _("、").join(word(HINTS, signal.hint.value) for signal in signals)


def hint_words(signal: Signal) -> str:
    """A hint as a sentence."""
    facts: dict[str, Any] = signal.facts
    if signal.hint is Hint.USED_BEFORE:
        if not facts["number"]:  # whose it is shows beside the photo, as far as this desk may know
            return _("另一份还没有公开的报送用过同一个文件。")
        where = _("“%(project)s”的报送用过同一个文件。", project=facts["project"])
        return where + _("编号 %(number)s。", number=facts["number"])
    if signal.hint is Hint.FAR_FROM_SITE:
        return _("照片自带的位置离工地%(distance)s。", distance=metres(facts["metres"]))
    if signal.hint is Hint.DAYS_DIFFER:
        typed, embedded = shortday(facts["typed"]), shortday(facts["embedded"])
        return _("单位填的是 %(typed)s，照片自带的是 %(embedded)s。", typed=typed, embedded=embedded)
    return _("照片自带的时间是收到前 %(days)s 天。", days=facts["days"])


def target_name(passage: str | None, place: int) -> str:
    """The photo or passage that something is about."""
    return word(PASSAGES, passage) if passage else _("第 %(n)s 张照片", n=place)


def reason_words(reason: ReturnReason) -> str:
    """Why something was returned: the preset, the typed words, or both."""
    preset = (
        word(PASSAGE_PRESETS if reason.passage else PHOTO_PRESETS, reason.preset) if reason.preset else ""
    )
    return "：".join(part for part in (preset, reason.text) if part)


def answer_row(answered: Answered) -> dict[str, str]:
    """One reason of the last return beside its answer."""
    reason = answered.reason
    row = {
        "label": target_name(reason.passage, answered.place)
        if reason.passage or answered.place
        else _("一张照片"),
        "reason": reason_words(reason),
    }
    if reason.passage:
        return row | {"before": reason.before, "after": answered.passage}
    if answered.photo is None:
        return row | {"said": _("单位把这张移走了。")}
    if answered.photo.id != reason.photo_id:
        return row | {"said": _("换了一张。")}
    return row | {"before": reason.before, "after": answered.photo.caption}


def change_row(change: Changed) -> dict[str, str]:
    """One difference to the published version, as `components/history.html` shows it."""
    labels = {
        "photo": lambda: _("第 %(n)s 张照片", n=change.place),
        "caption": lambda: _("第 %(n)s 张的说明", n=change.place),
        "taken_on": lambda: _("第 %(n)s 张的拍摄日", n=change.place),
    }
    say = labels.get(change.field)
    percent = "%" if change.field == "physical_percent" else ""
    return {
        "label": say() if say else word(PASSAGES, change.field),
        "before": change.before and change.before + percent,
        "after": change.after and change.after + percent,
    }


def decided(decision: Decision) -> str:
    """What was just decided."""
    name = decision.report.project.name
    if decision.verb is Verb.APPROVE:
        return _("“%(name)s”已通过，马上公开。", name=name)
    return _("“%(name)s”已退回。", name=name)


def gone(report: Report) -> str:
    say = GONE.get(report.state)
    return say() if say else _("这份报送还没有公开。")


def acts_reason_hint(state: MatterState) -> str:
    """What a reason is for, at the acts on a project."""
    if state is MatterState.COMPLETED:
        return _("写在公开的变更记录里：怎么核的，结果怎样。退回重办必须写。")
    return _("写在公开的变更记录里。退回重办必须写。")
