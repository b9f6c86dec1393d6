"""Proofs: the published vectors, every proof of every size to 300, and nothing else is ever accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.record.merkle import EMPTY, leaf_hash
from portal.record.proofs import Tree, extends, includes
from tests.record.log_files import LogFiles
from tests.record.test_merkle import LEAVES, ROOTS, by_definition

LARGEST = 300

# certificate-transparency, merkle_tree_test: (entry counted from 1, size) → path; (old, size) → proof.
PATHS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (3, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (2, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def in_hex(proof: list[bytes]) -> list[str]:
    return [step.hex() for step in proof]


@pytest.mark.parametrize(("number", "size"), PATHS)
def test_paths_are_those_of_the_published_vectors(number, size):
    tree = LogFiles(LEAVES, signed=False)
    log = LogFiles(LEAVES[:size], signed=False)
    assert in_hex(log.tree().inclusion(number - 1)) == PATHS[number, size]
    assert includes(
        tree.hashes[number - 1], seq=number - 1, size=size,
        proof=[bytes.fromhex(step) for step in PATHS[number, size]], root=bytes.fromhex(ROOTS[size - 1]),
    )  # fmt: skip


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_consistency_is_that_of_the_published_vectors(old, size):
    log = LogFiles(LEAVES[:size], signed=False)
    assert in_hex(log.tree().consistency(old)) == CONSISTENCY[old, size]
    assert extends(
        old=old, old_root=bytes.fromhex(ROOTS[old - 1]), size=size, root=bytes.fromhex(ROOTS[size - 1]),
        proof=[bytes.fromhex(step) for step in CONSISTENCY[old, size]],
    )  # fmt: skip


@pytest.fixture(scope="module")
def logs() -> list[LogFiles]:
    """A log of every size to 300."""
    shown = [n.to_bytes(2, "big") for n in range(LARGEST)]
    return [LogFiles(shown[:size], signed=False) for size in range(LARGEST + 1)]


def test_every_entry_of_every_size_is_proven(logs):
    for log in logs[1:]:
        tree, root = log.tree(), log.checkpoint.root
        for seq, leaf in enumerate(log.hashes):
            proof = tree.inclusion(seq)
            assert includes(leaf, seq=seq, size=log.size, proof=proof, root=root)
            other = (seq + 1) % log.size
            assert other == seq or not includes(leaf, seq=other, size=log.size, proof=proof, root=root)


def test_every_size_extends_every_smaller_one(logs):
    for log in logs[1:]:
        tree, root = log.tree(), log.checkpoint.root
        for old in range(1, log.size + 1):
            proof, old_root = tree.consistency(old), logs[old].checkpoint.root
            assert extends(old=old, old_root=old_root, size=log.size, root=root, proof=proof)
            wrong = logs[old - 1].checkpoint.root
            assert not extends(old=old, old_root=wrong, size=log.size, root=root, proof=proof)


def test_everything_extends_nothing(logs):
    log = logs[7]
    assert extends(old=0, old_root=EMPTY, size=7, root=log.checkpoint.root, proof=[])
    assert not extends(old=0, old_root=EMPTY, size=7, root=log.checkpoint.root, proof=[EMPTY])
    assert not extends(old=0, old_root=log.checkpoint.root, size=7, root=log.checkpoint.root, proof=[])
    assert not extends(old=8, old_root=logs[8].checkpoint.root, size=7, root=log.checkpoint.root, proof=[])


@given(st.integers(1, LARGEST), st.data())
def test_a_proof_with_a_step_more_less_or_in_another_order_proves_nothing(size, data):
    log = LogFiles([n.to_bytes(2, "big") for n in range(size)], signed=False)
    seq, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, proof, root = log.tree().inclusion(seq), log.tree().consistency(old), log.checkpoint.root
    old_root = by_definition(log.hashes[:old])
    for wrong in _wrong(path):
        assert not includes(log.hashes[seq], seq=seq, size=size, proof=wrong, root=root)
    for wrong in _wrong(proof):
        assert not extends(old=old, old_root=old_root, size=size, root=root, proof=wrong)


def _wrong(proof: list[bytes]) -> list[list[bytes]]:
    swapped = [*proof[1:], *proof[:1]]
    found = [[*proof, leaf_hash(b"")], [leaf_hash(b""), *proof]]
    return found + ([proof[:-1], proof[1:]] if proof else []) + ([swapped] if swapped != proof else [])


@pytest.mark.parametrize("seq", [-1, 7, 10**9])
def test_there_is_no_proof_of_what_is_not_there(logs, seq):
    with pytest.raises(ValueError, match="no entry"):
        logs[7].tree().inclusion(seq)
    assert not includes(logs[7].hashes[0], seq=seq, size=7, proof=logs[7].tree().inclusion(0), root=EMPTY)


@pytest.mark.parametrize("old", [-1, 0, 8])
def test_a_tree_extends_no_larger_one(logs, old):
    with pytest.raises(ValueError, match="does not extend"):
        logs[7].tree().consistency(old)


def test_an_empty_tree_has_the_root_of_nothing():
    assert Tree(0, lambda _tile: b"").root() == EMPTY


def test_a_proof_needs_few_tiles_of_a_large_tree():
    fetched = []

    def fetch(tile):
        fetched.append(tile.path)
        return bytes(tile.width * 32)

    Tree(20_852_163, fetch).inclusion(12_345_678)
    assert len(fetched) == len(set(fetched)) <= 8
