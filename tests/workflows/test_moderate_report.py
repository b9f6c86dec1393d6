from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Stale, WrongState
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Decision, Report, Verb
from portal.ports import MediaMissing, Space
from portal.record.shelf import Shelf
from portal.worker import run_once
from portal.workflows.draft_photos import add_photo
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.moderate_report import (
    Why,
    claim_report,
    decide_report,
    release_report,
    take_effect,
    undo_decision,
)
from portal.workflows.submit_report import submit_report
from tests.small_district import SmallDistrict
from tests.workflows.after_publication import corrected, take_down

TOO_VAGUE = (Why(passage="done", preset="too_vague", text="写清楚哪一段"),)


def decide(
    district: SmallDistrict,
    report_id: int,
    verb: Verb = Verb.APPROVE,
    *,
    login: str = "supervisor",
    **how: Any,
) -> int:
    """Decide what is there now; the id of the decision."""
    portal = district.portal
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        seen = {"seen_round": report.round, "seen_hash": report.content_hash, "reasons": ()} | how
        decision = decide_report(
            session,
            report=report,
            verb=verb,
            actor=district.person(session, login),
            queue=portal.queue,
            now=portal.now(),
            **seen,
        )
        return decision.id


def undo(district: SmallDistrict, decision_id: int, *, login: str = "supervisor") -> None:
    portal = district.portal
    with portal.database.writing() as session:
        undo_decision(
            session,
            decision=session.get_one(Decision, decision_id),
            actor=district.person(session, login),
            queue=portal.queue,
            now=portal.now(),
        )


def claim(district: SmallDistrict, report_id: int, login: str, act: Any = claim_report) -> None:
    with district.portal.database.writing() as session:
        report, actor = session.get_one(Report, report_id), district.person(session, login)
        act(session, report=report, actor=actor, now=district.portal.now())


def state_of(district: SmallDistrict, report_id: int) -> ReportState:
    with district.portal.database.reading() as session:
        return session.get_one(Report, report_id).state


def audited(district: SmallDistrict, act: str) -> int:
    with district.portal.database.reading() as session:
        return session.scalars(select(func.count()).where(AuditEntry.act == act)).one()


def test_a_claim_keeps_colleagues_off_for_five_minutes(district: SmallDistrict, clock: Any) -> None:
    report_id = district.submitted()
    claim(district, report_id, "supervisor")
    assert state_of(district, report_id) is ReportState.IN_REVIEW
    clock.forward(minutes=4, seconds=59)
    with pytest.raises(WrongState) as refusal:
        claim(district, report_id, "second")
    assert (refusal.value.code, refusal.value.facts) == ("claimed", {"by": "沈砚书"})
    with pytest.raises(WrongState, match="claimed"):
        decide(district, report_id, login="second")
    clock.forward(seconds=1)
    claim(district, report_id, "second")
    with pytest.raises(WrongState, match="claimed"):
        decide(district, report_id, login="supervisor")


def test_a_claim_taken_again_lasts_five_minutes_more(district: SmallDistrict, clock: Any) -> None:
    report_id = district.submitted()
    claim(district, report_id, "supervisor")
    clock.forward(minutes=4)
    claim(district, report_id, "supervisor")
    clock.forward(minutes=4)
    with pytest.raises(WrongState, match="claimed"):
        claim(district, report_id, "second")
    assert audited(district, "claim_report") == 2


def test_what_is_released_is_free_at_once(district: SmallDistrict) -> None:
    report_id = district.submitted()
    claim(district, report_id, "supervisor")
    with pytest.raises(WrongState, match="claimed"):
        claim(district, report_id, "second", release_report)
    claim(district, report_id, "supervisor", release_report)
    assert state_of(district, report_id) is ReportState.SUBMITTED
    claim(district, report_id, "second")


def test_a_decision_names_the_round_and_the_hash_that_were_seen(district: SmallDistrict) -> None:
    report_id = district.submitted(photos=1)
    decision_id = decide(district, report_id)
    with district.portal.database.reading() as session:
        decision, report = session.get_one(Decision, decision_id), session.get_one(Report, report_id)
        assert (decision.seen_round, decision.seen_hash) == (1, report.content_hash)
        assert decision.by.login == "supervisor"
        assert decision.body.name == "区委区政府督查室"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "decide_approve")).one()
        assert entry.detail == {"round": 1, "seen": report.content_hash}


