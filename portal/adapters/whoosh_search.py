"""The archive search on Whoosh: a folder of files beside the portal, no service to run.

Any number of processes read; one at a time writes, behind a lock file *beside* the folder, so that the
folder may be deleted at any moment. The index is derived data and heals by being built again: a folder
that is gone or cannot be read stands at position -1. The files hold pickles, so the folder is to be
trusted like code: never put one there that came from outside, rebuild it instead.

A word finds texts that contain it literally in folded form (`portal.text`), a date finds any writing of
that date. What else a word may mean comes with the query (`portal.text.names`). A long phrase that
stands nowhere is cut into shorter ones that occur
together; no dictionary of words takes part.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from portal.adapters.search_ranking import PLACE_WEIGHT, TITLE_WEIGHT
from portal.adapters.search_words import check
from portal.adapters.whoosh_evaluate import answer
from portal.adapters.whoosh_folder import Files, IndexFolder, in_tiers, in_words, without_deleted
from portal.adapters.whoosh_segment import FACET_MARK
from portal.adapters.whoosh_snapshot import (
    FORMAT,
    POSITION_KEY,
    Damaged,
    Snapshot,
    read_position,
)
from portal.ports import FACETS, Answer, Indexed, Query, SearchIndex, SearchUnavailable
from portal.text.fold import folded
from portal.text.limits import sums_of
from portal.text.terms import terms

NO_FACETS = (FACET_MARK * (len(FACETS) - 1)).encode()


def _document(item: Indexed) -> dict[str, Any]:
    """What is stored of an item. Raises `ValueError` for one that cannot be."""
    if not 0 <= item.seq < 2**32 or not 0 <= item.dated < 2**31:
        raise ValueError(f"seq {item.seq} or date {item.dated} of {item.item} is out of range")
    title, body = folded(item.title), folded(item.body)
    facets = [item.facets.get(facet, "").replace(FACET_MARK, " ") for facet in FACETS]
    return {
        "item": item.item,
        "key": item.item.encode(),
        "terms": terms(title) * TITLE_WEIGHT + terms(folded(item.places)) * (PLACE_WEIGHT - 1) + terms(body),
        "text": f"{title}\n{body}".encode(),
        "dated": item.dated,
        "seq": item.seq,
        "facets": FACET_MARK.join(facets).encode(),
        "sums": b"".join(fen.to_bytes(8, "big") for fen in sums_of(f"{title}\n{body}")),
    }


class _Told(threading.local):
    """The position this thread last asked for or applied."""

    position = -1


class WhooshIndex:
    """`portal.ports.SearchIndex` in a folder. Safe to share by threads and to open in many processes."""

    def __init__(self, folder: Path) -> None:
        """folder: made when first written to."""
        self._folder, self._path = IndexFolder(folder), folder
        self._opening = threading.Lock()
        self._opened: tuple[Snapshot, Files] | None = None
        self._told = _Told()

    def position(self) -> int:
        """See the port. A missing, damaged or outdated index is -1."""
        try:
            self._told.position = self._stands_at()
        except (Damaged, FileNotFoundError):
            self._told.position = -1
        except OSError as error:
            raise SearchUnavailable(f"the search index cannot be read: {error}") from error
        return self._told.position

    def count(self) -> int:
        """See the port; 0 when there is no index."""
        try:
            return self._snapshot().count
        except (Damaged, FileNotFoundError):
            return 0
        except OSError as error:
            raise SearchUnavailable(f"the search index cannot be read: {error}") from error

    def search(self, query: Query) -> Answer:
        """See the port. Raises `SearchUnavailable` when there is no index, and `ValueError` for a sort or a
        facet that there is not."""
        check(query)
        try:
            return answer(self._snapshot(), query)
        except Exception as error:  # whatever reading a damaged file may raise
            self._opened = None
            raise SearchUnavailable(f"no answer from the search index ({in_words(error)})") from error

    def apply(self, *, put: Iterable[Indexed], drop: Iterable[str], position: int) -> None:
        """See the port. An item that is both put and dropped is dropped.

        When the index stands before the position we last told (it vanished, or was built again), what lies
        between is missing from the batch: nothing is applied, and `SearchUnavailable` sends the caller back
        to `position()`.
        """
        documents = {item.item: _document(item) for item in put}
        dropped = set(drop)
        kept = [document for key, document in documents.items() if key not in dropped]
        with self._folder.writing():
            if self._heal() < self._told.position:
                self._told.position = -1
                raise SearchUnavailable("the search index went back; it has to be followed again from there")
            self._commit(kept, replaced=documents.keys() - dropped, erased=dropped, position=position)
            self._told.position = position

    def reset(self) -> None:
        """See the port."""
        with self._folder.writing():
            self._folder.create()
            self._told.position = -1

    @contextmanager
    def rebuilding(self) -> Iterator[SearchIndex]:
        """See the port. The second index lies in a folder beside the first until its files move over."""
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            fresh = WhooshIndex(beside)
            fresh.reset()
            yield fresh
            with self._folder.writing():
                self._folder.adopt(beside)
            self._told.position = -1
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            beside.with_name(f"{beside.name}.lock").unlink(missing_ok=True)

    def _snapshot(self) -> Snapshot:
        """The committed generation as of now. Raises `Damaged` or `OSError`."""
        current = self._current()
        if current:
            return current
        with self._opening:
            current = self._current()
            if current:
                return current
            reader, files = self._folder.open_newest()
            try:
                before = self._opened[0] if self._opened else None
                self._opened = (Snapshot(reader, files[1:], before=before), files)
            except Exception as error:
                raise Damaged(in_words(error)) from error
            return self._opened[0]

    def _stands_at(self) -> int:
        """The position on disk, without reading all that a snapshot needs. Raises `Damaged` or `OSError`."""
        current = self._current()
        if current:
            return current.position
        reader, _ = self._folder.open_newest()
        try:
            return read_position(reader)[0]
        except Exception as error:
            raise Damaged(in_words(error)) from error
        finally:
            reader.close()

    def _current(self) -> Snapshot | None:
        """The snapshot we hold, when the files are still the same. Raises `FileNotFoundError`."""
        opened = self._opened
        if opened and self._folder.is_still(opened[1]):
            return opened[0]
        return None

    def _heal(self) -> int:
        """Make an empty index where there is none that can be read; the position it then stands at."""
        try:
            return self._stands_at()
        except (Damaged, FileNotFoundError):
            self._folder.create()
            return -1

    def _commit(
        self,
        documents: Iterable[dict[str, Any]],
        *,
        replaced: Iterable[str],
        erased: Iterable[str],
        position: int,
    ) -> None:
        """Write one generation. The documents are known to be good, so what Whoosh cannot do, other than
        for want of room, is the fault of damaged files: those are emptied, to be built again."""
        try:
            self._write(documents, replaced=replaced, erased=erased, position=position)
        except (OSError, MemoryError) as error:
            raise SearchUnavailable(f"the search index cannot be written ({in_words(error)})") from error
        except Exception as error:
            self._folder.create()
            self._told.position = -1
            raise SearchUnavailable(
                f"the search index was damaged and is now empty ({in_words(error)})"
            ) from error

    def _write(
        self,
        documents: Iterable[dict[str, Any]],
        *,
        replaced: Iterable[str],
        erased: Iterable[str],
        position: int,
    ) -> None:
        index = self._folder.index()
        writer = index.writer(_lk=False)  # our own lock is held; Whoosh's would lie inside the folder
        try:
            self._delete(index, writer, [*replaced, POSITION_KEY])
            erasing = self._delete(index, writer, [*erased]) > 0
            added = 0
            for added, document in enumerate(documents, start=1):  # noqa: B007
                writer.add_document(**document)
            writer.add_document(
                item=POSITION_KEY, key=b"", text=b"", facets=NO_FACETS, sums=b"", dated=FORMAT, seq=position
            )
            writer.commit(mergetype=without_deleted if erasing else in_tiers(added))
        except BaseException:
            if not writer.is_closed:
                with suppress(Exception):  # the first error is the one to tell
                    writer.cancel()
            raise

    def _delete(self, index: Any, writer: Any, keys: Sequence[str]) -> int:
        """Mark the items of these keys deleted: one reader for all, where Whoosh would open one for each. How
        many were there."""
        reader, gone = index.reader(), 0
        try:
            for key in keys:
                if ("item", key) in reader:
                    for number in list(reader.postings("item", key).all_ids()):
                        writer.delete_document(number)
                        gone += 1
        finally:
            reader.close()
        return gone
