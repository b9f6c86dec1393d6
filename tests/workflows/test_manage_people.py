"""Creating, moving, disabling people: nobody is ever deleted from history."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Stale
from portal.domain.organisation import Posting, Role
from portal.workflows.manage_people import (
    Place,
    create_person,
    disable_person,
    enable_person,
    issue_link,
    move_person,
)


@pytest.fixture
def session(district, portal):
    with portal.database.writing() as session:
        yield session


def _codes(refusal):
    return {(problem.field, problem.code) for problem in refusal.value.problems}


@pytest.mark.parametrize("login", ["", "x", "1abc", "有名", "a b", "-ab", "a" * 41, "a/b"])
def test_a_login_that_is_none_is_refused(session, clock, login):
    with pytest.raises(Invalid) as refusal:
        create_person(
            session, login=login, name="某人", place=Place(role=Role.LEADER), actor=None, now=clock()
        )
    assert ("login", "not_a_login") in _codes(refusal)


def test_a_login_is_given_once_whatever_its_case(session, clock):
    with pytest.raises(Invalid) as refusal:
        create_person(
            session, login=" ADMIN ", name="某人", place=Place(role=Role.LEADER), actor=None, now=clock()
        )
    assert _codes(refusal) == {("login", "login_taken")}


@pytest.mark.parametrize(
    ("role", "problem"),
    [
        (Role.REPORTER, ("unit", "missing")),
        (Role.HEAD, ("unit", "missing")),
        (Role.SUPERVISOR, ("body", "missing")),
    ],
)
def test_a_role_that_needs_a_place_is_refused_without_one(session, clock, role, problem):
    with pytest.raises(Invalid) as refusal:
        create_person(session, login="ab", name="某人", place=Place(role=role), actor=None, now=clock())
    assert _codes(refusal) == {problem}


@pytest.mark.parametrize("login", ["reporter", "head", "supervisor", "leader"])
def test_only_administrators_manage_people(session, district, clock, login):
    actor, person = district.person(session, login), district.person(session, "second")
    now = clock()
    acts = [
        lambda: create_person(
            session, login="ab", name="某人", place=Place(role=Role.LEADER), actor=actor, now=now
        ),
        lambda: move_person(
            session, person=person, place=Place(role=Role.LEADER), seen_version=None, actor=actor, now=now
        ),
        lambda: disable_person(session, person=person, seen_version=None, actor=actor, now=now),
        lambda: enable_person(session, person=person, seen_version=None, actor=actor, now=now),
        lambda: issue_link(session, person=person, actor=actor, now=now),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
    assert person.role is Role.SUPERVISOR
    assert person.disabled_at is None


def test_a_move_adds_to_the_chain_and_drops_the_place_the_new_role_has_none_of(session, district, clock):
    person = district.person(session, "second")
    move_person(
        session,
        person=person,
        place=Place(role=Role.LEADER, title="调研员"),
        seen_version=person.version_id,
        actor=district.person(session, "admin"),
        now=clock(),
    )
    session.flush()
    chain = list(
        session.scalars(select(Posting).where(Posting.person_id == person.id).order_by(Posting.since))
    )
    assert [(each.role, each.body_id is not None) for each in chain] == [
        (Role.SUPERVISOR, True),
        (Role.LEADER, False),
    ]
    assert person.body is None


@pytest.mark.parametrize("act", [disable_person, enable_person])
def test_what_was_seen_too_long_ago_changes_nothing(session, district, clock, act):
    person = district.person(session, "second")
    with pytest.raises(Stale):
        act(session, person=person, seen_version=person.version_id - 1, actor=None, now=clock())


def test_disabling_keeps_the_day_it_first_happened_and_enabling_undoes_it(session, district, clock):
    person = district.person(session, "second")
    first = clock()
    for _again in range(2):
        disable_person(session, person=person, seen_version=None, actor=None, now=clock.forward(days=1))
        session.flush()
    assert person.disabled_at == first.replace(day=first.day + 1)
    enable_person(session, person=person, seen_version=None, actor=None, now=clock())
    assert person.disabled_at is None


def test_a_disabled_person_gets_no_link(session, district, clock):
    person = district.person(session, "second")
    disable_person(session, person=person, seen_version=None, actor=None, now=clock())
    with pytest.raises(Invalid) as refusal:
        issue_link(session, person=person, actor=None, now=clock())
    assert _codes(refusal) == {("person", "disabled")}


def test_somebody_with_a_history_cannot_be_deleted(district, portal):
    with pytest.raises(IntegrityError), portal.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM person WHERE login = 'head'")


def test_every_act_is_written_down_with_who_did_it(session, district, clock):
    admin = district.person(session, "admin")
    person = create_person(
        session, login="ab", name="某人", place=Place(role=Role.LEADER), actor=admin, now=clock()
    )
    issue_link(session, person=person, actor=admin, now=clock())
    disable_person(session, person=person, seen_version=None, actor=admin, now=clock())
    session.flush()
    rows = session.execute(
        select(AuditEntry.act, AuditEntry.actor_id).where(
            AuditEntry.subject_kind == "person", AuditEntry.subject_id == str(person.id)
        )
    )
    assert [tuple(row) for row in rows] == [
        ("create_person", admin.id),
        ("issue_link", admin.id),
        ("disable_person", admin.id),
    ]
