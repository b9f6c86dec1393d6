"""Errors in the site's own look, with what can be done about them."""

from __future__ import annotations

import io
import re

import pytest

from portal.web.app import create_app
from tests.browsing import Browser

MB = 1024 * 1024


def _too_much(browser, path, megabytes, language=""):
    """A form that says that it is so large; the portal refuses before it reads any of it."""
    return browser.open(
        language + path,
        method="POST",
        input_stream=io.BytesIO(b"--x--"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(megabytes * MB)},
    )


@pytest.mark.parametrize(
    ("language", "said"), [("", "一次一共最多 1440 MB"), ("/en", "all together 1440 MB")]
)
def test_photos_beyond_what_one_form_takes_are_refused_with_the_real_limit(district, portal, language, said):
    browser = Browser(create_app(portal))
    browser.sign_in("reporter")
    path = f"/desk/unit/reports/{district.draft()}"
    answer = _too_much(browser, path, 1442, language)
    assert answer.status_code == 413
    page = answer.get_data(as_text=True)
    assert said in page
    assert "40 MB" in page


def test_any_other_form_says_that_it_takes_less(district, portal):
    browser = Browser(create_app(portal))
    answer = _too_much(browser, "/account/login", 3)
    assert answer.status_code == 413
    assert "这一页一次最多收 1 MB" in answer.get_data(as_text=True)


def test_the_example_proxy_lets_through_what_the_portal_takes_and_no_claims_of_readers(portal):
    """deploy/nginx.conf and the application agree."""
    example = (portal.settings.model_config["env_file"].parent / "deploy" / "nginx.conf").read_text("utf-8")
    most = max(int(size) for size in re.findall(r"client_max_body_size (\d+)m;", example))
    assert most >= 842
    for header in ("Host", "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Proto"):
        assert re.search(rf"proxy_set_header {header} +\$", example), header


def test_an_empty_portal_answers_on_every_front_page(portal):
    """Nothing is on the record yet: no head, no lamps, no units."""
    browser = Browser(create_app(portal))
    for path in (
        "/",
        "/projects",
        "/units",
        "/archive",
        "/record",
        "/en/",
        "/feeds/latest.atom",
        "/sitemap.xml",
    ):
        assert browser.get(path).status_code == 200, path


def test_the_menu_stands_on_a_page_that_is_not_there_and_on_letters_pages(portal):
    browser = Browser(create_app(portal))
    for path in ("/nothing-here", "/subscriptions/asked", "/account/login"):
        assert 'href="/projects"' in browser.get(path).get_data(as_text=True), path
