"""The files of photos, from a terminal."""

from __future__ import annotations

from sqlalchemy import delete, select

from portal.domain.likeness import PhotoPrint
from portal.ports import Space


def test_photos_that_came_before_fingerprints_get_them_and_once_is_enough(portal, district, owner, run):
    district.draft(photos=2)
    with portal.database.reading() as session:
        before = {row.original_sha256: row.prints for row in session.scalars(select(PhotoPrint))}
    with owner.writing() as session:
        session.execute(delete(PhotoPrint))
    said = run("media", "fingerprint")
    assert (said.code, len(before)) == (0, 2)
    assert "2 photos have got their fingerprints" in said.out
    with portal.database.reading() as session:
        assert {row.original_sha256: row.prints for row in session.scalars(select(PhotoPrint))} == before
    assert "0 photos have got" in run("media", "fingerprint").out


def test_an_original_that_is_gone_is_named_and_stops_no_other(portal, district, owner, run):
    district.draft(photos=2)
    with owner.writing() as session:
        session.execute(delete(PhotoPrint))
    name = min(portal.media.names(Space.SEALED))
    portal.media.remove(Space.SEALED, name)
    said = run("media", "fingerprint")
    assert said.code == 0
    assert f"left out: {name}" in said.out
    assert "1 photos have got" in said.out
