"""Every address is knocked on by a stranger and by each role, against the written table."""

from __future__ import annotations

import re

import pytest

from portal.domain.progress import Report
from portal.web.app import create_app
from tests import filmed_district
from tests.browsing import Browser
from tests.filmed_district import films_are_remembered  # noqa: F401
from tests.guards.addresses import EVERYBODY, LET_IN, TABLE

# The first two look up and change nothing, for people without a cookie. Asking for letters needs none either: nobody is
# signed in, and whoever wants a letter sent somewhere can ask for it directly. The other two are pressed by mail
# programs (RFC 8058); the secret in the link is what a token would be.
WITHOUT_TOKEN = {
    "/record/receipt",
    "/verify",
    "/subscriptions",
    "/subscriptions/<token>/confirm",
    "/subscriptions/<token>/end",
}
VISITORS = sorted(LET_IN[EVERYBODY])


def rules(site):
    return {
        (method, str(rule)): rule
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_has_a_row_and_every_row_an_address(site):
    assert set(rules(site)) == set(TABLE)


@pytest.fixture
def front(portal, district):
    return create_app(portal)


@pytest.fixture
def paths(district):
    """Each rule with real things filled in: a submitted report of the unit of `reporter`, with a photo and a video."""
    report_id, video_id = filmed_district.submitted(district)
    with district.portal.database.reading() as session:
        photo_id = session.get_one(Report, report_id).photos[0].id
    fillings = {
        "report_id": str(report_id), "photo_id": str(photo_id), "video_id": str(video_id), "edge": "480", "extension": "jpg", "decision_id": "1",
        "person_id": "1", "body_id": "1", "unit_id": "1", "code": district.projects[0], "seq": "0", "number": "2026-000001",
        "token": "nothing", "name": "0.jpg", "filename": "mark.svg", "year": "2026", "rest": "0/000", "project_id": "1", "job_id": "1",
        "month": "2026-11", "round_": "1", "key": "0" * 32, "digest": "0" * 64, "ordinal": "1", "file_id": "1",
        "request_id": "1", "likeness_id": "1",
    }  # fmt: skip

    def fill(rule: str) -> str:
        return re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: fillings[found.group(1)], rule)

    return fill


@pytest.mark.parametrize("login", VISITORS)
def test_each_address_lets_in_exactly_those_in_its_row(front, paths, login):
    front.flask.config["WTF_CSRF_ENABLED"] = False  # doors alone are looked at here
    for (method, rule), audience in TABLE.items():
        browser = Browser(front)
        if login:
            browser.post("/account/login", data={"login": login, "password": "correct horse battery"})
        answer = browser.open(paths(rule), method=method)
        kept_out = answer.status_code in (401, 403) or (
            method == "GET" and answer.status_code == 303 and "/account/login" in answer.headers["Location"]
        )
        assert answer.status_code < 500, (method, rule, answer.status_code)
        assert kept_out == (login not in LET_IN[audience]), (method, rule, login, answer.status_code)


def test_whoever_is_not_let_in_learns_nothing_of_what_is_behind(front, paths):
    """A stranger gets the same answer for what exists and for what does not."""
    browser = Browser(front)
    there = browser.get(paths("/desk/unit/reports/<int:report_id>"))
    not_there = browser.get("/desk/unit/reports/999999")
    assert (there.status_code, not_there.status_code) == (303, 303)


@pytest.mark.parametrize(
    "rule", [rule for (method, rule) in TABLE if method == "GET" and "<int:report_id>" in rule]
)
def test_another_units_reporter_and_another_bodys_supervisor_find_nothing(front, paths, rule):
    login = "stranger" if rule.startswith("/desk/unit") else "outsider"
    browser = Browser(front)
    browser.sign_in(login)
    assert browser.get(paths(rule)).status_code in (403, 404)


def test_every_act_needs_the_token_of_its_page(front, paths):
    logins = {
        "unit": "reporter",
        "supervision": "supervisor",
        "administration": "admin",
        "signed_in": "reporter",
    }
    for (method, rule), audience in TABLE.items():
        if method == "GET" or rule in WITHOUT_TOKEN:
            continue
        browser = Browser(front)
        if audience in logins:
            browser.sign_in(logins[audience])
        assert browser.open(paths(rule), method=method).status_code == 400, rule
        assert browser.open(paths(rule), method=method, data={"csrf_token": "wrong"}).status_code == 400, rule
