"""Pictures that look alike, side by side: who sees what of the other, and what an answer keeps."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.domain.likeness import Answer, Likeness
from portal.domain.progress import Verb
from portal.web.app import create_app
from tests.browsing import Browser
from tests.likenesses import compared, drawn, submitted_with
from tests.web.supervisor_desk.reviewing import desk_of, seen
from tests.workflows.after_publication import take_down


def page_of(browser: Browser, report_id: int) -> str:
    response = browser.get(desk_of(report_id))
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.fixture
def pair(district, portal):
    """A submission of the street, and one of the bureau that shows the same picture, smaller; ids of both."""
    first = submitted_with(district, drawn(1))
    again = submitted_with(district, drawn(1).resize((280, 210)), code=district.projects[1], login="stranger")
    compared(portal, again)
    return first, again


def likeness(portal) -> Likeness:
    with portal.database.reading() as session:
        return session.scalars(select(Likeness)).one()


def test_both_pictures_stand_side_by_side_with_where_and_when(district, portal, supervisor, pair):
    first, again = pair
    page = page_of(supervisor, again)
    section = re.search(r'<section class="likeness".*?</section>', page, re.S)
    assert section is not None
    for words in (
        "像是同一张",
        "东岸街道",
        "东岸口袋公园与邻里书亭",
        "2026年11月24日",
        "由您决定",
        "是旧照重用",
    ):
        assert words in section[0], words
    assert f'href="{desk_of(first)}"' in section[0]
    address = re.search(r'src="(/desk/supervision/reports/\d+/likenesses/\d+\.jpg)"', section[0])
    answer = supervisor.get(address[1])
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "提醒 1 处" in page
    assert "每一张都和以前收到的照片比过，一共 2 张。" in page


def test_of_a_picture_outside_the_remit_only_unit_day_and_a_small_rendition_are_shown(
    district, portal, as_, pair
):
    from portal.domain.organisation import Remit, SupervisionBody

    first, again = pair
    with (
        portal.database.writing() as session
    ):  # a body that sees the bureau's project and is not hosted by it
        body = session.scalars(select(SupervisionBody).where(SupervisionBody.district_wide)).one()
        body.district_wide = False
        session.add(Remit(body_id=body.id, unit_id=district.project(session, district.projects[1]).unit.id))
    supervisor = as_("supervisor")
    section = re.search(r'<section class="likeness".*?</section>', page_of(supervisor, again), re.S)[0]
    assert "东岸街道" in section
    assert "2026年11月24日" in section
    assert "还没有公开，不在您机构的职责范围内" in section
    assert "东岸口袋公园" not in section
    assert desk_of(first) not in section
    assert supervisor.get(re.search(r'src="([^"]+likenesses[^"]+)"', section)[1]).status_code == 200
    assert supervisor.get(desk_of(first)).status_code == 404


def test_a_public_picture_leads_to_its_public_page(district, portal, supervisor):
    first = submitted_with(district, drawn(1))
    district.decide(first, Verb.APPROVE)
    again = submitted_with(district, drawn(1), code=district.projects[1], login="stranger")
    compared(portal, again)
    page = page_of(supervisor, again)
    assert "是同一个文件" in page
    assert 'href="/reports/2026-000001"' in page


def test_a_picture_that_was_taken_down_is_said_and_not_shown(district, portal, supervisor):
    first = submitted_with(district, drawn(1))
    district.decide(first, Verb.APPROVE)
    take_down(district, "2026-000001")
    again = submitted_with(district, drawn(1).resize((280, 210)), code=district.projects[1], login="stranger")
    compared(portal, again)
    page = page_of(supervisor, again)
    assert "那一张已经撤下，只留着特征" in page
    address = f"{desk_of(again)}/likenesses/{likeness(portal).id}.jpg"
    assert supervisor.get(address).status_code == 404


def test_an_answer_is_kept_and_said(district, portal, supervisor, pair):
    _first, again = pair
    fields = seen(supervisor, again) | {"answer": "same_scene"}
    answer = supervisor.post(f"{desk_of(again)}/likenesses/{likeness(portal).id}", data=fields)
    assert (answer.status_code, answer.location) == (303, f"{desk_of(again)}#likeness-{likeness(portal).id}")
    assert likeness(portal).answer is Answer.SAME_SCENE
    page = page_of(supervisor, again)
    assert "沈砚书 2026年11月24日看过：同一地点重新拍的。" in page
    assert re.search(r'value="same_scene"[^>]*aria-pressed="true"', page)


def test_reasons_that_are_typed_stay_when_a_likeness_is_answered(district, portal, supervisor, pair):
    _first, again = pair
    with portal.database.reading() as session:
        photo_id = session.scalars(select(Likeness)).one().photo_id
    fields = seen(supervisor, again) | {"answer": "reused", f"photo-{photo_id}-text": "请用新拍的"}
    answer = supervisor.post(f"{desk_of(again)}/likenesses/{likeness(portal).id}", data=fields)
    assert answer.status_code == 200
    assert "请用新拍的" in answer.get_data(as_text=True)
    assert likeness(portal).answer is Answer.REUSED


def test_what_is_no_answer_is_none(district, portal, supervisor, pair):
    _first, again = pair
    fields = seen(supervisor, again) | {"answer": "reject"}
    assert (
        supervisor.post(f"{desk_of(again)}/likenesses/{likeness(portal).id}", data=fields).status_code == 400
    )
    assert likeness(portal).answer is None


def test_a_likeness_belongs_to_its_report(district, portal, supervisor, pair):
    first, again = pair
    assert supervisor.get(f"{desk_of(first)}/likenesses/{likeness(portal).id}.jpg").status_code == 404
    assert supervisor.get(f"{desk_of(again)}/likenesses/99.jpg").status_code == 404


def test_neither_units_nor_the_public_learn_of_a_likeness(district, portal, as_, pair):
    _first, again = pair
    district.decide(again, Verb.APPROVE)
    unit = as_("stranger").get(f"/desk/unit/reports/{again}").get_data(as_text=True)
    window = Browser(create_app(portal)).get("/reports/2026-000001").get_data(as_text=True)
    for page in (unit, window):
        assert "likeness" not in page
        assert "像是" not in page


def test_a_photo_that_is_not_compared_yet_is_said(district, supervisor):
    page = page_of(supervisor, submitted_with(district, drawn(1), drawn(2)))
    assert "第 1、2 张还没有和以前的照片比完" in page
