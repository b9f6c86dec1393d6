"""Founding units and supervision bodies, and renaming them: public at once, written down, refused in words."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.errors import Invalid, NotPermitted, Stale
from portal.domain.organisation import BodyKind, SupervisionBody, Unit, UnitKind
from portal.domain.permissions import covers
from portal.record.shelf import Shelf
from portal.workflows.found_organisation import (
    UnitFacts,
    change_unit,
    found_body,
    found_unit,
    organisation_seen,
    rename_body,
)
from portal.workflows.publish_basics import publish_units

FACTS = UnitFacts(name="西岸街道", english="Xi'an Street", lon="118.2", lat="36.6")


@pytest.fixture
def session(district, portal):
    with portal.database.writing() as session:
        yield session


@pytest.fixture
def admin(session, district):
    return district.person(session, "admin")


def _found(session, admin, clock, *, code="t02", kind=UnitKind.TOWN, facts=FACTS):
    return found_unit(session, code=code, kind=kind, facts=facts, actor=admin, now=clock())


def _codes(refusal):
    return {(problem.field, problem.code) for problem in refusal.value.problems}


def _acts(session):
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_a_new_unit_is_public_at_once_as_if_it_had_always_been_there(session, admin, clock):
    unit = _found(session, admin, clock)
    shown = Shelf(session).get("unit/T02")
    assert (shown.version, shown.document["title"], shown.document["english"]) == (
        1,
        "西岸街道",
        "Xi'an Street",
    )
    assert shown.document["place"] == {"lon": "118.2", "lat": "36.6"}
    assert publish_units(session, now=clock()) == 0, "it is published just as publish_units would"
    assert (unit.code, _acts(session)[-1]) == ("T02", "found_unit")


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"code": "001"}, ("code", "code_taken")),
        ({"code": "a/b"}, ("code", "not_a_unit_code")),
        ({"kind": None}, ("kind", "not_a_kind")),
        ({"facts": UnitFacts(name="东岸街道", english="", lon=None, lat=None)}, ("name", "name_taken")),
        ({"facts": UnitFacts(name=" ", english="", lon=None, lat=None)}, ("name", "missing")),
        ({"facts": UnitFacts(name="某局", english="", lon="118", lat=None)}, ("place", "not_coordinates")),
    ],
)
def test_a_unit_that_is_none_is_refused_by_name(session, admin, clock, given, fault):
    before = len(_acts(session))
    with pytest.raises(Invalid) as refusal:
        _found(session, admin, clock, **given)
    assert _codes(refusal) == {fault}
    assert len(_acts(session)) == before


def test_a_renamed_unit_is_a_corrected_version(session, admin, clock):
    unit = _found(session, admin, clock)
    other = UnitFacts(name="西岸新区街道", english="", lon=None, lat=None)
    change_unit(session, unit=unit, facts=other, seen=organisation_seen(unit), actor=admin, now=clock())
    first, second = Shelf(session).history("unit/T02")
    assert (first.document["title"], second.document["title"], second.act) == (
        "西岸街道",
        "西岸新区街道",
        "corrected",
    )
    with pytest.raises(Invalid) as refusal:
        change_unit(session, unit=unit, facts=other, seen=organisation_seen(unit), actor=admin, now=clock())
    assert _codes(refusal) == {("name", "nothing_changed")}
    with pytest.raises(Stale):
        change_unit(session, unit=unit, facts=FACTS, seen="older", actor=admin, now=clock())


def test_a_new_body_is_read_with_its_unit_and_covers_nothing_until_its_remit_is_said(
    session, district, admin, clock
):
    unit = session.scalars(select(Unit).where(Unit.code == "001")).one()
    body = found_body(
        session,
        name="东岸街道督查室",
        kind=BodyKind.DEDICATED,
        unit=unit,
        district_wide=False,
        actor=admin,
        now=clock(),
    )
    assert Shelf(session).get("unit/001").document["body"] == {"name": "东岸街道督查室", "type": "dedicated"}
    supervisor = district.person(session, "outsider")
    supervisor.body = body
    assert not any(covers(supervisor, district.project(session, code)) for code in district.projects)
    seen = organisation_seen(body)
    rename_body(
        session, body=body, name="东岸督查办", kind=BodyKind.PART_TIME, seen=seen, actor=admin, now=clock()
    )
    assert Shelf(session).get("unit/001").document["body"] == {"name": "东岸督查办", "type": "part_time"}
    assert _acts(session)[-2:] == ["found_body", "rename_body"]
    with pytest.raises(Stale):
        rename_body(
            session, body=body, name="又一个", kind=BodyKind.PART_TIME, seen=seen, actor=admin, now=clock()
        )


def test_a_unit_hosts_one_body(session, admin, clock):
    unit = session.scalars(select(Unit).where(Unit.code == "030")).one()
    with pytest.raises(Invalid) as refusal:
        found_body(
            session,
            name="区委区政府督查室",
            kind=None,
            unit=unit,
            district_wide=True,
            actor=admin,
            now=clock(),
        )
    assert _codes(refusal) == {("name", "name_taken"), ("kind", "not_a_kind"), ("unit", "has_a_body")}
    with pytest.raises(Invalid) as refusal:
        found_body(
            session,
            name="新的",
            kind=BodyKind.DEDICATED,
            unit=None,
            district_wide=True,
            actor=admin,
            now=clock(),
        )
    assert _codes(refusal) == {("unit", "missing")}


@pytest.mark.parametrize("login", ["reporter", "head", "supervisor", "leader"])
def test_only_administrators_found_anything(session, district, clock, login):
    actor = district.person(session, login)
    unit, body = session.scalars(select(Unit)).first(), session.scalars(select(SupervisionBody)).first()
    acts = [
        lambda: _found(session, actor, clock),
        lambda: change_unit(session, unit=unit, facts=FACTS, seen="", actor=actor, now=clock()),
        lambda: found_body(
            session, name="x", kind=None, unit=unit, district_wide=True, actor=actor, now=clock()
        ),
        lambda: rename_body(session, body=body, name="x", kind=None, seen="", actor=actor, now=clock()),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()
