from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.progress import Report, Verb
from portal.workflows.moderate_report import Why
from tests.browsing import Browser
from tests.small_district import SmallDistrict, picture
from tests.web.supervisor_desk.reviewing import desk_of


def photo_address(district: SmallDistrict, report_id: int) -> str:
    with district.portal.database.reading() as session:
        return f"{desk_of(report_id)}/photos/{session.get_one(Report, report_id).photos[0].id}"


def test_a_reviewer_sees_our_renditions_and_nothing_is_kept_of_them(
    district: SmallDistrict, supervisor: Browser
) -> None:
    address = photo_address(district, district.submitted(photos=1))
    for name, kind in (("480.jpg", "image/jpeg"), ("480.avif", "image/avif")):
        response = supervisor.get(f"{address}/{name}")
        assert (response.status_code, response.mimetype) == (200, kind)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content_length == len(response.data) > 100
    assert (
        hashlib.sha256(picture(1)).hexdigest()
        != hashlib.sha256(supervisor.get(f"{address}/480.jpg").data).hexdigest()
    )


@pytest.mark.parametrize("name", ["481.jpg", "480.png", "480", "original", "480.jpg/../original"])
def test_there_is_nothing_but_the_renditions(district: SmallDistrict, supervisor: Browser, name: str) -> None:
    response = supervisor.get(f"{photo_address(district, district.submitted(photos=1))}/{name}")
    assert response.status_code in (404, 405)


def test_photos_outside_the_remit_of_drafts_and_of_other_reports_are_not_there(
    district: SmallDistrict, supervisor: Browser, outsider: Browser
) -> None:
    report_id = district.submitted(photos=1)
    address = photo_address(district, report_id)
    assert outsider.get(f"{address}/480.jpg").status_code == 404
    other = district.submitted(code=district.projects[1], login="stranger")
    borrowed = address.replace(desk_of(report_id), desk_of(other))
    assert supervisor.get(f"{borrowed}/480.jpg").status_code == 404
    draft = photo_address(district, district.draft(photos=1))
    assert supervisor.get(f"{draft}/480.jpg").status_code == 404


def test_after_a_return_the_photos_are_the_units_again(district: SmallDistrict, supervisor: Browser) -> None:
    report_id = district.submitted(photos=1)
    address = photo_address(district, report_id)
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", preset="too_vague"),))
    assert supervisor.get(f"{address}/480.jpg").status_code == 404


def test_the_original_is_a_download_that_is_written_down(
    district: SmallDistrict, supervisor: Browser
) -> None:
    report_id = district.submitted(photos=1)
    response = supervisor.submit(
        f"{photo_address(district, report_id)}/original", page=desk_of(report_id), buffered=True
    )
    assert response.status_code == 200
    assert response.data == picture(1)
    assert response.mimetype == "image/jpeg"
    assert response.headers["Content-Disposition"].startswith("attachment")
    with district.portal.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "open_original")).one()
        assert entry.actor_id == district.person(session, "supervisor").id
        assert entry.detail == {"photo": hashlib.sha256(picture(1)).hexdigest()}


def test_nobody_else_gets_an_original(district: SmallDistrict, outsider: Browser, as_: object) -> None:
    address = photo_address(district, district.submitted(photos=1))
    assert outsider.submit(f"{address}/original", page="/account").status_code == 404
    own = photo_address(district, district.submitted(code=district.projects[1], login="stranger", photos=1))
    assert outsider.submit(f"{own}/original", page="/account").status_code == 403
    for login in ("reporter", "leader", "admin"):
        assert as_(login).submit(f"{address}/original", page="/account").status_code == 403  # type: ignore[operator]
    with district.portal.database.reading() as session:
        assert "open_original" not in set(session.scalars(select(AuditEntry.act)))
