"""What a row of an old archive says, and everything that keeps it from being a note."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.archives import MAX_KEY
from portal.domain.errors import Problem
from portal.domain.progress import MAX_CAPTION, MAX_PHOTOS, MAX_TEXT, PASSAGES
from portal.domain.wording import clean
from portal.text.dates import day_in
from portal.text.fold import folded
from portal.text.rows import Row

FIRST_DAY = dt.date(2000, 1, 1)  # numbers of reports begin with 20
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$")
_PERCENT = re.compile(r"(\d{1,3})(?:\.0+)?%?")


@dataclass(frozen=True, kw_only=True)
class KnownProject:
    """What a row may name of a project that is public. units: who answered from which day on, in order;
    milestones: their ids by place and by name."""

    id: int
    code: str
    name: str
    year: int
    start_on: dt.date
    units: Sequence[tuple[dt.date, int]]
    milestones: Mapping[str, int]

    def unit_on(self, day: dt.date) -> int:
        """The unit that answered for it on a day, or, before there was any, the first one."""
        at = bisect_right(self.units, day, key=lambda link: link[0])
        return self.units[max(at - 1, 0)][1]


@dataclass(frozen=True)
class Directory:
    """What rows may name: projects by code and by folded name, and ids of units by code and by folded name."""

    projects: Mapping[str, Sequence[KnownProject]]
    units: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo that a row names. file: below the folder; sha256: known once it has been read."""

    file: str
    caption: str
    taken_on: dt.date | None
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A row that can become a note."""

    place: int
    number: str
    project_id: int
    unit_id: int
    milestone_id: int | None
    day: dt.date
    percent: int
    done: str
    problems: str
    next_step: str
    pictures: tuple[Picture, ...]

    def seen(self, sha256: Mapping[str, str]) -> Note:
        """The same, with its photos by their content."""
        pictures = tuple(replace(each, sha256=sha256[each.file]) for each in self.pictures)
        return replace(self, pictures=pictures)

    @property
    def said(self) -> str:
        """Names exactly what the row says, photos by their content."""
        told = [
            *(
                self.number,
                self.project_id,
                self.unit_id,
                self.milestone_id,
                self.day.isoformat(),
                self.percent,
            ),
            *(self.done, self.problems, self.next_step),
            [[each.sha256, each.caption, str(each.taken_on or "")] for each in self.pictures],
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def note_of(row: Row, directory: Directory, *, today: dt.date) -> tuple[Note | None, list[Problem]]:
    """The note that a row is, or everything that is wrong with it."""
    reading = _Reading(row, directory, today)
    found = reading.note()
    return (None, reading.problems) if reading.problems else (found, [])


class _Reading:
    """One row as it is read, column by column."""

    def __init__(self, row: Row, directory: Directory, today: dt.date) -> None:
        self._row, self._directory, self._today = row, directory, today
        self.problems: list[Problem] = [Problem(name, code) for name, code in row.faults.items()]

    def note(self) -> Note | None:
        number, project, day = self._number(), self._project(), self._day("date", self._cell("date"))
        percent, pictures = self._percent(), self._pictures()
        words = {name: self._passage(name) for name in PASSAGES}
        if not words["done"] and "done" not in self._row.faults:
            self._wrong("done", "missing")
        unit, milestone = self._unit(), self._milestone(project)
        if day is not None and project is not None and day < project.start_on.replace(day=1):
            self._wrong("date", "before_the_start", start=project.start_on.isoformat())
        if self.problems or project is None or day is None or percent is None:
            return None
        return Note(
            place=self._row.place,
            number=number,
            project_id=project.id,
            unit_id=unit or project.unit_on(day),
            milestone_id=milestone,
            day=day,
            percent=percent,
            pictures=pictures,
            **words,
        )

    def _wrong(self, column: str, code: str, **facts: object) -> None:
        self.problems.append(Problem(column, code, facts))

    def _cell(self, column: str) -> str:
        return self._row.cells.get(column, "")

    def _needed(self, column: str) -> str:
        text = self._cell(column)
        if not text and column not in self._row.faults:
            self._wrong(column, "missing")
        return text

    def _number(self) -> str:
        number = clean(self._needed("number"), limit=MAX_KEY + 1).replace("\n", " ")
        if len(number) > MAX_KEY:
            self._wrong("number", "too_long", most=MAX_KEY)
        return number

    def _project(self) -> KnownProject | None:
        written = self._needed("project")
        if not written:
            return None
        found = self._directory.projects.get(folded(written), ())
        if len(found) > 1:
            self._wrong("project", "several_projects", codes="、".join(each.code for each in found[:5]))
        if not found:
            self._wrong("project", "no_such_project", typed=written[:30])
        return found[0] if len(found) == 1 else None

    def _unit(self) -> int | None:
        written = self._cell("unit")
        found = self._directory.units.get(folded(written)) if written else None
        if written and found is None:
            self._wrong("unit", "no_such_unit", typed=written[:30])
        return found

    def _milestone(self, project: KnownProject | None) -> int | None:
        written = self._cell("milestone")
        if not written or project is None:
            return None
        found = project.milestones.get(folded(written))
        if found is None:
            self._wrong("milestone", "no_such_milestone", typed=written[:30], project=project.code)
        return found

    def _day(self, column: str, written: str) -> dt.date | None:
        if not written:
            if column == "date" and column not in self._row.faults:
                self._wrong(column, "missing")
            return None
        day = day_in(folded(_MIDNIGHT.sub("", written)))
        if day is None:
            self._wrong(column, "not_a_day", typed=written[:20])
        elif day > self._today:
            self._wrong(column, "in_the_future", typed=written[:20])
        elif day < FIRST_DAY:
            self._wrong(column, "too_old", typed=written[:20])
        else:
            return day
        return None

    def _percent(self) -> int | None:
        written = self._needed("percent")
        match = _PERCENT.fullmatch(folded(written)) if written else None
        if match and int(match[1]) <= 100:
            return int(match[1])
        if written:
            self._wrong("percent", "not_a_percent", typed=written[:12])
        return None

    def _passage(self, column: str) -> str:
        text = self._cell(column)
        if len(text) > MAX_TEXT:
            self._wrong(column, "too_long", most=MAX_TEXT, has=len(text))
        return clean(text, limit=MAX_TEXT)

    def _pictures(self) -> tuple[Picture, ...]:
        files, captions = _several(self._cell("photos")), _several(self._cell("captions"))
        days = [self._day("taken_on", text) for text in _several(self._cell("taken_on"))]
        if len(files) > MAX_PHOTOS:
            self._wrong("photos", "too_many_photos", most=MAX_PHOTOS, has=len(files))
        if len(set(files)) < len(files):
            self._wrong("photos", "photo_twice")
        if len(captions) != len(files):
            self._wrong("captions", "not_one_for_each", photos=len(files), has=len(captions))
        if len(days) not in (0, 1, len(files)) or (days and not files):
            self._wrong("taken_on", "not_one_for_each", photos=len(files), has=len(days))
        if any(len(caption) > MAX_CAPTION for caption in captions):
            self._wrong("captions", "too_long", most=MAX_CAPTION, has=max(map(len, captions)))
        if self.problems:
            return ()
        days = days or [None]
        days = days * len(files) if len(days) == 1 else days
        return tuple(
            Picture(file=file, caption=clean(caption, limit=MAX_CAPTION), taken_on=day)
            for file, caption, day in zip(files, captions, days, strict=True)
        )


def _several(written: str) -> list[str]:
    """What a cell lists: a line each, or between bars, or between semicolons."""
    for separator in ("\n", "|", "；", ";"):
        if separator in written:
            return [each.strip() for each in re.split(_SPLITS[separator], written) if each.strip()]
    return [written] if written else []


_SPLITS = {"\n": r"[\r\n]+", "|": r"\|", "；": "[；;]", ";": "[；;]"}
