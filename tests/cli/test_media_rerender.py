"""Photos of an older recipe follow the new one while they are not public; what is public stays as the record shows it."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import inspect, select

from portal.domain.audit import AuditEntry
from portal.domain.progress import Photo, Report, Verb
from portal.imaging.developed import RECIPE
from portal.ports import Space
from portal.record.photo_authority import PhotoKey
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.moderate_report import decide_report
from tests.conftest import Clock
from tests.covering import FACE, put
from tests.small_district import SmallDistrict
from tests.workflows.after_publication import corrected


def make_old(portal: Portal, report_id: int) -> None:
    """As if an older recipe had made these photos: other bytes, other sizes."""
    with portal.database.writing() as session:
        for photo in session.get_one(Report, report_id).photos:
            photo.recipe = RECIPE - 1
            photo.tone = "000000"
            photo.renditions = photo.renditions[:1]


def photos(portal: Portal, report_id: int) -> list[dict[str, Any]]:
    with portal.database.reading() as session:
        return [
            {"recipe": p.recipe, "tone": p.tone, "names": [r["name"] for r in p.renditions]}
            for p in session.get_one(Report, report_id).photos
        ]


def test_unpublished_photos_are_developed_again_and_published_ones_are_counted_and_left(
    run, portal: Portal, district: SmallDistrict
) -> None:
    number = district.published(photos=1)
    waiting = district.submitted(photos=2)
    before = photos(portal, waiting)
    with portal.database.reading() as session:
        public = session.scalars(select(Report.id).where(Report.number == number)).one()
    for report_id in (public, waiting):
        make_old(portal, report_id)
    shown = photos(portal, public)

    counted = run("media", "rerender", "--dry-run")
    assert "2 photos that are not public" in counted.out
    assert "1 public ones stay as the record shows them" in counted.out
    assert photos(portal, waiting) != before

    assert run("media", "rerender").code == 0
    assert photos(portal, waiting) == before
    assert photos(portal, public) == shown
    with portal.database.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "rerender_photo"))
        assert len(list(acts)) == 2
    assert "0 photos that are not public" in run("media", "rerender").out


def test_a_command_that_was_cut_off_goes_on_where_it_was(
    run, portal: Portal, district: SmallDistrict
) -> None:
    waiting = district.submitted(photos=3)
    before = photos(portal, waiting)
    make_old(portal, waiting)
    with portal.database.reading() as session:
        second = session.get_one(Report, waiting).photos[1]
        sealed = second.original_name
    with portal.media.open(Space.SEALED, sealed) as stream:
        original = stream.read()
    portal.media.remove(Space.SEALED, sealed)
    said = run("media", "rerender")
    assert said.code == 1
    assert "its original is missing" in said.out
    assert [each["recipe"] for each in photos(portal, waiting)] == [RECIPE, RECIPE - 1, RECIPE]
    portal.media.put(Space.SEALED, sealed, original)
    assert "1 photos that are not public" in run("media", "rerender").out
    assert photos(portal, waiting) == before


def test_renditions_that_are_replaced_are_removed_and_those_that_others_need_stay(
    run, portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    waiting = district.submitted(photos=1)
    old = b"\xff\xd8 an older recipe made this"
    name = portal_name(old)
    portal.media.put(Space.STAGED, name, old)
    with portal.database.writing() as session:
        photo = session.get_one(Report, waiting).photos[0]
        photo.recipe, photo.renditions = RECIPE - 1, [{**photo.renditions[0], "name": name}]
    assert run("media", "rerender").code == 0
    clock.forward(days=36500)  # the command has a clock of its own
    run_once(portal)
    assert set(portal.media.names(Space.STAGED)) == set(photos(portal, waiting)[0]["names"])


def portal_name(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}.jpg"


def test_photos_of_a_correction_follow_and_are_signed_anew_while_the_public_version_stays(
    run, portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    number = district.published(photos=1)
    with portal.database.reading() as session:
        public = session.scalars(select(Report.id).where(Report.number == number)).one()
    make_old(portal, public)
    draft = corrected(district, number)
    shown = photos(portal, public)
    assert run("media", "rerender").code == 0
    assert photos(portal, public) == shown
    assert photos(portal, draft)[0]["recipe"] == RECIPE
    district.decide(draft, Verb.APPROVE)
    after = photos(portal, draft)[0]["names"]
    assert shown[0]["names"][0] not in after
    for name in (*shown[0]["names"], *after):
        assert portal.media.size(Space.PUBLIC, name) > 0


def test_a_photo_that_is_about_to_be_public_stays_as_it_is(
    run, portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    waiting = district.submitted(photos=1)
    make_old(portal, waiting)
    with portal.database.writing() as session:
        report = session.get_one(Report, waiting)
        decide(session, report, district, portal)
    said = run("media", "rerender")
    assert said.code == 1
    assert "somebody decided or changed it meanwhile" in said.out
    assert photos(portal, waiting)[0]["recipe"] == RECIPE - 1


def decide(session, report, district: SmallDistrict, portal: Portal) -> None:
    decide_report(
        session,
        report=report,
        verb=Verb.APPROVE,
        reasons=(),
        seen_round=report.round,
        seen_hash=report.content_hash,
        actor=district.person(session, "supervisor"),
        queue=portal.queue,
        now=portal.now(),
    )


def test_what_is_covered_stays_covered(run, portal: Portal, district: SmallDistrict) -> None:
    waiting = district.submitted(photos=1)
    plain = photos(portal, waiting)
    put(district, waiting, FACE)
    covered = photos(portal, waiting)
    assert covered[0]["names"] != plain[0]["names"]
    make_old(portal, waiting)
    assert run("media", "rerender").code == 0
    assert photos(portal, waiting) == covered


def test_nothing_else_decides_how_a_photo_looks_than_what_is_developed_again() -> None:
    """Whoever hangs something new on a photo that decides how it looks has `rerender_photos` develop with it."""
    assert set(inspect(Photo).relationships.keys()) == {"report", "redactions", "view"}


def test_a_new_key_for_photos_takes_the_place_of_the_old_one(run, portal: Portal) -> None:
    assert run("init").code == 0
    first = portal.photo_key.read()
    assert portal.photo_key.path.stat().st_mode & 0o777 == 0o600
    assert run("init").code == 0
    assert portal.photo_key.read() == first
    assert run("media", "rotate-photo-key").code == 0
    assert portal.photo_key.read().authority != first.authority
    assert portal.photo_key.aside.read() == first
    assert "published photos carry a credit line and a signature" in run("doctor").out
    assert "PORTAL_CONTENT_CREDENTIALS is off" in run("doctor", content_credentials="off").out
    portal.photo_key.path.unlink()
    assert f"carry no signature: {portal.photo_key.path} is not there" in run("doctor").out
