from __future__ import annotations

import pytest

from portal.record.shelf import Shelf
from portal.worker import run_once
from tests.browsing import Browser
from tests.small_district import SmallDistrict

LIST = "/desk/supervision/published"
WITHDRAW = "/desk/supervision/reports/1/withdraw"
WHY = {
    "preset": "拍到了人脸、车牌或证件等个人信息",
    "text": "第 1 张有正脸",
    "basis": "《中华人民共和国政府信息公开条例》第十五条",
}


def withdrawn(district: SmallDistrict, number: str) -> bool:
    with district.portal.database.reading() as session:
        shown = Shelf(session).get(f"report/{number}")
        assert shown is not None
        return shown.withdrawn


def test_what_was_published_in_the_remit_is_listed_and_found(
    district: SmallDistrict, supervisor: Browser, outsider: Browser
) -> None:
    street = district.published()
    bureau = district.published(code=district.projects[1], login="stranger")
    page = supervisor.get(LIST).get_data(as_text=True)
    assert street in page
    assert bureau in page
    found = supervisor.get(f"{LIST}?q=水务").get_data(as_text=True)
    assert bureau in found
    assert street not in found
    assert "没有找到" in supervisor.get(f"{LIST}?q=%25").get_data(as_text=True)
    own = outsider.get(LIST).get_data(as_text=True)
    assert bureau in own
    assert street not in own
    assert "本单位报送，不归您撤" in own


def test_an_empty_list_says_why(supervisor: Browser) -> None:
    assert "还没有公开的" in supervisor.get(LIST).get_data(as_text=True)


def test_taking_down_shows_first_what_will_happen_and_does_nothing_yet(
    district: SmallDistrict, supervisor: Browser
) -> None:
    number = district.published(photos=1)
    response = supervisor.submit(WITHDRAW, {**WHY, "step": "check"})
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert "1 张照片，1 个版本的内容一起销毁" in page
    assert "拍到了人脸、车牌或证件等个人信息：第 1 张有正脸" in page
    assert WHY["basis"] in page
    assert not withdrawn(district, number)


def test_taking_down_leaves_reason_basis_and_body(district: SmallDistrict, supervisor: Browser) -> None:
    number = district.published(photos=1)
    response = supervisor.submit(WITHDRAW, {**WHY, "step": "withdraw"})
    assert (response.status_code, response.location) == (303, LIST)
    run_once(district.portal)
    assert withdrawn(district, number)
    assert f"{number} 已撤下" in supervisor.get(LIST).get_data(as_text=True)
    again = supervisor.get(WITHDRAW)
    assert again.status_code == 409
    assert "这份报送已经撤下" in again.get_data(as_text=True)


@pytest.mark.parametrize(("missing", "said"), [("reason", "写明原因。"), ("basis", "写明依据哪一条规定。")])
def test_without_reason_or_basis_the_form_comes_back_with_what_was_typed(
    district: SmallDistrict, supervisor: Browser, missing: str, said: str
) -> None:
    number = district.published()
    typed = WHY | ({"preset": "", "text": ""} if missing == "reason" else {"basis": " "})
    response = supervisor.submit(WITHDRAW, {**typed, "step": "check"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert said in page
    assert (WHY["basis"] if missing == "reason" else "第 1 张有正脸") in page
    assert not withdrawn(district, number)


def test_going_back_keeps_what_was_typed(district: SmallDistrict, supervisor: Browser) -> None:
    district.published()
    page = supervisor.submit(WITHDRAW, {**WHY, "step": "back"}).get_data(as_text=True)
    assert "第 1 张有正脸</textarea>" in page


def test_outside_the_remit_and_in_ones_own_unit_nothing_is_taken_down(
    district: SmallDistrict, outsider: Browser
) -> None:
    number = district.published()
    assert outsider.get(WITHDRAW).status_code == 404
    assert outsider.submit(WITHDRAW, {**WHY, "step": "withdraw"}, page="/account").status_code == 404
    own = district.published(code=district.projects[1], login="stranger")
    address = WITHDRAW.replace("/1/", "/2/")
    assert outsider.submit(address, {**WHY, "step": "withdraw"}, page="/account").status_code == 403
    assert not withdrawn(district, number)
    assert not withdrawn(district, own)


def test_what_is_not_published_cannot_be_taken_down(district: SmallDistrict, supervisor: Browser) -> None:
    district.submitted()
    assert supervisor.get(WITHDRAW).status_code == 409
