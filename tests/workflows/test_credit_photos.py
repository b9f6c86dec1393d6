"""What is published of a photo carries credit and credential, the record commits to those bytes, and being cut off between
signing and publishing leaves neither a second set nor a file that nobody names."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from typing import Any

import c2pa
import pytest
from sqlalchemy import select

from portal.domain.crediting import Crediting
from portal.domain.progress import Report, Verb
from portal.imaging.credit_line import bare
from portal.ports import MediaStore, Space
from portal.record.hashing_media import is_as_named
from portal.record.photo_authority import PhotoKey, authorities
from portal.record.shelf import Shelf
from portal.record.verify import Findings, verify
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_photos import add_photo
from portal.workflows.submit_report import submit_report
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.workflows.after_publication import corrected, take_down


@pytest.fixture
def signing(portal: Portal, district: SmallDistrict, clock: Clock) -> SmallDistrict:
    """The small district in a portal that has a key for photos."""
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    return district


def shown(portal: Portal, number: str) -> dict[str, Any]:
    with portal.database.viewing() as session:
        found = Shelf(session).get(f"report/{number}")
        assert found is not None
        return found.document


def read(portal: Portal, space: Space, name: str) -> bytes:
    with portal.media.open(space, name) as stream:
        return stream.read()


def kept_names(portal: Portal) -> dict[Space, set[str]]:
    return {space: set(portal.media.names(space)) for space in (Space.STAGED, Space.PUBLIC)}


def named(portal: Portal, number: str) -> set[str]:
    with portal.database.reading() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        return {r["name"] for photo in report.photos for r in photo.renditions}


def large(document: dict[str, Any]) -> list[str]:
    return [
        r["name"]
        for photo in document["photos"]
        for r in photo["renditions"]
        if r["format"] == "jpeg" and r["edge"] >= 1024
    ]


def manifest(data: bytes) -> tuple[str, dict[str, Any]]:
    """What the library says of a file: its state, and our own assertion."""
    with c2pa.Reader("image/jpeg", io.BytesIO(data)) as reader:
        stated = reader.get_active_manifest()["assertions"]
        ours = next(each["data"] for each in stated if each["label"] == "org.sunlight-oversight.photo")
        return reader.get_validation_state(), ours


def test_a_published_photo_says_who_published_it_in_which_report_and_from_which_sealed_original(
    portal: Portal, signing: SmallDistrict
) -> None:
    number = signing.published(photos=2)
    document = shown(portal, number)
    names = large(document)
    assert len(names) == 2
    for place, name in enumerate(names, start=1):
        state, stated = manifest(read(portal, Space.PUBLIC, name))
        assert state == "Valid"
        assert stated == {
            "address": f"{portal.settings.public_url}/reports/{number}",
            "original": document["photos"][place - 1]["original"],
            "photo": place,
            "project": signing.projects[0],
            "report": number,
            "site": "阳光督查",
        }


def test_the_record_commits_to_the_signed_bytes(portal: Portal, signing: SmallDistrict) -> None:
    number = signing.published(photos=2)
    for name in named(portal, number):
        assert is_as_named(name, lambda n: portal.media.open(Space.PUBLIC, n))
    assert {r["name"] for p in shown(portal, number)["photos"] for r in p["renditions"]} == named(
        portal, number
    )
    found = verified(portal)
    assert found.wrong == []
    assert found.renditions == len(named(portal, number))


def verified(portal: Portal) -> Findings:
    with portal.database.reading() as session:
        return verify(session, open_public=lambda name: portal.media.open(Space.PUBLIC, name))


def test_small_renditions_stay_as_they_were_and_bare_large_ones_are_gone(
    portal: Portal, signing: SmallDistrict
) -> None:
    report_id = signing.submitted(photos=1)
    with portal.database.reading() as session:
        before = session.get_one(Report, report_id).photos[0].renditions
    signing.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        after = session.get_one(Report, report_id).photos[0].renditions
    for old, new in zip(before, after, strict=True):
        if old["format"] == "jpeg" and old["edge"] >= 1024:
            assert new["name"] != old["name"]
            assert f"{bare_digest(portal, new['name'])}.jpg" == old["name"]
            assert old["name"] not in kept_names(portal)[Space.STAGED]
        else:
            assert new == old
    with portal.database.reading() as session:
        assert session.scalars(select(Crediting)).all() == []


def bare_digest(portal: Portal, name: str) -> str:
    return hashlib.sha256(bare(read(portal, Space.PUBLIC, name))).hexdigest()


def test_one_changed_byte_makes_the_credential_invalid(portal: Portal, signing: SmallDistrict) -> None:
    (name,) = large(shown(portal, signing.published(photos=1)))
    whole = read(portal, Space.PUBLIC, name)
    scan, credit = whole.rindex(b"\xff\xda"), whole.index(b"dc:identifier>")
    for at in (scan + 400, len(whole) - 3, credit + 16):
        changed = bytearray(whole)
        changed[at] ^= 1
        assert manifest(bytes(changed))[0] == "Invalid", at


def test_the_authority_stands_on_the_record_once_and_a_new_one_after_it(
    portal: Portal, signing: SmallDistrict, clock: Clock
) -> None:
    signing.published(photos=1)
    signing.published(photos=1)
    first = portal.photo_key.read().authority
    with portal.database.reading() as session:
        assert authorities(session) == [first]
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    signing.published(photos=1)
    with portal.database.reading() as session:
        assert authorities(session) == [first, portal.photo_key.read().authority]


def test_a_correction_keeps_what_is_signed_and_has_the_same_number(
    portal: Portal, signing: SmallDistrict
) -> None:
    number = signing.published(photos=2)
    before = large(shown(portal, number))
    signing.decide(corrected(signing, number), Verb.APPROVE)
    after = shown(portal, number)
    assert after["reason"] == "层数写错了"
    assert large(after) == before


def test_a_report_without_photos_puts_no_authority_on_the_record(
    portal: Portal, signing: SmallDistrict
) -> None:
    assert shown(portal, signing.published(photos=0))["photos"] == []
    with portal.database.reading() as session:
        assert authorities(session) == []


@pytest.mark.parametrize("lacks", ["key", "library", "setting"])
def test_without_key_library_or_setting_a_photo_is_published_as_it_is(
    portal: Portal, district: SmallDistrict, clock: Clock, lacks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lacks != "key":
        portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    if lacks == "library":
        monkeypatch.setattr("portal.adapters.c2pa_credentials.LIBRARY", "no_such_library")
    district.portal = dataclasses.replace(portal, credentials=None) if lacks == "setting" else portal
    (name,) = large(shown(portal, district.published(photos=1)))
    data = read(portal, Space.PUBLIC, name)
    assert bare(data) == data


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches kill -9."""


