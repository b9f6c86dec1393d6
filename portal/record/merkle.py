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


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every node of the tree over at least one leaf hash, level by level, the root last. A node without a
    neighbour goes up as it is, which gives the same tree as the definition's recursion."""
    tree = [list(leaves)]
    while len(tree[-1]) > 1:
        below = tree[-1]
        above = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        tree.append(above + below[len(below) & ~1 :])
    return tree


def path(tree: Sequence[Sequence[bytes]], seq: int) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root (RFC 9162, 2.1.3)."""
    beside = []
    for level in tree[:-1]:
        if seq ^ 1 < len(level):
            beside.append(level[seq ^ 1])
        seq >>= 1
    return beside
