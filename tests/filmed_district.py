"""Videos in the small district, through the workflows that people use."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from portal.domain.progress import Report, Verb, Video
from portal.imaging.film_room import FilmRoom
from portal.worker import run_idle
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.draft_videos import Filmed, add_video
from portal.workflows.receive_video import receive_video
from portal.workflows.submit_report import submit_report
from tests.filming import film
from tests.small_district import SmallDistrict

SAID = "从西门走到书亭：挡墙已经砌到顶，脚手架还没有拆。"


_REMEMBERED: dict[tuple[str, str], tuple[Any, bytes]] = {}


@pytest.fixture(autouse=True)
def films_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child has once answered for a film it is not asked again in this run: each answer is a real one, and
    costs a process of its own. For modules that import this fixture; the child itself is tested in tests/imaging."""
    look, make = FilmRoom.look, FilmRoom.make

    def remembered(what: str, content: bytes, answer: Any, act: Any) -> Any:
        key = (what, hashlib.sha256(content).hexdigest())
        if key not in _REMEMBERED:
            told = act()
            answer.seek(0)
            _REMEMBERED[key] = (told, answer.read())
        answer.seek(0)
        answer.write(_REMEMBERED[key][1])
        answer.flush()
        answer.seek(0)
        return _REMEMBERED[key][0]

    def quick_look(self: FilmRoom, path: Any, *, answer: Any, scratch: Any) -> Any:
        return remembered(
            "look", path.read_bytes(), answer, lambda: look(self, path, answer=answer, scratch=scratch)
        )

    def quick_make(self: FilmRoom, film: Any, *, answer: Any, scratch: Any, progress: Any) -> Any:
        progress(0)
        film.seek(0)
        content = film.read()
        return remembered(
            "make",
            content,
            answer,
            lambda: make(self, film, answer=answer, scratch=scratch, progress=progress),
        )

    monkeypatch.setattr(FilmRoom, "look", quick_look)
    monkeypatch.setattr(FilmRoom, "make", quick_make)


def received(district: SmallDistrict, name: str = "telephone.mp4") -> Filmed:
    """A video that has come in."""
    portal = district.portal
    arrival = portal.spool.receive(10_000_000)
    arrival.write(film(name))
    done = arrival.finish()
    try:
        return receive_video(
            received=done,
            file_name=f"现场 {name}",
            films=portal.films,
            darkroom=portal.darkroom,
            media=portal.media,
            scratch=portal.spool.scratch,
        )
    finally:
        portal.spool.discard(done)


def add(district: SmallDistrict, report_id: int, name: str = "telephone.mp4", *, said: str = SAID) -> int:
    """Put a video with its words into a draft; its id."""
    arrived, portal, now = received(district, name), district.portal, district.portal.now()
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        video = add_video(
            session, report=report, arrived=arrived, actor=report.author, queue=portal.queue, now=now
        )
        say(session, report, {video.id: said}, now)
        return video.id


def say(session, report: Report, descriptions: dict[int, str], now) -> None:
    """Write what videos show; everything else stays."""
    words = ReportWords(
        milestone=str(report.milestone_id or ""),
        month=report.month,
        physical_percent=str(report.physical_percent),
        done=report.done,
        problems=report.problems,
        next_step=report.next_step,
        descriptions=descriptions,
    )
    problems = save_draft(
        session, report=report, words=words, seen_version=None, actor=report.author, now=now
    )
    assert problems == []


def submit(district: SmallDistrict, report_id: int) -> None:
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())


def submitted(district: SmallDistrict, *, made: bool = True, photos: int = 1) -> tuple[int, int]:
    """A report with a video that waits for a supervisor, and the video."""
    report_id = district.draft(photos=photos)
    video_id = add(district, report_id)
    submit(district, report_id)
    if made:
        make(district)
    return report_id, video_id


def make(district: SmallDistrict) -> None:
    """The worker's idle hours."""
    while run_idle(district.portal):
        pass


def published(district: SmallDistrict, *, photos: int = 1) -> tuple[str, dict]:
    """A published report with a video: its number, and the stored film."""
    report_id, video_id = submitted(district, photos=photos)
    district.decide(report_id, Verb.APPROVE)
    with district.portal.database.reading() as session:
        number = session.get_one(Report, report_id).number
        return str(number), dict(session.get_one(Video, video_id).film)
