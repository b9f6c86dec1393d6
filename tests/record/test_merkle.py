"""The tree of RFC 9162 section 2, against its definition and against known roots."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from portal.record.merkle import EMPTY, grow, leaf_hash, node_hash, root, root_of

# Roots of the RFC 6962 test vectors (certificate-transparency), sizes 1 to 8.
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_are_those_of_the_published_vectors():
    for size, expected in enumerate(ROOTS, start=1):
        assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == expected


def test_the_empty_tree_is_the_hash_of_nothing():
    assert root([]) == EMPTY == hashlib.sha256(b"").digest()


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_growing_leaf_by_leaf_gives_the_root_of_the_definition_at_every_size(leaves):
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier = grow(frontier, size, leaf)
        assert root_of(frontier) == by_definition(leaves[: size + 1])
        assert len(frontier) == (size + 1).bit_count()
