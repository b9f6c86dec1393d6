"""The tree over the leaves, RFC 9162 section 2, and a frontier that grows it one leaf at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The frontier after one more leaf hash. A frontier holds the roots of the perfect subtrees of
    `size` leaves, largest first."""
    grown, added = list(frontier), leaf
    while size & 1:
        added = node_hash(grown.pop(), added)
        size >>= 1
    grown.append(added)
    return grown


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree that a frontier stands for."""
    if not frontier:
        return EMPTY
    root = frontier[-1]
    for subtree in reversed(frontier[:-1]):
        root = node_hash(subtree, root)
    return root


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, straight from the definition's recursion but level by level."""
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier = grow(frontier, size, leaf)
    return root_of(frontier)
