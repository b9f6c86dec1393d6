"""Our codec for Whoosh: a segment of its index as packed arrays (`index_segment.py`).

Whoosh's own codec keeps postings in pickled blocks of 128, which Python takes apart one by one; ours lie as they are
used, in a map of the file. Whoosh keeps what a codec does not: the schema, the storage, the lock, the table of
contents, its generations. So any program with Whoosh and this module reads the index with Whoosh's own searcher, as
test_whoosh_codec.py does. Items come in through `index_writing.py` and never through Whoosh's writer, which goes
posting by posting.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from portal.adapters.index_segment import Segment

with warnings.catch_warnings():
    # Whoosh 2.7.4 is from 2016: compiling it warns of escapes, and where warnings are errors would fail. Also what it
    # imports only when first used, so that it is compiled here where warnings are quiet.
    warnings.simplefilter("ignore")
    import whoosh.searching  # noqa: F401
    from whoosh import fields, formats
    from whoosh.analysis import IDTokenizer
    from whoosh.codec import base
    from whoosh.matching import ListMatcher
    from whoosh.reading import TermInfo, TermNotFound

FORMAT = 5  # raise it when files, terms or folding change: an index of another format counts as damaged
NAME = "MAIN"  # what Whoosh calls an index when it is not told otherwise
EXTENSION = ".seg"

SCHEMA = fields.Schema(
    key=fields.ID(stored=True, unique=True),
    terms=fields.FieldType(
        formats.Frequency(), IDTokenizer(), scorable=True
    ),  # a query names one term as it stands
    text=fields.STORED(),
    dated=fields.STORED(),
    seq=fields.STORED(),
)


@dataclass(frozen=True)
class Listing(base.Segment):  # type: ignore[misc]
    """A segment as a table of contents lists it: what its file is called by, how many items, which are deleted."""

    segid: str
    size: int
    gone: tuple[int, ...] = ()

    indexname: ClassVar[str] = NAME
    compound: ClassVar[bool] = False

    @property
    def file(self) -> str:
        """The name of its file in the folder."""
        return str(self.make_filename(EXTENSION))

    @property
    def alive(self) -> int:
        """How many items are not deleted."""
        return self.size - len(self.gone)

    def codec(self) -> ArrayCodec:
        """See Whoosh, as what follows."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        return self.size

    def deleted_count(self) -> int:
        return len(self.gone)

    def deleted_docs(self) -> frozenset[int]:
        return frozenset(self.gone)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.gone


class Contents(list[Listing]):
    """The segments of a generation, and which entry of the record it stands at."""

    def __init__(self, position: int = -1, segments: Sequence[Listing] = ()) -> None:
        super().__init__(segments)
        self.position, self.format = position, FORMAT


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """The reading half of a codec; see `index_writing.py` for the other."""

    def terms_reader(self, storage: Any, segment: Listing) -> TermsReader:
        """See Whoosh. Raises `array_file.Broken` or `OSError`."""
        return TermsReader(_opened(storage, segment))

    def per_document_reader(self, storage: Any, segment: Listing) -> DocumentReader:
        """See Whoosh. Raises `array_file.Broken` or `OSError`."""
        return DocumentReader(_opened(storage, segment), segment)


def _opened(storage: Any, segment: Listing) -> Segment:
    return Segment(f"{storage.folder}/{segment.file}", cache_bytes=0)


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Which items have which term, in two fields: `terms`, and the `key` of each item."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return bool(len(self._postings(*term)[0]))

    def _postings(self, field: str, text: bytes) -> tuple[Sequence[int], Sequence[float]]:
        if field == "key":
            number = self._segment.number(text.decode())
            return ([], []) if number is None else ([number], [1.0])
        items, times = self._segment.terms.postings(text.decode()) if field == "terms" else ([], [])
        return np.asarray(items, np.int64).tolist(), np.asarray(times, np.float64).tolist()

    def indexed_field_names(self) -> list[str]:
        return ["key", "terms"]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms, field by field, in their order."""
        for field in self.indexed_field_names():
            yield from self.terms_from(field, b"")

    def terms_from(self, field: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from this one on."""
        names = self._segment.keys_in_order() if field == "key" else self._segment.terms.names()
        return ((field, name) for name in names if name >= prefix)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, field: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(field, prefix))

    def term_info(self, field: str, text: bytes) -> TermInfo:
        """How often a term stands. Raises Whoosh's `TermNotFound`."""
        items, times = self._postings(field, text)
        if not items:
            raise TermNotFound(f"No term {field}:{text!r}")
        return TermInfo(
            weight=sum(times),
            df=len(items),
            minlength=1,
            maxlength=1,
            maxweight=max(times),
            minid=items[0],
            maxid=items[-1],
        )

    def matcher(self, field: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """The postings of a term as Whoosh's queries read them. Raises Whoosh's `TermNotFound`."""
        info = self.term_info(field, text)
        items, times = self._postings(field, text)
        return ListMatcher(items, times, format=format_, scorer=scorer, term=(field, text), terminfo=info)


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """What each item says. Lengths of fields are not kept: every item counts as one as long as another."""

    def __init__(self, segment: Segment, listing: Listing) -> None:
        self._segment, self._listing = segment, listing

    def doc_count(self) -> int:
        return self._listing.alive

    def doc_count_all(self) -> int:
        return self._listing.size

    def has_deletions(self) -> bool:
        return bool(self._listing.gone)

    def is_deleted(self, docnum: int) -> bool:
        return self._listing.is_deleted(docnum)

    def deleted_docs(self) -> frozenset[int]:
        return self._listing.deleted_docs()

    def doc_field_length(self, _docnum: int, _field: str, default: int = 1) -> int:
        return default or 1

    def field_length(self, _field: str) -> int:
        return self._listing.size

    def min_field_length(self, _field: str) -> int:
        return 1

    def max_field_length(self, _field: str) -> int:
        return 1

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Key, folded text, day (yyyymmdd), entry."""
        segment = self._segment
        return {
            "key": segment.key(docnum),
            "text": segment.text(docnum),
            "dated": int(segment.dated[docnum]),
            "seq": int(segment.seq[docnum]),
        }
