"""The archive search in a folder of files beside the portal, no service to run.

Any number of processes read; one at a time writes, behind a lock file *beside* the folder, so that the
folder may be deleted at any moment. The index is derived data and heals by being built again: a folder
that is gone or cannot be read stands at position -1.

A word finds texts that contain it literally in folded form (`portal.text`), a date finds any writing of
that date. What else a word may mean comes with the query (`portal.text.names`). A long phrase that
stands nowhere is cut into shorter ones that occur
together; no dictionary of words takes part.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.adapters.index_evaluate import answer
from portal.adapters.index_merging import Document
from portal.adapters.index_snapshot import Snapshot
from portal.adapters.index_writing import write_next
from portal.adapters.search_ranking import PLACE_WEIGHT, TITLE_WEIGHT
from portal.adapters.search_words import check
from portal.adapters.whoosh_folder import Damaged, Generation, IndexFolder, in_words
from portal.ports import FACETS, Answer, Indexed, Query, SearchIndex, SearchUnavailable
from portal.text.fold import folded
from portal.text.limits import sums_of
from portal.text.terms import terms


def _document(item: Indexed) -> Document:
    """What is kept of an item. Raises `ValueError` for one that cannot be."""
    if not 0 <= item.seq < 2**32 or not 0 <= item.dated < 2**31:
        raise ValueError(f"seq {item.seq} or date {item.dated} of {item.item} is out of range")
    title, body = folded(item.title), folded(item.body)
    return Document(
        key=item.item.encode(),
        terms=terms(title) * TITLE_WEIGHT + terms(folded(item.places)) * (PLACE_WEIGHT - 1) + terms(body),
        text=f"{title}\n{body}",
        dated=item.dated,
        seq=item.seq,
        facets=tuple(item.facets.get(facet, "") for facet in FACETS),
        sums=list(sums_of(f"{title}\n{body}")),
    )


class _Told(threading.local):
    """The position this thread last asked for or applied."""

    position = -1


class WhooshIndex:
    """`portal.ports.SearchIndex` in a folder. Safe to share by threads and to open in many processes."""

    def __init__(self, folder: Path) -> None:
        """folder: made when first written to."""
        self._folder, self._path = IndexFolder(folder), folder
        self._opening = threading.Lock()
        self._opened: Generation | None = None
        self._shown: Snapshot | None = None
        self._told = _Told()

    def position(self) -> int:
        """See the port. A missing, damaged or outdated index is -1."""
        try:
            self._told.position = self._generation().contents.position
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
            self._opened = self._shown = None
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
            before = self._heal()
            if before.contents.position < self._told.position:
                self._told.position = -1
                raise SearchUnavailable("the search index went back; it has to be followed again from there")
            replaced = documents.keys() - dropped
            self._write(before, kept, replaced=replaced, erased=dropped, position=position)
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

    def _generation(self) -> Generation:
        """What is committed as of now. Raises `Damaged` or `OSError`."""
        opened = self._opened
        if opened and self._folder.is_still(opened.files):
            return opened
        with self._opening:
            opened = self._opened
            if not (opened and self._folder.is_still(opened.files)):
                opened = self._opened = self._folder.open_newest(opened)
            return opened

    def _snapshot(self) -> Snapshot:
        """The same, made ready for searching. Raises `Damaged` or `OSError`."""
        generation = self._generation()
        shown = self._shown
        if shown is None or shown.generation is not generation:
            with self._opening:
                shown = self._shown
                if shown is None or shown.generation is not generation:
                    shown = self._shown = Snapshot(generation)
        return shown

    def _heal(self) -> Generation:
        """What is committed; made empty where there is nothing that can be read."""
        try:
            return self._generation()
        except (Damaged, FileNotFoundError):
            self._folder.create()
            return self._generation()

    def _write(
        self,
        before: Generation,
        documents: Sequence[Document],
        *,
        replaced: Iterable[str],
        erased: Iterable[str],
        position: int,
    ) -> None:
        """Write the next generation. What fails, other than for want of room, is the fault of damaged files: those
        are emptied, to be built again."""
        try:
            write_next(self._folder, before, documents, replaced=replaced, erased=erased, position=position)
        except (OSError, MemoryError) as error:
            raise SearchUnavailable(f"the search index cannot be written ({in_words(error)})") from error
        except Exception as error:
            self._folder.create()
            self._told.position = -1
            raise SearchUnavailable(
                f"the search index was damaged and is now empty ({in_words(error)})"
            ) from error
