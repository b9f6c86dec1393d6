"""The plan as a workflow: exactly one answers, a published change needs a reason, the chain is kept."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.domain.errors import Invalid, NotPermitted, Stale, WrongState
from portal.domain.lifecycle import MatterAct, MatterState
from portal.domain.organisation import Unit
from portal.domain.plan import Responsibility
from portal.domain.progress import Report
from portal.domain.project_facts import MilestoneFacts, ProjectFacts
from portal.record.difference import difference
from portal.record.shelf import Shelf
from portal.rules.numbers import project_item
from portal.workflows.edit_plan import (
    act_on_project,
    add_project,
    adopt_plan,
    change_project,
    draw_up_plan,
)

REASON = "书亭木料到货晚"


@pytest.fixture
def session(district, portal):
    with portal.database.writing() as session:
        yield session


@pytest.fixture
def admin(session, district):
    return district.person(session, "admin")


@pytest.fixture
def project(session, district):
    return district.project(session, district.projects[0])


@pytest.fixture
def facts(project):
    """The first project's facts as they are."""
    link = project.responsible
    return ProjectFacts(
        kind=project.kind,
        name=project.name,
        content=project.content,
        category=project.category,
        town=project.town,
        place=project.place,
        lon=project.lon,
        lat=project.lat,
        investment_wan=project.investment_wan,
        start_on=project.start_on,
        due_on=project.due_on,
        milestones=[
            MilestoneFacts(
                name=m.name, target=m.target, due_on=m.due_on, scheduled_percent=m.scheduled_percent
            )
            for m in project.milestones
        ],
        leaders=[link.leader],
        units=[link.unit],
        persons=[link.person],
    )


def _change(session, project, facts, admin, clock, *, reason=REASON, seen=None):
    change_project(
        session,
        project=project,
        facts=facts,
        reason=reason,
        seen_version=project.version_id if seen is None else seen,
        actor=admin,
        now=clock(),
    )


def _codes(refusal):
    return {(problem.field, problem.code) for problem in refusal.value.problems}


def _public(session, project):
    return Shelf(session).history(project_item(project.code))


@pytest.mark.parametrize("field", ["leaders", "units", "persons"])
@pytest.mark.parametrize("number", [0, 2])
def test_exactly_one_leader_unit_and_person_each_refused_by_name(
    session, facts, admin, project, clock, field, number
):
    wrong = dataclasses.replace(facts, **{field: list(getattr(facts, field)) * number})
    with pytest.raises(Invalid) as refusal:
        _change(session, project, wrong, admin, clock)
    assert (field.removesuffix("s"), "exactly_one") in _codes(refusal)
    assert next(p for p in refusal.value.problems if p.code == "exactly_one").facts == {"has": number}


def test_the_schema_refuses_a_project_that_nobody_answers_for(district, portal):
    with pytest.raises(IntegrityError), portal.database.writing() as session:
        session.execute(
            text("UPDATE project SET responsible_since = '2001-01-01 00:00:00' WHERE code = :code"),
            {"code": district.projects[0]},
        )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"due_on": dt.date(2026, 1, 1)}, ("due_on", "due_before_start")),
        ({"name": "  "}, ("name", "missing")),
        ({"investment_wan": -1}, ("investment_wan", "negative")),
        ({"milestones": []}, ("milestones", "missing")),
        ({"lon": "36.6", "lat": "118.1"}, ("place", "coordinates_elsewhere")),
        ({"lon": "118.1", "lat": None}, ("place", "not_coordinates")),
    ],
)
def test_what_cannot_be_a_project_is_refused_by_name(session, facts, admin, project, clock, changes, problem):
    with pytest.raises(Invalid) as refusal:
        _change(session, project, dataclasses.replace(facts, **changes), admin, clock)
    assert problem in _codes(refusal)