class Dying:
    """A media store whose worker is killed at its n-th write."""

    def __init__(self, store: MediaStore, *, at: int) -> None:
        self._store, self._left = store, at

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if name not in ("put", "publish", "remove"):
            return real

        def once_more(*given: Any) -> None:
            self._left -= 1
            if self._left == 0:
                raise Killed
            real(*given)

        return once_more


def test_a_worker_killed_at_any_write_leaves_one_signed_set_and_no_file_that_nobody_names(
    portal: Portal, signing: SmallDistrict, clock: Clock
) -> None:
    """Two photos: two files are put, ten of them published, two removed."""
    expected: set[str] = set()
    for at in (1, 2, 3, 8, 13, 14):
        report_id = signing.submitted(photos=2)
        signing.portal = dataclasses.replace(portal, media=Dying(portal.media, at=at))  # type: ignore[arg-type]
        with pytest.raises(Killed):
            signing.decide(report_id, Verb.APPROVE)
        signing.portal = portal
        clock.forward(minutes=20)  # until the dead worker's job is free again
        run_once(portal)
        with portal.database.reading() as session:
            report = session.get_one(Report, report_id)
            assert report.number is not None
            expected |= {r["name"] for photo in report.photos for r in photo.renditions}
            assert session.scalars(select(Crediting)).all() == []
        assert kept_names(portal) == {Space.STAGED: expected, Space.PUBLIC: expected}, at
        signed = large(shown(portal, report.number))
        assert {manifest(read(portal, Space.PUBLIC, name))[0] for name in signed} == {"Valid"}
    assert report.number == "2026-000006"
    assert verified(portal).wrong == []


def test_what_was_signed_for_a_correction_that_comes_to_nothing_is_removed(
    portal: Portal, signing: SmallDistrict, clock: Clock
) -> None:
    number = signing.published(photos=1)
    before = kept_names(portal)
    draft = with_one_more_photo(signing, number)
    signing.portal = dataclasses.replace(portal, media=Dying(portal.media, at=2))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        signing.decide(draft, Verb.APPROVE)
    take_down(signing, number)
    clock.forward(minutes=20)
    run_once(portal)
    assert kept_names(portal) == {Space.STAGED: set(), Space.PUBLIC: set()} != before
    with portal.database.reading() as session:
        assert session.scalars(select(Crediting)).all() == []
        assert session.get_one(Report, draft).pending is None


def with_one_more_photo(district: SmallDistrict, number: str) -> int:
    """A correction that waits, with another photo; its id."""
    portal = district.portal
    with portal.database.writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        actor, now = district.person(session, "reporter"), portal.now()
        draft = start_correction(session, report=report, reason="补一张照片", actor=actor, now=now)
        session.flush()
        add_photo(session, report=draft, arrived=district.photo(77), actor=actor, now=now)
        session.flush()
        for photo in draft.photos:
            photo.caption = "正面"
        submit_report(session, report=draft, actor=actor, key=None, now=now)
        return draft.id
