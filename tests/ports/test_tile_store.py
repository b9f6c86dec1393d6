"""The contract of `portal.ports.TileStore`, run against every store there is."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.adapters.local_tiles import LocalTileStore
from portal.adapters.s3_address import S3Address
from portal.adapters.s3_tiles import S3TileStore
from portal.ports import Space, StoreFull, TileMissing, TileStore
from portal.record.tiles import tiles_of
from tests.buckets import bucket, bucket_url, keys
from tests.small_disk import small_disk

ROOT = Path(__file__).parents[2]
STORES: dict[str, Callable[[Path], TileStore]] = {
    "local": lambda folder: LocalTileStore(folder / "record"),
    "s3": lambda folder: S3TileStore(S3Address.parse(bucket_url()), keys=keys()),
}
WRONG = (
    "", ".", "..", "tile", "tile/", "tile/0", "tile/0/0", "/checkpoint", "checkpoint/", "../checkpoint", "tile/../000",
    "tile/0/000/", "tile/0/000.p/", "tile/0/000.p/1000", "tile/0/000\n", "tile/0/\0", "checkpoint.new", "keys", "tile/0/x00/000",
)  # fmt: skip


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TileStore]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    "path", ["checkpoint", "tile/0/000", "tile/63/x123/x456/789", "tile/entries/000.p/255"]
)
def test_what_was_written_is_read_back(store, path):
    data = random.randbytes(70_000)
    store.write(path, data)
    assert store.read(path) == data
    assert list(store.paths()) == [path]


def test_writing_replaces_what_was_there_and_the_same_changes_nothing(store):
    for data in (b"one", b"two", b"two", b"three, longer"):
        store.write("checkpoint", data)
        assert store.read("checkpoint") == data


def test_a_partial_tile_and_the_full_one_stand_beside_each_other(store):
    paths = {tile.path for size in (200, 300) for tile in tiles_of(size)}
    for path in paths:
        store.write(path, path.encode())
    assert set(store.paths()) == paths
    assert all(store.read(path) == path.encode() for path in paths)


def test_what_is_not_there_is_missing(store):
    store.write("tile/0/000.p/1", b"x")
    for path in ("checkpoint", "tile/0/000", "tile/0/000.p/2", "tile/0/001"):
        with pytest.raises(TileMissing):
            store.read(path)


def test_removing_is_done_once_or_many_times(store):
    store.write("tile/0/000.p/1", b"x")
    store.write("tile/0/000.p/2", b"x")
    for _ in range(2):
        store.remove("tile/0/000.p/1")
    store.remove("tile/5/000.p/1")
    assert list(store.paths()) == ["tile/0/000.p/2"]


@pytest.mark.parametrize("path", WRONG)
def test_other_paths_are_refused(store, path):
    for act in (lambda: store.write(path, b"x"), lambda: store.read(path), lambda: store.remove(path)):
        with pytest.raises(ValueError, match="not a path"):
            act()


def test_tiles_and_photos_in_one_bucket_do_not_meet():
    url = bucket_url()
    media, tiles = bucket(url), S3TileStore(S3Address.parse(url), keys=keys())
    tiles.write("checkpoint", b"x")
    assert [name for space in Space for name in media.names(space)] == []
    media.close()
    tiles.close()


def test_a_full_disk_is_said_and_leaves_what_was_there():
    with small_disk() as disk:
        store = LocalTileStore(disk / "record")
        store.write("checkpoint", b"before")
        with pytest.raises(StoreFull):
            store.write("checkpoint", bytes(64 * 1024 * 1024))
        assert store.read("checkpoint") == b"before"
        assert list(store.paths()) == ["checkpoint"]


WRITER = """
import sys
from pathlib import Path
from portal.adapters.local_tiles import LocalTileStore
store = LocalTileStore(Path(sys.argv[1]))
print("ready", flush=True)
n = 0
while True:
    n += 1
    store.write("checkpoint", bytes([n % 256]) * 300_000)
    store.write(f"tile/0/{n % 1000:03d}", bytes([n % 256]) * 8192)
"""


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_whole_files_alone(tmp_path):
    store = LocalTileStore(tmp_path)
    for _ in range(5):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(random.uniform(0.02, 0.3))
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        for path in store.paths():
            data = store.read(path)
            assert (len(data), len(set(data))) == (300_000 if path == "checkpoint" else 8192, 1)
