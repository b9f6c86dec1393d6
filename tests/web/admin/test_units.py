"""Units, supervision bodies and what each may act on."""

from __future__ import annotations

import pytest

from portal.domain.organisation import SupervisionBody, Unit
from portal.workflows.edit_remit import remit_seen
from tests.web.admin.conftest import fields_of


@pytest.fixture
def body(district, portal):
    with portal.database.reading() as session:
        return session.query(SupervisionBody).filter_by(name="区水务局督查科").one().id


@pytest.fixture
def street(district, portal):
    with portal.database.reading() as session:
        return session.query(Unit).filter_by(code="001").one().id


def _save(browser, body, **changes):
    path = f"/desk/admin/units/bodies/{body}"
    fields = fields_of(browser.get(path).get_data(as_text=True)) | changes
    return browser.post(path, data=fields)


def _remit(portal, body):
    with portal.database.reading() as session:
        row = session.get_one(SupervisionBody, body)
        return row.district_wide, {r.unit_id for r in row.remits}, remit_seen(row)


def test_units_and_bodies_are_listed_by_kind(admin):
    page = admin.get("/desk/admin/units").get_data(as_text=True)
    for words in ("东岸街道", "区水务局督查科", "兼职督查机构", "全区", "乡镇街道"):
        assert words in page


def test_a_remit_is_widened_by_ticking_a_unit(admin, portal, body, street):
    had = _remit(portal, body)[1]
    assert _save(admin, body, unit=[*map(str, had), str(street)]).status_code == 303
    assert _remit(portal, body)[1] == had | {street}


def test_an_empty_remit_is_refused(admin, portal, body):
    answer = _save(admin, body, unit=[])
    assert answer.status_code == 422
    assert "至少勾选一个" in answer.get_data(as_text=True)
    assert _remit(portal, body)[1]


def test_a_unit_that_is_not_there_is_refused(admin, portal, body):
    before = _remit(portal, body)
    assert _save(admin, body, unit=["9999"]).status_code == 422
    assert _remit(portal, body) == before


def test_a_stale_remit_keeps_the_ticks_and_changes_nothing(admin, portal, body, street):
    before = _remit(portal, body)
    answer = _save(admin, body, unit=[str(street)], seen=["something older"])
    assert answer.status_code == 409
    assert f'name="unit" value="{street}" checked' in answer.get_data(as_text=True)
    assert _remit(portal, body) == before


def test_overlap_with_another_body_is_named_before_it_happens(admin, portal, body, district):
    with portal.database.reading() as session:
        wide = session.query(SupervisionBody).filter_by(name="区委区政府督查室").one().id
    assert "区水务局督查科也在管" in admin.get(f"/desk/admin/units/bodies/{wide}").get_data(as_text=True)
