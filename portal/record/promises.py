"""What is promised, and what was told of it last: every project with its newest report.

It is what home, the list, the map and the lamps begin with, so it is read once; from then on only the projects are
read that something new speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.record.remembered import Remembered
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved
from portal.rules.numbers import LAMP_RULES_ITEM, project_item

JUDGED_BY = ("kind/project", "kind/report", LAMP_RULES_ITEM)  # scopes of what lamps depend on


@dataclass(frozen=True)
class Promise:
    """A project that stands. report: its newest one; pictured: the newest that shows a photo or a video."""

    project: Shown
    report: Shown | None
    pictured: Shown | None

    def rests_on(self, items: set[str]) -> bool:
        """Whether it follows from one of these items."""
        return any(each is not None and each.item in items for each in (self.report, self.pictured))


Promises = Mapping[str, Promise]  # by the code of the project, in the order of codes


def is_pictured(report: Shown) -> bool:
    """Whether a report has anything to show."""
    return bool(report.document["photos"] or report.document.get("videos"))


def last_pictured(shelf: Shelf, reports: Mapping[str, Shown]) -> dict[str, Shown]:
    """For projects and their newest reports, those that show something: the newest itself, or an older one."""
    shown = {code: report for code, report in reports.items() if is_pictured(report)}
    without = [code for code in reports if code not in shown]
    return shown | (shelf.latest_reports_of(without, pictured=True) if without else {})


def promises_of(shelf: Shelf) -> Promises:
    """All that stand on a shelf."""
    return _told(shelf, shelf.items(Shelved.kind == "project"))


def _told(shelf: Shelf, projects: Iterable[Shown]) -> Promises:
    """These projects with what was told of them last."""
    by_code = {each.item.partition("/")[2]: each for each in projects}
    reports = shelf.latest_reports_of(by_code) if by_code else {}
    pictured = last_pictured(shelf, reports)
    return {code: Promise(by_code[code], reports.get(code), pictured.get(code)) for code in sorted(by_code)}


def _renewed(shelf: Shelf, before: Promises, news: Sequence[Any]) -> Promises:
    """A project is read again when it, or a report of it, is new; and when what was told of it last has become
    something else, be it a report of another project."""
    items = {row.item for row in news}
    codes = {row.item.partition("/")[2] for row in news if row.kind == "project"}
    codes |= {row.project for row in news if row.kind == "report" and row.project}
    codes |= {code for code, promise in before.items() if promise.rests_on(items)}
    if not codes:
        return before
    read = _told(shelf, shelf.many([project_item(code) for code in sorted(codes)]).values())
    kept = {code: promise for code, promise in before.items() if code not in codes}
    return dict(sorted((kept | dict(read)).items()))


PROMISES = Remembered(promises_of, rests_on=JUDGED_BY, renew=_renewed)
