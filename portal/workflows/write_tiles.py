"""Tiles and bundles as a pure function of the entries: what is there must be what the entries give, what is not is
written."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.ports import TileMissing, TileStore
from portal.record import merkle
from portal.record.blocks import Discrepancy, block, differences
from portal.record.tiles import HEIGHT, WIDTH, Malformed, Tile, hashes_in, join, pack, unpack

BLOCKS = 400  # of old entries, looked at in one pass: 102,400 entries, in about a second

Progress = Callable[[int, int], None]


def write_all_tiles(session: Session, tiles: TileStore, *, size: int) -> None:
    """Every tile of so many entries, whatever was there. Raises `Discrepancy` for rows that do not agree with
    themselves."""
    follow_tiles(session, tiles, size=size, before=0, next_block=0, progress=lambda _done, _total: None)


def follow_tiles(
    session: Session, tiles: TileStore, *, size: int, before: int, next_block: int, progress: Progress
) -> int:
    """Blocks of old entries, from this one on, and the new ones, then the levels above. Which block is next. Raises
    `Discrepancy`."""
    fresh = before // WIDTH  # from here on, blocks are new or have grown
    old = [(next_block + n) % fresh for n in range(min(BLOCKS, fresh))] if fresh else []
    blocks = [*old, *range(fresh, -(-size // WIDTH))]
    roots: dict[int, bytes] = {}
    for done, index in enumerate(blocks):
        hashes = _follow_block(session, tiles, index, size=size, before=before)
        if len(hashes) == WIDTH:
            roots[index] = merkle.root(hashes)
        progress(done, len(blocks))
    level = 1
    while size >> HEIGHT * level:
        roots = _follow_level(tiles, level, roots, size=size, before=before)
        level += 1
    return (old[-1] + 1) % fresh if old else 0


def _follow_block(session: Session, tiles: TileStore, index: int, *, size: int, before: int) -> list[bytes]:
    """Compare a block with what was written of it, and write what was not. Its leaf hashes."""
    made = block(session, index, size=size)
    width, signed = len(made.leaves), max(0, min(before - index * WIDTH, WIDTH))
    for level, content in ((None, made.leaves), (0, made.hashes)):
        there: bytes | None = None
        if signed:
            there = _written(tiles, Tile(level=level, index=index, width=signed), content)
        if there is None or width != signed:
            data = pack(content) if level is None else join(content)
            tiles.write(Tile(level=level, index=index, width=width).path, data)
    return made.hashes


def _written(tiles: TileStore, tile: Tile, content: list[bytes]) -> bytes | None:
    """What was written of signed entries; None when it is lost. Raises `Discrepancy` when it differs."""
    try:
        there = tiles.read(tile.path)
    except TileMissing:
        return None
    expected = content[: tile.width]
    try:
        parts = unpack(there, width=tile.width) if tile.level is None else hashes_in(there, width=tile.width)
    except Malformed as wrong:
        raise Discrepancy(f"{tile.path} was changed: {wrong}") from wrong
    for seq in differences(parts, expected, first=tile.index * WIDTH):
        raise Discrepancy(f"entry {seq} is not what {tile.path} says: one of the two was changed")
    return there


def _follow_level(
    tiles: TileStore, level: int, roots: dict[int, bytes], *, size: int, before: int
) -> dict[int, bytes]:
    """The tiles of a level above the leaves; `roots` are those of the tiles below that were looked at. The
    roots of the full tiles of this level."""
    count, signed = size >> HEIGHT * level, before >> HEIGHT * level
    found = {}
    for index in range(-(-count // WIDTH)):
        first = index * WIDTH
        width, old = min(WIDTH, count - first), max(0, min(signed - first, WIDTH))
        there = _hashes(tiles, Tile(level=level, index=index, width=old)) if old else []
        hashes = list(there or [])
        for below in range(first + len(hashes), first + width):
            hashes.append(roots.get(below) or _root_of(tiles, level - 1, below))
        for below, root in roots.items():
            if first <= below < first + width and hashes[below - first] != root:
                where = Tile(level=level, index=index, width=width).path
                raise Discrepancy(f"{where} does not hold the root of tile {below} below it: it was changed")
        if there is None or width != old:
            tiles.write(Tile(level=level, index=index, width=width).path, join(hashes))
        if width == WIDTH:
            found[index] = merkle.root(hashes)
    return found


def _hashes(tiles: TileStore, tile: Tile) -> list[bytes] | None:
    try:
        return hashes_in(tiles.read(tile.path), width=tile.width)
    except TileMissing:
        return None
    except Malformed as wrong:
        raise Discrepancy(f"{tile.path} was changed: {wrong}") from wrong


def _root_of(tiles: TileStore, level: int, index: int) -> bytes:
    """The root of a full tile that was not looked at in this pass."""
    tile = Tile(level=level, index=index)
    hashes = _hashes(tiles, tile)
    if hashes is None:
        raise Discrepancy(f"{tile.path} is lost: run `python -m portal record rebuild tiles`")
    return merkle.root(hashes)
