"""A video arrives: its container is checked, it is looked into in the dark, the original is sealed, one of its
pictures is kept as a photo is. Our own film of it is made later, in the idle hours of the worker.

Done before the transaction that names it, so that the database never names what is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import PhotoRefused
from portal.imaging.film_room import FilmRoom
from portal.imaging.filmed import FilmRefusal, FilmRefused
from portal.ports import MediaStore, Received, Space
from portal.workflows.draft_videos import Filmed
from portal.workflows.receive_photo import stage

EXTENSIONS = {"MP4": "mp4", "MOV": "mov", "WEBM": "webm"}
Scratch = Callable[[], AbstractContextManager[BinaryIO]]


def receive_video(
    *,
    received: Received,
    file_name: str,
    films: FilmRoom,
    darkroom: Darkroom,
    media: MediaStore,
    scratch: Scratch,
) -> Filmed:
    """Look into a spooled file and keep it with one of its pictures. `scratch` gives empty files that go away.
    Raises `FilmRefused` and `StoreFull`."""
    with scratch() as answer, scratch() as room:
        film = films.look(received.path, answer=answer, scratch=room)
        try:
            picture = darkroom.develop(Path(answer.name))
        except PhotoRefused as refused:  # our own child made it, of something that shows nothing
            raise FilmRefused(FilmRefusal.CORRUPT) from refused
    media.take(Space.SEALED, f"{received.sha256}.{EXTENSIONS[film.format]}", received)
    return Filmed(
        sha256=received.sha256,
        bytes=received.size,
        format=film.format,
        width=film.width,
        height=film.height,
        milliseconds=film.milliseconds,
        sound=film.sound,
        tone=picture.tone,
        renditions=stage(picture.renditions, media),
        embedded={"recorded_at": film.recorded_at} if film.recorded_at else {},
        file_name=file_name,
    )
