"""The page on which a photo is covered, without scripts."""

from __future__ import annotations

import io
import re

from PIL import Image
from sqlalchemy import func, select

from portal.domain.audit import AuditEntry
from portal.domain.progress import Report, Verb
from portal.domain.redaction import Redaction
from portal.ports import Space
from portal.worker import run_once
from portal.workflows.moderate_report import Why
from tests.browsing import Browser
from tests.covering import (
    FACE,
    PLATE,
    first_photo,
    is_black,
    names_of,
    put,
)
from tests.small_district import SmallDistrict
from tests.web.supervisor_desk.reviewing import desk_of

SEEN = re.compile(r'name="seen" value="([^"]*)"')


def cover_page(district: SmallDistrict, report_id: int) -> str:
    with district.portal.database.reading() as session:
        return f"{desk_of(report_id)}/photos/{first_photo(session, report_id).id}/cover"


def box(n: int, left: str, top: str, width: str, height: str, kind: str = "face") -> dict[str, str]:
    sides = {"left": left, "top": top, "width": width, "height": height, "kind": kind}
    return {f"{name}-{n}": value for name, value in sides.items()}


def send(browser: Browser, path: str, fields: dict[str, str], **how: str):
    """Post the form as the page stands now, without its rows."""
    page = browser.get(path).get_data(as_text=True)
    found = SEEN.search(page)
    assert found is not None
    return browser.submit(path, {"seen": how.get("seen", found[1]), **fields})


def test_four_numbers_cover_a_face_and_the_page_shows_it_covered(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=2)
    path = cover_page(district, report_id)
    assert path in supervisor.get(desk_of(report_id)).get_data(as_text=True)
    typed = (
        box(0, "10", "20.0%", "１５", "20") | box(1, "60", "70", "20", "10", "plate") | box(2, "", "", "", "")
    )
    answer = send(supervisor, path, typed)
    assert (answer.status_code, answer.location) == (303, path)
    with district.portal.database.reading() as session:
        assert first_photo(session, report_id).covers == [FACE, PLATE]
    page = supervisor.get(path).get_data(as_text=True)
    assert "遮住了 2 处：人脸、车牌（区委区政府督查室）" in page
    assert 'name="left-0" value="10"' in page
    assert "已盖 2 处" in page
    shown = supervisor.get(path.replace("cover", "480.jpg"))
    assert is_black(shown.data, FACE)


def test_rows_that_are_struck_out_or_empty_cover_nothing(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=1)
    path = cover_page(district, report_id)
    put(district, report_id, FACE, PLATE)
    kept = box(0, "10", "20", "15", "20") | {"drop-0": "1"} | box(1, "60", "70", "20", "10", "plate")
    assert send(supervisor, path, kept).status_code == 303
    with district.portal.database.reading() as session:
        assert first_photo(session, report_id).covers == [PLATE]


def test_what_is_no_box_is_named_and_nothing_is_lost(district: SmallDistrict, supervisor: Browser) -> None:
    report_id = district.submitted(photos=1)
    path = cover_page(district, report_id)
    for wrong in (
        ("10", "", "5", "5"),
        ("a", "1", "5", "5"),
        ("101", "1", "5", "5"),
        ("1", "1", "0", "5"),
        ("100", "1", "5", "5"),
    ):
        answer = send(supervisor, path, box(0, "60", "70", "20", "10") | box(1, *wrong))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, wrong
        assert "第 2 处：四个数都要填 0 到 100" in page
        assert 'href="#left-1"' in page
        assert 'name="left-0" value="60"' in page
    assert send(supervisor, path, box(0, "1", "1", "5", "5", "mouth")).status_code == 422
    with district.portal.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Redaction)) == 0


def test_what_a_colleague_changed_meanwhile_is_shown_and_ones_own_boxes_stay_typed(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=1)
    path = cover_page(district, report_id)
    put(district, report_id, FACE)
    for seen in ("", "nonsense", "1,2,3"):
        answer = send(supervisor, path, box(0, "60", "70", "20", "10"), seen=seen)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409
        assert "刚被别人改过" in page
        assert 'name="left-0" value="60"' in page


