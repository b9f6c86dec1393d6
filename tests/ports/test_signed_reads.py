"""Addresses by which a browser reads from the bucket without us, against a real service and with no key."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.ports import MediaMissing, MediaStore, Space
from tests.buckets import bucket, bucket_url, fetch, following

STORES: dict[str, Callable[[Path], MediaStore]] = {
    "s3": lambda folder: bucket(bucket_url(sealed=True, browsers=True)),
    "s3 behind a folder": lambda folder: following(folder, bucket_url(sealed=True, browsers=True)),
}
DATA = b"a photo"
REFUSED = (400, 401, 403)
NAME = hashlib.sha256(DATA).hexdigest() + ".jpg"


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MediaStore]:
    made = STORES[request.param](tmp_path)
    made.put(Space.STAGED, NAME, DATA)
    made.put(Space.SEALED, NAME, DATA)
    yield made
    made.close()


def signed(store: MediaStore, space: Space, *, seconds: int = 60, saved_as: str = "") -> str:
    address = store.signed(space, NAME, seconds=seconds, mimetype="image/jpeg", saved_as=saved_as)
    assert address is not None
    return address


@pytest.mark.parametrize("space", [Space.STAGED, Space.SEALED])
def test_whoever_has_the_address_reads_just_that(store: MediaStore, space: Space) -> None:
    address = signed(store, space)
    answer = fetch(address)
    assert (answer.status, answer.data) == (200, DATA)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert fetch(address.partition("?")[0]).status in REFUSED, "not without the signature"
    other = {Space.STAGED: Space.PUBLIC, Space.SEALED: Space.STAGED}[space]
    assert fetch(address.replace(f"/{space.value}/", f"/{other.value}/")).status in REFUSED
    assert fetch(address, "PUT", body=b"another").status in REFUSED, "and nobody writes"
    assert fetch(address, "DELETE").status in REFUSED
    assert fetch(signed(store, space)).data == DATA


def test_a_download_has_its_name(store: MediaStore) -> None:
    answer = fetch(signed(store, Space.SEALED, saved_as=NAME))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{NAME}"'


def test_the_address_is_good_for_its_time_and_no_longer(store: MediaStore) -> None:
    address, end = signed(store, Space.STAGED, seconds=3), time.monotonic() + 60.0
    assert fetch(address).status == 200
    while (status := fetch(address).status) == 200:
        assert time.monotonic() < end, "it is still read"
        time.sleep(0.1)
    assert status in REFUSED


def test_what_was_removed_is_missing(store: MediaStore) -> None:
    address = signed(store, Space.STAGED)
    store.remove(Space.STAGED, NAME)
    with pytest.raises(MediaMissing):
        signed(store, Space.STAGED)
    assert fetch(address).status == 404


def test_what_waits_for_the_bucket_is_read_through_us(tmp_path: Path) -> None:
    url = bucket_url(port=9, browsers=True)  # nothing listens on the port of discard
    store = following(tmp_path, url)
    store.put(Space.STAGED, NAME, DATA)
    assert store.signed(Space.STAGED, NAME, seconds=60, mimetype="image/jpeg") is None
    store.close()
