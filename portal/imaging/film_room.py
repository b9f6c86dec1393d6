"""The client of the child that reads films: hands over one film, waits, and believes nothing it cannot check.

This side never loads a library that decodes. Each film has a process of its own, which ends with it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from portal.imaging.filmed import Container, Film, FilmRefusal, FilmRefused, Made
from portal.imaging.films import judge_container, judge_length, judge_size

CONFINEMENTS = ("landlock", "seccomp", "network", "rlimits")
START_SECONDS = 60.0
LOOK_SECONDS = 30  # of CPU
MAKE_SECONDS = 60  # of CPU, and for every second of the film as many again:
MAKE_SECONDS_A_SECOND = 2
WALL = 5  # times as long may it take by the clock
POSTER_BYTES = 32 << 20
FILM_BYTES = 96 << 20  # three minutes at the most that we let the encoder write, with room
_MOST_WORDS = 64 << 10
_TICK = 2.0  # seconds after which a caller hears that it still goes on
_START = (
    "import sys; sys.path[:0] = sys.argv[8:]; from portal.imaging.film_child import main; "
    "main(*map(int, sys.argv[1:5]), what=sys.argv[5], form=sys.argv[6], most=sys.argv[7])"
)


class FilmRoomUnavailable(RuntimeError):
    """The confined child cannot be started; the film was not judged."""


class FilmCrashed(RuntimeError):
    """The child ended without a word while it had this film."""


def _silent(_percent: int) -> None:
    """Nobody asks how far it is."""


class FilmRoom:
    """Looks into films and makes ours of them, at most `children` at once. Usable from several threads."""

    def __init__(self, *, children: int = 2) -> None:
        self._free = threading.BoundedSemaphore(children)

    def look(self, path: Path, *, answer: BinaryIO, scratch: BinaryIO) -> Film:
        """Judge the film in this file and leave one of its pictures in `answer`, as PNG; `answer` and `scratch` are
        empty files. Raises `FilmRefused`,
        `FilmRoomUnavailable`, and `OSError` when a file cannot be read."""
        with path.open("rb", buffering=0) as film:
            container = judge_container(film)
            try:
                said = self._told(film, answer, scratch, container, what="look", seconds=LOOK_SECONDS)
            except FilmCrashed:
                raise FilmRefused(FilmRefusal.CORRUPT) from None
        return _film(said, container)

    def make(
        self, film: BinaryIO, *, answer: BinaryIO, scratch: BinaryIO, progress: Callable[[int], None]
    ) -> Made:
        """Make our film of this one and leave it in `answer`, checked. `progress` hears percents, the same ones again
        and again, and may raise to stop. Raises `FilmRefused`, `FilmCrashed`, `FilmRoomUnavailable`."""
        container = judge_container(film)
        long = (container.pictures.milliseconds or 180_000) // 1000 + 1
        seconds = MAKE_SECONDS + MAKE_SECONDS_A_SECOND * long
        said = self._told(film, answer, scratch, container, what="make", seconds=seconds, progress=progress)
        made = _made(said)
        _must_be_ours(answer, made)
        answer.seek(0)
        progress(100)
        return made

    def status(self) -> dict[str, bool]:
        """Which confinements hold on this machine: landlock, seccomp, network, rlimits. Found out by a trial, once in
        a process. Raises `FilmRoomUnavailable`."""
        return dict(_tried())

    def _told(
        self,
        film: BinaryIO,
        answer: BinaryIO,
        scratch: BinaryIO,
        container: Container,
        *,
        what: str,
        seconds: int,
        progress: Callable[[int], None] = _silent,
    ) -> dict[str, Any]:
        filtered = self.status()["seccomp"]
        size = POSTER_BYTES if what == "look" else FILM_BYTES
        files = (film.fileno(), answer.fileno(), scratch.fileno())
        with (
            self._free,
            _Work(
                what=what, form=container.format, seconds=seconds, size=size, filtered=filtered, files=files
            ) as work,
        ):
            said = work.words(progress, wall=float(seconds * WALL))
        if "refused" in said:
            raise FilmRefused(_refusal(said["refused"]))
        return said


class _Work:
    """One process with one film."""

    def __init__(
        self, *, what: str, form: str, seconds: int, size: int, filtered: bool, files: tuple[int, ...] = ()
    ) -> None:
        self._most = f"{seconds},{size},{int(filtered)}"
        self._what, self._form, self._files = what, form, files
        self.held: dict[str, bool] = {}

    def __enter__(self) -> _Work:
        self._channel, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as spare:
            files = self._files or tuple(spare.enter_context(_nothing()) for _ in range(3))
            numbers = [str(each) for each in (theirs.fileno(), *files)]
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                    [
                        sys.executable,
                        "-I",
                        "-c",
                        _START,
                        *numbers,
                        self._what,
                        self._form,
                        self._most,
                        *_import_paths(),
                    ],
                    env={},
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(), *files),
                    start_new_session=True,
                )
            except OSError as error:
                self._channel.close()
                raise FilmRoomUnavailable(f"the confined child for films does not start: {error}") from error
        return self

    def __exit__(self, *_error: object) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def words(self, progress: Callable[[int], None], *, wall: float) -> dict[str, Any]:
        """The last line as what it says. Raises `FilmCrashed`, `FilmRefused` and what `progress` raises."""
        end, data, percent = time.monotonic() + START_SECONDS + wall, b"", 0
        while time.monotonic() < end and len(data) < _MOST_WORDS:
            progress(percent)
            if not select.select([self._channel], [], [], _TICK)[0]:
                continue
            more = self._channel.recv(4096)
            if not more:
                return self._last(data)
            data += more
            percent = max(percent, _percent(data))
        raise FilmRefused(FilmRefusal.TOO_HEAVY)

    def _last(self, data: bytes) -> dict[str, Any]:
        code = self._process.wait()
        if len(data) < len(CONFINEMENTS):
            raise FilmRoomUnavailable(
                "the confined child for films ended before it began; see standard error"
            )
        greeting, lines = data[: len(CONFINEMENTS)], data[len(CONFINEMENTS) :].splitlines()
        self.held = {name: bool(flag) for name, flag in zip(CONFINEMENTS, greeting, strict=True)}
        if code in (-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ):
            raise FilmRefused(FilmRefusal.TOO_HEAVY)
        if code != 0 or not lines:
            raise FilmCrashed(f"the confined child for films ended with {code}")
        try:
            said = json.loads(lines[-1])
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise FilmCrashed("the confined child for films answered something else")
        return said


@functools.cache
def _tried() -> dict[str, bool]:
    """What holds, tried with a film of our own."""
    for filtered in (True, False):  # where the list of system calls does not do, without it
        with _Work(
            what="trial", form="MP4", seconds=LOOK_SECONDS, size=FILM_BYTES, filtered=filtered
        ) as work:
            try:
                work.words(_silent, wall=START_SECONDS)
            except FilmCrashed:
                continue
            return work.held
    raise FilmRoomUnavailable("the confined child for films ends in its trial")


@contextlib.contextmanager
def _nothing() -> Iterator[int]:
    number = os.memfd_create("trial")
    try:
        yield number
    finally:
        os.close(number)


def _percent(data: bytes) -> int:
    """The last whole line of numbers."""
    lines = data[len(CONFINEMENTS) :].rpartition(b"\n")[0].rsplit(b"\n", 1)
    return min(int(lines[-1]), 99) if lines[-1].isdigit() and len(lines[-1]) < 4 else 0


def _refusal(value: object) -> FilmRefusal:
    try:
        return FilmRefusal(str(value))
    except ValueError:
        raise FilmCrashed("the confined child for films answered something else") from None


def _whole(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if type(value) is not int or not 0 < value < 1 << 31:
        raise FilmCrashed(f"the confined child for films says something impossible of {name}")
    return value


def _film(said: dict[str, Any], container: Container) -> Film:
    film = Film(
        format=container.format,
        codec=container.pictures.codec,
        width=_whole(said, "width"),
        height=_whole(said, "height"),
        milliseconds=_whole(said, "milliseconds"),
        frames=_whole(said, "frames"),
        sound=any(track.kind == "sound" for track in container.tracks),
        recorded_at=container.recorded_at,
    )
    if said.get("codec") != container.pictures.codec:
        raise FilmRefused(FilmRefusal.CORRUPT)  # it is not what its own container says
    judge_size(film.width, film.height)
    judge_length(milliseconds=film.milliseconds, frames=film.frames)
    return film


def _made(said: dict[str, Any]) -> Made:
    return Made(**{each.name: _whole(said, each.name) for each in dataclasses.fields(Made)})


def _must_be_ours(answer: BinaryIO, made: Made) -> None:
    """What the child has written is to be what it says, and nothing more."""
    container = judge_container(answer)
    pictures = container.pictures
    right = (
        container.format == "MP4"
        and container.plain
        and len(container.tracks) == 1
        and pictures.codec == "h264"
        and (pictures.width, pictures.height) == (made.width, made.height)
        and max(made.width, made.height) <= 1280
        and min(made.width, made.height) <= 720
    )
    if not right:
        raise FilmCrashed("the confined child for films made something else")


def _import_paths() -> list[str]:
    """Where an isolated interpreter finds this package and its libraries, which are not loaded for it here."""
    found = {str(Path(__file__).parents[2]): None}
    for name in ("av", "PIL"):
        library = importlib.util.find_spec(name)
        if library is not None and library.origin is not None:
            found[str(Path(library.origin).parents[1])] = None
    return list(found)
