"""Pairs of pictures that look alike, in words and as the review page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.likeness import Answer, Kind
from portal.domain.organisation import Person
from portal.domain.progress import Report
from portal.queries.likeness import Pair, compared_of, pairs_of
from portal.web.filters import day, month
from portal.web.language import _, window_path
from portal.web.states import Say
from portal.web.supervisor_desk.showing import report_path

KINDS: Mapping[Kind, Say] = {
    Kind.IDENTICAL: lambda: _("和以前收到的是同一个文件"),
    Kind.SAME: lambda: _("和以前收到的像是同一张"),
    Kind.PART: lambda: _("和以前收到的有一部分一样"),
    Kind.MIRRORED: lambda: _("像是以前收到的左右翻转"),
}
ANSWERS: Mapping[Answer, Say] = {
    Answer.REUSED: lambda: _("是旧照重用"),
    Answer.SAME_SCENE: lambda: _("同一地点重新拍的"),
    Answer.DIFFERENT: lambda: _("不是同一张"),
}


def pairs_shown(session: Session, report: Report, viewer: Person) -> dict[int, list[dict[str, Any]]]:
    """The pairs of every photo of a report, by photo."""
    return {
        photo_id: [_shown(report, pair) for pair in pairs]
        for photo_id, pairs in pairs_of(session, report, viewer=viewer).items()
    }


def _shown(report: Report, pair: Pair) -> dict[str, Any]:
    likeness = pair.likeness
    path = report_path(report, "likenesses", str(likeness.id))
    return {
        "id": likeness.id,
        "title": KINDS[likeness.kind](),
        "exactly": _("同一个文件，一个字节不差。")
        if likeness.kind is Kind.IDENTICAL
        else _("256 处特征里有 %(n)s 处不同。没有关系的照片一般差 90 处以上。", n=likeness.distance),
        "picture": f"{path}.jpg" if pair.other.renditions else "",
        "path": path,
        "whose": _facts(pair),
        "href": _where(pair),
        "answers": [(answer.value, say(), likeness.answer is answer) for answer, say in ANSWERS.items()],
        "answered": _answered(pair),
    }


def _facts(pair: Pair) -> list[tuple[str, str]]:
    """Where and when the other picture comes from, as far as this supervisor may know."""
    other = pair.other
    facts = [(_("单位", n=1), other.report.unit.name)]
    if pair.own:
        facts.append((_("哪一份"), _("就是这一份里的另一张")))
    elif pair.report is not None:
        facts.append((_("项目", n=1), pair.report.project.name))
        facts.append((_("哪一份"), "　".join(filter(None, (pair.number, month(pair.report.month))))))
    else:
        facts.append((_("哪一份"), _("还没有公开，不在您机构的职责范围内")))
    facts.append((_("收到"), day(pair.received_at)))
    if other.taken_on is not None:
        facts.append((_("单位填写"), day(other.taken_on)))
    return facts


def _where(pair: Pair) -> str:
    """The page of the other report, where there is one for this supervisor."""
    if pair.own or pair.report is None:
        return ""
    return window_path(f"/reports/{pair.number}") if pair.number else report_path(pair.report)


def _answered(pair: Pair) -> str:
    likeness = pair.likeness
    if likeness.answer is None or likeness.answered_by is None or likeness.answered_at is None:
        return ""
    by, at = likeness.answered_by.name, day(likeness.answered_at)
    return _("%(by)s %(day)s看过：%(answer)s。", by=by, day=at, answer=ANSWERS[likeness.answer]())


def compared_words(session: Session, report: Report, places: Sequence[tuple[int, int]]) -> str:
    """Whether every photo has been compared, and with how many. places: (place, id of the photo)."""
    compared = compared_of(session, report)
    left = [str(place) for place, photo_id in places if photo_id not in compared]
    if left:
        return _("第 %(n)s 张还没有和以前的照片比完，过一会儿刷新再看。", n=_("、").join(left))
    if not places:
        return ""
    among = max(compared[photo_id].among for _place, photo_id in places)
    return _("每一张都和以前收到的照片比过，一共 %(n)s 张。", n=among)
