"""The unit's first page, and the acts on its projects."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.lifecycle import MatterState
from tests.web.unit_desk.pages import path_of, text


@pytest.fixture
def state_of(portal, district):
    def ask(code: str) -> MatterState:
        with portal.database.reading() as session:
            return district.project(session, code).state

    return ask


def act(browser, code: str, name: str):
    return browser.submit(f"/desk/unit/projects/{code}/act", {"act": name}, page="/desk/unit")


def test_it_says_how_far_behind_plan_each_project_is_and_what_is_next(reporter, district):
    page = text(reporter.get("/desk/unit"))
    assert "东岸口袋公园与邻里书亭" in page
    assert "沿河污水支管二期" not in page
    assert "比计划慢 89 个百分点。" in page
    assert "竣工验收" in page
    assert "还有 31 天" in page
    assert "还没有" in page


def test_a_published_report_counts_as_the_last_one(reporter, district):
    number = district.published()
    page = text(reporter.get("/desk/unit"))
    assert f'href="/reports/{number}"' in page
    assert "比计划慢 49 个百分点。" in page


def test_a_draft_is_gone_on_with_instead_of_a_second_one(reporter, district):
    report_id = district.draft()
    page = text(reporter.get("/desk/unit"))
    assert "接着写" in page
    assert f'href="{path_of(report_id)}"' in page
    assert f'action="/desk/unit/projects/{district.projects[0]}/report"' not in page


def test_a_phone_that_began_without_a_network_is_told_the_one_draft_however_often_it_asks(
    reporter, sign_in, portal, district
):
    code, words = district.projects[0], {"Accept": "application/json"}
    address = f"/desk/unit/projects/{code}/report"
    told = [reporter.submit(address, page="/desk/unit", headers=words).json for _ in range(2)]
    assert told[0] == told[1]
    page = told[0]["page"]
    assert path_of(int(told[0]["report"])) == page
    assert [told[0][way] for way in ("uploads", "photos")] == [f"{page}/uploads", f"{page}/photos"]
    assert f'data-begin="{address}"' in text(reporter.get("/desk/unit"))
    refused = sign_in("stranger").submit(address, page="/desk/unit", headers=words)
    assert (refused.status_code, bool(refused.json["said"])) == (404, True)


def test_what_waits_says_how_long(reporter, district, clock):
    district.submitted()
    clock.forward(minutes=25)
    assert "已等 25 分钟" in text(reporter.get("/desk/unit"))


def test_the_head_acknowledges_starts_and_claims_completion(sign_in, district, state_of, portal):
    code, head = district.projects[0], sign_in("head")
    for name, label, state in (
        ("accept", "签收", MatterState.ACCEPTED),
        ("start", "开始办理", MatterState.IN_PROGRESS),
        ("claim_completion", "申请办结", MatterState.COMPLETION_CLAIMED),
    ):
        assert label in text(head.get("/desk/unit"))
        assert act(head, code, name).status_code == 303
        assert state_of(code) is state
    assert "已申请办结，在等督查机构核实。" in text(head.get("/desk/unit"))
    with portal.database.reading() as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert {"matter_accept", "matter_start", "matter_claim_completion"} <= set(acts)


def test_a_reporter_has_no_button_for_what_only_the_head_may_do(reporter, district, state_of):
    assert 'value="accept"' not in text(reporter.get("/desk/unit"))
    answer = reporter.submit(
        f"/desk/unit/projects/{district.projects[0]}/act", {"act": "accept"}, page="/desk/unit"
    )
    assert answer.status_code == 403
    assert state_of(district.projects[0]) is MatterState.ASSIGNED


def test_an_act_that_does_not_exist_now_is_refused_in_words(sign_in, district):
    answer = act(sign_in("head"), district.projects[0], "claim_completion")
    assert answer.status_code == 409
    assert act(sign_in("head"), district.projects[0], "nonsense").status_code == 400


def test_another_units_project_is_not_found(sign_in, district):
    code = district.projects[1]
    head = sign_in("head")
    assert act(head, code, "accept").status_code == 404
    assert head.submit(f"/desk/unit/projects/{code}/report", page="/desk/unit").status_code == 404


def test_others_do_not_enter(sign_in, visitor):
    for login in ("supervisor", "leader", "admin"):
        assert sign_in(login).get("/desk/unit").status_code == 403
    answer = visitor.get("/desk/unit")
    assert (answer.status_code, answer.location) == (303, "/account/login?next=/desk/unit")
