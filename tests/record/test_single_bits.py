"""A log of 300 entries in which one bit is not what it was: always detected.

Tiles and the path of a proof are flipped bit by bit, exhaustively. Of entries and signatures a part is drawn by
a printed seed, because all of them take minutes; PORTAL_TEST_EXHAUSTIVE=1 flips every one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

import pytest

from portal.record.blocks import Discrepancy
from portal.record.checkpoint import ProofFile
from portal.record.merkle import leaf_hash, root
from portal.record.mirror import check_block, check_level, check_log, must_hold
from portal.record.notes import Note, NoteRefused
from portal.record.proofs import includes
from portal.record.signing import open_checkpoint
from portal.record.tiles import Tile, join, pack
from tests.record.log_files import LogFiles, leaves

SEED = int(os.environ.get("PORTAL_TEST_SEED", "20261124"))
EXHAUSTIVE = os.environ.get("PORTAL_TEST_EXHAUSTIVE") == "1"
LEAVES = leaves(300)


@pytest.fixture(scope="module")
def log() -> LogFiles:
    return LogFiles(LEAVES)


def bits(data: bytes, *, most: int | None) -> Iterable[int]:
    count = 8 * len(data)
    if most is None or EXHAUSTIVE or most >= count:
        return range(count)
    print(f"{most} of {count} bits, seed {SEED}")  # noqa: T201 - the run is told
    return random.Random(SEED).sample(range(count), most)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_log_is_whole(log):
    check_log(log.__getitem__, log.checkpoint)


@pytest.mark.parametrize("tile", [Tile(level=0, index=0), Tile(level=0, index=1, width=44)])
def test_every_bit_of_leaf_hashes(log, tile):
    files, found = dict(log), log.hashes[tile.index * 256 :][: tile.width]
    for bit in bits(log[tile.path], most=None):
        files[tile.path] = flipped(log[tile.path], bit)
        with pytest.raises(Discrepancy):
            must_hold(files.__getitem__, tile, found)


@pytest.mark.parametrize(("path", "index"), [("tile/entries/000", 0), ("tile/entries/001.p/44", 1)])
def test_every_bit_of_entries(log, path, index):
    files = dict(log)
    for bit in bits(log[path], most=5000):
        files[path] = flipped(log[path], bit)
        with pytest.raises(Discrepancy):
            check_block(files.__getitem__, index, size=300)


def test_every_bit_of_the_level_above(log):
    files, roots, path = dict(log), [root(log.hashes[:256])], "tile/1/000.p/1"
    for bit in bits(log[path], most=None):
        files[path] = flipped(log[path], bit)
        with pytest.raises(Discrepancy):
            check_level(files.__getitem__, 1, roots)


def test_an_entry_and_its_hash_changed_together_do_not_give_the_root(log):
    changed = [*LEAVES[:77], flipped(LEAVES[77], 3), *LEAVES[78:]]
    hashes = [leaf_hash(leaf) for leaf in changed]
    files = {**log, "tile/entries/000": pack(changed[:256]), "tile/0/000": join(hashes[:256])}
    with pytest.raises(Discrepancy, match="root"):
        check_log(files.__getitem__, log.checkpoint)


def test_every_bit_of_the_checkpoint(log):
    for bit in bits(log["checkpoint"], most=5000):
        with pytest.raises(NoteRefused):
            open_checkpoint(Note.parse(flipped(log["checkpoint"], bit)), log.keys_.public)


def test_every_bit_of_a_proof(log):
    whole = str(ProofFile(index=123, path=log.tree().inclusion(123), checkpoint=log.note)).encode()
    end = whole.index(b"\n\n") + 2
    for bit in bits(whole[:end], most=None):
        assert not proven(flipped(whole, bit), log)
    for bit in bits(whole[end:], most=1000):
        assert not proven(flipped(whole, bit + 8 * end), log)
    assert proven(whole, log)


def proven(data: bytes, log: LogFiles) -> bool:
    try:
        proof = ProofFile.parse(data)
        checkpoint = open_checkpoint(proof.checkpoint, log.keys_.public)
    except NoteRefused:
        return False
    return includes(
        leaf_hash(LEAVES[123]), seq=proof.index, size=checkpoint.size, proof=proof.path, root=checkpoint.root
    )
