from __future__ import annotations

from portal.domain.lifecycle import MatterAct, MatterState
from portal.record.shelf import Shelf
from portal.workflows.edit_plan import act_on_project
from tests.browsing import Browser
from tests.small_district import SmallDistrict

LEDGER = "/desk/supervision/projects"


def claimed(district: SmallDistrict, place: int = 0, login: str = "head") -> str:
    """The address of a project whose unit says it is done."""
    code = district.projects[place]
    with district.portal.database.writing() as session:
        project, actor = district.project(session, code), district.person(session, login)
        for act in (MatterAct.ACCEPT, MatterAct.START, MatterAct.CLAIM_COMPLETION):
            act_on_project(
                session, project=project, act=act, reason="", actor=actor, now=district.portal.now()
            )
    return f"{LEDGER}/{code}"


def state_of(district: SmallDistrict, place: int = 0) -> MatterState:
    with district.portal.database.reading() as session:
        return district.project(session, district.projects[place]).state


def test_the_ledger_puts_what_is_most_behind_first(district: SmallDistrict, supervisor: Browser) -> None:
    number = district.published(physical_percent="80")
    page = supervisor.get(LEDGER).get_data(as_text=True)
    assert page.index("沿河污水支管二期") < page.index("东岸口袋公园与邻里书亭")
    for words in (
        "比计划慢 89 个百分点。",
        "比计划慢 9 个百分点。",
        "红灯·滞后",
        "黄灯·预警",
        f'href="/reports/{number}"',
        "已交办",
    ):
        assert words in page


def test_the_ledger_shows_the_remit_only(district: SmallDistrict, outsider: Browser) -> None:
    page = outsider.get(LEDGER).get_data(as_text=True)
    assert "沿河污水支管二期" in page
    assert "东岸口袋公园与邻里书亭" not in page
    assert outsider.get(f"{LEDGER}/{district.projects[0]}").status_code == 404
    assert outsider.get(f"{LEDGER}/2026-999").status_code == 404


def test_a_claim_of_completion_is_checked_completed_and_struck_off(
    district: SmallDistrict, supervisor: Browser
) -> None:
    address = claimed(district)
    assert "等核查&nbsp;1" in supervisor.get(LEDGER).get_data(as_text=True)
    response = supervisor.submit(f"{address}/act", {"act": "complete", "reason": "现场核过"}, page=address)
    assert (response.status_code, response.location) == (303, address)
    assert "已记下，现在是“已办结”。" in supervisor.get(address).get_data(as_text=True)
    supervisor.submit(f"{address}/act", {"act": "close_out", "reason": ""}, page=address)
    assert state_of(district) is MatterState.CLOSED
    with district.portal.database.reading() as session:
        states = [
            shown.document["state"] for shown in Shelf(session).history(f"project/{district.projects[0]}")
        ]
    assert states[-2:] == ["completed", "closed"]
    assert "已经了结，没有要办的。" in supervisor.get(address).get_data(as_text=True)


def test_sending_back_needs_a_reason_and_keeps_the_page(district: SmallDistrict, supervisor: Browser) -> None:
    address = claimed(district)
    response = supervisor.submit(f"{address}/act", {"act": "return", "reason": " "}, page=address)
    assert response.status_code == 422
    assert "写明原因。" in response.get_data(as_text=True)
    assert state_of(district) is MatterState.COMPLETION_CLAIMED
    supervisor.submit(f"{address}/act", {"act": "return", "reason": "挡墙还差 20 米"}, page=address)
    assert state_of(district) is MatterState.IN_PROGRESS


def test_acts_that_do_not_exist_here_are_refused(district: SmallDistrict, supervisor: Browser) -> None:
    address = f"{LEDGER}/{district.projects[0]}"
    assert "单位申请办结以后，在这里核查" in supervisor.get(address).get_data(as_text=True)
    assert supervisor.submit(f"{address}/act", {"act": "complete"}, page="/account").status_code == 409
    assert supervisor.submit(f"{address}/act", {"act": "archive"}, page="/account").status_code == 403
    assert supervisor.submit(f"{address}/act", {"act": "bury"}, page="/account").status_code == 404
    assert state_of(district) is MatterState.ASSIGNED


def test_nobody_checks_the_projects_of_their_own_unit(district: SmallDistrict, outsider: Browser) -> None:
    with district.portal.database.writing() as session:
        district.project(session, district.projects[1]).state = MatterState.COMPLETION_CLAIMED
    address = f"{LEDGER}/{district.projects[1]}"
    assert "由别的督查机构核查" in outsider.get(address).get_data(as_text=True)
    assert outsider.submit(f"{address}/act", {"act": "complete"}, page="/account").status_code == 403
