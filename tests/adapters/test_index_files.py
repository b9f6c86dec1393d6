"""The files of the archive's index: what is written is read, what is merged says the same, what is damaged says so."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import FileStorage

from portal.adapters.array_file import Broken, lengths_of, read_arrays, smallest, write_arrays
from portal.adapters.index_evaluate import nth_greatest
from portal.adapters.index_merging import Document, Part, made_of, merged_of
from portal.adapters.index_segment import Segment
from portal.adapters.index_terms import Terms
from portal.adapters.whoosh_codec import SCHEMA, Contents
from portal.adapters.whoosh_folder import Damaged, IndexFolder
from portal.ports import FACETS
from portal.text.terms import contains, terms

TERM = st.one_of(
    st.text("城东道路 a1", min_size=1, max_size=3),
    st.sampled_from(["abcdefgh", "abcdefghi", "abcdefghij", "a\0", "𠀀路", "@20251108"]),
)


def document(text: str, more: list[str], **rest: object) -> Document:
    return Document(key=b"", terms=terms(text) + more * 3, text=text, **rest)  # type: ignore[arg-type]


DOCUMENT = st.builds(
    document,
    more=st.lists(TERM, max_size=8),
    text=st.text("城东道路 a", max_size=9),
    dated=st.integers(0, 2**31 - 1),
    seq=st.integers(0, 2**32 - 1),
    facets=st.tuples(*[st.sampled_from(["", "甲", "乙"])] * len(FACETS)),
    sums=st.lists(st.integers(0, 10**16), max_size=2),
)
BATCHES = st.lists(st.lists(DOCUMENT, max_size=5), min_size=1, max_size=4)


def named(batches: Sequence[Sequence[Document]]) -> list[list[Document]]:
    """The same, each with a key of its own."""
    return [
        [
            Document(**{**vars(document), "key": f"n{number}-{place}".encode()})
            for place, document in enumerate(batch)
        ]
        for number, batch in enumerate(batches)
    ]


def written(part: Part, folder: str) -> Segment:
    path = Path(folder) / "MAIN_1.seg"
    write_arrays(path, part.arrays, {"values": part.values})
    return Segment(str(path), cache_bytes=1000)


def says(segment: Segment, documents: Sequence[Document]) -> bool:
    """Whether a segment says exactly what these documents do."""
    counted = [Counter(document.terms) for document in documents]
    for term in {term for each in counted for term in each} | {"无", "abcdefgh", "a"}:
        ids, times = segment.terms.postings(term)
        holding = [number for number, each in enumerate(counted) if each[term]]
        if ids.tolist() != holding or times.tolist() != [counted[number][term] for number in holding]:
            return False
        if segment.terms.holding(term) != len(holding):
            return False
    texts = [document.text for document in documents]
    for phrase in {text[n : n + 4] for text in texts for n in range(len(text) - 3)}:
        if segment.literal(phrase).tolist() != [n for n, text in enumerate(texts) if contains(text, phrase)]:
            return False
    for place, facet in enumerate(FACETS):
        values = [segment.values[facet][code] for code in segment.codes[facet]]
        if values != [document.facets[place] for document in documents]:
            return False
    amounts = segment.part.arrays["sums.items"].tolist(), segment.part.arrays["sums"].tolist()
    pairs = [(number, fen) for number, document in enumerate(documents) for fen in document.sums]
    return (
        sorted(zip(*amounts, strict=True)) == sorted(pairs)
        and segment.dated.tolist() == [document.dated for document in documents]
        and segment.seq.tolist() == [document.seq for document in documents]
        and [segment.text(n) for n in range(segment.size)] == [each.text for each in documents]
        and [segment.number(document.key.decode()) for document in documents] == [*range(len(documents))]
        and segment.number("nowhere") is None
    )


@settings(deadline=None, max_examples=25)
@given(batches=BATCHES, data=st.data())
def test_segments_say_what_was_written_alone_and_merged_without_what_is_left_out(
    batches: list[list[Document]], data: st.DataObject
) -> None:
    documents = named(batches)
    parts = [made_of(batch) for batch in documents]
    kept = [data.draw(st.lists(st.booleans(), min_size=len(b), max_size=len(b))) for b in documents]
    left = [
        document
        for batch, keep in zip(documents, kept, strict=True)
        for document, stays in zip(batch, keep, strict=True)
        if stays
    ]
    merged = merged_of([(part, np.array(keep, np.bool_)) for part, keep in zip(parts, kept, strict=True)])
    with tempfile.TemporaryDirectory() as folder:
        for part, batch in zip(parts, documents, strict=True):
            assert says(written(part, folder), batch)
        assert says(written(merged, folder), left)
    assert Terms(merged.arrays).names() == sorted({t.encode() for each in left for t in each.terms})


def said(*all_terms: str) -> Document:
    return Document(b"", [*all_terms], "", 0, 0, ("",) * len(FACETS), [])


def test_a_character_counts_wherever_a_term_begins_with_it() -> None:
    one = said("城东", "城", "东城", "𠀀路")
    found = Terms(made_of([one, one]).arrays)
    assert found.beginning_with("城", 2).tolist() == [2, 2]
    assert found.beginning_with("𠀀", 2).tolist() == [1, 1]
    assert found.beginning_with("西", 2).tolist() == [0, 0]


def test_numbers_take_the_fewest_bytes_and_many_of_a_term_are_counted() -> None:
    for greatest, size in ((255, 1), (256, 2), (2**16, 4), (2**32, 8)):
        assert smallest(np.array([0, greatest])).itemsize == size
    one = said(*["路"] * 300)
    assert Terms(made_of([one]).arrays).postings("路")[1].tolist() == [300]
    assert lengths_of(np.array([2, 2, 7], np.uint8)).tolist() == [2, 0, 5]
    assert lengths_of(np.zeros(0, np.uint8)).tolist() == []


def fault_nothing(data: bytes) -> bytes:
    return b""


def fault_half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def fault_last_byte(data: bytes) -> bytes:
    return data[:-1]


def fault_more(data: bytes) -> bytes:
    return data + b"\0" * 8


def fault_mark(data: bytes) -> bytes:
    return b"\0" + data[1:]


def fault_length(data: bytes) -> bytes:
    return data[:8] + b"\xff" * 8 + data[16:]


def fault_directory(data: bytes) -> bytes:
    return data.replace(b'"arrays"', b'"arrayz"')


def fault_kind(data: bytes) -> bytes:
    return data.replace(b'"|u1"', b'"|O1"')


def fault_place(data: bytes) -> bytes:
    return data.replace(b", 0, 3]", b", 9, 9]")


FAULTS = [fault_nothing, fault_half, fault_last_byte, fault_more, fault_mark]
FAULTS += [fault_length, fault_directory, fault_kind, fault_place]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_damaged_file_of_arrays_is_told(tmp_path: Path, fault) -> None:
    path = tmp_path / "arrays"
    write_arrays(path, {"some": np.array([1, 2, 3], np.uint8)}, {"told": "城东"})
    arrays, told = read_arrays(str(path))
    assert (arrays["some"].tolist(), told) == ([1, 2, 3], {"told": "城东"})
    path.write_bytes(fault(path.read_bytes()))
    with pytest.raises(Broken):
        read_arrays(str(path))


def test_arrays_that_are_no_segment_and_contents_that_say_otherwise_are_damage(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    folder.create()
    listing = folder.add(made_of([]))
    folder.commit(Contents(1, [listing]))
    assert folder.open_newest().segments[0].size == 0
    write_arrays(tmp_path / listing.file, {"dated": np.zeros(0, np.uint8)}, {"values": {}})
    with pytest.raises(Damaged, match="no segment"):
        folder.open_newest()
    write_arrays(tmp_path / listing.file, made_of([]).arrays, {"values": {facet: [] for facet in FACETS}})
    folder.commit(Contents(2, [replace(listing, size=7)]))
    with pytest.raises(Damaged, match="not 7"):
        folder.open_newest()


@pytest.mark.parametrize("written", [b"", b"rubbish", "half"])
def test_a_table_of_contents_that_is_none_is_damage(tmp_path: Path, written) -> None:
    folder = IndexFolder(tmp_path)
    folder.create()
    toc = tmp_path / "_MAIN_0.toc"
    toc.write_bytes(toc.read_bytes()[: toc.stat().st_size // 2] if written == "half" else written)
    with pytest.raises(Damaged, match="no table of contents"):
        folder.open_newest()


def test_an_index_of_whooshs_own_codec_is_of_another_format(tmp_path: Path) -> None:
    FileStorage(str(tmp_path)).create_index(SCHEMA)
    with pytest.raises(Damaged, match="another format"):
        IndexFolder(tmp_path).open_newest()


def test_a_commit_opens_only_what_is_new(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path)
    folder.create()
    one = folder.add(made_of([]))
    folder.commit(Contents(1, [one]))
    before = folder.open_newest()
    folder.commit(Contents(2, [one, folder.add(made_of([]))]))
    after = folder.open_newest(before)
    assert after.segments[0] is before.segments[0]
    assert len(after.segments) == 2
    assert not folder.is_still(before.files)
    assert folder.is_still(after.files)


@given(numbers=st.lists(st.integers(-9, 9), min_size=1, max_size=300), data=st.data())
def test_the_nth_greatest_is_what_sorting_finds(numbers: list[int], data: st.DataObject) -> None:
    nth = data.draw(st.integers(1, min(len(numbers), 20)))
    assert nth_greatest(np.array(numbers, np.int32), nth) == sorted(numbers, reverse=True)[nth - 1]