@pytest.mark.parametrize("seen", [{"seen_hash": "0" * 64}, {"seen_round": 2}])
def test_what_has_changed_since_it_was_seen_is_not_decided(
    district: SmallDistrict, seen: dict[str, Any]
) -> None:
    report_id = district.submitted()
    with pytest.raises(Stale, match="report_changed_since_seen"):
        decide(district, report_id, **seen)
    assert state_of(district, report_id) is ReportState.SUBMITTED


def test_two_supervisors_never_decide_the_same_submission(district: SmallDistrict, clock: Any) -> None:
    report_id = district.submitted()
    decide(district, report_id)
    with pytest.raises(WrongState) as refusal:
        decide(district, report_id, Verb.RETURN, login="second", reasons=TOO_VAGUE)
    assert (refusal.value.code, refusal.value.facts) == ("already_decided", {"by": "沈砚书"})
    clock.forward(seconds=11)
    run_once(district.portal)
    with pytest.raises(WrongState, match="wrong_state"):
        decide(district, report_id, login="second")


def test_nothing_is_public_and_the_unit_sees_nothing_before_the_effect(
    district: SmallDistrict, clock: Any
) -> None:
    report_id = district.submitted(photos=1)
    decide(district, report_id)
    clock.forward(seconds=9)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        assert (report.state, report.number, report.last_return) == (ReportState.IN_REVIEW, None, None)
        name = report.photos[0].renditions[0]["name"]
    with pytest.raises(MediaMissing):
        district.portal.media.open(Space.PUBLIC, name)
    clock.forward(seconds=1)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        assert session.get_one(Report, report_id).number == "2026-000001"
        shown = Shelf(session).get("report/2026-000001")
        assert shown is not None
        assert shown.document["approved_by"] == "区委区政府督查室"
    district.portal.media.open(Space.PUBLIC, name).close()


def test_a_decision_is_taken_back_within_ten_seconds_and_not_after(
    district: SmallDistrict, clock: Any
) -> None:
    report_id = district.submitted()
    first = decide(district, report_id)
    clock.forward(seconds=9)
    undo(district, first)
    clock.forward(seconds=60)
    run_once(district.portal)
    assert state_of(district, report_id) is ReportState.IN_REVIEW
    assert audited(district, "undo_decision") == 1
    second = decide(district, report_id)
    clock.forward(seconds=10)
    with pytest.raises(WrongState, match="too_late_to_undo"):
        undo(district, second)
    run_once(district.portal)
    assert state_of(district, report_id) is ReportState.PUBLISHED
    with pytest.raises(WrongState, match="too_late_to_undo"):
        undo(district, second)


def test_nobody_takes_back_the_decision_of_a_colleague(district: SmallDistrict) -> None:
    decision_id = decide(district, district.submitted())
    with pytest.raises(WrongState, match="too_late_to_undo"):
        undo(district, decision_id, login="second")


def test_what_was_taken_back_stays_in_the_hands_of_who_took_it_back(district: SmallDistrict) -> None:
    report_id = district.submitted()
    undo(district, decide(district, report_id))
    with pytest.raises(WrongState, match="claimed"):
        decide(district, report_id, login="second")
    decide(district, report_id, Verb.RETURN, reasons=TOO_VAGUE)


def test_taking_effect_twice_changes_nothing(district: SmallDistrict, clock: Any) -> None:
    report_id = district.submitted()
    decision_id = decide(district, report_id)
    clock.forward(seconds=10)
    for _again in range(2):
        with district.portal.database.writing() as session:
            take_effect(session, decision_id=decision_id, media=district.portal.media, now=clock())
    with district.portal.database.reading() as session:
        assert len(Shelf(session).history("report/2026-000001")) == 1
    assert audited(district, "effect_approve") == 1


