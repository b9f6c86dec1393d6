from __future__ import annotations

from typing import Any

from portal.domain.progress import Report
from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.web.supervisor_desk.reviewing import decide, desk_of
from tests.workflows.after_publication import corrected

QUEUE = "/desk/supervision"


def text(browser: Browser, path: str = QUEUE) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_an_empty_queue_says_why_and_offers_one_way_on(supervisor: Browser) -> None:
    page = text(supervisor)
    assert "没有要审的" in page
    assert 'href="/desk/supervision/published"' in page


def test_each_submission_says_unit_photos_how_long_it_waits_and_how_late_it_is(
    district: SmallDistrict, supervisor: Browser, clock: Any
) -> None:
    district.submitted(photos=2)
    clock.forward(minutes=29)
    page = text(supervisor)
    for words in (
        "东岸口袋公园与邻里书亭",
        "东岸街道",
        "2 张",
        "已等 29 分钟",
        "过时限 207 天",
        "待审核 1 件",
    ):
        assert words in page


def test_the_most_overdue_come_first_and_then_those_that_wait_longest(
    district: SmallDistrict, supervisor: Browser, clock: Any
) -> None:
    with district.portal.database.reading() as session:
        later = str(district.project(session, district.projects[0]).milestones[1].id)
    less_late = district.submitted(milestone=later)
    clock.forward(minutes=5)
    most_late = district.submitted(code=district.projects[1], login="stranger")
    clock.forward(minutes=5)
    newest = district.submitted()
    page = text(supervisor)
    listed = page[page.index('class="queue"') :]
    places = [listed.index(f'"{desk_of(each)}"') for each in (most_late, newest, less_late)]
    assert places == sorted(places)


def test_nobody_finds_what_they_may_not_decide(district: SmallDistrict, outsider: Browser) -> None:
    district.submitted()
    district.submitted(code=district.projects[1], login="stranger")
    page = text(outsider)
    assert "没有要审的" in page
    assert "沿河污水支管二期" not in page


def test_what_a_colleague_looks_at_carries_the_name(
    district: SmallDistrict, supervisor: Browser, second: Browser
) -> None:
    report_id = district.submitted()
    second.submit(f"{desk_of(report_id)}/claim", page=desk_of(report_id))
    assert "顾行舟在看" in text(supervisor)
    assert "顾行舟在看" not in text(second)


def test_a_correction_and_a_second_round_are_marked(district: SmallDistrict, supervisor: Browser) -> None:
    corrected(district, district.published())
    report_id = district.submitted(code=district.projects[1], login="stranger")
    with district.portal.database.writing() as session:
        session.get_one(Report, report_id).round = 3
    page = text(supervisor)
    assert "更正</span>" in page
    assert "第 2 次补正</span>" in page


def test_what_was_decided_today_is_counted(district: SmallDistrict, supervisor: Browser, clock: Any) -> None:
    decide(supervisor, district.submitted(), "return", passage__done__preset="too_vague")
    assert "今天已审 1 件，还有 0 件" in text(supervisor)
    clock.forward(hours=12)  # past midnight; the sign-in is over by then
    assert supervisor.sign_in("supervisor").status_code == 303
    assert "今天已审" not in text(supervisor)


def test_only_supervisors_enter(district: SmallDistrict, visitor: Browser, as_: Any) -> None:
    assert visitor.get(QUEUE).status_code == 303
    for login in ("reporter", "head", "leader", "admin"):
        assert as_(login).get(QUEUE).status_code == 403


def test_the_queue_speaks_english(district: SmallDistrict, supervisor: Browser) -> None:
    district.submitted()
    page = text(supervisor, f"/en{QUEUE}")
    assert "207 days past due" in page
    assert f'href="/en{QUEUE}/reports/' in page
