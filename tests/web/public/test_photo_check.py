"""Asking the record whether a picture is one of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.progress import Photo, Verb
from portal.ports import Space
from portal.record.photo_authority import PhotoKey
from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.workflows.after_publication import corrected, take_down


@pytest.fixture
def published(portal: Portal, district: SmallDistrict, clock: Clock) -> str:
    """The number of a report with a signed photo."""
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    return district.published(photos=1)


def largest(portal: Portal) -> bytes:
    """The bytes of the last photo's largest rendition."""
    with portal.database.reading() as session:
        photo = session.scalars(select(Photo).order_by(Photo.id.desc())).first()
        assert photo is not None
        name = photo.renditions[0]["name"]
    with portal.media.open(Space.STAGED, name) as stream:
        return stream.read()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_file_that_an_entry_shows_leads_to_that_entry_and_its_proof(
    visitor: Browser, portal: Portal, published: str
) -> None:
    digest = digest_of(largest(portal))
    told = visitor.get(f"/record/photo/{digest}.json").get_json()
    (entry,) = told["entries"]
    assert told == {
        "entries": [entry],
        "item": f"report/{published}",
        "number": published,
        "photo": 1,
        "stands": True,
    }
    assert visitor.get(f"/record/opening/{entry}.json").get_json()["document"].count(digest) == 1
    page = visitor.get(f"/record/photo/{digest}").get_data(as_text=True)
    assert "这张照片由本站发布，没有改过。" in page
    assert f'href="/record/{entry}.tlog-proof"' in page
    assert f'href="/reports/{published}"' in page


def test_a_small_rendition_is_found_as_well_though_it_has_no_credential(
    visitor: Browser, portal: Portal, published: str
) -> None:
    with portal.database.reading() as session:
        names = [r["name"] for r in session.scalars(select(Photo)).one().renditions]
    answers = {visitor.get(f"/record/photo/{name.partition('.')[0]}.json").status_code for name in names}
    assert answers == {200}


def test_what_is_not_published_is_as_unknown_as_what_never_was(
    visitor: Browser, portal: Portal, district: SmallDistrict, published: str
) -> None:
    district.submitted(photos=1)
    with portal.database.reading() as session:
        waiting = session.scalars(select(Photo).order_by(Photo.id.desc())).first()
        secret = [waiting.original_sha256, *(r["name"].partition(".")[0] for r in waiting.renditions)]
    nowhere = digest_of(b"nowhere")
    for ending in ("", ".json"):
        expected = visitor.get(f"/record/photo/{nowhere}{ending}")
        for digest in secret:
            answer = visitor.get(f"/record/photo/{digest}{ending}")
            assert answer.status_code == expected.status_code == 404
            assert answer.data.replace(digest.encode(), b"") == expected.data.replace(nowhere.encode(), b"")
    assert visitor.get("/record/photo/..%2f..%2fetc").status_code == 404


def test_what_was_withdrawn_is_gone_with_the_reason(
    visitor: Browser, portal: Portal, district: SmallDistrict, published: str
) -> None:
    digest = digest_of(largest(portal))
    take_down(district, published)
    run_once(portal)
    page = visitor.get(f"/record/photo/{digest}")
    assert page.status_code == 410
    assert "已经撤下" in page.get_data(as_text=True)
    assert visitor.get(f"/record/photo/{digest}.json").status_code == 410


def test_a_photo_of_a_version_that_was_corrected_says_so(
    visitor: Browser, portal: Portal, district: SmallDistrict, published: str, clock: Clock
) -> None:
    digest = digest_of(largest(portal))
    clock.forward(days=1)
    draft = corrected(district, published)
    with portal.database.writing() as session:  # the unit has taken the photo out of its correction
        photo = session.scalars(select(Photo).where(Photo.report_id == draft)).one()
        photo.renditions = []
    district.decide(draft, Verb.APPROVE)
    assert visitor.get(f"/record/photo/{digest}.json").get_json()["stands"] is False
    page = visitor.get(f"/record/photo/{digest}").get_data(as_text=True)
    assert "那份报送后来更正过。" in page
    assert f'href="/reports/{published}?version=1"' in page
    assert visitor.get(f"/record/photo/{digest}.json?as_of=2026-11-24").get_json()["stands"] is True
    assert visitor.get(f"/record/photo/{digest}.json?as_of=2026-11-20").status_code == 404


def send(visitor: Browser, data: bytes):
    head = b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n\r\n'
    body = head + data + b"\r\n--edge--\r\n"
    return visitor.post("/verify", data=body, content_type="multipart/form-data; boundary=edge")


def test_a_browser_without_script_sends_the_picture_and_is_led_to_the_entry(
    visitor: Browser, portal: Portal, published: str
) -> None:
    data = largest(portal)
    answer = send(visitor, data)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/record/photo/{digest_of(data)}")
    changed = bytearray(data)
    changed[-3] ^= 1
    unknown = send(visitor, bytes(changed))
    assert unknown.status_code == 404
    assert "公开记录里没有这个文件。" in unknown.get_data(as_text=True)
    assert unknown.headers["Cache-Control"] == "no-store"


def test_a_picture_that_is_too_large_or_missing_is_refused_and_nothing_is_left_of_it(
    visitor: Browser, published: str, tmp_path: Path
) -> None:
    too_large = send(visitor, bytes(7 * 1024 * 1024))
    assert too_large.status_code == 413
    assert "文件超过 6 MB。" in too_large.get_data(as_text=True)
    assert visitor.post("/verify", data={}).status_code == 422
    assert send(visitor, b"").status_code == 404
    assert [path for path in tmp_path.rglob("spool/incoming/*") if path.is_file()] == []


def test_the_authority_is_published_as_the_record_has_it(
    visitor: Browser, portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    assert visitor.get("/record/photo-authority.pem").status_code == 404
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    first = portal.photo_key.read()
    district.published(photos=1)
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    district.published(photos=1)
    answer = visitor.get("/record/photo-authority.pem")
    assert answer.get_data(as_text=True) == first.authority + portal.photo_key.read().authority
    assert "PRIVATE" not in answer.get_data(as_text=True)
