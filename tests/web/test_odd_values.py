"""Numbers and characters that no database row can hold are answered, never a fault."""

from __future__ import annotations

import pytest

from portal.web.app import create_app
from tests.browsing import Browser

FAR = 10**20  # beyond any integer column


@pytest.mark.parametrize(
    "path",
    [
        f"/record/{FAR}",
        "/record/9999999999",
        f"/record?before={FAR}",
        f"/archive?page={FAR}",
        "/archive?q=a%00b",
        "/projects?q=%00",
        "/projects/%00",
        "/reports/%00",
        "/units/%00",
        "/media/%00",
        "/account/link/%00",
    ],
)
def test_a_window_finds_nothing_there(visitor, path):
    assert visitor.get(path).status_code in (200, 404, 410)


@pytest.mark.parametrize(
    "path", ["/desk/admin/people?q=%00", f"/desk/admin/people/{FAR}", "/desk/admin/people?role=%00"]
)
def test_a_desk_finds_nothing_there(portal, district, path):
    admin = Browser(create_app(portal))
    admin.sign_in("admin")
    assert admin.get(path).status_code in (200, 404)


def test_nobody_signs_in_with_a_name_that_cannot_be(portal, district):
    assert Browser(create_app(portal)).sign_in("re\x00porter", "x").status_code in (400, 401, 403, 422)
