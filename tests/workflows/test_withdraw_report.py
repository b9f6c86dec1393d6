from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report
from portal.ports import MediaMissing, Space
from portal.record.shelf import Shelf
from portal.record.tables import Opening, PublicMedia, Shelved
from portal.worker import run_once
from portal.workflows.withdraw_report import withdraw_report
from tests.small_district import SmallDistrict


def withdraw(district: SmallDistrict, number: str, *, login: str = "supervisor", **how: str) -> None:
    portal = district.portal
    why = {"reason": "拍到了路人的脸", "basis": "《政府信息公开条例》第十五条"} | how
    with portal.database.writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        withdraw_report(
            session,
            report=report,
            actor=district.person(session, login),
            queue=portal.queue,
            now=portal.now(),
            **why,
        )


def test_the_content_is_destroyed_and_a_tombstone_says_why_on_what_ground_and_by_whom(
    district: SmallDistrict,
) -> None:
    number = district.published(photos=1)
    with district.portal.database.reading() as session:
        before = Shelf(session).get(f"report/{number}")
        name = session.scalars(select(PublicMedia.name)).first()
    assert before is not None
    assert name is not None
    withdraw(district, number)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        shelf = Shelf(session)
        tombstone = shelf.get(f"report/{number}")
        assert tombstone is not None
        assert tombstone.withdrawn
        assert tombstone.document["withdrawn"] == {
            "reason": "拍到了路人的脸",
            "basis": "《政府信息公开条例》第十五条",
            "role": "区委区政府督查室",
        }
        assert shelf.entry(before.seq) is not None  # the chain stays
        assert session.get(Opening, before.seq) is None
        assert session.get_one(Shelved, before.seq).title == ""
        assert not shelf.shows_media(name)
        assert session.scalars(select(Report)).one().state is ReportState.WITHDRAWN
    with pytest.raises(MediaMissing):
        district.portal.media.open(Space.PUBLIC, name)


def test_the_sealed_original_stays_in_the_house(district: SmallDistrict) -> None:
    number = district.published(photos=1)
    withdraw(district, number)
    run_once(district.portal)
    assert len(list(district.portal.media.names(Space.SEALED))) == 1


@pytest.mark.parametrize(("field", "value"), [("reason", ""), ("reason", "  \n"), ("basis", "")])
def test_without_a_reason_or_a_legal_basis_nothing_is_taken_down(
    district: SmallDistrict, field: str, value: str
) -> None:
    number = district.published()
    with pytest.raises(Invalid) as refusal:
        withdraw(district, number, **{field: value})
    assert [(p.field, p.code) for p in refusal.value.problems] == [(field, "missing")]
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(f"report/{number}")
        assert shown is not None
        assert not shown.withdrawn


@pytest.mark.parametrize("login", ["outsider", "reporter", "head", "leader", "admin"])
def test_only_an_impartial_supervisor_of_the_remit_takes_down(district: SmallDistrict, login: str) -> None:
    number = district.published()
    with pytest.raises(NotPermitted):
        withdraw(district, number, login=login)


def test_what_is_taken_down_cannot_be_taken_down_again(district: SmallDistrict) -> None:
    number = district.published()
    withdraw(district, number)
    with pytest.raises(WrongState):
        withdraw(district, number, login="second")
    with district.portal.database.reading() as session:
        assert session.scalars(select(func.count()).where(AuditEntry.act == "withdraw_report")).one() == 1


def test_a_picture_that_another_report_still_shows_stays_public(district: SmallDistrict, clock: Any) -> None:
    first = district.published(photos=1)
    district.taken = 0  # the same file once more
    second = district.published(photos=1, code=district.projects[1], login="stranger")
    withdraw(district, first)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(f"report/{second}")
    assert shown is not None
    for rendition in shown.document["photos"][0]["renditions"]:
        district.portal.media.open(Space.PUBLIC, rendition["name"]).close()
