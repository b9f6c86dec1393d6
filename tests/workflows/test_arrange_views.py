"""Views: who makes them, what of them is public, and how photos come under them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Refused, Stale, WrongState
from portal.domain.lifecycle import MatterAct
from portal.domain.permissions import may_arrange_views
from portal.domain.plan import MAX_VIEW_NAME, MAX_VIEWS
from portal.domain.progress import Report, Verb
from portal.record.pictures import pictures_of
from portal.record.shelf import Shelf
from portal.rules.numbers import project_item, report_item
from portal.workflows.arrange_views import change_view, close_view, file_photo, reopen_view
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_photos import add_photo
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.edit_plan import act_on_project
from portal.workflows.moderate_report import claim_report, decide_report
from portal.workflows.submit_report import submit_report
from tests.repeat_photos import developed, filed, key_of, make_view, photographed, view_of
from tests.small_district import SmallDistrict

PEOPLE = ("reporter", "head", "stranger", "supervisor", "second", "outsider", "leader", "admin")


def public(district: SmallDistrict) -> list[dict]:
    """The views that the project's public document lists."""
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(project_item(district.projects[0]))
        assert shown is not None
        return shown.document.get("views", [])


def change(district: SmallDistrict, ordinal: int = 1, **wanted: str) -> None:
    with district.portal.database.writing() as session:
        view = view_of(district, session, ordinal)
        said = {"name": view.name, "milestone": "", "reference": "", **wanted}
        actor = district.person(session, "supervisor")
        change_view(session, view=view, actor=actor, now=district.portal.now(), **said)


def submit(district: SmallDistrict, report_id: int) -> None:
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        submit_report(session, report=report, actor=report.author, key=None, now=district.portal.now())


def test_a_view_is_public_with_its_project_at_once(district: SmallDistrict) -> None:
    assert public(district) == []
    make_view(district, "  大门 \n 口 ", milestone="2")
    assert public(district) == [
        {"ordinal": 1, "name": "大门 口", "milestone": {"ordinal": 2, "name": "绿化种植"}}
    ]


def test_only_a_supervisor_of_the_remit_outside_of_the_unit_arranges_views(district: SmallDistrict) -> None:
    with district.portal.database.reading() as session:
        for code in district.projects:
            project = district.project(session, code)
            allowed = {p for p in PEOPLE if may_arrange_views(district.person(session, p), project)}
            assert allowed == {"supervisor", "second"}, code
    make_view(district)
    with district.portal.database.writing() as session, pytest.raises(NotPermitted):
        close_view(
            session,
            view=view_of(district, session),
            actor=district.person(session, "head"),
            now=district.portal.now(),
        )


@pytest.mark.parametrize("name", ["", " \n ", "口" * (MAX_VIEW_NAME + 1), "大门"])
def test_a_name_is_said_is_short_and_is_nobody_else_s(district: SmallDistrict, name: str) -> None:
    make_view(district)
    with pytest.raises(Invalid) as refusal:
        make_view(district, name)
    assert [problem.field for problem in refusal.value.problems] == ["name"]
    assert len(public(district)) == 1


def test_a_milestone_of_another_project_is_none(district: SmallDistrict) -> None:
    with pytest.raises(Invalid):
        make_view(district, milestone="9")


def test_what_is_asked_for_is_capped_and_a_number_is_never_given_twice(district: SmallDistrict) -> None:
    for place in range(MAX_VIEWS):
        make_view(district, f"机位{place}")
    with pytest.raises(Refused, match="too_many_views"):
        make_view(district, "还有一个")
    with district.portal.database.writing() as session:
        actor = district.person(session, "supervisor")
        close_view(session, view=view_of(district, session, 8), actor=actor, now=district.portal.now())
    assert make_view(district, "还有一个") == MAX_VIEWS + 1
    assert [view["ordinal"] for view in public(district) if "closed_on" in view] == [8]
    with district.portal.database.writing() as session, pytest.raises(Refused, match="too_many_views"):
        actor = district.person(session, "supervisor")
        reopen_view(session, view=view_of(district, session, 8), actor=actor, now=district.portal.now())


def test_a_view_is_closed_once_and_opened_again(district: SmallDistrict) -> None:
    make_view(district)
    for act, said in ((close_view, True), (reopen_view, False)):
        with district.portal.database.writing() as session:
            actor = district.person(session, "supervisor")
            act(session, view=view_of(district, session), actor=actor, now=district.portal.now())
        assert ("closed_on" in public(district)[0]) is said
        with district.portal.database.writing() as session, pytest.raises(WrongState):
            actor = district.person(session, "supervisor")
            act(session, view=view_of(district, session), actor=actor, now=district.portal.now())


def test_the_views_of_a_suspended_project_stay_as_they_are(district: SmallDistrict) -> None:
    with district.portal.database.writing() as session:
        project, admin = district.project(session, district.projects[0]), district.person(session, "admin")
        act_on_project(
            session,
            project=project,
            act=MatterAct.SUSPEND,
            reason="汛期停工",
            actor=admin,
            now=district.portal.now(),
        )
    with pytest.raises(WrongState):
        make_view(district)


