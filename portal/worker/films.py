"""Idle work: our own films of videos, one at a time, in the confined child, while everything else goes on."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from typing import BinaryIO, TypeVar

from portal.database import TROUBLE, again
from portal.domain.subscriptions import DIGEST_JOB
from portal.imaging.film_room import FILM_BYTES, FilmCrashed
from portal.imaging.filmed import FilmRefused, Made
from portal.ports import Job, MediaMissing, Received, Space
from portal.wiring import Portal
from portal.worker.digests import send_digest
from portal.workflows import draft_videos
from portal.workflows.erase_report import destroy_media
from portal.workflows.transcode_video import begin_film, keep_film, note_crash, note_percent, note_trouble

log = logging.getLogger(__name__)
T = TypeVar("T")

PAUSE = 1.0  # seconds between looks at what is idle
STEP = 5  # percent between notes
KEEP_SECONDS = 5.0  # between words that the job is still worked on
MISSING = "missing"


class Stopped(Exception):
    """The worker has been told to stop; the film is begun again by the next one."""


class NotOurs(Exception):
    """Another worker has taken the job over."""


def run_idle(portal: Portal, *, stop: threading.Event | None = None) -> int:
    """The idle job that has waited longest; 0 when there is none."""
    return portal.queue.run_idle(idle_handlers(portal, stop or threading.Event()), now=portal.now())


def work_idle(portal: Portal, *, stop: threading.Event) -> None:
    """Do idle work until told to stop; a film in hand is let go."""
    while not stop.is_set():
        try:
            done = run_idle(portal, stop=stop)
        except Exception:  # whatever happens, the next look may go well
            log.exception("idle work stumbled")
            done = 0
        if not done:
            stop.wait(PAUSE)


def idle_handlers(portal: Portal, stop: threading.Event) -> Mapping[str, Callable[[Job], None]]:
    """What can be done in idle hours, by kind of job."""
    return {
        draft_videos.JOB: lambda job: _transcode(portal, job, stop),
        DIGEST_JOB: lambda job: send_digest(portal, job),
    }


def _transcode(portal: Portal, job: Job, stop: threading.Event) -> None:
    """Make our film of one video. What the film itself is to blame for is told to the unit; anything else is tried
    again by the queue."""
    video_id: int = job.payload["video"]
    name = again(lambda: _write(portal, begin_film, video_id=video_id))
    if name is None:
        return
    try:
        with contextlib.ExitStack() as files:
            original = _original(portal, str(name), files)
            answer = files.enter_context(portal.spool.scratch())
            room = files.enter_context(portal.spool.scratch())
            told = _Told(portal, job, stop)
            made = portal.films.make(original, answer=answer, scratch=room, progress=told)
            _keep(portal, video_id, made, answer)
    except FilmRefused as refused:
        _cannot_be_made(portal, video_id, refused.refusal.value)
    except MediaMissing:
        _cannot_be_made(portal, video_id, MISSING)
    except FilmCrashed:
        if not again(lambda: _write(portal, note_crash, video_id=video_id, now=portal.now())):
            raise


def _cannot_be_made(portal: Portal, video_id: int, trouble: str) -> None:
    again(lambda: _write(portal, note_trouble, video_id=video_id, trouble=trouble, now=portal.now()))


class _Told:
    """Writes down how far a film is, keeps the job, and stops it when the worker is to stop."""

    def __init__(self, portal: Portal, job: Job, stop: threading.Event) -> None:
        self._portal, self._job, self._stop = portal, job, stop
        self._noted, self._kept = 0, time.monotonic()

    def __call__(self, percent: int) -> None:
        if self._stop.is_set():
            raise Stopped
        with contextlib.suppress(*TROUBLE):  # a busy database is no reason to begin a film again
            if percent >= self._noted + STEP:
                self._noted = percent
                video_id = self._job.payload["video"]
                again(lambda: _write(self._portal, note_percent, video_id=video_id, percent=percent))
            if time.monotonic() > self._kept + KEEP_SECONDS:
                self._kept = time.monotonic()
                if not self._portal.queue.keep(self._job, now=self._portal.now()):
                    raise NotOurs


def _original(portal: Portal, name: str, files: contextlib.ExitStack) -> BinaryIO:
    """The sealed original as a real file: the child is handed its descriptor."""
    stream = files.enter_context(portal.media.open(Space.SEALED, name))
    with contextlib.suppress(OSError):
        stream.fileno()
        return stream
    copy = files.enter_context(portal.spool.scratch())
    shutil.copyfileobj(stream, copy, 1 << 20)
    copy.flush()
    return copy


def _keep(portal: Portal, video_id: int, made: Made, answer: BinaryIO) -> None:
    """Store the film, then name it; destroy it when nobody wants it any more."""
    received = _spooled(portal, answer)
    name = f"{received.sha256}.mp4"
    try:
        portal.media.take(Space.STAGED, name, received)
    finally:
        portal.spool.discard(received)
    film = {
        "name": name,
        "width": made.width,
        "height": made.height,
        "bytes": received.size,
        "milliseconds": made.milliseconds,
    }
    if not again(lambda: _write(portal, keep_film, video_id=video_id, film=film, now=portal.now())):
        with portal.database.reading() as session:
            destroy_media(session, names=[name], originals=[], media=portal.media)


def _spooled(portal: Portal, answer: BinaryIO) -> Received:
    with portal.spool.receive(FILM_BYTES) as arrival:
        answer.seek(0)
        shutil.copyfileobj(answer, arrival, 1 << 20)
        return arrival.finish()


def _write(portal: Portal, act: Callable[..., T], **about: object) -> T:
    with portal.database.writing() as session:
        return act(session, **about)
