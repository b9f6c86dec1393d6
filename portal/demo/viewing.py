"""Views of a few projects of the district, photographed every month: something to compare and to play."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from portal.demo.acting import Stage
from portal.demo.calendar import Telling, adopted_at
from portal.demo.projects import ProjectSpec
from portal.workflows.arrange_views import make_view

NAMES = ("东南角", "西南角")  # of the cameras of `scenes.frame`, in their order
VIEWED, LEAST = 4, 8  # projects, and reports that each of them has: every picture more has to be drawn


def viewed(
    specs: Sequence[ProjectSpec], told: Sequence[Telling], *, home: str
) -> Mapping[str, Sequence[Telling]]:
    """The projects that have views, each with its reports: the first of the demonstration's own unit, and the newest
    of the others that were reported on often enough."""
    reports: dict[str, list[Telling]] = defaultdict(list)
    for telling in told:
        reports[telling.project].append(telling)
    often = [s for s in specs[::-1] if s.kind == "project" and len(reports[s.code]) >= LEAST]
    often.sort(key=lambda spec: spec.unit != home)
    own = often[:1] if often and often[0].unit == home else []
    others = [spec for spec in often if spec.unit != home]
    return {spec.code: reports[spec.code] for spec in (own + others)[:VIEWED]}


def pictured(told: Sequence[Telling], codes: Mapping[str, object]) -> list[Telling]:
    """The same reports; those of the projects with views all have a picture from the first."""
    return [
        replace(telling, pictures=((0, telling.note.captions[0]),))
        if telling.project in codes and not telling.pictures
        else telling
        for telling in told
    ]


def making(chosen: Mapping[str, Sequence[Telling]], *, now: dt.datetime) -> Iterator[tuple[dt.datetime, str]]:
    """When the views of each project were made: the day before its first report, once its plan was adopted."""
    for code, reports in chosen.items():
        first = min(telling.at for telling in reports)
        yield max(adopted_at(int(code[:4]), now=now), first - dt.timedelta(days=1)), code


def make(stage: Stage, session: Session, code: str, now: dt.datetime) -> None:
    """Both views of a project, by a supervisor."""
    project = stage.project(session, code)
    for name in NAMES:
        make_view(session, project=project, name=name, milestone="", actor=stage.supervisor(session), now=now)
