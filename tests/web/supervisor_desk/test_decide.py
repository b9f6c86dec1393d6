from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Decision, Report, Verb
from portal.worker import run_once
from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.web.supervisor_desk.reviewing import decide, desk_of, seen, undo_address


def state_of(district: SmallDistrict, report_id: int) -> ReportState:
    with district.portal.database.reading() as session:
        return session.get_one(Report, report_id).state


def decisions(district: SmallDistrict) -> list[Decision]:
    with district.portal.database.reading() as session:
        found = list(session.scalars(select(Decision)))
        for decision in found:
            assert decision.reasons is not None
        return found


def test_approving_goes_on_to_the_next_submission_with_ten_seconds_to_undo(
    district: SmallDistrict, supervisor: Browser, clock: Any
) -> None:
    first, following = district.submitted(), district.submitted(code=district.projects[1], login="stranger")
    response = decide(supervisor, first, "approve")
    assert (response.status_code, response.location) == (303, desk_of(following))
    page = supervisor.get(response.location).get_data(as_text=True)
    assert "“东岸口袋公园与邻里书亭”已通过，马上公开。" in page
    assert "10 秒内可以撤销" in page
    clock.forward(seconds=11)
    run_once(district.portal)
    assert state_of(district, first) is ReportState.PUBLISHED
    assert "/undo" not in supervisor.get(response.location).get_data(as_text=True)


def test_after_the_last_one_the_queue_comes_back(district: SmallDistrict, supervisor: Browser) -> None:
    response = decide(supervisor, district.submitted(), "approve")
    assert response.location == "/desk/supervision"
    assert "/undo" in supervisor.get("/desk/supervision").get_data(as_text=True)


def test_the_next_one_is_never_one_that_a_colleague_holds(
    district: SmallDistrict, supervisor: Browser, second: Browser
) -> None:
    first, held = district.submitted(), district.submitted(code=district.projects[1], login="stranger")
    second.submit(f"{desk_of(held)}/claim", page=desk_of(held))
    assert decide(supervisor, first, "approve").location == "/desk/supervision"


def test_a_return_keeps_every_reason_that_was_ticked_and_written(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=2)
    with district.portal.database.reading() as session:
        one, two = (photo.id for photo in session.get_one(Report, report_id).photos)
    reasons = {
        f"photo-{one}-preset": ["unclear", "faces"],
        f"photo-{one}-text": "靠近一点",
        f"photo-{two}-text": "拍错了方向",
        "passage-done-preset": "no_figures",
    }
    assert decide(supervisor, report_id, "return", **reasons).status_code == 303
    with district.portal.database.reading() as session:
        (decision,) = session.scalars(select(Decision))
        kept = {(r.photo_id, r.passage, r.preset, r.text) for r in decision.reasons}
    assert kept == {
        (one, None, "faces", "靠近一点"),
        (one, None, "unclear", ""),
        (two, None, "", "拍错了方向"),
        (None, "done", "no_figures", ""),
    }


def test_a_return_without_a_reason_is_answered_in_words(district: SmallDistrict, supervisor: Browser) -> None:
    response = decide(supervisor, district.submitted(), "return")
    assert response.status_code == 422
    assert "退回要说原因：勾选一条，或写一句。" in response.get_data(as_text=True)
    assert decisions(district) == []


