"""The record of everything the unit reported, and corrections of what is public."""

from __future__ import annotations

import pytest

from portal.domain.lifecycle import ReportState
from portal.domain.progress import Verb
from portal.queries import unit_work
from tests.web.unit_desk.pages import path_of, send, text


@pytest.fixture
def published(district) -> int:
    report_id = district.submitted(photos=1)
    district.decide(report_id, Verb.APPROVE)
    return report_id


def correct(browser, report_id: int, reason: str):
    return browser.submit(f"{path_of(report_id)}/correct", {"reason": reason}, page=path_of(report_id))


def test_every_report_is_listed_with_its_state_and_its_public_page(reporter, district, published, look):
    district.draft()
    page = text(reporter.get("/desk/unit/reports"))
    number = look(published, lambda r: r.number)
    assert f'href="/reports/{number}"' in page
    assert "已公开" in page
    assert "草稿" in page


def test_the_list_narrows_to_one_state(reporter, district, published):
    draft = district.draft()
    page = text(reporter.get("/desk/unit/reports?state=draft"))
    assert path_of(draft) in page
    assert path_of(published) not in page
    assert reporter.get("/desk/unit/reports?state=nonsense&page=99").status_code == 200


def test_long_lists_are_turned_page_by_page(reporter, district, monkeypatch):
    monkeypatch.setattr(unit_work, "PAGE", 1)
    first = district.submitted()
    second = district.submitted()
    newest, older = (text(reporter.get(f"/desk/unit/reports?page={page}")) for page in (1, 2))
    assert path_of(second) in newest
    assert path_of(first) not in newest
    assert path_of(first) in older
    assert 'href="/desk/unit/reports?page=2"' in newest


def test_another_unit_sees_nothing_of_it(sign_in, district, published):
    assert path_of(published) not in text(sign_in("stranger").get("/desk/unit/reports"))


def test_a_correction_needs_a_reason(reporter, published, look):
    answer = correct(reporter, published, "  ")
    assert answer.status_code == 422
    assert "写明为什么更正，公众看得到。" in text(answer)


def test_a_correction_becomes_the_next_version_and_the_old_one_stands_until_then(
    reporter, district, published, look
):
    answer = correct(reporter, published, "数量写错了")
    assert answer.status_code == 303
    draft = int(answer.location.rsplit("/", 1)[1])
    page = text(reporter.get(path_of(draft)))
    assert "这是对第 2026-000001 号的更正" in page
    assert "更正原因：数量写错了" in page
    assert send(reporter, draft, act="submit", done="主体封顶，砌筑完成四层。").status_code == 303
    assert look(published, lambda r: r.state) is ReportState.PUBLISHED
    district.decide(draft, Verb.APPROVE)
    assert look(published, lambda r: r.state) is ReportState.SUPERSEDED
    assert look(draft, lambda r: (r.number, r.version)) == ("2026-000001", 2)
    assert "这一版已被更正代替" in text(reporter.get(path_of(published)))


def test_asking_twice_leads_to_the_same_correction(reporter, published):
    assert (
        correct(reporter, published, "数量写错了").location
        == correct(reporter, published, "又问一次").location
    )


def test_what_is_not_public_cannot_be_corrected(reporter, district, look):
    report_id = district.submitted()
    token = reporter.token("/desk/unit")
    answer = reporter.post(f"{path_of(report_id)}/correct", data={"csrf_token": token, "reason": "想改"})
    assert answer.status_code == 409