def test_the_person_is_of_the_unit_and_the_leader_a_leader(session, district, facts, admin, project, clock):
    wrong = dataclasses.replace(
        facts, persons=[district.person(session, "stranger")], leaders=[district.person(session, "head")]
    )
    with pytest.raises(Invalid) as refusal:
        _change(session, project, wrong, admin, clock)
    assert {("leader", "not_a_leader"), ("person", "not_of_the_unit")} <= _codes(refusal)


def test_a_town_is_a_town(session, facts, admin, project, clock):
    bureau = session.scalars(select(Unit).where(Unit.code == "030")).one()
    with pytest.raises(Invalid) as refusal:
        _change(session, project, dataclasses.replace(facts, town=bureau), admin, clock)
    assert ("town", "not_a_town") in _codes(refusal)


def test_a_published_project_does_not_change_without_a_reason(session, facts, admin, project, clock):
    with pytest.raises(Invalid) as refusal:
        _change(session, project, dataclasses.replace(facts, place="新址"), admin, clock, reason="  ")
    assert _codes(refusal) == {("reason", "missing")}
    assert len(_public(session, project)) == 1


def test_a_change_is_a_corrected_version_with_its_difference_and_reason(
    session, facts, admin, project, clock
):
    _change(session, project, dataclasses.replace(facts, place="新址"), admin, clock)
    first, second = _public(session, project)
    assert (second.act, second.version, second.document["reason"]) == ("corrected", 2, REASON)
    assert [(c.path, c.before, c.after) for c in difference(first.document, second.document)] == [
        (("place", "name"), "旧货场北口", "新址")
    ]


def test_a_change_that_changes_nothing_is_refused(session, facts, admin, project, clock):
    with pytest.raises(Invalid) as refusal:
        _change(session, project, facts, admin, clock)
    assert _codes(refusal) == {("project", "nothing_changed")}


def test_a_stale_change_changes_nothing(session, facts, admin, project, clock):
    with pytest.raises(Stale):
        _change(
            session,
            project,
            dataclasses.replace(facts, place="新址"),
            admin,
            clock,
            seen=project.version_id - 1,
        )
    assert project.place == "旧货场北口"


def test_a_hand_over_adds_to_the_chain_and_keeps_who_was_before(
    session, district, facts, admin, project, clock
):
    handed = dataclasses.replace(facts, persons=[district.person(session, "reporter")])
    _change(session, project, handed, admin, clock)
    _change(session, project, facts, admin, clock)  # and back, in the same second
    chain = list(
        session.scalars(
            select(Responsibility)
            .where(Responsibility.project_id == project.id)
            .order_by(Responsibility.since)
        )
    )
    assert [link.person.login for link in chain] == ["head", "reporter", "head"]
    assert len({link.since for link in chain}) == 3, "at every instant there is one and only one"
    assert project.responsible_since == chain[-1].since
    assert [link["person"]["name"] for link in _public(session, project)[-1].document["chain"]] == [
        "闻清远",
        "陆知秋",
        "闻清远",
    ]


def test_nothing_published_before_changes(session, facts, admin, project, clock):
    before = _public(session, project)[0].document
    _change(session, project, dataclasses.replace(facts, name="另一个名字"), admin, clock)
    assert _public(session, project)[0].document == before


def test_a_plan_is_drawn_up_once_a_year_adopted_once_and_never_empty(session, facts, admin, clock):
    plan = draw_up_plan(session, year=2027, title="2027 年重点工程", actor=admin, now=clock())
    session.flush()
    assert draw_up_plan(session, year=2027, title="另一个", actor=admin, now=clock()) is plan
    with pytest.raises(Invalid) as refusal:
        adopt_plan(session, plan=plan, actor=admin, now=clock())
    assert _codes(refusal) == {("plan", "plan_is_empty")}
    added = add_project(session, plan=plan, facts=facts, actor=admin, now=clock())
    assert (added.code, added.state) == ("2027-001", MatterState.DRAFT)
    assert _public(session, added) == []
    assert adopt_plan(session, plan=plan, actor=admin, now=clock()) == 1
    assert (added.state, len(_public(session, added))) == (MatterState.ASSIGNED, 1)
    with pytest.raises(WrongState):
        adopt_plan(session, plan=plan, actor=admin, now=clock())


