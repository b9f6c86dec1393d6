"""Covers before publication and afterwards: what is shown, what is gone, what stays."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Refused, Stale, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Decision, Photo, Report, Verb
from portal.domain.redaction import Redaction
from portal.ports import MediaMissing, Space
from portal.record.shelf import Shelf
from portal.record.tables import Act, GoneMedia, Opening, PublicMedia
from portal.record.verify import verify
from portal.rules.boxes import MOST_BOXES, Box
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.moderate_report import decide_report
from portal.workflows.open_original import see_uncovered
from tests.covering import (
    FACE,
    PLATE,
    Cover,
    bytes_of,
    first_photo,
    is_black,
    names_of,
    put,
    standing,
)
from tests.small_district import SmallDistrict
from tests.workflows.after_publication import corrected, take_down


def report_of(district: SmallDistrict, number: str) -> int:
    with district.portal.database.reading() as session:
        return standing(session, number).id


def names(district: SmallDistrict, report_id: int, *, place: int = 0) -> set[str]:
    with district.portal.database.reading() as session:
        return names_of(session.get_one(Report, report_id).photos[place])


def test_what_is_published_is_covered_and_the_uncovered_is_in_no_room(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=2)
    before = names(district, report_id)
    put(district, report_id, FACE, PLATE)
    after = names(district, report_id)
    assert not before & after
    run_once(district.portal)
    staged = set(district.portal.media.names(Space.STAGED))
    assert after <= staged
    assert not before & staged, "what shows the face is destroyed before anything is decided"
    district.decide(report_id, Verb.APPROVE)
    public = set(district.portal.media.names(Space.PUBLIC))
    assert after <= public
    assert not before & public
    for name in after:
        if name.endswith(".jpg"):
            assert is_black(bytes_of(district, Space.PUBLIC, name), FACE)
            assert is_black(bytes_of(district, Space.PUBLIC, name), PLATE)
    with district.portal.database.reading() as session:
        document = Shelf(session).items()[0].document
        assert document["photos"][0]["covered"] == {
            "kinds": ["face", "plate"], "places": 2, "roles": ["区委区政府督查室"],
        }  # fmt: skip
        assert "covered" not in document["photos"][1]


def test_covers_can_be_changed_and_taken_off_until_it_is_decided(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    plain = names(district, report_id)
    put(district, report_id, FACE)
    one = names(district, report_id)
    put(district, report_id, FACE, PLATE)
    with district.portal.database.reading() as session:
        photo = first_photo(session, report_id)
        assert photo.covers == sorted([FACE, PLATE])
        assert photo.tone != ""
    put(district, report_id, PLATE)
    assert not names(district, report_id) & (plain | one)
    put(district, report_id)
    assert names(district, report_id) == plain, "the same original without covers gives the same bytes"
    with district.portal.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Redaction)) == 0
    run_once(district.portal)
    assert set(district.portal.media.names(Space.STAGED)) == plain


def test_what_was_seen_is_what_is_decided_covers_included(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    with district.portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        seen = {"seen_round": report.round, "seen_hash": report.content_hash}
    put(district, report_id, FACE)
    wired = district.portal
    with wired.database.writing() as session, pytest.raises(Stale, match="report_changed_since_seen"):
        decide_report(
            session, report=session.get_one(Report, report_id), verb=Verb.APPROVE, reasons=(),
            actor=district.person(session, "supervisor"), queue=wired.queue, now=wired.now(), **seen,
        )  # fmt: skip


def test_nobody_covers_what_is_decided_or_what_a_colleague_has_in_hand(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    put(district, report_id, FACE, login="second")
    with pytest.raises(WrongState, match="claimed"):
        put(district, report_id, PLATE)
    wired = district.portal
    with wired.database.writing() as session:
        report = session.get_one(Report, report_id)
        decide_report(
            session, report=report, verb=Verb.APPROVE, reasons=(), seen_round=report.round,
            seen_hash=report.content_hash, actor=district.person(session, "second"), queue=wired.queue, now=wired.now(),
        )  # fmt: skip
    with pytest.raises(WrongState, match="already_decided"):
        put(district, report_id, PLATE, login="second")
    with wired.database.reading() as session:
        assert first_photo(session, report_id).covers == [FACE]


def test_only_the_moderators_of_the_remit_cover_and_no_draft(district: SmallDistrict) -> None:
    waiting, public = district.submitted(photos=1), report_of(district, district.published(photos=1))
    for login in ("reporter", "head", "stranger", "outsider", "leader", "admin"):
        for report_id in (waiting, public):
            with pytest.raises(NotPermitted):
                put(district, report_id, FACE, login=login)
    draft = district.draft(photos=1)
    with pytest.raises(WrongState):
        put(district, draft, FACE)


def test_covers_that_somebody_changed_meanwhile_are_not_overwritten(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    put(district, report_id, FACE)
    with pytest.raises(Stale, match="covers_changed_elsewhere"):
        put(district, report_id, PLATE, seen=[])
    number = district.published(photos=1)
    public = report_of(district, number)
    put(district, public, FACE)
    with pytest.raises(Stale, match="covers_changed_elsewhere"):
        put(district, public, PLATE, seen=[])


def test_an_original_that_is_not_as_it_was_sealed_is_not_developed(
    district: SmallDistrict, tmp_path: Path
) -> None:
    report_id = district.submitted(photos=1)
    with district.portal.database.reading() as session:
        name = first_photo(session, report_id).original_name
    spool = tmp_path / "uploads" / "spool"
    lying = set(spool.rglob("*"))
    district.portal.media.remove(Space.SEALED, name)
    with pytest.raises(Refused, match="original_missing"):
        put(district, report_id, FACE)
    assert {path for path in spool.rglob("*") if path.is_file()} <= lying, "nothing of it stays in the spool"


def test_after_publication_a_redacted_entry_takes_the_place_of_all_before(district: SmallDistrict) -> None:
    number = district.published(photos=2)
    report_id = report_of(district, number)
    before, other = names(district, report_id), names(district, report_id, place=1)
    entry = put(district, report_id, FACE)
    assert entry is not None
    run_once(district.portal)
    after = names(district, report_id)
    with district.portal.database.reading() as session:
        shelf = Shelf(session)
        shown = shelf.get(f"report/{number}")
        assert shown is not None
        assert (shown.act, shown.version, shown.seq) == (Act.REDACTED, 2, entry)
        assert shown.document["redaction"] == {"kinds": ["face"], "role": "区委区政府督查室"}
        assert shown.document["approved_by"] == "区委区政府督查室"
        old = shelf.history(f"report/{number}")[0]
        assert (old.sealed_by, old.document) == (entry, {})
        assert session.get(Opening, old.seq) is None
        for name in before:
            took = shelf.what_took(name)
            assert not shelf.shows_media(name)
            assert took is not None
            assert took.seq == entry
        for name in (*after, *other):
            assert shelf.shows_media(name)
            assert session.get(GoneMedia, GoneMedia.mark_of(name)) is None
        assert session.get_one(Report, report_id).version == 2
        found = verify(session, open_public=lambda name: district.portal.media.open(Space.PUBLIC, name))
        assert found.wrong == []
    for space in (Space.PUBLIC, Space.STAGED):
        kept = set(district.portal.media.names(space))
        assert not kept & before
        assert after | other <= kept
    for name in after:
        if name.endswith(".jpg"):
            assert is_black(bytes_of(district, Space.PUBLIC, name), FACE)


def test_nothing_public_is_uncovered_again_and_more_can_be_covered(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    put(district, report_id, FACE)
    district.decide(report_id, Verb.APPROVE)
    for nothing_new in ([], [FACE]):
        with pytest.raises(Invalid) as refusal:
            put(district, report_id, *nothing_new)
        assert [p.code for p in refusal.value.problems] == ["nothing_new_covered"]
    put(district, report_id, PLATE)
    with district.portal.database.reading() as session:
        photo = first_photo(session, report_id)
        assert photo.covers == sorted([FACE, PLATE])
        document = Shelf(session).get(f"report/{photo.report.number}")
        assert document is not None
        assert document.document["redaction"]["kinds"] == ["plate"], (
            "what is new, not what was covered before"
        )


def test_corrections_begun_or_waiting_carry_the_covers_and_their_pending_approval_is_called_back(
    district: SmallDistrict,
) -> None:
    number, wired = district.published(photos=1), district.portal
    waiting = corrected(district, number)
    with wired.database.writing() as session:
        report = session.get_one(Report, waiting)
        decide_report(
            session, report=report, verb=Verb.APPROVE, reasons=(), seen_round=report.round,
            seen_hash=report.content_hash, actor=district.person(session, "second"), queue=wired.queue, now=wired.now(),
        )  # fmt: skip
    uncovered = names(district, waiting)
    put(district, report_of(district, number), FACE)
    wired.now.forward(seconds=11)
    run_once(wired)
    with wired.database.reading() as session:
        report = session.get_one(Report, waiting)
        assert (report.state, report.pending) == (ReportState.IN_REVIEW, None)
        assert (
            session.scalars(select(Decision).where(Decision.report_id == waiting)).one().undone_at is not None
        )
        assert report.photos[0].covers == [FACE]
    assert not names(district, waiting) & uncovered
    district.decide(waiting, Verb.APPROVE)
    with wired.database.reading() as session:
        shown = Shelf(session).get(f"report/{number}")
        assert shown is not None
        assert (shown.act, shown.version) == (Act.CORRECTED, 3)
        assert session.get_one(Report, waiting).version == 3, "house and record count alike"
        assert not {*session.scalars(select(PublicMedia.name))} & uncovered


def test_a_correction_begins_with_the_covers_of_what_it_corrects(district: SmallDistrict) -> None:
    number = district.published(photos=1)
    report_id = report_of(district, number)
    put(district, report_id, FACE)
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        now = district.portal.now()
        draft = start_correction(session, report=report, reason="写早了", actor=report.author, now=now)
        session.flush()
        session.refresh(draft)
        assert draft.photos[0].covers == [FACE]
        assert names_of(draft.photos[0]) == names_of(report.photos[0])
        assert draft.photos[0].redactions[0].body.name == "区委区政府督查室"


def test_what_another_report_shows_is_not_destroyed_with_it(district: SmallDistrict) -> None:
    first = district.published(photos=1)
    district.taken -= 1  # the same picture once more
    second = district.published(photos=1)
    shared = names(district, report_of(district, second))
    assert shared == names(district, report_of(district, first))
    put(district, report_of(district, first), FACE)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        assert all(Shelf(session).shows_media(name) for name in shared)
    assert shared <= set(district.portal.media.names(Space.PUBLIC))


def test_so_many_boxes_are_enough(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    many = [
        Cover(box=Box(left=x * 90, top=y * 90, width=20, height=20), kind=FACE.kind)
        for x, y in itertools.islice(itertools.product(range(10), range(10)), MOST_BOXES + 1)
    ]
    with pytest.raises(Invalid) as refusal:
        put(district, report_id, *many)
    assert [p.code for p in refusal.value.problems] == ["too_many_boxes"]
    put(district, report_id, *many[:-1])


def test_every_act_is_written_down_with_its_boxes(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    put(district, report_id, FACE)
    district.decide(report_id, Verb.APPROVE)
    put(district, report_id, PLATE)
    with district.portal.database.writing() as session:
        photo, actor = first_photo(session, report_id), district.person(session, "supervisor")
        assert (
            see_uncovered(session, photo=photo, actor=actor, now=district.portal.now()) == photo.original_name
        )
        with pytest.raises(NotPermitted):
            see_uncovered(
                session, photo=photo, actor=district.person(session, "outsider"), now=district.portal.now()
            )
    with district.portal.database.reading() as session:
        sha256 = session.scalars(select(Photo.original_sha256)).one()
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_kind == "photo").order_by(AuditEntry.id)
        ).all()
        assert [row.act for row in rows] == ["cover_photo", "redact_photo", "see_uncovered"]
        assert rows[0].detail == {"photo": sha256, "boxes": [FACE.told]}
        assert rows[1].detail["boxes"] == [FACE.told, PLATE.told]
        assert all(row.actor_id == district.person(session, "supervisor").id for row in rows)


def test_a_withdrawn_report_is_not_redacted_and_its_covered_pictures_are_destroyed(
    district: SmallDistrict,
) -> None:
    number = district.published(photos=1)
    report_id = report_of(district, number)
    put(district, report_id, FACE)
    covered = names(district, report_id)
    take_down(district, number)
    run_once(district.portal)
    for space, name in itertools.product((Space.PUBLIC, Space.STAGED), covered):
        with pytest.raises(MediaMissing):
            district.portal.media.open(space, name)
