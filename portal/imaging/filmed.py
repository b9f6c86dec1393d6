"""What a film is to us, and the reasons for which one is refused. Plain facts; no decoding here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_MILLISECONDS = 180_000
SLACK_MILLISECONDS = 1_000  # a telephone that stops at three minutes stops a few frames later
MOST_PIXELS = 4096 * 2304  # of one picture: what telephones call 4K
MOST_FRAMES = 181 * 60
SHORTEST_SIDE = 64
MOST_SOUND_TRACKS = 2


class FilmRefusal(StrEnum):
    """Why a film was not taken. The words for people are the pages' business."""

    EMPTY = "empty"
    NOT_A_FILM = "not_a_film"
    NOT_THIS_KIND = "not_this_kind"  # a film, but not MP4, MOV or WebM
    NOT_THIS_CODEC = "not_this_codec"  # MP4, MOV or WebM, but written in a way that we do not read
    TRUNCATED = "truncated"  # the beginning is right, the end is missing
    TRAILING = "trailing"  # something else is hung on behind the film
    ELSEWHERE = "elsewhere"  # it names other files or addresses for its pictures
    ENCRYPTED = "encrypted"
    NO_PICTURES = "no_pictures"  # sound alone
    TOO_MANY_TRACKS = "too_many_tracks"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"  # less than two pictures
    TOO_SMALL = "too_small"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    EDITED = "edited"  # its list of cuts says something that cannot be
    TOO_HEAVY = "too_heavy"  # more time or memory than one film may have
    CORRUPT = "corrupt"


class FilmRefused(Exception):
    """This film is not taken, for the reason in `refusal`."""

    def __init__(self, refusal: FilmRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True)
class Track:
    """One track as its container describes it. kind: "picture", "sound" or "other"; milliseconds and frames:
    None where the container does not say."""

    kind: str
    codec: str
    width: int = 0
    height: int = 0
    milliseconds: int | None = None
    frames: int | None = None


@dataclass(frozen=True, kw_only=True)
class Container:
    """A file whose outside is in order. format: "MP4", "MOV" or "WEBM"; plain: nothing but index and pictures, the
    index in front, no words about where it comes from; recorded_at: when its camera says that it was recorded."""

    format: str
    tracks: tuple[Track, ...]
    plain: bool = False
    recorded_at: str | None = None

    @property
    def pictures(self) -> Track:
        """The one track of pictures."""
        return next(track for track in self.tracks if track.kind == "picture")


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film that was accepted: upright width and height in pixels."""

    format: str
    codec: str
    width: int
    height: int
    milliseconds: int
    frames: int
    sound: bool
    recorded_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """A film that we made: H.264 without sound, at most 1280 by 720, the index in front."""

    width: int
    height: int
    milliseconds: int
    frames: int
