"""The contract of `portal.ports.MediaStore`, run against every store there is."""

from __future__ import annotations

import hashlib
import random
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.adapters.local_media import LocalMediaStore
from portal.ports import MediaMissing, MediaStore, Received, Space, StoreFull
from tests.buckets import bucket, bucket_url, following
from tests.small_disk import small_disk

ROOT = Path(__file__).parents[2]
STORES: dict[str, Callable[[Path], MediaStore]] = {
    "local": lambda folder: LocalMediaStore(folder / "media"),
    "s3": lambda folder: bucket(bucket_url(sealed=True)),
    "s3 behind a folder": lambda folder: following(folder / "media", bucket_url()),
}
WRONG_NAMES = (
    "", ".", "..", "../../etc/passwd", "a.jpg", "0" * 64, "0" * 64 + ".tar.gz",
    "0" * 63 + ".jpg", "0" * 64 + ".", "A" * 64 + ".jpg",
    "0" * 64 + ".JPG", "0" * 64 + ".jpg\n", "0" * 64 + ".jpg/..", "/" + "0" * 64 + ".jpg", "0" * 64 + ".j\0g",
    "０" * 64 + ".jpg", "0" * 64 + ".toolong",
)  # fmt: skip


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MediaStore]:
    made = STORES[request.param](tmp_path)
    yield made
    made.close()


def name_of(data: bytes, ext: str = "jpg") -> str:
    return f"{hashlib.sha256(data).hexdigest()}.{ext}"


def read(store: MediaStore, space: Space, name: str) -> bytes:
    with store.open(space, name) as stream:
        return stream.read()


def spooled(folder: Path, data: bytes) -> Received:
    path = folder / f"spooled-{random.randrange(1 << 60):x}"
    path.write_bytes(data)
    return Received(sha256=hashlib.sha256(data).hexdigest(), size=len(data), path=path)


@pytest.mark.parametrize("space", Space)
def test_what_was_put_is_read_back_whole(store: MediaStore, space: Space) -> None:
    data = random.randbytes(300_000)
    store.put(space, name_of(data), data)
    assert read(store, space, name_of(data)) == data
    assert store.size(space, name_of(data)) == len(data)
    assert list(store.names(space)) == [name_of(data)]


def test_the_three_rooms_are_apart(store: MediaStore) -> None:
    store.put(Space.STAGED, name_of(b"x"), b"x")
    for other in (Space.SEALED, Space.PUBLIC):
        assert list(store.names(other)) == []
        with pytest.raises(MediaMissing):
            store.open(other, name_of(b"x"))


def test_putting_the_same_again_changes_nothing(store: MediaStore) -> None:
    for _ in range(3):
        store.put(Space.PUBLIC, name_of(b"x"), b"x")
    assert list(store.names(Space.PUBLIC)) == [name_of(b"x")]


def test_content_that_does_not_hash_to_its_name_is_refused(store: MediaStore) -> None:
    with pytest.raises(ValueError, match="hash"):
        store.put(Space.PUBLIC, name_of(b"x"), b"y")
    assert list(store.names(Space.PUBLIC)) == []


@pytest.mark.parametrize("name", WRONG_NAMES)
def test_a_name_of_another_form_is_refused_everywhere(store: MediaStore, tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.parent.rglob("*"))
    received = Received(sha256="0" * 64, size=1, path=tmp_path / "none")
    for act in (
        lambda: store.put(Space.PUBLIC, name, b"x"),
        lambda: store.take(Space.SEALED, name, received),
        lambda: store.publish(name),
        lambda: store.open(Space.PUBLIC, name),
        lambda: store.size(Space.PUBLIC, name),
        lambda: store.signed(Space.PUBLIC, name, seconds=60, mimetype="image/jpeg"),
        lambda: store.remove(Space.PUBLIC, name),
    ):
        with pytest.raises(ValueError, match="name"):
            act()
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_where_browsers_reach_no_bucket_nothing_is_signed(store: MediaStore) -> None:
    store.put(Space.STAGED, name_of(b"x"), b"x")
    assert store.signed(Space.STAGED, name_of(b"x"), seconds=60, mimetype="image/jpeg") is None
    with pytest.raises(MediaMissing):
        store.signed(Space.SEALED, name_of(b"x"), seconds=60, mimetype="image/jpeg")


