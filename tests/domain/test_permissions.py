"""Every act × person of the small district, against tables written down by hand: nothing is inherited."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from portal.domain.errors import NotPermitted
from portal.domain.lifecycle import MatterAct, ReportAct
from portal.domain.organisation import Remit
from portal.domain.permissions import (
    ADMIN_RULES,
    AdminAct,
    may_matter,
    may_report,
    permit_admin,
    permit_matter,
    permit_report,
)
from portal.domain.progress import Report
from tests.small_district import SmallDistrict

PEOPLE = ("reporter", "head", "stranger", "supervisor", "second", "outsider", "leader", "admin")
UNIT_ACTS = {ReportAct.SAVE, ReportAct.SUBMIT, ReportAct.DISCARD, ReportAct.CORRECT}

# Who may act on the street's report and on the bureau's. `outsider` has the bureau in the remit, but sits in it.
STREET_REPORT = {
    act: {"reporter", "head"} if act in UNIT_ACTS else {"supervisor", "second"} for act in ReportAct
}
BUREAU_REPORT = {act: {"stranger"} if act in UNIT_ACTS else {"supervisor", "second"} for act in ReportAct}
STREET_PROJECT = {
    MatterAct.FILE: {"admin"},
    MatterAct.ASSIGN: {"admin"},
    MatterAct.ACCEPT: {"head"},
    MatterAct.START: {"reporter", "head"},
    MatterAct.CLAIM_COMPLETION: {"head"},
    MatterAct.COMPLETE: {"supervisor", "second"},
    MatterAct.RETURN: {"supervisor", "second"},
    MatterAct.CLOSE_OUT: {"supervisor", "second"},
    MatterAct.ARCHIVE: {"admin"},
    MatterAct.SUSPEND: {"admin"},
    MatterAct.RESUME: {"admin"},
    MatterAct.TAKE_OUT: {"admin"},
}


def test_only_the_unit_writes_and_only_an_impartial_supervisor_decides(district: SmallDistrict) -> None:
    ids = district.submitted(), district.submitted(code=district.projects[1], login="stranger")
    with district.portal.database.reading() as session:
        for report_id, table in zip(ids, (STREET_REPORT, BUREAU_REPORT), strict=True):
            report = session.get_one(Report, report_id)
            for act, login in itertools.product(ReportAct, PEOPLE):
                person = district.person(session, login)
                assert may_report(person, act, report) is (login in table[act]), (report_id, act, login)


def test_only_those_named_move_a_project_along(district: SmallDistrict) -> None:
    with district.portal.database.reading() as session:
        project = district.project(session, district.projects[0])
        for act, login in itertools.product(MatterAct, PEOPLE):
            person = district.person(session, login)
            assert may_matter(person, act, project) is (login in STREET_PROJECT[act]), (act, login)


def test_a_body_does_not_check_the_projects_of_the_unit_that_hosts_it(district: SmallDistrict) -> None:
    with district.portal.database.reading() as session:
        project, outsider = (
            district.project(session, district.projects[1]),
            district.person(session, "outsider"),
        )
        assert not any(may_matter(outsider, act, project) for act in MatterAct)


def test_a_remit_may_name_a_project_of_another_unit(district: SmallDistrict) -> None:
    report_id = district.submitted()
    with district.portal.database.writing() as session:
        project, outsider = (
            district.project(session, district.projects[0]),
            district.person(session, "outsider"),
        )
        report = session.get_one(Report, report_id)
        assert not may_report(outsider, ReportAct.CLAIM, report)
        session.add(Remit(body=outsider.body, project_id=project.id))
        session.flush()
        assert may_report(outsider, ReportAct.CLAIM, report)
        assert may_matter(outsider, MatterAct.COMPLETE, project)


def test_nobody_decides_what_they_wrote_or_sent_before_they_became_a_supervisor(
    district: SmallDistrict,
) -> None:
    report_id = district.submitted()
    with district.portal.database.writing() as session:
        report, supervisor = session.get_one(Report, report_id), district.person(session, "supervisor")
        report.submitted_by = supervisor
        session.flush()
        with pytest.raises(NotPermitted, match="not_yours_to_decide"):
            permit_report(supervisor, ReportAct.PUBLISH, report)
        report.submitted_by, report.author = report.author, supervisor
        session.flush()
        assert not may_report(supervisor, ReportAct.RETURN, report)
        assert may_report(district.person(session, "second"), ReportAct.RETURN, report)


@pytest.mark.parametrize("login", PEOPLE)
def test_who_is_disabled_may_do_nothing_any_more(district: SmallDistrict, login: str) -> None:
    report_id = district.submitted()
    with district.portal.database.writing() as session:
        person, report = district.person(session, login), session.get_one(Report, report_id)
        person.disabled_at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
        assert not any(may_report(person, act, report) for act in ReportAct)
        assert not any(may_matter(person, act, report.project) for act in MatterAct)
        for act in AdminAct:
            with pytest.raises(NotPermitted):
                permit_admin(person, act)


def test_only_administrators_manage_people_and_plans(district: SmallDistrict) -> None:
    assert set(ADMIN_RULES) == set(AdminAct)
    with district.portal.database.reading() as session:
        for act, login in itertools.product(AdminAct, PEOPLE):
            person = district.person(session, login)
            if login == "admin":
                permit_admin(person, act)
            else:
                with pytest.raises(NotPermitted, match="administrators_only"):
                    permit_admin(person, act)


def test_a_refusal_names_the_act(district: SmallDistrict) -> None:
    with district.portal.database.reading() as session:
        project = district.project(session, district.projects[0])
        with pytest.raises(NotPermitted) as refusal:
            permit_matter(district.person(session, "leader"), MatterAct.COMPLETE, project)
    assert (refusal.value.code, refusal.value.facts) == ("not_yours_to_decide", {"act": "complete"})
