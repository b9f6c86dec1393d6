"""A project's public document in words, and what a change does to it, as citizens will read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.disclosure import project_shown
from portal.domain.plan import Project
from portal.record.difference import difference
from portal.web.filters import day, number
from portal.web.language import _
from portal.web.states import MATTER_STATES, PROJECT_KINDS, word

Document = Mapping[str, Any]
Row = tuple[str, str]


def document_of(project: Project) -> Document:
    """What the public reads of a project as it stands in this session."""
    return project_shown(project, dated="").document


def said_by(session: Session, act: Callable[[], Project]) -> Document:
    """What the public would read after an act. The act is undone before this returns; what it refuses is
    raised as it would be."""
    savepoint = session.begin_nested()
    try:
        return document_of(act())
    finally:
        savepoint.rollback()
        session.expire_all()


def changed_words(before: Document, after: Document) -> list[dict[str, Any]]:
    """Every field that differs, as the `difference` macro expects it."""
    return [
        {"label": change.path[0], "before": change.before, "after": change.after}
        for change in difference(dict(rows(before)), dict(rows(after)))
    ]


def rows(document: Document) -> Iterator[Row]:
    """A project's document as lines of label and words, in the order in which they are read."""
    for name, say in _PLAIN.items():
        if name in document:
            yield say(document[name])
    yield _("所在镇街"), document["town"]["name"]
    place = document["place"]
    if place.get("name"):
        yield _("地点"), place["name"]
    if "lon" in place:
        yield _("坐标"), f"{place['lon']}, {place['lat']}"
    responsible = document["responsible"]
    yield _("责任领导"), _official(responsible["leader"])
    yield _("责任单位"), responsible["unit"]["name"]
    yield _("责任人"), _official(responsible["person"])
    for milestone in document["milestones"]:
        name = _("第 %(n)s 个阶段目标", n=milestone["ordinal"])
        yield name, milestone["name"]
        yield _("%(milestone)s的内容", milestone=name), milestone["target"]
        yield _("%(milestone)s的时限", milestone=name), day(milestone["due_on"])
        yield _("%(milestone)s的时序进度", milestone=name), f"{milestone['percent']}%"


def _official(person: Mapping[str, str]) -> str:
    return "　".join(part for part in (person["name"], person["title"]) if part)


_PLAIN: dict[str, Callable[[Any], Row]] = {
    "title": lambda value: (_("名称"), value),
    "type": lambda value: (_("类型"), word(PROJECT_KINDS, value)),
    "state": lambda value: (_("状态"), word(MATTER_STATES, value)),
    "content": lambda value: (_("主要内容"), value),
    "category": lambda value: (_("类别"), value),
    "investment_wan": lambda value: (_("投资"), _("%(n)s 万元", n=number(value))),
    "start_on": lambda value: (_("开始"), day(value)),
    "due_on": lambda value: (_("时限"), day(value)),
}
