"""The outside of a film, judged before any decoder is asked: its kind, its boxes, its tracks, how long, how large."""

from __future__ import annotations

import os
from typing import BinaryIO

from portal.imaging.film_boxes import Boxes
from portal.imaging.film_elements import Elements
from portal.imaging.filmed import (
    MOST_FRAMES,
    MOST_MILLISECONDS,
    MOST_PIXELS,
    MOST_SOUND_TRACKS,
    SHORTEST_SIDE,
    SLACK_MILLISECONDS,
    Container,
    FilmRefusal,
    FilmRefused,
    Track,
)

HEAD_BYTES = 64
_OTHER_FILMS = (
    b"\0\0\1\xba",
    b"\0\0\1\xb3",
    b"\x30\x26\xb2\x75",
    b"FLV\1",
    b"OggS",
    b"\x47",
    b"RIFF",
    b".RMF",
)
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def judge_container(source: BinaryIO) -> Container:
    """Walk the whole outside. Raises `FilmRefused`, and `OSError` when the file cannot be read."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head:
        raise FilmRefused(FilmRefusal.EMPTY)
    if head[4:8] == b"ftyp":
        container = Boxes(source, size=size).container()
    elif head.startswith(b"\x1a\x45\xdf\xa3"):
        container = Elements(source, size=size).container()
    else:
        other = head.startswith(_OTHER_FILMS) or head[4:8] in _OLD_QUICKTIME
        raise FilmRefused(FilmRefusal.NOT_THIS_KIND if other else FilmRefusal.NOT_A_FILM)
    _judge_tracks(container.tracks)
    return container


def _judge_tracks(tracks: tuple[Track, ...]) -> None:
    pictures = [track for track in tracks if track.kind == "picture"]
    sounds = [track for track in tracks if track.kind == "sound"]
    if not pictures:
        raise FilmRefused(FilmRefusal.NO_PICTURES)
    if len(pictures) > 1 or len(sounds) > MOST_SOUND_TRACKS:
        raise FilmRefused(FilmRefusal.TOO_MANY_TRACKS)
    film = pictures[0]
    if not film.codec:
        raise FilmRefused(FilmRefusal.NOT_THIS_CODEC)
    judge_size(film.width, film.height)
    judge_length(milliseconds=film.milliseconds, frames=film.frames)


def judge_size(width: int, height: int) -> None:
    """Raises `FilmRefused` for pictures that are too large, or too small to show anything."""
    if width * height > MOST_PIXELS or max(width, height) > MOST_PIXELS // SHORTEST_SIDE:
        raise FilmRefused(FilmRefusal.TOO_MANY_PIXELS)
    if min(width, height) < SHORTEST_SIDE:
        raise FilmRefused(FilmRefusal.TOO_SMALL)


def judge_length(*, milliseconds: int | None, frames: int | None) -> None:
    """Raises `FilmRefused` for what lasts too long or has too many pictures; None is not known yet."""
    if milliseconds is not None and milliseconds > MOST_MILLISECONDS + SLACK_MILLISECONDS:
        raise FilmRefused(FilmRefusal.TOO_LONG)
    if frames is not None and frames > MOST_FRAMES:
        raise FilmRefused(FilmRefusal.TOO_MANY_FRAMES)
