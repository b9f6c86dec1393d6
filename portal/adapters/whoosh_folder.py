"""The folder a Whoosh index lies in: which generation is the newest, opening it, emptying it, one writer.

Whoosh is told nothing twice and asked nothing it gets wrong: the lock is ours and lies beside the folder,
and whether a file that is missing means "try again" or "damaged" is decided here.
"""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.adapters.whoosh_mapped import read_in_place
from portal.adapters.whoosh_snapshot import SCHEMA, Damaged
from portal.ports import SearchUnavailable

with warnings.catch_warnings():
    # Also what Whoosh imports only when first used, so that it is compiled here where warnings are quiet.
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.matching.wrappers
    import whoosh.searching
    import whoosh.writing  # noqa: F401
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex, clean_files
    from whoosh.reading import SegmentReader
    from whoosh.util.filelock import FileLock, try_for

LOCK_TIMEOUT = 20.0  # seconds to wait for another writer; a batch of a few hundred items takes one
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")
_OURS = re.compile(r"_?MAIN_.*")
_NAME = "MAIN"  # what Whoosh calls an index when it is not told otherwise
_OPEN_TRIES = 5  # a writer may remove the files of a generation while we open it

TIER = 5  # segments of about one size that become one
MANY = 24  # segments, from which on size is no reason not to merge
SMALL, SHARE = 400, 40  # items that a commit may write anew: so many, or so many for each that it adds

Files = tuple[tuple[str, int, int, int], ...]  # name, inode, bytes, time of change in ns


def in_words(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}"


class _Storage(FileStorage):  # type: ignore[misc]
    """Whoosh's storage, which can close what a reader that failed half-way has left open."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """Open a file of the folder for reading."""
        file = super().open_file(name, **options)
        self._opened.append(file)
        return file

    def close_opened(self) -> None:
        """Close every file that is still open."""
        for file in self._opened:
            if not file.is_closed:
                file.close()


class IndexFolder:
    """One folder, opened by any number of processes; everything is asked of the disk anew."""

    def __init__(self, path: Path) -> None:
        """path: made when first written to."""
        self._path = path

    def _newest(self) -> str:
        """The name of the newest table of contents. Raises `FileNotFoundError` when there is none."""
        names = [match for name in os.listdir(self._path) if (match := _TOC.fullmatch(name))]  # noqa: PTH208
        if not names:
            raise FileNotFoundError(f"no index in {self._path}")
        return max(names, key=lambda match: int(match[1]))[0]

    def _files(self, names: Iterable[str]) -> Files:
        """What identifies the files of a generation. A file cut short under a memory map would kill the
        process that reads it, so this is compared before every use."""
        found = []
        for name in names:
            state = os.stat(f"{self._path}/{name}")  # noqa: PTH116 (the path objects cost more than the call)
            found.append((name, state.st_ino, state.st_size, state.st_mtime_ns))
        return tuple(found)

    def is_still(self, files: Files) -> bool:
        """Whether these, with the table of contents first, are still the newest generation, untouched.
        Raises `FileNotFoundError` when there is no index at all."""
        if files[0][0] != self._newest():
            return False
        try:
            return self._files(name for name, *_ in files) == files
        except FileNotFoundError:
            return False

    def open_newest(self) -> tuple[Any, Files]:
        """A reader of the newest generation. Raises `Damaged` or `OSError`."""
        for _ in range(_OPEN_TRIES):
            newest = self._newest()
            try:
                return self._open(newest)
            except Exception as error:  # unpickling rubbish may raise anything
                if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                    raise
                if newest == self._newest():
                    raise Damaged(in_words(error)) from error
        raise Damaged("replaced again and again while being opened")

    def _open(self, newest: str) -> tuple[Any, Files]:
        """Open at once: whether to try again is not Whoosh's to decide."""
        storage = _Storage(str(self._path))
        try:
            index = FileIndex(storage, schema=SCHEMA)
            toc = index._read_toc()
            read_in_place(toc.segments)
            reader = index._reader(storage, toc.schema, toc.segments, toc.generation)
            return reader, self._files([newest, *(segment.make_filename(".seg") for segment in toc.segments)])
        except Exception:
            storage.close_opened()
            raise

    def index(self) -> Any:
        """Whoosh's index, for writing to. Raises whatever a damaged one raises."""
        return FileIndex(_Storage(str(self._path)), schema=SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer. Raises `SearchUnavailable` for whatever goes wrong with the disk or the lock."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._path.with_name(f"{self._path.name}.lock")))
            if not try_for(lock.acquire, timeout=LOCK_TIMEOUT, delay=0.05):
                raise SearchUnavailable(
                    f"another writer holds the search index for {LOCK_TIMEOUT:.0f} seconds"
                )
            try:
                yield
            finally:
                lock.release()
        except OSError as error:
            raise SearchUnavailable(f"the search index cannot be written: {error}") from error

    def create(self) -> None:
        """An empty index in place of whatever is there. Removes only files of an index."""
        self._path.mkdir(parents=True, exist_ok=True)
        for path in self._path.iterdir():
            if _OURS.fullmatch(path.name) and path.is_file():
                path.unlink()
        FileIndex.create(FileStorage(str(self._path)), SCHEMA)

    def adopt(self, other: Path) -> None:
        """Move the index of another folder of the same disk in, as the next generation of this one: readers
        see the one or the other. To be called while writing; nobody may use the other folder any more."""
        self._path.mkdir(parents=True, exist_ok=True)
        try:
            newest = _TOC.fullmatch(self._newest())
        except FileNotFoundError:
            newest = None
        contents = FileIndex(FileStorage(str(other)), schema=SCHEMA)._read_toc()
        contents.generation = int(newest[1]) + 1 if newest else 0
        for path in other.glob("MAIN_*"):
            path.replace(self._path / path.name)
        storage = FileStorage(str(self._path))
        contents.write(storage, _NAME)  # a rename, last
        clean_files(storage, _NAME, contents.generation, contents.segments)


def without_deleted(writer: Any, segments: list[Any]) -> list[Any]:
    """Write every segment anew that still holds a word of anything deleted: what is taken out of the index is
    in none of its files, nor is an earlier version of it."""
    clean = []
    for segment in segments:
        if not segment.has_deletions():
            clean.append(segment)
            continue
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return clean


def in_tiers(added: int) -> Callable[[Any, list[Any]], list[Any]]:
    """A policy of merging for a commit that adds so many items: `TIER` segments of about one size become one, so
    that every item is written anew a few times in all and a single note never waits for the whole index."""

    def policy(writer: Any, segments: list[Any]) -> list[Any]:
        living = [segment for segment in segments if segment.doc_count() > 0]
        tiers: dict[int, list[Any]] = {}
        for segment in living:
            tiers.setdefault(int(math.log(segment.doc_count(), TIER)), []).append(segment)
        kept: list[Any] = []
        for tier in tiers.values():
            size = sum(segment.doc_count() for segment in tier)
            if len(tier) < TIER or (size > max(SMALL, SHARE * added) and len(living) <= MANY):
                kept += tier
                continue
            for segment in tier:
                reader = SegmentReader(writer.storage, writer.schema, segment)
                writer.add_reader(reader)
                reader.close()
        return kept

    return policy
