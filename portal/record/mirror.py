"""Checking the log as anybody has it: files under the standard's addresses, and the log's public keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portal.record import merkle
from portal.record.blocks import Discrepancy, Read, reading
from portal.record.checkpoint import Checkpoint
from portal.record.proofs import Tree, extends
from portal.record.tiles import WIDTH, Malformed, Tile, hashes_in, tile_in, unpack

Progress = Callable[[int, int], None]


def check_log(read: Read, checkpoint: Checkpoint, *, progress: Progress = lambda _done, _total: None) -> None:
    """Hash every entry and every tile of a log again, up to what its checkpoint says. `read` raises
    `LookupError` for a path that is not there. Raises `Discrepancy` naming what does not agree."""
    size = checkpoint.size
    roots: list[bytes] = []
    frontier: list[bytes] = []
    for index in range(-(-size // WIDTH)):
        hashes = check_block(read, index, size=size)
        for number, leaf in enumerate(hashes, start=index * WIDTH):
            frontier = merkle.grow(frontier, number, leaf)
        if len(hashes) == WIDTH:
            roots.append(merkle.root(hashes))
        progress(min(size, (index + 1) * WIDTH), size)
    if merkle.root_of(frontier) != checkpoint.root:
        raise Discrepancy(f"the {size} entries do not give the root that was signed")
    level = 1
    while roots:
        roots = check_level(read, level, roots)
        level += 1


def check_block(read: Read, index: int, *, size: int) -> list[bytes]:
    """The leaf hashes of a bundle, which must be those of the tile beside it."""
    bundle, tile = (tile_in(size, level=level, index=index) for level in (None, 0))
    found = [merkle.leaf_hash(leaf) for leaf in leaves_in(read, bundle)]
    must_hold(read, tile, found)
    return found


def must_hold(read: Read, tile: Tile, found: list[bytes]) -> None:
    """Raises `Discrepancy` unless a tile of leaf hashes holds exactly these."""
    told = _hashes(read, tile)
    for seq, (one, other) in enumerate(zip(found, told, strict=True), start=tile.index * WIDTH):
        if one != other:
            raise Discrepancy(f"entry {seq}: the bundle does not hash to what {tile.path} says")


def check_level(read: Read, level: int, below: list[bytes]) -> list[bytes]:
    """A level must hold the roots of the full tiles below. The roots of its own full tiles."""
    roots = []
    for index in range(-(-len(below) // WIDTH)):
        expected = below[index * WIDTH : (index + 1) * WIDTH]
        tile = Tile(level=level, index=index, width=len(expected))
        if _hashes(read, tile) != expected:
            raise Discrepancy(f"{tile.path} does not hold the roots of the tiles below it")
        if tile.full:
            roots.append(merkle.root(expected))
    return roots


def must_follow(read: Read, checkpoint: Checkpoint, *, old: Checkpoint) -> None:
    """Raises `Discrepancy` unless a log extends what an older checkpoint of it said. Reads a few tiles."""
    if old.origin != checkpoint.origin:
        raise Discrepancy(f"a checkpoint of {old.origin} and one of {checkpoint.origin}")
    if old.size > checkpoint.size:
        raise Discrepancy(f"{old.size} entries were signed once, {checkpoint.size} are shown now")
    tree = Tree(checkpoint.size, lambda tile: _read(read, tile))
    try:
        proof = tree.consistency(old.size) if old.size else []
    except Malformed as wrong:
        raise Discrepancy(f"the tiles are damaged: {wrong}") from wrong
    if not extends(old=old.size, old_root=old.root, size=checkpoint.size, root=checkpoint.root, proof=proof):
        raise Discrepancy(f"the {old.size} entries that were signed once are not those that are shown now")


def leaves_between(read: Read, *, first: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Numbers and leaves of the entries from `first` up to this size."""
    for index in range(first // WIDTH, -(-size // WIDTH)):
        leaves = leaves_in(read, tile_in(size, level=None, index=index))
        for seq, leaf in enumerate(leaves, start=index * WIDTH):
            if seq >= first:
                yield seq, leaf


def leaves_in(read: Read, bundle: Tile) -> list[bytes]:
    """The entries of a bundle, or the first ones of the full one that has taken its place."""
    try:
        try:
            return unpack(read(bundle.path), width=bundle.width)
        except LookupError:
            if bundle.full:
                raise
            return unpack(read(bundle.whole.path), width=WIDTH)[: bundle.width]
    except LookupError as missing:
        raise Discrepancy(f"{bundle.path} is missing") from missing
    except Malformed as wrong:
        raise Discrepancy(f"{bundle.path}: {wrong}") from wrong


def _read(read: Read, tile: Tile) -> bytes:
    try:
        return reading(read, tile)
    except LookupError as missing:
        raise Discrepancy(f"{tile.path} is missing") from missing


def _hashes(read: Read, tile: Tile) -> list[bytes]:
    try:
        return hashes_in(_read(read, tile), width=tile.width)
    except Malformed as wrong:
        raise Discrepancy(f"{tile.path}: {wrong}") from wrong