def test_what_is_not_there_is_missing(store: MediaStore) -> None:
    for act in (store.open, store.size):
        with pytest.raises(MediaMissing):
            act(Space.SEALED, name_of(b"nothing"))
    assert list(store.names(Space.SEALED)) == []


def test_removing_destroys_and_absence_is_no_error(store: MediaStore) -> None:
    store.remove(Space.PUBLIC, name_of(b"x"))
    store.put(Space.PUBLIC, name_of(b"x"), b"x")
    store.remove(Space.PUBLIC, name_of(b"x"))
    store.remove(Space.PUBLIC, name_of(b"x"))
    with pytest.raises(MediaMissing):
        store.open(Space.PUBLIC, name_of(b"x"))


def test_a_received_file_is_taken_and_its_spooled_copy_may_go(store: MediaStore, tmp_path: Path) -> None:
    data = random.randbytes(3_000_000)
    received = spooled(tmp_path, data)
    store.take(Space.SEALED, name_of(data), received)
    store.take(Space.SEALED, name_of(data), received)
    received.path.unlink()
    store.take(Space.SEALED, name_of(data), received)
    assert read(store, Space.SEALED, name_of(data)) == data


def test_a_received_file_is_taken_from_another_disk_too(store: MediaStore, tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk here")
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        received = spooled(Path(folder), b"from afar")
        store.take(Space.SEALED, name_of(b"from afar"), received)
        changed = spooled(Path(folder), b"before")
        changed.path.write_bytes(b"after")
        with pytest.raises(ValueError, match="hash"):
            store.take(Space.SEALED, name_of(b"before"), changed)
    assert read(store, Space.SEALED, name_of(b"from afar")) == b"from afar"
    assert list(store.names(Space.SEALED)) == [name_of(b"from afar")]


def test_a_received_file_under_a_foreign_name_is_refused(store: MediaStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hash"):
        store.take(Space.SEALED, name_of(b"x"), spooled(tmp_path, b"y"))
    assert list(store.names(Space.SEALED)) == []


def test_publishing_copies_from_staged_and_is_idempotent(store: MediaStore) -> None:
    name = name_of(b"x")
    with pytest.raises(MediaMissing):
        store.publish(name)
    store.put(Space.STAGED, name, b"x")
    store.publish(name)
    store.publish(name)
    assert read(store, Space.PUBLIC, name) == read(store, Space.STAGED, name) == b"x"
    store.remove(Space.STAGED, name)
    store.publish(name)
    assert read(store, Space.PUBLIC, name) == b"x"


def test_withdrawing_the_public_copy_leaves_the_staged_one(store: MediaStore) -> None:
    name = name_of(b"x")
    store.put(Space.STAGED, name, b"x")
    store.publish(name)
    store.remove(Space.PUBLIC, name)
    assert read(store, Space.STAGED, name) == b"x"


def test_many_writers_of_one_name_agree(store: MediaStore) -> None:
    data, errors = random.randbytes(100_000), []

    def write() -> None:
        try:
            store.put(Space.STAGED, name_of(data), data)
            store.publish(name_of(data))
        except Exception as error:  # a thread must hand it over
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert read(store, Space.PUBLIC, name_of(data)) == data


def test_a_store_that_works_says_nothing(store: MediaStore) -> None:
    assert store.check() is None
    assert all(list(store.names(space)) == [] for space in Space)


def test_a_large_file_is_taken_whole(store: MediaStore, tmp_path: Path) -> None:
    data = random.randbytes(20_000_001)
    store.take(Space.SEALED, name_of(data), spooled(tmp_path, data))
    assert store.size(Space.SEALED, name_of(data)) == len(data)
    assert read(store, Space.SEALED, name_of(data)) == data
    assert store.sweep(-1) == 0


def test_a_stream_can_be_read_from_the_middle(store: MediaStore) -> None:
    data = random.randbytes(700_000)
    store.put(Space.PUBLIC, name_of(data), data)
    with store.open(Space.PUBLIC, name_of(data)) as stream:
        assert stream.seekable()
        stream.seek(600_000)
        assert stream.read(1000) == data[600_000:601_000]
        stream.seek(10)
        assert stream.read() == data[10:]
        assert stream.read() == b""


def test_an_empty_file_is_a_file(store: MediaStore) -> None:
    store.put(Space.STAGED, name_of(b""), b"")
    store.publish(name_of(b""))
    assert (read(store, Space.PUBLIC, name_of(b"")), store.size(Space.PUBLIC, name_of(b""))) == (b"", 0)


def test_when_everything_is_at_home_nothing_is_left_to_carry(store: MediaStore) -> None:
    store.put(Space.STAGED, name_of(b"x"), b"x")
    store.publish(name_of(b"x"))
    store.remove(Space.STAGED, name_of(b"x"))
    assert store.settle(shown=lambda name: True) == 0
    assert list(store.names(Space.PUBLIC)) == [name_of(b"x")]


def test_a_local_store_keeps_originals_from_other_accounts(tmp_path: Path) -> None:
    store = LocalMediaStore(tmp_path)
    store.take(Space.SEALED, name_of(b"x"), spooled(tmp_path, b"x"))
    store.put(Space.STAGED, name_of(b"y"), b"y")
    store.publish(name_of(b"y"))
    modes = {
        path.relative_to(tmp_path).parts[0]: stat.S_IMODE(path.stat().st_mode)
        for path in tmp_path.rglob("*.jpg")
    }
    assert modes == {"sealed": 0o600, "staged": 0o640, "public": 0o640}
    assert stat.S_IMODE((tmp_path / "sealed").stat().st_mode) == 0o700


def test_a_local_store_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")
    said = LocalMediaStore(tmp_path / "media").check()
    assert said is not None
    assert str(tmp_path) in said


def test_a_full_disk_keeps_nothing_of_the_file_and_everything_else() -> None:
    small, large, other = (random.randbytes(size) for size in (200_000, 1_500_000, 200_000))
    with small_disk() as disk, tempfile.TemporaryDirectory() as elsewhere:
        store = LocalMediaStore(disk)
        store.put(Space.PUBLIC, name_of(small), small)
        with pytest.raises(StoreFull):
            store.put(Space.PUBLIC, name_of(large), large)
        with pytest.raises(StoreFull):
            store.take(Space.SEALED, name_of(large), spooled(Path(elsewhere), large))
        assert list(store.names(Space.PUBLIC)) == [name_of(small)]
        assert list(store.names(Space.SEALED)) == []
        assert list((disk / "incoming").iterdir()) == []
        assert read(store, Space.PUBLIC, name_of(small)) == small
        store.put(Space.PUBLIC, name_of(other), other)


WRITER = """
import hashlib, random, sys
from pathlib import Path
from portal.adapters.local_media import LocalMediaStore
from portal.ports import Space
store = LocalMediaStore(Path(sys.argv[1]))
while True:
    data = random.randbytes(random.randrange(1, 400_000))
    name = hashlib.sha256(data).hexdigest() + ".jpg"
    store.put(Space.STAGED, name, data)
    store.publish(name)
    print(name, flush=True)
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_files_only(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            acknowledged.append(writer.stdout.readline().strip())
            time.sleep(random.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
            acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    store = LocalMediaStore(tmp_path)
    public = set(store.names(Space.PUBLIC))
    assert public >= set(acknowledged)
    for name in public:
        assert name_of(read(store, Space.PUBLIC, name)) == name
    store.sweep(-1)
    assert list((tmp_path / "incoming").iterdir()) == []
