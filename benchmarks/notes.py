"""Published notes without end, for measuring what a growing record costs."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
from collections.abc import Iterator
from typing import Any

from portal.demo import prose
from portal.demo.projects import ProjectSpec, projects
from portal.record import log
from portal.record.followers import last_seq
from portal.rules.clock import day_of, month_of
from portal.rules.numbers import report_item
from portal.wiring import Portal
from portal.workflows.follow_record import follow_into_search

TOGETHER = 500  # notes in one transaction while growing
BUILT_AT = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
BETWEEN = dt.timedelta(seconds=1)  # two notes; pages are read when the last one has come
NOW = BUILT_AT + dt.timedelta(days=5)  # when the pages are read; more than 400,000 notes later


def a_project() -> str:
    """The code of one that notes are published of."""
    return min(spec.code for spec in projects(day_of(BUILT_AT)))


def grow(portal: Portal, notes: Iterator[dict[str, Any]], size: int) -> None:
    """Publish notes until the record has so many entries, and let search follow."""
    with portal.database.reading() as session:
        there = last_seq(session) + 1
    while there < size:
        batch = min(TOGETHER, size - there)
        with portal.database.writing() as session:
            for note in itertools.islice(notes, batch):
                log.publish(session, disclosed(note), at=time_of(note))
        there += batch
    with portal.database.reading() as session:
        follow_into_search(session, index=portal.search)


def time_of(note: dict[str, Any]) -> dt.datetime:
    """Each note has its own: lists are in that order."""
    return BUILT_AT + int(note["number"].partition("-")[2]) * BETWEEN


def disclosed(note: dict[str, Any]) -> log.Disclosed:
    return log.Disclosed(item=report_item(note["number"]), kind="report", document=note)


def endless_notes(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Notes without end: the projects in turn, each on its way from start to due day."""
    specs = projects(day_of(BUILT_AT))
    for number, spec in enumerate(itertools.cycle(specs)):
        yield _note(spec, number, chance)


def _note(spec: ProjectSpec, number: int, chance: random.Random) -> dict[str, Any]:
    day = spec.start_on + (min(spec.due_on, day_of(BUILT_AT)) - spec.start_on) * chance.random()
    percent = spec.actual_percent(day)
    milestone = spec.milestone_at(percent)
    words = prose.note(spec, milestone=milestone, percent=percent, day=day, rng=chance)
    note = {
        "number": f"2020-{number:06d}",
        "title": spec.name,
        "dated": day.isoformat(),
        "year": day.year,
        "month": month_of(day),
        "category": spec.category,
        "milestone": {"ordinal": spec.milestones.index(milestone) + 1, "name": milestone.name},
        "physical_percent": percent,
        "project": {"code": spec.code, "name": spec.name},
        "unit": {"code": spec.unit, "name": spec.unit},
        "town": {"code": spec.town, "name": spec.town},
        "reported_at": f"{day.isoformat()}T03:00:00Z",
        "approved_by": "区委区政府督查室",
        "photos": [_photo(day, number)],
    }
    passages = {name: getattr(words, name) for name in ("done", "problems", "next_step")}
    return {**note, **{name: said for name, said in passages.items() if said}}


def _photo(day: dt.date, number: int) -> dict[str, Any]:
    def name(edge: int, extension: str) -> str:
        return f"{hashlib.sha256(f'{number} {edge} {extension}'.encode()).hexdigest()}.{extension}"

    sizes = ((1024, "jpeg", "jpg"), (480, "jpeg", "jpg"), (480, "avif", "avif"), (240, "jpeg", "jpg"))
    return {
        "caption": "现场全景",
        "width": 960,
        "height": 720,
        "original": hashlib.sha256(str(number).encode()).hexdigest(),
        "received_on": day.isoformat(),
        "taken_on": day.isoformat(),
        "tone": "798c73",
        "renditions": [
            {"edge": edge, "format": kind, "name": name(edge, extension), "bytes": 20_000,
             "width": min(edge, 960), "height": min(edge, 960) * 3 // 4}
            for edge, kind, extension in sizes
        ],
    }  # fmt: skip
