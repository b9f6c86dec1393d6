"""The archive search on Whoosh: a folder of files beside the portal, no service to run.

Any number of processes read; one at a time writes, behind a lock file *beside* the folder, so that the
folder may be deleted at any moment. The index is derived data and heals by being built again: a folder
that is gone or cannot be read stands at position -1. The files hold pickles, so the folder is to be
trusted like code: never put one there that came from outside, rebuild it instead.

A word finds texts that contain it literally in folded form (`portal.text`), a date finds any writing of
that date, an alias all its forms. A long phrase that stands nowhere is cut into shorter ones that occur
together; no dictionary of words takes part.
"""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from portal.adapters.whoosh_evaluate import answer, check
from portal.adapters.whoosh_snapshot import (
    FACET_MARK,
    FORMAT,
    POSITION_KEY,
    SCHEMA,
    Damaged,
    Snapshot,
    read_position,
)
from portal.ports import FACETS, Answer, Indexed, Query, SearchUnavailable
from portal.text.fold import folded
from portal.text.terms import terms

with warnings.catch_warnings():
    # Also what Whoosh imports only when first used, so that it is compiled here where warnings are quiet.
    warnings.simplefilter("ignore")
    import whoosh.codec.whoosh3
    import whoosh.matching.wrappers
    import whoosh.searching
    import whoosh.writing  # noqa: F401
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex
    from whoosh.util.filelock import FileLock, try_for

LOCK_TIMEOUT = 20.0  # seconds to wait for another writer; a batch of a few hundred items takes one
TITLE_WEIGHT = 3
NO_FACETS = (FACET_MARK * (len(FACETS) - 1)).encode()
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")
_OURS = re.compile(r"_?MAIN_.*")
_OPEN_TRIES = 5  # a writer may remove the files of a generation while we open it

_Files = tuple[tuple[str, int, int, int], ...]  # name, inode, bytes, time of change in ns


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _document(item: Indexed) -> dict[str, Any]:
    """What is stored of an item. Raises `ValueError` for one that cannot be."""
    if not 0 <= item.seq < 2**32 or not 0 <= item.dated < 2**31:
        raise ValueError(f"seq {item.seq} or date {item.dated} of {item.item} is out of range")
    title, body = folded(item.title), folded(item.body)
    facets = [item.facets.get(facet, "").replace(FACET_MARK, " ") for facet in FACETS]
    return {
        "item": item.item,
        "key": item.item.encode(),
        "terms": terms(title) * TITLE_WEIGHT + terms(body),
        "text": f"{title}\n{body}".encode(),
        "dated": item.dated,
        "seq": item.seq,
        "facets": FACET_MARK.join(facets).encode(),
    }


class _Folder(FileStorage):  # type: ignore[misc]
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