def test_approving_with_reasons_written_asks_which_is_meant_and_keeps_them(
    district: SmallDistrict, supervisor: Browser
) -> None:
    response = decide(supervisor, district.submitted(), "approve", **{"passage-done-text": "哪一段？<b>"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "哪一段？&lt;b&gt;</textarea>" in page
    assert decisions(district) == []


def test_what_changed_meanwhile_is_not_decided_and_nothing_typed_is_lost(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=1)
    with district.portal.database.reading() as session:
        photo_id = session.get_one(Report, report_id).photos[0].id
    old = seen(supervisor, report_id) | {"seen_hash": "0" * 64, "verb": "return"}
    typed = {
        f"photo-{photo_id}-preset": "of_a_screen",
        "passage-done-text": "写具体些",
        "photo-987-text": "换掉的那张",
    }
    response = supervisor.post(f"{desk_of(report_id)}/decide", data=old | typed)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "您看过之后这份报送又变了" in page
    assert 'value="of_a_screen" checked' in page
    assert "写具体些</textarea>" in page
    assert "原话：“换掉的那张”" in page
    assert decisions(district) == []


def test_a_second_decision_is_refused_with_the_name_of_who_was_first(
    district: SmallDistrict, supervisor: Browser, second: Browser
) -> None:
    report_id = district.submitted()
    late = seen(second, report_id) | {"verb": "return", "passage-done-text": "太笼统"}
    decide(supervisor, report_id, "approve")
    response = second.post(f"{desk_of(report_id)}/decide", data=late)
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert "沈砚书已经作了决定，不用再审。" in page
    assert "太笼统</textarea>" in page
    assert [d.verb for d in decisions(district)] == [Verb.APPROVE]


def test_a_decision_that_comes_after_the_effect_finds_a_page_in_words(
    district: SmallDistrict, supervisor: Browser, second: Browser
) -> None:
    report_id = district.submitted()
    late = seen(second, report_id) | {"verb": "approve"}
    district.decide(report_id, Verb.APPROVE)
    response = second.post(f"{desk_of(report_id)}/decide", data=late)
    assert response.status_code == 409
    assert "这份报送已经公开。" in response.get_data(as_text=True)


def test_a_claim_keeps_a_colleague_from_deciding_until_it_lapses(
    district: SmallDistrict, supervisor: Browser, second: Browser, clock: Any
) -> None:
    report_id = district.submitted()
    supervisor.submit(f"{desk_of(report_id)}/claim", page=desk_of(report_id))
    response = decide(second, report_id, "approve")
    assert response.status_code == 409
    assert "沈砚书正在审这一件" in response.get_data(as_text=True)
    clock.forward(minutes=5)
    assert decide(second, report_id, "approve").status_code == 303


def test_scripts_are_told_how_long_a_claim_lasts_or_who_holds_it(
    district: SmallDistrict, supervisor: Browser, second: Browser
) -> None:
    report_id = district.submitted()
    wants = {"Accept": "application/json"}
    first = supervisor.submit(f"{desk_of(report_id)}/claim", page=desk_of(report_id), headers=wants)
    assert (first.status_code, first.get_json()) == (200, {"minutes": 5})
    other = second.submit(f"{desk_of(report_id)}/claim", page=desk_of(report_id), headers=wants)
    assert other.status_code == 409
    assert "沈砚书" in other.get_json()["said"]
    supervisor.submit(f"{desk_of(report_id)}/release", page=desk_of(report_id), headers=wants)
    assert state_of(district, report_id) is ReportState.SUBMITTED


def test_undoing_within_ten_seconds_brings_the_submission_back_with_its_reasons(
    district: SmallDistrict, supervisor: Browser, clock: Any
) -> None:
    report_id = district.submitted()
    response = decide(supervisor, report_id, "return", **{"passage-done-text": "写清楚"})
    address = undo_address(supervisor.get(response.location).get_data(as_text=True))
    clock.forward(seconds=9)
    undone = supervisor.submit(address, page="/desk/supervision")
    assert (undone.status_code, undone.location) == (303, desk_of(report_id))
    page = supervisor.get(undone.location).get_data(as_text=True)
    assert "已撤销，这一件还在您手里。" in page
    assert "写清楚</textarea>" in page
    assert "写清楚</textarea>" not in supervisor.get(f"{desk_of(report_id)}?fresh=1").get_data(as_text=True)
    clock.forward(seconds=60)
    run_once(district.portal)
    assert state_of(district, report_id) is ReportState.IN_REVIEW


def test_after_ten_seconds_a_decision_stands_and_the_page_says_what_to_do_instead(
    district: SmallDistrict, supervisor: Browser, clock: Any
) -> None:
    decide(supervisor, district.submitted(), "approve")
    address = undo_address(supervisor.get("/desk/supervision").get_data(as_text=True))
    clock.forward(seconds=10)
    response = supervisor.submit(address, page="/account")
    assert response.status_code == 409
    assert "过了 10 秒，已经生效，撤不回来了。" in response.get_data(as_text=True)


def test_a_colleague_cannot_undo(district: SmallDistrict, supervisor: Browser, second: Browser) -> None:
    decide(supervisor, district.submitted(), "approve")
    address = undo_address(supervisor.get("/desk/supervision").get_data(as_text=True))
    assert second.submit(address, page="/account").status_code == 409
    assert "/undo" not in second.get("/desk/supervision").get_data(as_text=True)


@pytest.mark.parametrize("act", ["decide", "claim", "release"])
def test_outside_the_remit_and_without_a_token_nothing_is_done(
    district: SmallDistrict, supervisor: Browser, outsider: Browser, act: str
) -> None:
    report_id = district.submitted()
    address = f"{desk_of(report_id)}/{act}"
    assert outsider.submit(address, {"verb": "approve"}, page="/account").status_code == 404
    assert supervisor.post(address, data={"verb": "approve"}).status_code == 400
    bureau = district.submitted(code=district.projects[1], login="stranger")
    refused = outsider.submit(f"{desk_of(bureau)}/{act}", {"verb": "approve"}, page="/account")
    assert refused.status_code == 403
    assert state_of(district, report_id) is ReportState.SUBMITTED
    with district.portal.database.reading() as session:
        acts = set(session.scalars(select(AuditEntry.act)))
    assert not acts & {"decide_approve", "claim_report", "release_report"}
