"""The contract of `portal.ports.PartialUploads`, run against the folder that keeps them."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.partial_uploads import PartialFiles
from portal.ports import NotWhole, OffsetConflict, PartialUploads, PieceTooLong, StoreFull
from tests.small_disk import small_disk

KEY, OTHER = "0" * 32, "f" * 32
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def uploads(tmp_path: Path) -> PartialUploads:
    return PartialFiles(tmp_path / "partial", patience=0.1)


def test_what_was_never_begun_stands_at_zero_and_is_not_whole(uploads: PartialUploads) -> None:
    assert uploads.offset(KEY) == 0
    with pytest.raises(NotWhole):
        uploads.whole(KEY, size=1)


def test_pieces_come_one_behind_the_other_until_the_file_is_whole(uploads: PartialUploads) -> None:
    at = 0
    for end in (100, 101, 7000, len(CONTENT)):
        with pytest.raises(NotWhole):
            uploads.whole(KEY, size=len(CONTENT))
        at = uploads.append(KEY, at=at, pieces=[CONTENT[at:end]], size=len(CONTENT))
        assert (at, uploads.offset(KEY)) == (end, end)
    received = uploads.whole(KEY, size=len(CONTENT))
    assert received.path.read_bytes() == CONTENT
    assert (received.sha256, received.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def test_the_whole_file_may_be_thrown_away_and_is_still_here(uploads: PartialUploads) -> None:
    uploads.append(KEY, at=0, pieces=[CONTENT], size=len(CONTENT))
    uploads.whole(KEY, size=len(CONTENT)).path.unlink()
    assert uploads.whole(KEY, size=len(CONTENT)).path.read_bytes() == CONTENT


@pytest.mark.parametrize("at", [0, 99, 101])
def test_a_piece_that_begins_elsewhere_changes_nothing_and_is_told_where_to_go_on(
    uploads: PartialUploads, at: int
) -> None:
    uploads.append(KEY, at=0, pieces=[CONTENT[:100]], size=len(CONTENT))
    with pytest.raises(OffsetConflict) as conflict:
        uploads.append(KEY, at=at, pieces=[b"something else"], size=len(CONTENT))
    assert (conflict.value.offset, uploads.offset(KEY)) == (100, 100)


def test_what_came_before_a_connection_broke_is_kept(uploads: PartialUploads) -> None:
    def broken() -> Iterator[bytes]:
        yield CONTENT[:100]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.append(KEY, at=0, pieces=broken(), size=len(CONTENT))
    assert uploads.offset(KEY) == 100


def test_whoever_asks_where_it_stands_waits_for_what_a_broken_connection_brought(tmp_path: Path) -> None:
    uploads = PartialFiles(tmp_path / "partial", patience=30)
    begun, asked = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        yield CONTENT[:100]
        begun.set()
        asked.wait(30)
        yield CONTENT[100:200]

    sending = threading.Thread(
        target=lambda: uploads.append(KEY, at=0, pieces=slow(), size=len(CONTENT)), daemon=True
    )
    sending.start()
    assert begun.wait(30)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(uploads.offset(KEY)), daemon=True)
    asking.start()
    asked.set()
    asking.join(30)
    assert answers == [200]


def test_more_than_the_file_has_is_refused_and_never_written(uploads: PartialUploads) -> None:
    with pytest.raises(PieceTooLong):
        uploads.append(KEY, at=0, pieces=[CONTENT, b"more"], size=len(CONTENT))
    assert uploads.whole(KEY, size=len(CONTENT)).path.read_bytes() == CONTENT


def test_a_connection_that_hangs_keeps_nobody_out_and_cannot_write_into_what_went_on(
    uploads: PartialUploads,
) -> None:
    waits, goes_on = threading.Event(), threading.Event()
    ended: list[BaseException | int] = []

    def hanging() -> Iterator[bytes]:
        yield CONTENT[:100]
        waits.set()
        goes_on.wait(30)
        yield CONTENT[100:200]

    def send() -> None:
        try:
            ended.append(uploads.append(KEY, at=0, pieces=hanging(), size=len(CONTENT)))
        except OffsetConflict as conflict:
            ended.append(conflict)

    first = threading.Thread(target=send)
    first.start()
    assert waits.wait(30)
    assert uploads.append(KEY, at=uploads.offset(KEY), pieces=[CONTENT[100:]], size=len(CONTENT)) == len(
        CONTENT
    )
    goes_on.set()
    first.join()
    assert isinstance(ended[0], OffsetConflict)
    assert uploads.whole(KEY, size=len(CONTENT)).path.read_bytes() == CONTENT


def test_a_full_disk_says_so_and_what_was_there_goes_on_when_there_is_room() -> None:
    with small_disk() as disk:
        uploads = PartialFiles(disk / "partial")
        uploads.append(KEY, at=0, pieces=[CONTENT[:100]], size=len(CONTENT))
        filling = disk / "filling"
        with filling.open("wb", buffering=0) as file:
            while written := _write(file.fileno()):
                assert written
        with pytest.raises(StoreFull):
            uploads.append(KEY, at=100, pieces=[bytes(8192)] * 200, size=200 * 8192)
        filling.unlink()
        at = uploads.offset(KEY)
        assert at >= 100
        assert uploads.append(KEY, at=at, pieces=[b"more"], size=200 * 8192) == at + 4


def _write(descriptor: int) -> int:
    try:
        return os.write(descriptor, bytes(4096))
    except OSError:
        return 0


def test_what_is_discarded_is_gone_and_discarding_again_is_nothing(uploads: PartialUploads) -> None:
    uploads.append(KEY, at=0, pieces=[b"x"], size=2)
    uploads.discard(KEY)
    uploads.discard(KEY)
    assert uploads.offset(KEY) == 0


def test_the_sweep_takes_what_nobody_knows_once_it_is_old(tmp_path: Path, uploads: PartialUploads) -> None:
    for key in (KEY, OTHER):
        uploads.append(key, at=0, pieces=[b"x"], size=1)
    taken = uploads.whole(OTHER, size=1).path
    assert uploads.sweep(keep={KEY}, older_than_seconds=3600) == 0
    for path in (tmp_path / "partial").iterdir():
        os.utime(path, (0, 0))
    assert sorted(path.name for path in (tmp_path / "partial").iterdir()) == sorted((KEY, OTHER, taken.name))
    assert uploads.sweep(keep={KEY}, older_than_seconds=3600) == 2
    assert (uploads.offset(KEY), uploads.offset(OTHER), taken.exists()) == (1, 0, False)


@pytest.mark.parametrize("key", ["", ".", "../" + "0" * 29, "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n"])
def test_a_key_that_is_not_ours_is_refused(uploads: PartialUploads, key: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        uploads.offset(key)


def test_nobody_else_on_the_machine_can_read_what_arrives(tmp_path: Path, uploads: PartialUploads) -> None:
    uploads.append(KEY, at=0, pieces=[b"x"], size=1)
    assert (tmp_path / "partial").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "partial" / KEY).stat().st_mode & 0o777 == 0o600
