"""Tiles and bundles are laid out as C2SP tlog-tiles says, to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.record.tiles import LONGEST, WIDTH, Malformed, Tile, hashes_in, pack, tile_in, tiles_of, unpack
from tests.record.log_files import LogFiles, leaves


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=2, index=1234067), "tile/2/x001/x234/067"),  # the example of the specification
        (Tile(level=None, index=273, width=112), "tile/entries/273.p/112"),
        (Tile(level=1, index=1000, width=1), "tile/1/x001/000.p/1"),
        (Tile(level=63, index=999), "tile/63/999"),
    ],
)
def test_a_tile_stands_where_the_standard_says(tile, path):
    assert tile.path == path
    assert Tile.parse(path) == tile


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 10**9), st.integers(1, WIDTH))
def test_every_address_is_read_back(level, index, width):
    tile = Tile(level=level, index=index, width=width)
    assert Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "checkpoint", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000",
        "tile/0/x000/000", "tile/0/001/000", "tile/0/x1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/", "tile/0/000/", "tile/0/000\n", "/tile/0/000", "tile/0/../000", "tile/0/٠٠٠", "tile/data/000",
        "tile/0/000.p/300", "tile/0/" + "x001/" * 30 + "000",
    ],
)  # fmt: skip
def test_every_other_address_is_none(path):
    with pytest.raises(Malformed):
        Tile.parse(path)


def test_seventy_thousand_entries_give_the_tiles_of_the_specifications_example():
    tiles = list(tiles_of(70_000, bundles=False))
    full = [(level, sum(t.full for t in tiles if t.level == level)) for level in range(3)]
    partial = {t.level: t.width for t in tiles if not t.full}
    assert full == [(0, 273), (1, 1), (2, 0)]
    assert partial == {0: 112, 1: 17, 2: 1}
    assert {t.path for t in tiles_of(256, bundles=False)} == {"tile/0/000", "tile/1/000.p/1"}


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_growing_writes_exactly_the_tiles_that_were_not_there(one, other):
    old, new = sorted((one, other))
    assert set(tiles_of(new, after=old)) == set(tiles_of(new)) - set(tiles_of(old))


@given(st.lists(st.binary(max_size=300), max_size=300))
def test_bundles_are_read_back(entries):
    assert unpack(pack(entries), width=len(entries)) == entries


def test_an_entry_stands_after_its_length_in_two_bytes_big_end_first():
    assert pack([b"a" * 258, b""]) == b"\x01\x02" + b"a" * 258 + b"\0\0"
    assert unpack(pack([b"x" * LONGEST]), width=1) == [b"x" * LONGEST]
    with pytest.raises(Malformed):
        pack([b"x" * (LONGEST + 1)])


@pytest.mark.parametrize("bundle", [b"\0", b"\0\2a", b"\0\1a\0", b"\0\1a\0\1b", b""])
def test_a_broken_bundle_is_refused(bundle):
    with pytest.raises(Malformed):
        unpack(bundle, width=1)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_tile_of_another_width_is_refused(length):
    with pytest.raises(Malformed):
        hashes_in(b"x" * length, width=1)


def test_a_tree_has_no_tile_beyond_its_end():
    assert tile_in(300, level=0, index=1).width == 44
    for level, index in ((0, 2), (1, 1), (2, 0), (None, 2)):
        with pytest.raises(Malformed):
            tile_in(300, level=level, index=index)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 300, 1000])
def test_the_tree_over_the_tiles_has_the_root_of_the_leaves(size):
    log = LogFiles(leaves(size), signed=False)
    assert log.tree().root() == log.checkpoint.root
