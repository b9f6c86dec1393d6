"""A public document in words, and what changed between two of them, as citizens read it and desks foretell it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.record.difference import difference
from portal.record.shelf import Shown
from portal.record.tables import Act
from portal.web.covered import covered_words, redaction_words
from portal.web.filters import amount, day, month
from portal.web.language import _
from portal.web.states import ACTS, BODY_KINDS, MATTER_STATES, PROJECT_KINDS, UNIT_KINDS, word

Document = Mapping[str, Any]
Row = tuple[str, str]


def changed_words(before: Document, after: Document) -> list[dict[str, Any]]:
    """Every field that differs, as the `difference` macro expects it."""
    return _differing(dict(rows(before)), dict(rows(after)))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": change.path[0], "before": change.before, "after": change.after}
        for change in difference(before, after)
    ]


def history_words(history: list[Shown]) -> list[dict[str, Any]]:
    """Every version of an item, newest first: what was done, why, and what it changed."""
    told = []
    said = [dict(rows(version.document)) for version in history]
    for place, version in enumerate(history):
        before = history[place - 1] if place else None
        known = before is not None and not (before.sealed or version.sealed or version.withdrawn)
        changes = _differing(said[place - 1], said[place]) if known else []
        step = changes[0] if [change["label"] for change in changes] == [_("状态")] else None
        beside = step is not None or not (before and changes and _promised_otherwise(before, version))
        told.append(
            {
                "seq": version.seq,
                "at": version.at,
                "version": version.version,
                "act": word(ACTS, version.act.value),
                "reason": reason_of(version),
                "withdrawn": version.document.get("withdrawn"),
                "sealed_by": version.sealed_by,
                "changes": changes,
                "step": step,
                "beside": beside,
            }
        )
    return told[::-1]


def _promised_otherwise(before: Shown, after: Shown) -> bool:
    """Whether more than what may change beside the promise has changed."""
    return bool(changed_words(_promise(before), _promise(after)))


def _promise(version: Shown) -> Document:
    """A document without what may change beside the promise: from where it is photographed."""
    return {name: value for name, value in version.document.items() if name != "views"}


def reason_of(version: Shown) -> str:
    """Why a version came, in words: what was covered, or what the unit wrote when it corrected."""
    redaction = version.document.get("redaction") if version.act is Act.REDACTED else None
    return redaction_words(redaction) if redaction else version.document.get("reason", "")


def rows(document: Document) -> Iterator[Row]:
    """A document as lines of label and words, in the order in which they are read."""
    for name, say in _PLAIN.items():
        if name in document:
            yield say(document[name])
    for name, label in (("town", _("所在镇街")), ("place", _("地点")), ("milestone", _("阶段目标"))):
        if document.get(name, {}).get("name"):
            yield label, document[name]["name"]
    if {"lon", "lat"} <= document.get("place", {}).keys():
        yield _("坐标"), f"{document['place']['lon']}, {document['place']['lat']}"
    if "body" in document:
        kind = word(BODY_KINDS, document["body"]["type"])
        yield _("督查机构"), f"{document['body']['name']}（{kind}）"
    yield from _responsible_rows(document)
    yield from _milestone_rows(document)
    yield from _view_rows(document)
    yield from _photo_rows(document)
    yield from _video_rows(document)
    yield from _rule_rows(document)


def _rule_rows(document: Document) -> Iterator[Row]:
    """The thresholds by which lamps are lit."""
    if "groups" in document:
        yield _("算作一样的名称"), "\n".join("、".join(group) for group in document["groups"])
    rules = document.get("rules", {})
    for name, label in (
        ("yellow_from_points", _("比计划慢多少个百分点亮黄灯")),
        ("red_from_points", _("比计划慢多少个百分点亮红灯")),
        ("yellow_before_due_days", _("离时限多少天亮黄灯")),
    ):
        if name in rules:
            yield label, str(rules[name])


def _responsible_rows(document: Document) -> Iterator[Row]:
    responsible = document.get("responsible")
    if responsible is None:
        return
    yield _("责任领导"), _official(responsible["leader"])
    yield _("责任单位"), responsible["unit"]["name"]
    yield _("责任人"), _official(responsible["person"])


def _milestone_rows(document: Document) -> Iterator[Row]:
    for milestone in document.get("milestones", ()):
        name = _("第 %(n)s 个阶段目标", n=milestone["ordinal"])
        yield name, milestone["name"]
        yield _("%(milestone)s的内容", milestone=name), milestone["target"]
        yield _("%(milestone)s的时限", milestone=name), day(milestone["due_on"])
        yield _("%(milestone)s的时序进度", milestone=name), f"{milestone['percent']}%"


def _view_rows(document: Document) -> Iterator[Row]:
    """From where a project is photographed again and again."""
    for view in document.get("views", ()):
        name = _("机位 %(n)s", n=view["ordinal"])
        yield name, view["name"]
        if "milestone" in view:
            yield _("%(view)s对应的阶段目标", view=name), view["milestone"]["name"]
        if "reference" in view:
            facts = {"report": view["reference"]["report"], "mark": view["reference"]["original"][:6]}
            yield _("%(view)s的参照", view=name), _("进展 %(report)s 的照片 %(mark)s", **facts)
        if "closed_on" in view:
            yield _("%(view)s停用", view=name), day(view["closed_on"])


def _photo_rows(document: Document) -> Iterator[Row]:
    """A photo is the same photo when its sealed original is; so a moved one has not changed."""
    for photo in document.get("photos", ()):
        name = _("照片 %(mark)s", mark=photo["original"][:6])
        yield name, photo["caption"] or _("没有说明")
        if "taken_on" in photo:
            yield _("%(photo)s的拍摄日期", photo=name), day(photo["taken_on"])
        if "view" in photo:
            yield _("%(photo)s的机位", photo=name), photo["view"]["name"]
        if "covered" in photo:
            yield _("%(photo)s的遮盖", photo=name), covered_words(photo["covered"])


def _video_rows(document: Document) -> Iterator[Row]:
    """As photos: the same video when its sealed original is."""
    for video in document.get("videos", ()):
        name = _("录像 %(mark)s", mark=video["original"][:6])
        yield name, video["description"]
        if "taken_on" in video:
            yield _("%(photo)s的拍摄日期", photo=name), day(video["taken_on"])


def _official(person: Mapping[str, str]) -> str:
    return "　".join(part for part in (person["name"], person["title"]) if part)


_PLAIN: dict[str, Callable[[Any], Row]] = {
    "title": lambda value: (_("名称"), value),
    "type": lambda value: (_("类型"), word(PROJECT_KINDS | UNIT_KINDS, value)),
    "state": lambda value: (_("状态"), word(MATTER_STATES, value)),
    "content": lambda value: (_("主要内容"), value),
    "category": lambda value: (_("类别"), value),
    "investment_wan": lambda value: (_("投资"), amount(value)),
    "start_on": lambda value: (_("开始"), day(value)),
    "due_on": lambda value: (_("时限"), day(value)),
    "month": lambda value: (_("月份"), month(value)),
    "physical_percent": lambda value: (_("形象进度"), f"{value}%"),
    "done": lambda value: (_("做成了什么"), value),
    "problems": lambda value: (_("问题和困难"), value),
    "next_step": lambda value: (_("下一步"), value),
    "approved_by": lambda value: (_("审核"), value),
}
