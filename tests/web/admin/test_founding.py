"""Units and supervision bodies are founded and renamed on pages; nothing typed is lost."""

from __future__ import annotations

import pytest

from portal.domain.organisation import Role, SupervisionBody, Unit
from portal.web.app import create_app
from portal.workflows.manage_people import Place, create_person, issue_link
from tests.browsing import Browser
from tests.small_district import PASSWORD
from tests.web.admin.conftest import fields_of
from tests.web.public.reading import unmarked_chinese

UNIT = {"code": "b94", "name": "区数据局", "english": "Data Bureau", "kind": "bureau"}


def _id(portal, kind, **by):
    with portal.database.reading() as session:
        return session.query(kind).filter_by(**by).one().id


def _post(browser, path, **changes):
    return browser.post(path, data=fields_of(browser.get(path).get_data(as_text=True)) | changes)


def test_a_founded_unit_is_listed_for_administrators_and_citizens(admin, portal):
    assert admin.submit("/desk/admin/units/new", UNIT).status_code == 303
    assert "区数据局" in admin.get("/desk/admin/units").get_data(as_text=True)
    citizen = Browser(create_app(portal))
    assert "区数据局" in citizen.get("/units").get_data(as_text=True)
    assert citizen.get("/units/B94").status_code == 200


def test_what_is_wrong_with_a_unit_is_said_and_what_was_typed_stays(admin):
    answer = admin.submit("/desk/admin/units/new", {**UNIT, "code": "001", "lon": "36.6", "lat": "118.2"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("这个代码有单位用了", "坐标不在国内", 'value="区数据局"', 'value="Data Bureau"'):
        assert words in page


def test_a_unit_is_renamed_and_the_old_form_is_stale(admin, portal):
    path = f"/desk/admin/units/{_id(portal, Unit, code='001')}"
    old = fields_of(admin.get(path).get_data(as_text=True))
    assert _post(admin, path, name=["东岸新街道"]).status_code == 303
    answer = admin.post(path, data=old | {"name": ["另一个名字"]})
    assert answer.status_code == 409
    assert 'value="另一个名字"' in answer.get_data(as_text=True)
    assert _post(admin, path).status_code == 422
    history = Browser(create_app(portal)).get("/units/001").get_data(as_text=True)
    assert "东岸新街道" in history


@pytest.mark.parametrize("wide", [True, False])
def test_a_founded_body_is_wide_or_gets_its_remit_next(admin, portal, wide):
    unit = _id(portal, Unit, code="001")
    typed = {"name": "东岸街道督查室", "kind": "dedicated", "unit": str(unit)}
    answer = admin.submit("/desk/admin/units/bodies/new", typed | ({"district_wide": "yes"} if wide else {}))
    body = _id(portal, SupervisionBody, name="东岸街道督查室")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/units" if wide else f"/bodies/{body}")
    assert f'value="{unit}"' not in admin.get("/desk/admin/units/bodies/new").get_data(as_text=True)


def test_names_on_english_pages_say_that_they_are_chinese(admin, portal):
    for path in ("/units", "/units/new", f"/units/{_id(portal, Unit, code='030')}"):
        assert unmarked_chinese(admin.get(f"/en/desk/admin{path}")) == []


def test_a_body_is_renamed(admin, portal):
    path = f"/desk/admin/units/bodies/{_id(portal, SupervisionBody, name='区水务局督查科')}/name"
    assert _post(admin, path, name=["区委区政府督查室"]).status_code == 422
    assert _post(admin, path, name=["区水务局督查室"]).status_code == 303
    assert "区水务局督查室" in admin.get("/desk/admin/units").get_data(as_text=True)


def test_a_district_begins_from_nothing(portal):
    """The first administrator comes from the command line; everything else is founded on pages."""

    with portal.database.writing() as session:
        place = Place(role=Role.ADMINISTRATOR)
        chief = create_person(session, login="chief", name="李文", place=place, actor=None, now=portal.now())
        token = issue_link(session, person=chief, actor=None, now=portal.now())
    browser = Browser(create_app(portal))
    browser.submit(f"/account/link/{token}", {"password": PASSWORD, "again": PASSWORD})
    assert browser.sign_in("chief").status_code == 303
    assert browser.submit("/desk/admin/units/new", UNIT).status_code == 303
    unit = str(_id(portal, Unit, code="B94"))
    body = {"name": "区督查室", "kind": "dedicated", "unit": unit, "district_wide": "yes"}
    assert browser.submit("/desk/admin/units/bodies/new", body).status_code == 303
    person = {"login": "chen", "name": "陈一", "role": "head", "unit": unit}
    assert browser.submit("/desk/admin/people/new", person).status_code == 303
