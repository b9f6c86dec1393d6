"""The names on the record: what search suggests, how they sound, what else they are called.

Only what stands is read, and as of a past day only what stood then; nothing unpublished can be suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.record.remembered import Remembered
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.rules.numbers import ALIASES_ITEM
from portal.text.names import Name, Names

SCOPES = ("kind/project", "kind/report", "kind/unit", ALIASES_ITEM)
KINDS = {"project": "项目", "report": "进展"}
MOST_TITLES = 5000  # of reports that belong to no project
NAMED = ("unit", "project")


def names_of(shelf: Shelf) -> Names:
    """The names that stand on a shelf."""
    titles = {kind: shelf.titles(kind) for kind in NAMED}
    groups = groups_of(shelf)
    names = [Name(alias, "alias") for group in groups for alias in group]
    for kind, titled in titles.items():
        names += [Name(title, kind, f"{kind}/{key}") for key, title in titled.items() if title]
    names += [Name(category, "category") for category in _categories(shelf)]
    names += [Name(title, "report") for title in _titles_of_their_own(shelf)]
    units = titles["unit"]
    return Names(names, groups=groups, labels={"kind": KINDS, "unit": units, "town": units})


def groups_of(shelf: Shelf) -> list[list[str]]:
    """The published names that mean the same, group by group."""
    shown = shelf.get(ALIASES_ITEM)
    return [list(group) for group in shown.document.get("groups", ())] if shown else []


def _categories(shelf: Shelf) -> list[str]:
    return sorted(filter(None, shelf.counts(Shelved.category, Shelved.kind == "project")))


def _titles_of_their_own(shelf: Shelf) -> list[str]:
    """Titles of the newest of what came from elsewhere and belongs to no project."""
    rows = shelf.filed(Shelved.title, where=[Shelved.kind == "report", Shelved.project == ""])
    return sorted({row.title for row in rows[:MOST_TITLES] if row.title})


def _renewed(shelf: Shelf, before: Names, news: Sequence[Any]) -> Names:
    """What is published most, the next report of a project, brings no name."""
    if all(row.kind == "report" and row.project and row.version == 1 for row in news):
        return before
    return names_of(shelf)


NAMES = Remembered(names_of, rests_on=SCOPES, renew=_renewed)
