"""A unit puts videos into its report and takes them out again."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.database import hold
from portal.domain import audit
from portal.domain.editable import editable_passages
from portal.domain.errors import Refused
from portal.domain.lifecycle import REPORT, ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.progress import MAX_VIDEOS, FilmState, Report, Video
from portal.domain.wording import clean
from portal.ports import JobQueue
from portal.rules.clock import day_of

JOB = "transcode_video"


@dataclass(frozen=True, kw_only=True)
class Filmed:
    """A video that has arrived, as it was looked into. Its original and its picture already lie in the media store."""

    sha256: str
    bytes: int
    format: str
    width: int
    height: int
    milliseconds: int
    sound: bool
    tone: str
    renditions: list[dict[str, Any]]
    embedded: dict[str, Any]
    file_name: str = ""


def add_video(
    session: Session, *, report: Report, arrived: Filmed, actor: Person, queue: JobQueue, now: dt.datetime
) -> Video:
    """Put the video at the end of the report's, and ask for our film of it. The same video again is not added
    twice: the one that is there is answered. Raises `Refused` (`too_many_videos`, `videos_not_open`)."""
    _may_change(session, report, actor)
    same = next((v for v in report.videos if v.original_sha256 == arrived.sha256), None)
    if same is not None:
        return same
    _refuse_unless_room(report)
    video = _video(report, arrived, actor, now)
    session.add(video)
    session.flush()
    order_film(session, video=video, queue=queue, now=now)
    audit.note(session, actor=actor, act="add_video", subject=report, now=now, video=arrived.sha256)
    return video


def order_film(session: Session, *, video: Video, queue: JobQueue, now: dt.datetime) -> None:
    """Ask for our film of a video, in the idle hours of the worker."""
    queue.enqueue(session, kind=JOB, payload={"video": video.id}, not_before=now, key=f"video/{video.id}")


def remove_video(session: Session, *, report: Report, video: Video, actor: Person, now: dt.datetime) -> None:
    """Take a video out of the report; the sealed original stays in the house."""
    _may_change(session, report, actor)
    if video.report_id != report.id:
        raise Refused("videos_not_open")
    video.removed_at = now
    audit.note(session, actor=actor, act="remove_video", subject=report, now=now, video=video.original_sha256)


def restore_video(
    session: Session, *, report: Report, video: Video, actor: Person, queue: JobQueue, now: dt.datetime
) -> None:
    """Put a removed video back; doing it again changes nothing. Raises `Refused` (`too_many_videos`)."""
    _may_change(session, report, actor)
    last = report.last_return
    if video.report_id != report.id:
        raise Refused("videos_not_open")
    if video.removed_at is None:
        return
    if last is not None and (last.took_effect_at is None or video.removed_at < last.took_effect_at):
        raise Refused("videos_not_open")  # it was gone before the return; nobody asked for it
    _refuse_unless_room(report)
    video.removed_at = None
    if video.state in (FilmState.WAITING, FilmState.CONVERTING):
        order_film(session, video=video, queue=queue, now=now)
    audit.note(
        session, actor=actor, act="restore_video", subject=report, now=now, video=video.original_sha256
    )


def _may_change(session: Session, report: Report, actor: Person) -> None:
    hold(session, report)
    permit_report(actor, ReportAct.SAVE, report)
    REPORT.next(report.state, ReportAct.SAVE)
    if "videos" not in editable_passages(report):
        raise Refused("videos_not_open")


def _refuse_unless_room(report: Report) -> None:
    if len(report.videos) >= MAX_VIDEOS:
        raise Refused("too_many_videos", most=MAX_VIDEOS)


def _video(report: Report, arrived: Filmed, actor: Person, now: dt.datetime) -> Video:
    return Video(
        report=report,
        position=max((video.position for video in report.all_videos), default=0) + 1,
        taken_on=_claimed_day(arrived.embedded, now),
        file_name=clean(arrived.file_name, limit=200),
        original_sha256=arrived.sha256,
        original_format=arrived.format,
        original_bytes=arrived.bytes,
        width=arrived.width,
        height=arrived.height,
        milliseconds=arrived.milliseconds,
        sound=arrived.sound,
        tone=arrived.tone,
        renditions=arrived.renditions,
        embedded=arrived.embedded,
        seal_salt=secrets.token_hex(32),
        received_at=now,
        received_by_id=actor.id,
    )


def _claimed_day(embedded: Mapping[str, Any], now: dt.datetime) -> dt.date | None:
    """The day on which the file says that it was recorded, when that is believable."""
    try:
        day = day_of(dt.datetime.fromisoformat(str(embedded.get("recorded_at", ""))))
    except (ValueError, TypeError):
        return None
    return day if dt.date(2000, 1, 1) <= day <= day_of(now) else None
