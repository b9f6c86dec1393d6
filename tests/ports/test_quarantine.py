"""The contract of `portal.ports.Quarantine`, run against every store there is."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from portal.adapters.local_media import LocalMediaStore
from portal.ports import MediaMissing, MediaStore, Received, Space
from tests.ports.test_media_store import name_of, read, spooled, store  # noqa: F401

ANY_AGE = -3600.0
X = name_of(b"x")


@pytest.fixture
def local(tmp_path: Path) -> LocalMediaStore:
    return LocalMediaStore(tmp_path / "media")


def age(local: LocalMediaStore, space: Space, name: str, *, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(local.path(space, name), (then, then))


@pytest.mark.parametrize("space", Space)
def test_what_is_set_aside_is_no_longer_there_and_comes_back_whole(store: MediaStore, space: Space) -> None:  # noqa: F811
    store.put(space, X, b"x")
    assert store.quarantine.set_aside(space, X, older_than_seconds=ANY_AGE)
    with pytest.raises(MediaMissing):
        store.size(space, X)
    assert [(each.space, each.name) for each in store.quarantine.files()] == [(space, X)]
    with store.quarantine.open(space, X) as stream:
        assert stream.read() == b"x"
    store.quarantine.put_back(space, X)
    assert read(store, space, X) == b"x"
    assert list(store.quarantine.files()) == []


def test_a_young_file_is_no_candidate_and_stays(store: MediaStore) -> None:  # noqa: F811
    store.put(Space.STAGED, X, b"x")
    assert list(store.quarantine.candidates(Space.STAGED, older_than_seconds=3600)) == []
    assert not store.quarantine.set_aside(Space.STAGED, X, older_than_seconds=3600)
    assert list(store.quarantine.candidates(Space.STAGED, older_than_seconds=ANY_AGE)) == [X]
    assert read(store, Space.STAGED, X) == b"x"


def test_what_is_not_there_cannot_be_set_aside_nor_put_back(store: MediaStore) -> None:  # noqa: F811
    assert not store.quarantine.set_aside(Space.SEALED, X, older_than_seconds=ANY_AGE)
    with pytest.raises(MediaMissing):
        store.quarantine.put_back(Space.SEALED, X)
    with pytest.raises(MediaMissing):
        store.quarantine.open(Space.SEALED, X).read()


def test_putting_back_what_was_stored_again_meanwhile_leaves_one_file(store: MediaStore) -> None:  # noqa: F811
    store.put(Space.SEALED, X, b"x")
    store.quarantine.set_aside(Space.SEALED, X, older_than_seconds=ANY_AGE)
    store.put(Space.SEALED, X, b"x")
    store.quarantine.put_back(Space.SEALED, X)
    assert list(store.names(Space.SEALED)) == [X]
    assert list(store.quarantine.files()) == []


def test_removing_destroys_the_copy_in_quarantine_too(store: MediaStore) -> None:  # noqa: F811
    store.put(Space.PUBLIC, X, b"x")
    store.quarantine.set_aside(Space.PUBLIC, X, older_than_seconds=ANY_AGE)
    store.remove(Space.PUBLIC, X)
    assert list(store.quarantine.files()) == []


def test_destroying_is_for_good_and_absence_is_no_error(store: MediaStore) -> None:  # noqa: F811
    store.put(Space.SEALED, X, b"x")
    store.quarantine.set_aside(Space.SEALED, X, older_than_seconds=ANY_AGE)
    for _ in range(2):
        store.quarantine.destroy(Space.SEALED, X)
    assert list(store.quarantine.files()) == []
    assert list(store.names(Space.SEALED)) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63 + ".jpg"])
def test_a_name_of_another_form_is_refused(store: MediaStore, name: str) -> None:  # noqa: F811
    for act in (
        lambda: store.quarantine.set_aside(Space.SEALED, name, older_than_seconds=ANY_AGE),
        lambda: store.quarantine.put_back(Space.SEALED, name),
        lambda: store.quarantine.destroy(Space.SEALED, name),
        lambda: store.quarantine.open(Space.SEALED, name),
    ):
        with pytest.raises(ValueError, match="name"):
            act()


@pytest.mark.parametrize("how", ["put", "take", "publish"])
def test_a_file_that_is_stored_once_more_is_young_again(
    local: LocalMediaStore, tmp_path: Path, how: str
) -> None:
    space = Space.PUBLIC if how == "publish" else Space.STAGED
    local.put(Space.STAGED, X, b"x")
    if how == "publish":
        local.publish(X)
    age(local, space, X, days=30)
    assert list(local.quarantine.candidates(space, older_than_seconds=86400)) == [X]
    match how:
        case "put":
            local.put(space, X, b"x")
        case "take":
            local.take(space, X, spooled(tmp_path, b"x"))
        case _:
            local.publish(X)
    assert list(local.quarantine.candidates(space, older_than_seconds=86400)) == []


def test_an_old_staged_rendition_is_young_under_its_public_name(local: LocalMediaStore) -> None:
    local.put(Space.STAGED, X, b"x")
    age(local, Space.STAGED, X, days=30)
    local.publish(X)
    assert list(local.quarantine.candidates(Space.PUBLIC, older_than_seconds=86400)) == []


def test_a_file_that_is_relied_on_between_looking_and_moving_stays(
    local: LocalMediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stores the same content in that moment finds the file there, and is told that it is kept."""
    local.put(Space.SEALED, X, b"x")
    age(local, Space.SEALED, X, days=30)
    rename = Path.rename

    def crossed(path: Path, target: Path) -> Path:
        local.put(Space.SEALED, X, b"x")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", crossed)
    assert not local.quarantine.set_aside(Space.SEALED, X, older_than_seconds=86400)
    assert read(local, Space.SEALED, X) == b"x"
    assert list(local.quarantine.files()) == []


def test_a_file_that_is_stored_again_just_after_it_was_moved_is_whole(
    local: LocalMediaStore, tmp_path: Path
) -> None:
    data = os.urandom(100_000)
    name = name_of(data)
    local.put(Space.SEALED, name, data)
    local.quarantine.set_aside(Space.SEALED, name, older_than_seconds=ANY_AGE)
    path = tmp_path / "spooled"
    path.write_bytes(data)
    local.take(
        Space.SEALED, name, Received(sha256=hashlib.sha256(data).hexdigest(), size=len(data), path=path)
    )
    assert read(local, Space.SEALED, name) == data
