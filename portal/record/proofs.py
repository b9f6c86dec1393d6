"""Proofs from tiles: that an entry is in the tree (RFC 9162, 2.1.3), that a tree extends another (2.1.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.record.merkle import EMPTY, node_hash
from portal.record.tiles import HEIGHT, WIDTH, Tile, hashes_in, tile_in

Fetch = Callable[[Tile], bytes]  # raises `LookupError` for a tile that is not there


class Tree:
    """The tree of so many entries, whose hashes are fetched as tiles. What is fetched is believed here;
    whoever gets a proof checks it against a signed root."""

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size, self._fetch = size, fetch
        self._tiles: dict[tuple[int, int], list[bytes]] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}

    def leaf(self, seq: int) -> bytes:
        """The leaf hash of an entry."""
        return self._node(0, seq)

    def root(self) -> bytes:
        return self._over(0, self.size) if self.size else EMPTY

    def inclusion(self, seq: int) -> list[bytes]:
        """The hashes beside the way from this entry up to the root. Raises `ValueError` beyond the tree."""
        if not 0 <= seq < self.size:
            raise ValueError(f"no entry {seq} in a tree of {self.size}")
        proof, low, high = [], 0, self.size
        while high - low > 1:
            middle = low + _half(high - low)
            if seq < middle:
                proof.append(self._over(middle, high))
                high = middle
            else:
                proof.append(self._over(low, middle))
                low = middle
        return proof[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """What shows that the first `old` entries are those of the tree that had `old`. Raises `ValueError`."""
        if not 0 < old <= self.size:
            raise ValueError(f"a tree of {self.size} does not extend one of {old}")
        proof, low, high, whole = [], 0, self.size, True
        while old != high:
            middle = low + _half(high - low)
            if old <= middle:
                proof.append(self._over(middle, high))
                high = middle
            else:
                proof.append(self._over(low, middle))
                low, whole = middle, False
        if not whole:
            proof.append(self._over(low, high))
        return proof[::-1]

    def _over(self, low: int, high: int) -> bytes:
        """The root over the entries from `low` to before `high`, a range that the tree's shape has."""
        count = high - low
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._node(height, low >> height)
        middle = low + _half(count)
        return node_hash(self._over(low, middle), self._over(middle, high))

    def _node(self, height: int, index: int) -> bytes:
        """The root of a perfect subtree of 2^height entries."""
        if (found := self._nodes.get((height, index))) is not None:
            return found
        if height % HEIGHT == 0:
            found = self._tile(height // HEIGHT, index // WIDTH)[index % WIDTH]
        else:
            found = node_hash(self._node(height - 1, 2 * index), self._node(height - 1, 2 * index + 1))
        self._nodes[height, index] = found
        return found

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (found := self._tiles.get((level, index))) is None:
            tile = tile_in(self.size, level=level, index=index)
            found = self._tiles[level, index] = hashes_in(self._fetch(tile), width=tile.width)
        return found


def includes(leaf: bytes, *, seq: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that the entry with this leaf hash is number `seq` of the tree with this root."""
    if not 0 <= seq < size:
        return False
    at, last, found = seq, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def extends(*, old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of `size` entries begins with the whole tree of `old` entries."""
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        return not proof and old_root == (EMPTY if old == 0 else root)
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == root


def _half(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
