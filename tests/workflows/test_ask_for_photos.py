"""A request for photos names a milestone and a number; what was given once serves every body."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Refused, Stale, WrongState
from portal.domain.lifecycle import MatterState
from portal.domain.organisation import BodyKind, Person, SupervisionBody
from portal.domain.photo_requests import PhotoRequest, open_request
from portal.domain.progress import Report
from portal.queries.burden import for_each_milestone, month_of_all, month_so_far, open_requests
from portal.record.log import document_of, latest
from portal.worker import tell_burden
from portal.workflows.ask_for_photos import RequestWords, aim_draft, ask_for_photos, take_back_request
from portal.workflows.draft_report import start_draft


@pytest.fixture
def ask(portal, district, clock):
    """Ask for photos as this login; the id of the request."""

    def asking(login="supervisor", *, code=None, place=1, seen=0, **words):
        with portal.database.writing() as session:
            project = district.project(session, code or district.projects[0])
            typed = {
                "milestone": str(project.milestones[place].id),
                "cap": "6",
                "due_on": "2026-12-01",
                "reason": "缺种植后的全景",
                **words,
            }
            return ask_for_photos(
                session,
                project=project,
                words=RequestWords(**typed),
                seen_photos=seen,
                actor=district.person(session, login),
                now=clock(),
            ).id

    return asking


@pytest.fixture
def other_body(portal, district):
    """A second district-wide body, hosted by the water bureau's neighbour, with one supervisor: `inspector`."""
    with portal.database.writing() as session:
        street = district.person(session, "reporter").unit_id
        body = SupervisionBody(name="专项督查组", kind=BodyKind.DEDICATED, unit_id=street, district_wide=True)
        session.add(body)
        session.flush()
        district.person(session, "second").body = body
    return "second"


def look(portal, request_id, see):
    with portal.database.reading() as session:
        return see(session.get_one(PhotoRequest, request_id))


def test_a_request_is_the_units_to_do_until_a_report_with_photos_of_the_milestone_is_sent(
    portal, district, ask
):
    request_id = ask(place=0)
    with portal.database.reading() as session:
        (mine,) = open_requests(session, person=district.person(session, "reporter"))
        assert (mine.id, mine.cap, mine.milestone.name, mine.bodies[0].reason) == (
            request_id, 6, "挡墙加固", "缺种植后的全景",
        )  # fmt: skip
        assert open_requests(session, person=district.person(session, "stranger")) == []
    district.submitted()
    assert look(portal, request_id, lambda r: r.is_open), "words are no photos"
    with portal.database.writing() as session:
        for report in session.scalars(select(Report)):
            report.state = type(report.state).DISCARDED
    report_id = district.submitted(photos=1)
    assert look(portal, request_id, lambda r: (r.is_open, r.answer_id)) == (False, report_id)


def test_photos_of_another_milestone_answer_nothing(portal, district, ask):
    request_id = ask(place=1)
    district.submitted(photos=1)
    assert look(portal, request_id, lambda r: r.is_open)


def test_what_is_there_already_has_to_be_seen_before_more_is_asked_for(portal, district, ask):
    district.published(photos=2)
    with pytest.raises(Stale, match="photos_are_there") as there:
        ask(place=0)
    assert there.value.facts == {"photos": 2, "milestone": "挡墙加固"}
    assert ask(place=0, seen=2) > 0
    with portal.database.reading() as session:
        first = for_each_milestone(session, district.project(session, district.projects[0]))[0]
    assert [one.photos for one in first.given] == [2]


def test_a_second_body_joins_and_the_unit_gets_nothing_new_to_do(portal, district, ask, other_body):
    request_id = ask()
    assert ask(other_body, cap="20", due_on="2026-11-25", reason="月度通报要用") == request_id
    assert look(portal, request_id, lambda r: (r.cap, r.due_on)) == (6, dt.date(2026, 12, 1))
    assert look(portal, request_id, lambda r: [each.body.name for each in r.bodies]) == [
        "区委区政府督查室",
        "专项督查组",
    ]
    with portal.database.reading() as session:
        assert len(open_requests(session, person=district.person(session, "head"))) == 1
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.subject_kind == "photo_request").order_by(AuditEntry.id)
        )
        assert list(acts) == ["ask_photos", "join_request"]


def test_the_same_body_does_not_ask_twice(ask):
    ask()
    with pytest.raises(Refused, match="already_asked"):
        ask()