class WhooshIndex:
    """`portal.ports.SearchIndex` in a folder. Safe to share by threads and to open in many processes."""

    def __init__(self, folder: Path, *, aliases: Mapping[str, Sequence[str]] | None = None) -> None:
        """folder: made when first written to. aliases: a name → its other names, each way that is wanted."""
        self._folder = folder
        self._aliases = {
            folded(name): tuple(dict.fromkeys([folded(name), *map(folded, forms)]))
            for name, forms in (aliases or {}).items()
        }
        self._opening = threading.Lock()
        self._opened: tuple[Snapshot, _Files] | None = None
        self._told = -1  # the position we last told anybody

    def position(self) -> int:
        """See the port. A missing, damaged or outdated index is -1."""
        try:
            self._told = self._stands_at()
        except (Damaged, FileNotFoundError):
            self._told = -1
        except OSError as error:
            raise SearchUnavailable(f"the search index cannot be read: {error}") from error
        return self._told

    def count(self) -> int:
        """See the port; 0 when there is no index."""
        return self._snapshot().count if self.position() >= 0 else 0

    def search(self, query: Query) -> Answer:
        """See the port. Raises `SearchUnavailable` when there is no index, and `ValueError` for a sort or a
        facet that there is not."""
        check(query)
        try:
            return answer(self._snapshot(), query, aliases=self._aliases)
        except Exception as error:  # whatever reading a damaged file may raise
            self._opened = None
            raise SearchUnavailable(f"no answer from the search index ({_words(error)})") from error

    def apply(self, *, put: Iterable[Indexed], drop: Iterable[str], position: int) -> None:
        """See the port. An item that is both put and dropped is dropped.

        When the index has vanished since we last told its position, what came before is missing from the
        batch: an empty one is made, nothing is applied, and `SearchUnavailable` sends the caller back to
        `position()`, which is now -1.
        """
        documents = {item.item: _document(item) for item in put}
        dropped = set(drop)
        kept = [document for key, document in documents.items() if key not in dropped]
        with self._writing():
            lost = self._heal() and self._told >= 0
            if lost:
                self._told = -1
                raise SearchUnavailable("the search index was gone; it has to be built again from the start")
            self._commit(kept, documents.keys() | dropped, position)
            self._told = position

    def reset(self) -> None:
        """See the port."""
        with self._writing():
            self._create()
            self._told = -1

    # --- reading ---

    def _newest(self) -> str:
        """The name of the newest table of contents. Raises `FileNotFoundError` when there is none."""
        names = [match for name in os.listdir(self._folder) if (match := _TOC.fullmatch(name))]  # noqa: PTH208
        if not names:
            raise FileNotFoundError(f"no index in {self._folder}")
        return max(names, key=lambda match: int(match[1]))[0]

    def _files(self, names: Iterable[str]) -> _Files:
        """What identifies the files of a generation. A file cut short under a memory map would kill the
        process that reads it, so this is compared before every use."""
        found = []
        for name in names:
            state = os.stat(f"{self._folder}/{name}")  # noqa: PTH116 (the path objects cost more than the call)
            found.append((name, state.st_ino, state.st_size, state.st_mtime_ns))
        return tuple(found)

    def _snapshot(self) -> Snapshot:
        """The committed generation as of now. Raises `Damaged` or `OSError`."""
        current = self._current()
        if current:
            return current
        with self._opening:
            current = self._current()
            if current:
                return current
            reader, files = self._open_newest()
            try:
                self._opened = (Snapshot(reader), files)
            except Exception as error:
                raise Damaged(_words(error)) from error
            return self._opened[0]

    def _stands_at(self) -> int:
        """The position on disk, without reading all that a snapshot needs. Raises `Damaged` or `OSError`."""
        current = self._current()
        if current:
            return current.position
        reader, _ = self._open_newest()
        try:
            return read_position(reader)[0]
        except Exception as error:
            raise Damaged(_words(error)) from error
        finally:
            reader.close()

    def _current(self) -> Snapshot | None:
        """The snapshot we hold, when the files are still the same."""
        opened, newest = self._opened, self._newest()
        if opened is None or opened[1][0][0] != newest:
            return None
        snapshot, files = opened
        try:
            same = self._files(name for name, *_ in files) == files
        except FileNotFoundError:
            same = False
        return snapshot if same else None

    def _open_newest(self) -> tuple[Any, _Files]:
        """A reader of the newest generation. Raises `Damaged` or `OSError`."""
        for _ in range(_OPEN_TRIES):
            newest = self._newest()
            try:
                return self._open(newest)
            except Exception as error:  # unpickling rubbish may raise anything
                if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                    raise
                if newest == self._newest():
                    raise Damaged(_words(error)) from error
        raise Damaged("replaced again and again while being opened")

    def _open(self, newest: str) -> tuple[Any, _Files]:
        """Open at once: whether to try again is not Whoosh's to decide."""
        storage = _Folder(str(self._folder))
        try:
            index = FileIndex(storage, schema=SCHEMA)
            toc = index._read_toc()
            reader = index._reader(storage, toc.schema, toc.segments, toc.generation)
            return reader, self._files([newest, *(segment.make_filename(".seg") for segment in toc.segments)])
        except Exception:
            storage.close_opened()
            raise

    def _index(self) -> Any:
        return FileIndex(_Folder(str(self._folder)), schema=SCHEMA)

    # --- writing, with the lock held ---

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Be the one writer. Raises `SearchUnavailable` for whatever goes wrong with the disk or the lock."""
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._folder.with_name(f"{self._folder.name}.lock")))
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

    def _heal(self) -> bool:
        """Make an empty index where there is none that can be read; whether that was needed."""
        try:
            return self._stands_at() < 0
        except (Damaged, FileNotFoundError):
            self._create()
            return True

    def _create(self) -> None:
        """An empty index in place of whatever is there. Removes only files of an index."""
        self._opened = None
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if _OURS.fullmatch(path.name) and path.is_file():
                path.unlink()
        FileIndex.create(FileStorage(str(self._folder)), SCHEMA)

    def _commit(self, documents: Iterable[dict[str, Any]], replaced: Iterable[str], position: int) -> None:
        """Write one generation. The documents are known to be good, so what Whoosh cannot do, other than
        for want of room, is the fault of damaged files: those are emptied, to be built again."""
        try:
            self._write(documents, replaced, position)
        except (OSError, MemoryError) as error:
            raise SearchUnavailable(f"the search index cannot be written ({_words(error)})") from error
        except Exception as error:
            self._create()
            self._told = -1
            raise SearchUnavailable(
                f"the search index was damaged and is now empty ({_words(error)})"
            ) from error

    def _write(self, documents: Iterable[dict[str, Any]], replaced: Iterable[str], position: int) -> None:
        index = self._index()
        writer = index.writer(_lk=False)  # our own lock is held; Whoosh's would lie inside the folder
        try:
            self._delete(index, writer, [*replaced, POSITION_KEY])
            for document in documents:
                writer.add_document(**document)
            writer.add_document(
                item=POSITION_KEY, key=b"", text=b"", facets=NO_FACETS, dated=FORMAT, seq=position
            )
            writer.commit()
        except BaseException:
            if not writer.is_closed:
                with suppress(Exception):  # the first error is the one to tell
                    writer.cancel()
            raise

    def _delete(self, index: Any, writer: Any, keys: Sequence[str]) -> None:
        """Mark the items of these keys deleted: one reader for all, where Whoosh would open one for each."""
        reader = index.reader()
        try:
            for key in keys:
                if ("item", key) in reader:
                    for number in list(reader.postings("item", key).all_ids()):
                        writer.delete_document(number)
        finally:
            reader.close()
