"""Public renditions."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from portal.domain.progress import Photo
from portal.ports import Space
from portal.record.tables import GoneMedia
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict


@pytest.fixture
def shown(portal: Portal, district: SmallDistrict) -> tuple[str, str]:
    """A published report's number and one of its renditions."""
    number = district.published(photos=1)
    return number, _names(portal)[0]


def _names(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return [r["name"] for photo in session.scalars(select(Photo)) for r in photo.renditions]


def test_a_published_rendition_is_served_once_and_kept_for_ever(
    visitor: Browser, shown: tuple[str, str]
) -> None:
    answer = visitor.get(f"/media/{shown[1]}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.data).hexdigest() == shown[1].partition(".")[0]
    assert answer.content_type in ("image/jpeg", "image/avif")
    assert answer.content_length == len(answer.data)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_head_and_ranges_and_known_tags_are_answered(visitor: Browser, shown: tuple[str, str]) -> None:
    path = f"/media/{shown[1]}"
    whole = visitor.get(path)
    head = visitor.head(path)
    assert head.content_length == len(whole.data)
    assert not head.data
    part = visitor.get(path, headers={"Range": "bytes=5-9"})
    assert part.status_code == 206
    assert part.data == whole.data[5:10]
    assert visitor.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_a_rendition_that_is_not_published_is_not_found(
    visitor: Browser, portal: Portal, district: SmallDistrict
) -> None:
    district.submitted(photos=1)
    for name in _names(portal):
        assert visitor.get(f"/media/{name}").status_code == 404


def test_an_original_is_never_served(visitor: Browser, portal: Portal, shown: tuple[str, str]) -> None:
    for name in portal.media.names(Space.SEALED):
        assert visitor.get(f"/media/{name}").status_code == 404


def test_after_a_withdrawal_it_is_gone_and_its_address_says_why(
    visitor: Browser, portal: Portal, shown: tuple[str, str], withdraw
) -> None:
    withdraw(shown[0])
    answer = visitor.get(f"/media/{shown[1]}")
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"
    assert shown[0] in answer.text
    report = visitor.get(f"/reports/{shown[0]}").text
    assert "依据" in report
    assert "依据" in answer.text
    with portal.database.reading() as session:
        marks = session.scalars(select(GoneMedia.mark)).all()
    assert marks
    assert not {name.partition(".")[0] for name in _names(portal)} & set(marks)
    assert list(portal.media.names(Space.PUBLIC)) == []


@pytest.mark.parametrize(
    "name", ["x", "..%2F..%2Fetc%2Fpasswd", "a" * 64 + ".jpg", "A" * 64 + ".jpg", "a" * 64 + ".exe"]
)
def test_a_name_that_is_none_is_not_found(visitor: Browser, district: SmallDistrict, name: str) -> None:
    assert visitor.get(f"/media/{name}").status_code == 404
