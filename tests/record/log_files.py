"""A log in memory, written as the standard lays it out, for tests of what reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from portal.record import merkle
from portal.record.checkpoint import Checkpoint
from portal.record.proofs import Tree
from portal.record.signing import SigningKeys
from portal.record.tiles import WIDTH, Tile, join, pack, tiles_of

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def keys_of(word: str = "test", *, name: str = "sunlight.example/record") -> SigningKeys:
    """Always the same keys for the same word."""
    seeds = [hashlib.sha256(f"{word} {kind}".encode()).digest() for kind in ("ed25519", "ml-dsa")]
    return SigningKeys(name, *seeds)


def leaves(count: int) -> list[bytes]:
    """Leaves of the length that the portal's have."""
    return [
        f'{{"seq":{n},"commit":"{hashlib.sha256(bytes([n % 256])).hexdigest()}"}}'.encode()
        for n in range(count)
    ]


class LogFiles(dict[str, bytes]):
    """Path → content of everything that a log of these leaves shows, signed by `keys`."""

    def __init__(
        self, shown: Sequence[bytes], *, keys: SigningKeys | None = None, signed: bool = True
    ) -> None:
        super().__init__()
        self.keys_, self.size = keys or keys_of(), len(shown)
        self.hashes = [merkle.leaf_hash(leaf) for leaf in shown]
        for tile in tiles_of(self.size):
            self[tile.path] = self._content(tile, shown)
        self.checkpoint = Checkpoint(origin=self.keys_.name, size=self.size, root=merkle.root(self.hashes))
        if signed:
            self.note = self.keys_.sign_checkpoint(self.checkpoint, at=AT)
            self["checkpoint"] = str(self.note).encode()

    def _content(self, tile: Tile, shown: Sequence[bytes]) -> bytes:
        first = tile.index * WIDTH
        if tile.level is None:
            return pack(shown[first : first + tile.width])
        each = WIDTH**tile.level
        return join(
            [merkle.root(self.hashes[n * each : (n + 1) * each]) for n in range(first, first + tile.width)]
        )

    def tree(self, size: int | None = None) -> Tree:
        return Tree(self.size if size is None else size, lambda tile: self[tile.path])