def test_it_is_over_when_the_last_body_takes_it_back(portal, district, ask, other_body, clock):
    request_id = ask()
    ask(other_body)

    def take_back(login):
        with portal.database.writing() as session:
            request = session.get_one(PhotoRequest, request_id)
            take_back_request(session, request=request, actor=district.person(session, login), now=clock())

    take_back("supervisor")
    assert look(portal, request_id, lambda r: r.is_open)
    with pytest.raises(NotPermitted):
        take_back("supervisor")
    assert ask("supervisor", reason="还是要") == request_id, "who left may join again"
    take_back("supervisor")
    take_back(other_body)
    assert not look(portal, request_id, lambda r: r.is_open)
    with pytest.raises(WrongState):
        take_back(other_body)
    assert ask() != request_id


@pytest.mark.parametrize("login", ["reporter", "head", "leader", "admin", "outsider"])
def test_only_a_supervisor_of_the_remit_asks(ask, login):
    with pytest.raises(NotPermitted):
        ask(login)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ({"cap": "0"}, {"cap"}),
        ({"cap": "21"}, {"cap"}),
        ({"cap": "many", "reason": " "}, {"cap", "reason"}),
        ({"due_on": "2026-11-23"}, {"due_on"}),
        ({"due_on": "soon"}, {"due_on"}),
        ({"milestone": "999"}, {"milestone"}),
    ],
)
def test_a_request_says_which_milestone_how_many_when_and_why(ask, words, wrong):
    with pytest.raises(Invalid) as invalid:
        ask(**words)
    assert {problem.field for problem in invalid.value.problems} == wrong


def test_a_project_that_takes_no_reports_is_asked_for_nothing(portal, district, ask):
    with portal.database.writing() as session:
        district.project(session, district.projects[0]).state = MatterState.SUSPENDED
    with pytest.raises(WrongState, match="project_takes_no_reports"):
        ask()


def test_the_button_aims_an_empty_draft_and_leaves_a_written_one(portal, district, ask, clock):
    request_id = ask(place=1)
    with portal.database.writing() as session:
        actor = district.person(session, "reporter")
        request = session.get_one(PhotoRequest, request_id)
        draft = start_draft(session, project=request.project, actor=actor, now=clock())
        aim_draft(session, request=request, report=draft, actor=actor, now=clock())
        assert draft.milestone_id == request.milestone_id
        draft.done, draft.milestone = "写了一半", request.project.milestones[0]
        aim_draft(session, request=request, report=draft, actor=actor, now=clock())
        assert draft.milestone is request.project.milestones[0]
        stranger = session.scalars(select(Person).where(Person.login == "stranger")).one()
        with pytest.raises(NotPermitted):
            aim_draft(session, request=request, report=draft, actor=stranger, now=clock())


def test_a_unit_sees_its_own_month_and_nobody_elses(portal, district, ask, clock):
    ask(cap="5")
    ask(place=0, cap="3")
    ask(code=district.projects[1], cap="9")
    report_id = district.draft(photos=1)
    clock.forward(minutes=3)
    district.submitted()
    with portal.database.reading() as session:
        mine = month_so_far(session, person=district.person(session, "head"), now=clock())
        assert session.get_one(Report, report_id).submitted_at is not None
        all_of_it = month_of_all(session, "2026-11")
    assert (mine.requests, mine.photos, mine.reports, mine.all_minutes) == (2, 8, 1, 3)
    assert (all_of_it.requests, all_of_it.photos) == (3, 17)
    assert all_of_it.public_median is None, "of one report nothing is told"


def test_when_a_month_has_ended_the_district_s_figures_go_on_the_record_once(portal, district, ask, clock):
    ask(cap="5")
    clock.at = dt.datetime(2026, 11, 30, 15, 59, tzinfo=dt.UTC)
    assert tell_burden(portal) == 1, "October, in which the house stood"
    clock.at = dt.datetime(2026, 11, 30, 16, 1, tzinfo=dt.UTC)  # 00:01 in Shanghai
    assert tell_burden(portal) == 1
    assert tell_burden(portal) == 0
    with portal.database.reading() as session:
        entry = latest(session, "burden/2026-11")
        document = document_of(session, entry.seq)
    assert document["burden"] == {"month": "2026-11", "requests": 1, "photos_asked": 5}
    assert document["dated"] == "2026-11-30"


def test_months_that_were_missed_come_later_and_in_order(portal, district, clock):
    tell_burden(portal)
    clock.forward(days=75)
    assert tell_burden(portal) == 3
    with portal.database.reading() as session:
        entries = [latest(session, f"burden/{month}").seq for month in ("2026-11", "2026-12", "2027-01")]
    assert entries == sorted(entries)


def test_one_request_is_open_for_a_milestone_whoever_looks(portal, district, ask):
    request_id = ask()
    with portal.database.reading() as session:
        project = district.project(session, district.projects[0])
        found = open_request(session, project.milestones[1], project.unit)
        assert found is not None
        assert found.id == request_id
        assert open_request(session, project.milestones[0], project.unit) is None
