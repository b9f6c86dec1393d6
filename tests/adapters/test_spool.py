"""The spool: what an upload passes through before it counts as received."""

from __future__ import annotations

import hashlib
import io
import os
import random
from pathlib import Path

import pytest
from werkzeug.formparser import MultiPartParser

from portal.adapters.spool import Arrival, Spool
from portal.ports import StoreFull
from tests.small_disk import small_disk

BOUNDARY = b"between"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def parsed(spool: Spool, *contents: bytes, limit: int = 10_000_000) -> tuple[list[Arrival], dict[str, str]]:
    """A form with these files and, after them, one text field, read by Werkzeug itself."""
    parts = [
        b'Content-Disposition: form-data; name="photos"; filename="../\xe7\x85\xa7.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + content
        for content in contents
    ]
    parts.append(b'Content-Disposition: form-data; name="note"\r\n\r\nfoundations poured')
    body = b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts)
    body += b"--" + BOUNDARY + b"--\r\n"
    arrivals: list[Arrival] = []

    def begin(*_args: object, **_kwargs: object) -> Arrival:
        arrivals.append(spool.receive(limit))
        return arrivals[-1]

    form, files = MultiPartParser(begin).parse(io.BytesIO(body), BOUNDARY, len(body))  # type: ignore[arg-type]
    assert [file.stream for file in files.getlist("photos")] == arrivals
    return arrivals, dict(form)


def test_a_file_streamed_by_a_form_arrives_whole_and_hashed(spool: Spool) -> None:
    contents = [random.randbytes(500_000), b"", b"short"]
    arrivals, form = parsed(spool, *contents)
    for arrival, content in zip(arrivals, contents, strict=True):
        assert arrival.read() == content
        received = arrival.finish()
        assert received.path.read_bytes() == content
        assert received.sha256 == hashlib.sha256(content).hexdigest()
        assert received.path.name.startswith(received.sha256)
        assert received.size == arrival.size == len(content)
        arrival.close()
    assert form == {"note": "foundations poured"}


def test_a_file_over_the_limit_is_counted_but_not_kept_and_the_form_still_reads(
    spool: Spool, tmp_path: Path
) -> None:
    (good, bad), form = parsed(spool, b"g" * 1000, b"b" * 200_001, limit=200_000)
    assert (bad.too_large, bad.size, bad.read()) == (True, 200_001, b"")
    with pytest.raises(ValueError, match="larger"):
        bad.finish()
    assert not good.too_large
    good.finish()
    bad.close()
    good.close()
    assert form["note"]
    assert len(files_in(tmp_path)) == 1


def test_a_file_of_exactly_the_limit_is_kept(spool: Spool) -> None:
    with spool.receive(5) as arrival:
        arrival.write(b"12345")
        assert arrival.finish().size == 5


def test_an_arrival_closed_before_it_is_finished_leaves_nothing(spool: Spool, tmp_path: Path) -> None:
    arrival = spool.receive(100)
    arrival.write(b"half")
    arrival.discard()
    arrival.discard()
    assert files_in(tmp_path) == []
    with pytest.raises(ValueError, match="closed"):
        arrival.finish()


def test_a_finished_arrival_outlives_its_request(spool: Spool) -> None:
    arrival = spool.receive(100)
    arrival.write(b"whole")
    received = arrival.finish()
    arrival.discard()
    assert arrival.finish() == received
    assert received.path.read_bytes() == b"whole"
    spool.discard(received)
    spool.discard(received)
    assert not received.path.exists()


def test_discarding_one_of_two_equal_uploads_keeps_the_other(spool: Spool) -> None:
    arrivals, _form = parsed(spool, b"twice", b"twice")
    one, other = (arrival.finish() for arrival in arrivals)
    for arrival in arrivals:
        arrival.close()
    spool.discard(one)
    assert other.path.read_bytes() == b"twice"


def test_an_arrival_can_be_read_again_but_only_grows_at_its_end(spool: Spool) -> None:
    with spool.receive(100) as arrival:
        arrival.write(b"abc")
        assert (arrival.tell(), arrival.seek(1), arrival.read(1), arrival.read1()) == (3, 1, b"b", b"c")
        arrival.seek(0)
        with pytest.raises(io.UnsupportedOperation):
            arrival.write(b"x")
        arrival.seek(0, io.SEEK_END)
        arrival.write(b"d")
        assert arrival.finish().sha256 == hashlib.sha256(b"abcd").hexdigest()


def test_sweeping_removes_only_what_has_lain_long_enough(spool: Spool, tmp_path: Path) -> None:
    with spool.receive(100) as old, spool.receive(100) as fresh:
        old.write(b"old")
        fresh.write(b"fresh")
        forgotten, wanted = old.finish(), fresh.finish()
    os.utime(forgotten.path, (1, 1))
    assert spool.sweep(3600) == 1
    assert not forgotten.path.exists()
    assert wanted.path.exists()
    assert spool.sweep(-1) == 1
    assert files_in(tmp_path) == []


def test_a_full_disk_is_remembered_and_the_rest_of_the_form_still_reads() -> None:
    with small_disk() as disk:
        (large, small), form = parsed(Spool(disk / "spool"), random.randbytes(1_500_000), b"small")
        assert (large.full, large.too_large, large.size) == (True, False, 1_500_000)
        with pytest.raises(StoreFull):
            large.finish()
        assert not small.full
        assert small.finish().path.read_bytes() == b"small"
        assert form["note"]
        large.close()
        small.close()


def test_a_disk_with_no_room_even_to_begin_is_remembered_too() -> None:
    with small_disk(options="size=1m,nr_inodes=2") as disk:
        (disk / "the only file").touch()
        with Spool(disk / "spool").receive(100) as arrival:
            arrival.write(b"x")
            assert arrival.full
            with pytest.raises(StoreFull):
                arrival.finish()
