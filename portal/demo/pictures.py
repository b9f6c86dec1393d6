"""The district's photographs: drawn by code on all cores, then received like any phone's."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from portal.demo.calendar import Telling
from portal.demo.projects import ProjectSpec
from portal.demo.scenes import draw
from portal.rules.clock import day_of
from portal.wiring import Portal
from portal.workflows.draft_photos import Developed
from portal.workflows.receive_photo import receive_photo

WIDTH, HEIGHT = 960, 720
LARGEST = 8 * 1024 * 1024


@dataclass(frozen=True)
class Shot:
    """One picture to take: of a project, at a progress, on a day, from a view."""

    project: str
    scene: str
    progress: int
    day: dt.date
    view: int


def shots(projects: Sequence[ProjectSpec], told: Sequence[Telling]) -> list[Shot]:
    """Every picture that the tellings need, each once."""
    scenes = {spec.code: spec.scene for spec in projects}
    wanted = [
        Shot(t.project, scenes[t.project], t.percent, day_of(t.at), view)
        for t in told
        for view, _caption in t.pictures
    ]
    return list(dict.fromkeys(wanted))


class Pictures:
    """The photos of the district on their way: drawn by processes and received by threads, in the order
    in which the story needs them, while the story is being acted."""

    def __init__(self, portal: Portal, wanted: Sequence[Shot], *, done: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._painters = ProcessPoolExecutor(os.cpu_count() or 1, mp_context=context)
        self._clerks = ThreadPoolExecutor(2)
        self._received: dict[Shot, Future[Developed]] = {}
        for shot in sorted(wanted, key=lambda shot: shot.day):
            drawn = self._painters.submit(_draw, shot)
            received = self._clerks.submit(_receive, portal, shot, drawn)
            received.add_done_callback(lambda _future: done())
            self._received[shot] = received

    def __getitem__(self, shot: Shot) -> Developed:
        """The received photo; waits until it has come."""
        return self._received[shot].result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._clerks.shutdown(cancel_futures=True)
        self._painters.shutdown(cancel_futures=True)


def _draw(shot: Shot) -> bytes:
    return draw(
        shot.scene,
        seed=int(shot.project.replace("-", "")),
        progress=shot.progress,
        day=shot.day,
        view=shot.view,
        width=WIDTH,
        height=HEIGHT,
    )


def _receive(portal: Portal, shot: Shot, drawn: Future[bytes]) -> Developed:
    arrival = portal.spool.receive(LARGEST)
    arrival.write(drawn.result())
    received = arrival.finish()
    name = f"IMG_{shot.day:%Y%m%d}_{shot.view + 1}.jpg"
    try:
        return receive_photo(received=received, file_name=name, darkroom=portal.darkroom, media=portal.media)
    finally:
        portal.spool.discard(received)