def test_a_project_brought_into_an_adopted_plan_is_public_at_once(session, facts, admin, project, clock):
    added = add_project(session, plan=project.plan, facts=facts, actor=admin, now=clock())
    assert len(_public(session, added)) == 1


@pytest.mark.parametrize("login", ["reporter", "head", "supervisor", "leader"])
def test_only_administrators_edit_plans(session, district, facts, project, clock, login):
    actor, plan = district.person(session, login), project.plan
    acts = [
        lambda: draw_up_plan(session, year=2027, title="某计划", actor=actor, now=clock()),
        lambda: add_project(session, plan=plan, facts=facts, actor=actor, now=clock()),
        lambda: adopt_plan(session, plan=plan, actor=actor, now=clock()),
        lambda: _change(session, project, facts, actor, clock),
        lambda: act_on_project(
            session, project=project, act=MatterAct.SUSPEND, reason=REASON, actor=actor, now=clock()
        ),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()


def _milestones(*steps):
    return [
        MilestoneFacts(name=f"第 {percent} 步", target="做完。", due_on=day, scheduled_percent=percent)
        for day, percent in steps
    ]


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (((9, 30, 70), (5, 1, 30), (12, 25, 100)), "curve_days_out_of_order"),
        (((5, 1, 30), (5, 1, 70), (12, 25, 100)), "curve_days_out_of_order"),
        (((5, 1, 70), (9, 30, 30), (12, 25, 100)), "curve_falls"),
        (((5, 1, 30), (9, 30, 70)), "curve_ends_below_100"),
        (((1, 31, 30), (12, 25, 100)), "milestone_outside"),
    ],
)
def test_milestones_are_a_schedule_in_the_order_in_which_they_are_given(
    session, facts, admin, project, clock, steps, fault
):
    given = _milestones(*((dt.date(2026, month, day), percent) for month, day, percent in steps))
    with pytest.raises(Invalid) as refusal:
        _change(session, project, dataclasses.replace(facts, milestones=given), admin, clock)
    assert _codes(refusal) == {("milestones", fault)}


def test_the_first_milestone_may_be_due_on_the_day_on_which_the_work_starts(
    session, facts, admin, project, clock
):
    given = _milestones((facts.start_on, 10), (facts.due_on, 100))
    _change(session, project, dataclasses.replace(facts, milestones=given), admin, clock)
    assert project.curve == [(facts.start_on, 10), (facts.due_on, 100)]


def test_a_milestone_that_a_report_names_cannot_be_taken_away(portal, district, clock):
    report_id = district.draft()
    with portal.database.writing() as session:
        project = district.project(session, district.projects[0])
        session.get_one(Report, report_id).milestone = project.milestones[2]
    with portal.database.writing() as session:
        admin, project = district.person(session, "admin"), district.project(session, district.projects[0])
        link = project.responsible
        names = ("kind", "name", "content", "category", "town", "place", "lon", "lat")
        facts = ProjectFacts(
            **{name: getattr(project, name) for name in (*names, "investment_wan", "start_on", "due_on")},
            milestones=_milestones((dt.date(2026, 5, 1), 30), (project.due_on, 100)),
            leaders=[link.leader],
            units=[link.unit],
            persons=[link.person],
        )
        with pytest.raises(Invalid) as refusal:
            _change(session, project, facts, admin, clock)
        assert [(p.code, p.facts) for p in refusal.value.problems] == [
            ("milestone_reported", {"place": 3, "name": "竣工验收"})
        ]
        session.get_one(Report, report_id).milestone = project.milestones[0]
        session.flush()
        _change(session, project, facts, admin, clock)
        assert len(project.milestones) == 2
