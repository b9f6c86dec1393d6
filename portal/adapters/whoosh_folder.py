"""The folder a Whoosh index lies in: which generation is the newest, opening it, emptying it, one writer.

A generation is Whoosh's table of contents (`_MAIN_7.toc`: the schema, the segments, what is deleted in them, the
position), which is put there by a rename, last; the segments it names are files of our codec that never change. Any
number of processes read; one at a time writes, behind a lock *beside* the folder, so that the folder may be deleted
at any moment. The table is a pickle: the folder is to be trusted like code.

Whoosh is told nothing twice and asked nothing it gets wrong: whether a file that is missing means "try again" or
"damaged" is decided here.
"""

from __future__ import annotations

import os
import re
import secrets
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.adapters.array_file import Broken, write_arrays
from portal.adapters.index_merging import Part
from portal.adapters.index_segment import Segment
from portal.adapters.whoosh_codec import FORMAT, NAME, SCHEMA, Contents, Listing
from portal.ports import SearchUnavailable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC
    from whoosh.util.filelock import FileLock, try_for

LOCK_TIMEOUT = 20.0  # seconds to wait for another writer; a batch of a few hundred items takes one
CACHE_BYTES = 6 * 2**20  # answers kept per segment, so that a commit forgets few
_CONTENTS = re.compile(r"_MAIN_([0-9]+)\.toc")
_OURS = re.compile(r"_?MAIN_.*")
_OPEN_TRIES = 5  # a writer may remove the files of a generation while we open it

Stamp = tuple[str, int, int, int]  # of a file: name, inode, bytes, time of change in ns
Files = tuple[Stamp, ...]


class Damaged(Exception):
    """The index on disk cannot be read as one of ours."""


def in_words(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}"


class _Storage(FileStorage):  # type: ignore[misc]
    """Whoosh's storage, which can close what was left open by a table of contents that broke off half-way."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._opened: list[Any] = []

    def open_file(self, name: str, **options: Any) -> Any:
        """See Whoosh."""
        return self._noted(super().open_file(name, **options))

    def create_file(self, name: str, **options: Any) -> Any:
        """See Whoosh."""
        return self._noted(super().create_file(name, **options))

    def _noted(self, file: Any) -> Any:
        self._opened.append(file)
        return file

    def close_opened(self) -> None:
        """Close every file that is still open."""
        for file in self._opened:
            if not file.is_closed:
                file.close()


@dataclass(frozen=True)
class Generation:
    """What was committed at one moment, opened. The table of contents is the first of its files."""

    contents: Contents
    segments: tuple[Segment, ...]
    files: Files


class IndexFolder:
    """One folder, opened by any number of processes; everything is asked of the disk anew."""

    def __init__(self, path: Path) -> None:
        """path: made when first written to."""
        self._path = path

    def _newest(self) -> str:
        """The name of the newest table of contents. Raises `FileNotFoundError` when there is none."""
        names = [match for name in os.listdir(self._path) if (match := _CONTENTS.fullmatch(name))]  # noqa: PTH208
        if not names:
            raise FileNotFoundError(f"no index in {self._path}")
        return max(names, key=lambda match: int(match[1]))[0]

    def _stamp(self, name: str) -> Stamp:
        """What identifies a file. One cut short under a memory map would kill the process that reads it, so
        this is compared before every use."""
        state = os.stat(f"{self._path}/{name}")  # noqa: PTH116 (the path objects cost more than the call)
        return name, state.st_ino, state.st_size, state.st_mtime_ns

    def is_still(self, files: Files) -> bool:
        """Whether these, with the table of contents first, are still the newest generation, untouched.
        Raises `FileNotFoundError` when there is no index at all."""
        if files[0][0] != self._newest():
            return False
        try:
            return all(self._stamp(file[0]) == file for file in files)
        except FileNotFoundError:
            return False

    def open_newest(self, before: Generation | None = None) -> Generation:
        """The newest generation. Raises `Damaged` or `OSError`.

        before: an earlier one, whose segments are taken over where they are still the same files.
        """
        known = dict(zip(before.files[1:], before.segments, strict=True)) if before else {}
        for _ in range(_OPEN_TRIES):
            newest = self._newest()
            try:
                return self._open(newest, known)
            except FileNotFoundError as error:
                if newest == self._newest():
                    raise Damaged(in_words(error)) from error
            except Broken as error:
                raise Damaged(in_words(error)) from error
        raise Damaged("replaced again and again while being opened")

    def _open(self, newest: str, known: Mapping[Stamp, Segment]) -> Generation:
        contents = self._read(newest)
        files, segments = [self._stamp(newest)], []
        for each in contents:
            stamp = self._stamp(each.file)
            segment = known.get(stamp) or Segment(f"{self._path}/{each.file}", cache_bytes=CACHE_BYTES)
            if segment.size != each.size:
                raise Damaged(f"{each.file} has {segment.size} items, not {each.size}")
            files.append(stamp)
            segments.append(segment)
        return Generation(contents, tuple(segments), tuple(files))

    def _read(self, name: str) -> Contents:
        """What a table of contents says. Raises `Damaged`, or `FileNotFoundError` when it is gone meanwhile."""
        storage, number = _Storage(self._path), int(_CONTENTS.fullmatch(name)[1])  # type: ignore[index]
        try:
            contents = TOC.read(storage, NAME, gen=number, schema=SCHEMA).segments
        except OSError:
            raise
        except Exception as error:  # unpickling rubbish may raise anything
            raise Damaged(f"no table of contents: {in_words(error)}") from error
        finally:
            storage.close_opened()
        if not isinstance(contents, Contents) or contents.format != FORMAT:
            raise Damaged("written in another format")
        return contents

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

    def add(self, part: Part) -> Listing:
        """Write a segment that no generation has yet."""
        listing = Listing(secrets.token_hex(8), part.size)
        write_arrays(self._path / listing.file, part.arrays, {"values": part.values})
        return listing

    def commit(self, contents: Contents) -> None:
        """Make this the newest generation, and remove the files that no generation needs any more."""
        try:
            match = _CONTENTS.fullmatch(self._newest())
            number = int(match[1]) + 1 if match else 0
        except FileNotFoundError:
            number = 0
        storage = _Storage(self._path)
        try:
            TOC(SCHEMA, contents, number).write(storage, NAME)  # a rename, last
        finally:
            storage.close_opened()
        self._clean({f"_{NAME}_{number}.toc", *(each.file for each in contents)})

    def _clean(self, needed: set[str]) -> None:
        """Remove all files of an index but these."""
        for path in self._path.iterdir():
            if _OURS.fullmatch(path.name) and path.name not in needed and path.is_file():
                path.unlink(missing_ok=True)

    def create(self) -> None:
        """An empty index in place of whatever is there. Removes only files of an index."""
        self._path.mkdir(parents=True, exist_ok=True)
        self._clean(set())
        self.commit(Contents())

    def adopt(self, other: Path) -> None:
        """Move the index of another folder of the same disk in, as the next generation of this one: readers
        see the one or the other. To be called while writing; nobody may use the other folder any more."""
        self._path.mkdir(parents=True, exist_ok=True)
        beside = IndexFolder(other)
        contents = beside._read(beside._newest())
        for each in contents:
            (other / each.file).replace(self._path / each.file)
        self.commit(contents)
