"""Videos on the review desk: watched before they are approved, returned with reasons."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.lifecycle import ReportState
from portal.domain.progress import Report, Video
from portal.wiring import Portal
from tests.browsing import Browser
from tests.filmed_district import SAID, films_are_remembered, make, submitted  # noqa: F401
from tests.small_district import SmallDistrict
from tests.web.supervisor_desk.reviewing import decide, desk_of


def test_a_film_that_is_not_made_yet_shows_its_picture_and_cannot_be_approved(
    supervisor: Browser, portal: Portal, district: SmallDistrict
) -> None:
    report_id, _video_id = submitted(district, made=False)
    page = supervisor.get(desk_of(report_id)).text
    assert "排队等转换" in page
    assert SAID in page
    assert "<video" not in page
    assert "录像还在转换，转换好、看过以后再通过。现在可以退回。" in page
    answer = decide(supervisor, report_id, "approve")
    assert answer.status_code == 409
    assert "录像还在转换" in answer.text
    with portal.database.reading() as session:
        assert session.get_one(Report, report_id).pending is None
    make(district)
    page = supervisor.get(desk_of(report_id)).text
    assert "<video controls" in page
    assert decide(supervisor, report_id, "approve").status_code == 303


def test_a_submitted_film_plays_from_any_place_of_it(supervisor: Browser, district: SmallDistrict) -> None:
    report_id, video_id = submitted(district)
    address = f"{desk_of(report_id)}/videos/{video_id}/film.mp4"
    whole = supervisor.get(address)
    assert (whole.status_code, whole.content_type) == (200, "video/mp4")
    part = supervisor.get(address, headers={"Range": "bytes=-20"})
    assert (part.status_code, part.data) == (206, whole.data[-20:])
    assert supervisor.get(f"{desk_of(report_id)}/videos/{video_id}/240.jpg").content_type == "image/jpeg"
    assert supervisor.get(f"{desk_of(report_id)}/videos").json["videos"][0]["state"] == "ready"
    assert supervisor.get(f"{desk_of(report_id)}/videos/{video_id + 9}/film.mp4").status_code == 404


def test_the_original_is_a_download_that_is_written_down_and_nobody_elses(
    supervisor: Browser, outsider: Browser, district: SmallDistrict
) -> None:
    report_id, video_id = submitted(district)
    address, page = f"{desk_of(report_id)}/videos/{video_id}/original", desk_of(report_id)
    assert f'formaction="{address}"' in supervisor.get(page).text
    assert outsider.submit(address, page="/account").status_code == 404
    assert supervisor.submit(f"{page}/videos/{video_id + 9}/original", page=page).status_code == 404
    with district.portal.database.reading() as session:
        assert "open_original" not in set(session.scalars(select(AuditEntry.act)))
        sealed = session.get_one(Video, video_id).original_sha256
    taken = supervisor.submit(address, page=page)
    assert (taken.status_code, taken.mimetype) == (200, "video/mp4")
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(taken.data).hexdigest() == sealed
    with district.portal.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "open_original")).one()
        assert (entry.subject_kind, entry.detail) == ("video", {"video": sealed})


def test_videos_go_back_with_a_reason(
    supervisor: Browser, portal: Portal, district: SmallDistrict, clock
) -> None:
    report_id, _video_id = submitted(district)
    fields = {"passage-videos-preset": ["film_mismatch"], "passage-videos-text": "说的是西门，拍的是东门"}
    assert decide(supervisor, report_id, "return", **fields).status_code == 303
    with portal.database.reading() as session:
        [reason] = session.get_one(Report, report_id).pending.reasons
        assert (reason.passage, reason.preset, reason.text) == (
            "videos",
            "film_mismatch",
            "说的是西门，拍的是东门",
        )
        assert SAID in reason.before
        assert session.get_one(Report, report_id).state is ReportState.IN_REVIEW


def test_a_report_without_videos_says_nothing_of_them(supervisor: Browser, district: SmallDistrict) -> None:
    page = supervisor.get(desk_of(district.submitted(photos=1))).text
    assert "录像" not in page
