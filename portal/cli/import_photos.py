"""Photos of an old archive, from the folder beside it: found within the folder, hashed, and developed in the darkroom
before the first note is written. What cannot be taken is named by its row; nothing of it stays."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from portal.domain.errors import Problem, Refused
from portal.domain.organisation import Person
from portal.domain.progress import MAX_PHOTO_BYTES
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.developed import PhotoCrashed, PhotoRefused
from portal.ports import MediaMissing, Received, Space
from portal.queries.archives import is_developed
from portal.wiring import Portal
from portal.workflows import archive_photos, attempt_file
from portal.workflows.receive_photo import receive_photo

AT_ONCE = 2  # photos on their way, as many as the darkroom has children


class NotTaken(Exception):
    """This photo cannot come in."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass
class Album:
    """The photos that rows name, by the name that rows use. places: the first row that names each; sha256: of those
    that were taken; keep: False in a trial, which develops and keeps nothing."""

    portal: Portal
    folder: Path | None
    actor: Person
    keep: bool
    places: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def name(self, file: str, *, place: int) -> None:
        self.places.setdefault(file, place)

    def develop(self, tell: Callable[[int, int], None]) -> Iterator[tuple[int, Problem]]:
        """Every photo, two at a time; the problems by row."""
        done = 0
        with ThreadPoolExecutor(AT_ONCE) as clerks:
            for file, place, problem in clerks.map(self._one, self.places, self.places.values()):
                done += 1
                tell(done, len(self.places))
                if problem is not None:
                    yield place, Problem("photos", problem.code, {"file": file, **problem.facts})

    def _one(self, file: str, place: int) -> tuple[str, int, NotTaken | None]:
        try:
            self.sha256[file] = self._take(file)
        except NotTaken as why:
            return file, place, why
        return file, place, None

    def _take(self, file: str) -> str:
        received = self._receive(file)
        try:
            with self.portal.database.reading() as session:
                known = is_developed(session, sha256=received.sha256)
            if not (known and self._is_there(received.sha256)):
                self._develop(received, PurePosixPath(file).name)
            return received.sha256
        finally:
            self.portal.spool.discard(received)

    def _is_there(self, sha256: str) -> bool:
        """Whether the files of a photo that waits are still in the store."""
        with self.portal.database.reading() as session:
            waits = archive_photos.waiting(session, sha256=[sha256])
        try:
            for rendition in waits[sha256].renditions:
                self.portal.media.size(Space.STAGED, rendition["name"])
        except (KeyError, MediaMissing):
            return False
        return True

    def _receive(self, file: str) -> Received:
        arrival = self.portal.spool.receive(MAX_PHOTO_BYTES)
        try:
            with _opened(self.folder, file) as descriptor:
                if os.fstat(descriptor).st_size > MAX_PHOTO_BYTES:
                    raise NotTaken("too_large", most=MAX_PHOTO_BYTES >> 20)
                while (block := os.read(descriptor, 1 << 20)) and not arrival.too_large:
                    arrival.write(block)
            if arrival.too_large:
                raise NotTaken("too_large", most=MAX_PHOTO_BYTES >> 20)
            return arrival.finish()
        finally:
            arrival.close()

    def _develop(self, received: Received, name: str) -> None:
        darkroom, media = self.portal.darkroom, self.portal.media
        try:
            with self._counted(received, name):
                if not self.keep:
                    darkroom.develop(received.path)
                    return
                developed = receive_photo(received=received, file_name=name, darkroom=darkroom, media=media)
        except PhotoRefused as refused:
            raise NotTaken(refused.refusal.value) from refused
        except DarkroomUnavailable as crashed:
            raise NotTaken("darkroom_unavailable") from crashed
        except Refused as refused:
            raise NotTaken(refused.code) from refused
        with self.portal.database.writing() as session:
            archive_photos.keep(session, developed=developed, now=self.portal.now())

    @contextmanager
    def _counted(self, received: Received, name: str) -> Iterator[None]:
        """As for a photo that comes through a form: counted before the work, and by what it ended with."""
        database, now = self.portal.database, self.portal.now()
        with database.writing() as session:
            refusal = attempt_file.begin_attempt(
                session, received=received, file_name=name, actor=self.actor, now=now
            )
        if refusal is not None:
            raise Refused(refusal)
        ending: attempt_file.Ending = attempt_file.not_its_fault
        try:
            yield
            ending = attempt_file.verdict_reached
        except PhotoCrashed as crash:
            with database.writing() as session:
                refusal = attempt_file.crashed(session, received=received, now=self.portal.now())
            raise Refused(refusal) from crash
        except PhotoRefused:
            ending = attempt_file.verdict_reached
            raise
        finally:
            if refusal is None:
                with database.writing() as session:
                    ending(session, received=received)


@contextmanager
def _opened(folder: Path | None, file: str) -> Iterator[int]:
    """A file of the folder, opened step by step without following a link, so that no name leads out of it."""
    if folder is None:
        raise NotTaken("no_folder")
    steps = file.replace("\\", "/").split("/")
    if any(step in ("", ".", "..") or "\0" in step or len(step.encode()) > 255 for step in steps):
        raise NotTaken("outside")
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for step in steps[:-1]:
            below = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        descriptor = os.open(steps[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    except FileNotFoundError as missing:
        raise NotTaken("not_there") from missing
    except OSError as wrong:  # a link, a file where a folder should be, no right to read
        raise NotTaken("not_a_file") from wrong
    finally:
        os.close(here)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotTaken("not_a_file")
        yield descriptor
    finally:
        os.close(descriptor)
