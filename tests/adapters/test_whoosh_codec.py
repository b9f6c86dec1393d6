"""Whoosh's own searcher reads the index, and finds what ours finds: an oracle that nobody here wrote."""

from __future__ import annotations

import random

import pytest
from whoosh.filedb.filestore import FileStorage

from portal.adapters.whoosh_codec import SCHEMA
from portal.adapters.whoosh_search import WhooshIndex
from portal.ports import Indexed, Query
from portal.text.fold import folded
from portal.text.terms import terms

WORDS = [
    "道路",
    "拓宽",
    "主体",
    "封顶",
    "污水",
    "管网",
    "滨河",
    "北路",
    "城东",
    "学校",
    "K12+300",
    "G310",
    "2024",
    "挡墙",
    "浇筑",
    "完成",
]
ROUNDS = 12  # batches, so that segments are merged and items deleted in some


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> tuple[WhooshIndex, dict[str, str]]:
    """Some hundred notes in several segments, with the text of each that is left."""
    chance, held = random.Random(1), {}
    built = WhooshIndex(tmp_path_factory.mktemp("whoosh") / "search")
    for step in range(1, ROUNDS + 1):
        keys = [f"n{chance.randrange(200)}" for _ in range(chance.randrange(5, 40))]
        texts = {key: "，".join(chance.choices(WORDS, k=chance.randrange(1, 9))) for key in keys}
        gone = {chance.choice(list(held)) for _ in range(2)} - texts.keys() if step % 4 == 0 else set()
        put = [
            Indexed(item=key, seq=step, title=text[:6], body=text, dated=20240101 + step, facets={})
            for key, text in texts.items()
        ]
        built.apply(put=put, drop=gone, position=step)
        held |= texts
        for key in gone:
            del held[key]
    return built, held


def whoosh_of(index: WhooshIndex):
    return FileStorage(str(index._path)).open_index(schema=SCHEMA)


def test_whoosh_counts_the_same_items_and_says_the_same_of_each(index) -> None:
    built, held = index
    reader = whoosh_of(built).reader()
    said = {fields["key"]: fields for _, fields in reader.iter_docs()}
    reader.close()
    assert said.keys() == held.keys()
    assert len(said) == built.count() > 100
    for key, text in held.items():
        assert said[key]["text"] == f"{folded(text[:6])}\n{folded(text)}"


def test_whoosh_s_own_queries_find_what_ours_find(index) -> None:
    from whoosh.query import And, Not, Or, Prefix, Term
    from whoosh.scoring import Frequency

    built, held = index
    with whoosh_of(built).searcher(weighting=Frequency()) as searcher:

        def by_whoosh(query) -> set[str]:
            return {hit["key"] for hit in searcher.search(query, limit=None)}

        for word in WORDS:
            if len(spelt := terms(folded(word))) > 1:
                continue
            (term,) = spelt
            ours = set(built.search(Query(text=word, size=1000)).items)
            assert by_whoosh(Term("terms", term)) == ours == {k for k, text in held.items() if word in text}
        road, wide, sewer = (Term("terms", folded(word)) for word in ("道路", "拓宽", "污水"))
        assert by_whoosh(And([road, wide, Not(sewer)])) == {
            key for key, text in held.items() if "道路" in text and "拓宽" in text and "污水" not in text
        }
        assert by_whoosh(Or([wide, sewer])) == {k for k, t in held.items() if "拓宽" in t or "污水" in t}
        assert by_whoosh(Prefix("terms", "道")) == {key for key, text in held.items() if "道" in text}
        some = next(iter(held))
        assert by_whoosh(Term("key", some)) == {some}
        assert by_whoosh(Term("terms", "没有")) == set()


def test_every_term_is_there_once_in_its_order_with_its_postings(index) -> None:
    built, held = index
    reader = whoosh_of(built).reader()
    for leaf, _ in reader.leaf_readers():
        names = [name for field, name in leaf.all_terms() if field == "terms"]
        assert names == sorted(set(names))
        assert next(name for _, name in leaf.terms_from("terms", "道")) >= "道".encode()
        for (field, name), info in leaf:
            matcher = leaf.postings(field, name)
            assert info.doc_frequency() >= len(list(matcher.all_ids()))
    reader.close()
    assert held