def test_what_is_under_the_covers_is_shown_to_who_may_have_the_original_and_written_down(
    district: SmallDistrict, supervisor: Browser, outsider: Browser, as_
) -> None:
    report_id = district.submitted(photos=1)
    path = cover_page(district, report_id)
    assert "under=1" not in supervisor.get(path).get_data(as_text=True), "there is nothing to look under"
    put(district, report_id, FACE)
    assert f"{path}?under=1" in supervisor.get(path).get_data(as_text=True)
    page = supervisor.get(f"{path}?under=1").get_data(as_text=True)
    under = path.replace("cover", "uncovered.jpg")
    assert f'src="{under}"' in page
    answer = supervisor.get(under)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not is_black(answer.data, FACE)
    assert Image.open(io.BytesIO(answer.data)).size == (640, 480)
    for other in (outsider, as_("reporter"), as_("admin"), Browser(supervisor.application)):
        assert other.get(under).status_code in (303, 403, 404)
    with district.portal.database.reading() as session:
        looks = session.scalars(select(AuditEntry).where(AuditEntry.act == "see_uncovered")).all()
        assert [look.actor_id for look in looks] == [district.person(session, "supervisor").id]
    run_once(district.portal)
    staged = {*district.portal.media.names(Space.STAGED)}
    with district.portal.database.reading() as session:
        assert staged == names_of(first_photo(session, report_id)), "a look leaves nothing behind"


def test_a_published_photo_is_covered_from_the_list_of_what_is_public(
    district: SmallDistrict, supervisor: Browser
) -> None:
    number = district.published(photos=1)
    with district.portal.database.reading() as session:
        report_id = session.scalars(select(Report.id).where(Report.number == number)).one()
        old = names_of(first_photo(session, report_id))
    path = cover_page(district, report_id)
    assert path in supervisor.get("/desk/supervision/published").get_data(as_text=True)
    page = supervisor.get(path).get_data(as_text=True)
    assert "这一件已经公开" in page
    assert send(supervisor, path, {}).status_code == 422
    assert "没有新的框" in send(supervisor, path, {}).get_data(as_text=True)
    assert send(supervisor, path, box(0, "10", "20", "15", "20")).status_code == 303
    page = supervisor.get(path).get_data(as_text=True)
    assert "已遮住并重新公开" in page
    assert "人脸：左 10%，上 20%，宽 15%，高 20%" in page
    run_once(district.portal)
    citizen = Browser(supervisor.application)
    for name in old:
        answer = citizen.get(f"/media/{name}")
        assert answer.status_code == 410
        assert "照片上有人脸，遮住了" in answer.get_data(as_text=True)
    report = citizen.get(f"/reports/{number}").get_data(as_text=True)
    assert "遮住了 1 处：人脸（区委区政府督查室）" in report
    assert "这次进展的照片公开以后又遮盖过，现在是第 2 版" in report
    assert "这一版的内容已经销毁" in report
    assert citizen.get(f"/reports/{number}?version=1").status_code == 410
    assert "face" in citizen.get(f"/en/reports/{number}").get_data(as_text=True)


def test_the_same_picture_that_is_public_elsewhere_is_named(
    district: SmallDistrict, supervisor: Browser
) -> None:
    number = district.published(photos=1)
    district.taken -= 1
    report_id = district.submitted(photos=1)
    page = supervisor.get(cover_page(district, report_id)).get_data(as_text=True)
    assert "同一张照片别处也公开着" in page
    assert f"/reports/{number}" in page


def test_the_unit_reads_that_it_was_covered_by_whom_and_why(district: SmallDistrict, as_) -> None:
    report_id = district.submitted(photos=1)
    put(district, report_id, FACE)
    page = as_("reporter").get(f"/desk/unit/reports/{report_id}").get_data(as_text=True)
    assert "遮住了 1 处：人脸（区委区政府督查室）" in page


def test_outside_the_remit_and_when_it_is_over_there_is_nothing_to_cover(
    district: SmallDistrict, supervisor: Browser, outsider: Browser
) -> None:
    report_id = district.submitted(photos=1)
    path = cover_page(district, report_id)
    assert outsider.get(path).status_code == 404
    assert supervisor.get(path.replace(desk_of(report_id), desk_of(district.submitted()))).status_code == 404
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", preset="too_vague"),))
    assert supervisor.get(path).status_code == 409
