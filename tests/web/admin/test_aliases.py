"""An administrator says which names mean the same."""

from __future__ import annotations

import pytest

from portal.record.log import latest
from portal.web.app import create_app
from tests.browsing import Browser
from tests.web.admin.conftest import fields_of

PATH = "/desk/admin/aliases"


def _post(admin, **typed):
    return admin.post(
        PATH, data=fields_of(admin.get(PATH).get_data(as_text=True)) | {k: [v] for k, v in typed.items()}
    )


def test_names_are_published_shown_to_citizens_and_written_down(admin, portal):
    assert _post(admin, groups="人社局、人力资源和社会保障局\n\n水利局，区水务局").status_code == 303
    page = admin.get(PATH).get_data(as_text=True)
    assert "人社局、人力资源和社会保障局\n水利局、区水务局" in page.replace("\r", "")
    with portal.database.reading() as session:
        assert latest(session, "rules/aliases") is not None
    assert "人社局" in Browser(create_app(portal)).get("/help").get_data(as_text=True)
    assert "改别名" in admin.get("/desk/admin/audit").get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("人社局", "第 1 行只有一个名称"),
        ("甲、" + "乙" * 61, "太长"),
        ("", "什么都没有改"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(admin, typed, said):
    answer = _post(admin, groups=typed)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert typed[:10] in answer.get_data(as_text=True)


def test_an_old_form_is_stale(admin):
    old = fields_of(admin.get(PATH).get_data(as_text=True))
    assert _post(admin, groups="甲局、乙局").status_code == 303
    answer = admin.post(PATH, data=old | {"groups": ["丙局、丁局"]})
    assert answer.status_code == 409
    assert "丙局、丁局" in answer.get_data(as_text=True)