def test_the_reference_is_a_published_photo_of_the_project(district: SmallDistrict) -> None:
    make_view(district)
    waiting = filed(district, view=1)
    submit(district, waiting)
    with district.portal.database.reading() as session:
        assert pictures_of(Shelf(session), district.projects[0]) == []
    with pytest.raises(Invalid):
        change(district, reference="2026-000001-00000000")
    number = photographed(district, view=None, taken_on="2026-11-02")
    change(district, reference=key_of(district, number))
    assert public(district)[0]["reference"]["report"] == number
    change(district, reference="")
    assert "reference" not in public(district)[0]


def test_saving_a_view_as_it_is_publishes_nothing(district: SmallDistrict) -> None:
    make_view(district)
    with district.portal.database.reading() as session:
        before = Shelf(session).get(project_item(district.projects[0]))
    change(district)
    with district.portal.database.reading() as session:
        after = Shelf(session).get(project_item(district.projects[0]))
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject_kind == "view")).all()
    assert before == after
    assert acts == ["make_view", "change_view"]


def test_a_photo_is_published_with_the_view_it_was_filed_under(district: SmallDistrict) -> None:
    make_view(district)
    number = photographed(district, view=1, taken_on="2026-11-02")
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(report_item(number))
        assert shown is not None
        assert shown.document["photos"][0]["view"] == {"ordinal": 1, "name": "大门"}


def test_a_photo_from_no_view_reads_as_it_always_did(district: SmallDistrict) -> None:
    number = photographed(district, view=None, taken_on="2026-11-02")
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(report_item(number))
        assert shown is not None
        assert "view" not in shown.document["photos"][0]
        assert "views" not in Shelf(session).get(project_item(district.projects[0])).document  # type: ignore[union-attr]
        assert len(session.scalars(select(Report)).first().photos[0].said) == 3  # type: ignore[union-attr]


def test_a_view_of_another_project_is_refused_by_name(district: SmallDistrict) -> None:
    make_view(district, code=district.projects[1])
    report_id = filed(district, view=None)
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        photo = report.photos[0]
        problems = save_draft(
            session,
            report=report,
            words=ReportWords(done="做了", views={photo.id: "1"}),
            seen_version=None,
            actor=report.author,
            now=district.portal.now(),
        )
        assert [(p.field, p.code) for p in problems] == [(f"view-{photo.id}", "no_such_view")]
        assert photo.view is None


def test_a_correction_keeps_the_views_and_the_keys_of_photos(district: SmallDistrict) -> None:
    make_view(district)
    number = photographed(district, view=1, taken_on="2026-11-02")
    key = key_of(district, number)
    with district.portal.database.writing() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        draft = start_correction(
            session, report=report, reason="抄错", actor=report.author, now=district.portal.now()
        )
        session.flush()
        draft_id = draft.id
        assert draft.photos[0].view is report.photos[0].view is not None
    submit(district, draft_id)
    district.decide(draft_id, Verb.APPROVE)
    assert key_of(district, number) == key


def test_the_photo_that_replaces_another_is_of_the_same_view(district: SmallDistrict) -> None:
    make_view(district)
    report_id = filed(district, view=1)
    arrived = developed(district)
    with district.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        new = add_photo(
            session,
            report=report,
            arrived=arrived,
            actor=report.author,
            now=district.portal.now(),
            replaces=report.photos[0],
        )
        session.flush()
        assert new.view is not None
        assert new.view.ordinal == 1


def test_a_moderator_files_a_photo_and_what_was_seen_before_no_longer_counts(district: SmallDistrict) -> None:
    make_view(district)
    report_id = filed(district, view=None, taken_on="2026-11-02")
    submit(district, report_id)
    portal = district.portal
    with portal.database.writing() as session:
        report, actor = session.get_one(Report, report_id), district.person(session, "supervisor")
        seen = report.content_hash
        photo = report.photos[0]
        file_photo(session, report=report, photo=photo, ordinal="1", actor=actor, now=portal.now())
        session.flush()
        with pytest.raises(Stale):
            decide_report(
                session,
                report=report,
                verb=Verb.APPROVE,
                reasons=(),
                seen_round=report.round,
                seen_hash=seen,
                actor=actor,
                queue=portal.queue,
                now=portal.now(),
            )
    district.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        (picture,) = pictures_of(Shelf(session), district.projects[0])
        assert picture.view == 1


def test_nobody_else_files_a_photo_while_a_colleague_looks_at_it(district: SmallDistrict) -> None:
    make_view(district)
    report_id = filed(district, view=None)
    submit(district, report_id)
    now = district.portal.now()
    with district.portal.database.writing() as session:
        report, second = session.get_one(Report, report_id), district.person(session, "second")
        claim_report(session, report=report, actor=second, now=now)
        for login, refusal in (("supervisor", WrongState), ("reporter", NotPermitted)):
            with pytest.raises(refusal):
                file_photo(
                    session,
                    report=report,
                    photo=report.photos[0],
                    ordinal="1",
                    actor=district.person(session, login),
                    now=now,
                )
        with pytest.raises(Invalid):
            file_photo(session, report=report, photo=report.photos[0], ordinal="7", actor=second, now=now)