def test_outsiders_and_units_decide_nothing(district: SmallDistrict) -> None:
    report_id = district.submitted()
    for login in ("outsider", "reporter", "head", "leader", "admin"):
        with pytest.raises(NotPermitted):
            decide(district, report_id, login=login)
    bureau = district.submitted(code=district.projects[1], login="stranger")
    with pytest.raises(NotPermitted):  # in the remit, but of the very unit that sent it
        decide(district, bureau, login="outsider")
    assert audited(district, "decide_approve") == 0


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ((), "reason_missing"),
        ((Why(passage="done"),), "reason_missing"),
        ((Why(passage="done", text="  "),), "reason_missing"),
        ((Why(passage="done", preset="unclear"),), "unknown_reason"),
        ((Why(passage="author", text="换个人"),), "unknown_reason"),
        ((Why(photo_id=987654, text="不清楚"),), "unknown_reason"),
    ],
)
def test_a_return_says_why_about_something_that_is_there(
    district: SmallDistrict, reasons: Any, code: str
) -> None:
    report_id = district.submitted()
    with pytest.raises(Invalid) as refusal:
        decide(district, report_id, Verb.RETURN, reasons=reasons)
    assert [(p.field, p.code) for p in refusal.value.problems] == [("reasons", code)]
    assert state_of(district, report_id) is ReportState.SUBMITTED


def test_what_was_returned_is_mended_sent_again_and_published(district: SmallDistrict, clock: Any) -> None:
    report_id = district.submitted(photos=2)
    with district.portal.database.reading() as session:
        flagged, kept = (photo.id for photo in session.get_one(Report, report_id).photos)
    district.decide(report_id, Verb.RETURN, reasons=(Why(photo_id=flagged, preset="unclear"), *TOO_VAGUE))
    with district.portal.database.writing() as session:
        report, actor = session.get_one(Report, report_id), district.person(session, "reporter")
        assert report.state is ReportState.RETURNED
        assert report.last_return is not None
        with pytest.raises(Invalid) as refusal:
            submit_report(session, report=report, actor=actor, key=None, now=clock())
        assert [p.code for p in refusal.value.problems] == ["photo_not_replaced", "passage_not_changed"]
        old = next(photo for photo in report.photos if photo.id == flagged)
        add_photo(session, report=report, arrived=district.photo(9), actor=actor, now=clock(), replaces=old)
        session.flush()
        session.expire(report, ["all_photos"])
        words = ReportWords(done="砌筑完成三层，共 240 米。", next_step="不许改")
        save_draft(session, report=report, words=words, seen_version=None, actor=actor, now=clock())
        submit_report(session, report=report, actor=actor, key=None, now=clock())
        assert report.round == 2
        assert report.next_step == "下周做屋面防水。"
        assert kept in [photo.id for photo in report.photos]
    district.decide(report_id, Verb.APPROVE, login="second")
    assert state_of(district, report_id) is ReportState.PUBLISHED


def test_a_correction_becomes_the_next_version_of_the_same_number(
    district: SmallDistrict, clock: Any
) -> None:
    number = district.published()
    correction = corrected(district, number)
    district.decide(correction, Verb.APPROVE)
    with district.portal.database.reading() as session:
        old, new = session.scalars(select(Report).where(Report.number == number).order_by(Report.version))
        assert (old.state, new.state, new.version) == (ReportState.SUPERSEDED, ReportState.PUBLISHED, 2)
        shown = Shelf(session).get(f"report/{number}")
        assert shown is not None
        assert (shown.act.value, shown.document["done"]) == ("corrected", "更正：砌筑完成两层。")


def test_a_correction_of_what_was_taken_down_meanwhile_is_not_published(
    district: SmallDistrict, clock: Any
) -> None:
    number = district.published()
    correction = corrected(district, number)
    decide(district, correction)
    take_down(district, number)
    clock.forward(seconds=11)
    run_once(district.portal)
    with district.portal.database.reading() as session:
        report = session.get_one(Report, correction)
        assert (report.state, report.number, report.pending) == (ReportState.IN_REVIEW, None, None)
        tombstone = Shelf(session).get(f"report/{number}")
        assert tombstone is not None
        assert tombstone.withdrawn
    with pytest.raises(WrongState, match="corrected_version_is_gone"):
        decide(district, correction)
