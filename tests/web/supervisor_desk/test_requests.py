"""Asking for photos through the pages: what is there is shown first, and the unit answers with one button."""

from __future__ import annotations

import re

from portal.domain.progress import Report
from portal.web import filters
from portal.web.app import create_app
from portal.worker import tell_burden
from tests.browsing import Browser
from tests.web.unit_desk.pages import text

ADDRESS = "/desk/supervision/projects/2026-001/requests"


def browser_of(portal, login: str) -> Browser:
    browser = Browser(create_app(portal))
    assert browser.sign_in(login).status_code == 303
    return browser


def fields(page: str, *, milestone: int = 0, **typed: str) -> dict[str, str]:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    choices = re.findall(r'<option value="(\d+)"', page)
    assert token is not None
    assert seen is not None
    told = {"milestone": choices[milestone], "cap": "4", "due_on": "2026-12-01", "reason": "缺一张全景"}
    return {"csrf_token": token[1], "seen": seen[1], **told, **typed}


def test_a_request_reaches_the_units_desk_and_one_button_opens_the_form_for_it(portal, district):
    supervisor, reporter = browser_of(portal, "supervisor"), browser_of(portal, "reporter")
    assert "报送这些照片" not in text(reporter.get("/desk/unit"))
    answer = supervisor.post(ADDRESS, data=fields(text(supervisor.get(ADDRESS)), milestone=1))
    assert answer.status_code == 303
    assert "已向单位要照片" in text(supervisor.get(ADDRESS))
    desk = text(reporter.get("/desk/unit"))
    assert "“绿化种植”的照片，最多 4 张" in desk
    assert "缺一张全景" in desk
    button = re.search(r'action="(/desk/unit/requests/\d+/report)"', desk)
    assert button is not None
    opened = reporter.submit(button[1], page="/desk/unit")
    assert opened.status_code == 303
    form = text(reporter.get(opened.location))
    assert re.search(r"<option value=\"\d+\" selected>绿化种植", form)
    with portal.database.reading() as session:
        report = session.get_one(Report, int(opened.location.rpartition("/")[2]))
        assert report.milestone.name == "绿化种植"


def test_photos_that_are_there_are_shown_before_more_are_asked_for(portal, district):
    district.published(photos=2)
    supervisor = browser_of(portal, "supervisor")
    page = text(supervisor.get(ADDRESS))
    assert "/reports/2026-000001" in page
    first = supervisor.post(ADDRESS, data=fields(page))
    assert first.status_code == 409
    assert "“挡墙加固”已经有 2 张照片" in text(first)
    assert "缺一张全景</textarea>" in text(first)
    again = supervisor.post(ADDRESS, data=fields(text(first)))
    assert again.status_code == 303


def test_what_is_wrong_is_named_at_its_field(portal, district):
    supervisor = browser_of(portal, "supervisor")
    answer = supervisor.post(ADDRESS, data=fields(text(supervisor.get(ADDRESS)), cap="99", reason=""))
    assert answer.status_code == 422
    assert "张数填 1 到 20，现在是“99”。" in text(answer)
    assert "写明原因" in text(answer)


def test_it_can_be_taken_back_by_who_asked_and_is_not_there_for_others(portal, district):
    supervisor, reporter = browser_of(portal, "supervisor"), browser_of(portal, "reporter")
    supervisor.post(ADDRESS, data=fields(text(supervisor.get(ADDRESS))))
    asked = re.search(r'action="(/desk/supervision/requests/\d+/take-back)"', text(supervisor.get(ADDRESS)))
    assert asked is not None
    outsider = browser_of(portal, "outsider")
    assert outsider.get(ADDRESS).status_code == 404
    assert outsider.submit(asked[1], page="/desk/supervision").status_code == 404
    stranger = browser_of(portal, "stranger")
    assert stranger.submit("/desk/unit/requests/1/report", page="/desk/unit").status_code == 404
    assert supervisor.submit(asked[1], page=ADDRESS).status_code == 303
    assert "报送这些照片" not in text(reporter.get("/desk/unit"))
    late = reporter.submit("/desk/unit/requests/1/report", page="/desk/unit")
    assert late.status_code == 409
    assert "已经了结" in text(late)


def test_the_public_reads_the_districts_months_and_never_a_request(portal, district, clock):
    supervisor, reader = browser_of(portal, "supervisor"), Browser(create_app(portal))
    supervisor.post(ADDRESS, data=fields(text(supervisor.get(ADDRESS)), reason="不给公众看的一句"))
    assert "还没有" in text(reader.get("/burden"))
    clock.forward(days=10)
    assert tell_burden(portal) == 1
    page = text(reader.get("/burden"))
    assert filters.month("2026-11") in page
    assert "1 次" in page
    assert "4 张" in page
    assert "东岸" not in page
    for address in ("/", "/burden", "/projects/2026-001", "/changes", "/record", "/archive?q=一句"):
        assert "不给公众看的一句" not in text(reader.get(address))
    assert "减负账本" not in text(reader.get("/changes?from=2026-01-01")).partition("<footer")[0]
    assert "Burden ledger" in text(reader.get("/en/burden"))
