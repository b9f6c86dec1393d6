"""Our own film of a video is made: what the rows say before, while and after. The making itself is the worker's, in
the confined child; each step here is a short transaction of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.filming import MOST_TRIES, is_wanted
from portal.domain.progress import FilmState, Video

CRASHED = "crashed"


def begin_film(session: Session, *, video_id: int) -> str | None:
    """The original's name in the sealed room; None when nobody wants the film any more, or it is made already."""
    video = session.get(Video, video_id)
    if video is None or not is_wanted(video) or video.state in (FilmState.READY, FilmState.FAILED):
        return None
    video.state, video.percent = FilmState.CONVERTING, 0
    return video.original_name


def note_percent(session: Session, *, video_id: int, percent: int) -> None:
    """How far it is."""
    video = session.get(Video, video_id)
    if video is not None and video.state is FilmState.CONVERTING:
        video.percent = percent


def keep_film(session: Session, *, video_id: int, film: dict[str, Any], now: dt.datetime) -> bool:
    """The film is made and lies in the staged room. False when nobody wants it any more: then it is to be destroyed."""
    video = session.get(Video, video_id)
    if video is None or not is_wanted(video):
        return False
    video.film, video.state, video.percent, video.trouble = film, FilmState.READY, 100, ""
    audit.note(session, actor=None, act="make_film", subject=video, now=now, film=film["name"])
    return True


def note_trouble(session: Session, *, video_id: int, trouble: str, now: dt.datetime) -> None:
    """It cannot be made, and why. The unit reads the cure beside the video."""
    video = session.get(Video, video_id)
    if video is not None and video.state is not FilmState.READY:
        video.state, video.trouble = FilmState.FAILED, trouble
        audit.note(session, actor=None, act="fail_film", subject=video, now=now, trouble=trouble)


def note_crash(session: Session, *, video_id: int, now: dt.datetime) -> bool:
    """The child died of it. True when that was once too often, and the video is set aside."""
    video = session.get(Video, video_id)
    if video is None:
        return True
    video.tries += 1
    if video.tries < MOST_TRIES:
        video.state = FilmState.WAITING
        return False
    note_trouble(session, video_id=video_id, trouble=CRASHED, now=now)
    return True
