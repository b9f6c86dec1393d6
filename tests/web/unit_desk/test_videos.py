"""Videos on the unit's desk: a plain form takes them, a script takes them one by one, and both say what is wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from portal.domain.lifecycle import ReportState
from portal.domain.progress import MAX_PHOTO_BYTES, FilmState, Verb
from portal.web.app import create_app
from portal.wiring import Portal
from portal.workflows.moderate_report import Why
from tests.browsing import Browser
from tests.filmed_district import SAID, add, films_are_remembered, make, submitted  # noqa: F401
from tests.filming import film
from tests.small_district import SmallDistrict
from tests.web.unit_desk.pages import fields_of, path_of, post, send, text

Look = Callable[..., Any]


def choose(browser: Browser, report_id: int, *names: str, act: str = "save", **typed: str) -> Any:
    """The plain form with videos chosen."""
    data: dict[str, Any] = {**fields_of(browser, report_id), **typed, "act": act}
    data["videos"] = [(io.BytesIO(film(name)), f"现场 {name}") for name in names]
    return post(browser, path_of(report_id), data)


def upload(browser: Browser, report_id: int, content: bytes, name: str = "IMG_1.MOV") -> Any:
    data = {"videos": (io.BytesIO(content), name), "csrf_token": fields_of(browser, report_id)["csrf_token"]}
    return post(browser, f"{path_of(report_id)}/videos", data, Accept="application/json")


def test_the_plain_form_takes_a_video_says_how_far_it_is_and_what_is_published(
    reporter: Browser, district: SmallDistrict, look: Look
) -> None:
    report_id = district.draft()
    assert choose(reporter, report_id, "telephone.mp4").status_code == 303
    page = text(reporter.get(path_of(report_id)))
    assert "排队等转换" in page
    assert "不带声音" in page
    assert "现场 telephone.mp4" in page
    assert look(report_id, lambda report: [v.file_name for v in report.videos]) == ["现场 telephone.mp4"]
    make(district)
    page = text(reporter.get(path_of(report_id)))
    assert "转换好了" in page
    source = re.search(rf'href="({path_of(report_id)}/videos/\d+/film\.mp4)"', page)
    assert source is not None
    answer = reporter.get(source[1])
    assert answer.content_type == "video/mp4"
    assert answer.headers["Cache-Control"] == "no-store"
    part = reporter.get(source[1], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.data) == (206, b"ftyp")


def test_a_bad_video_is_named_with_its_cure_and_stops_nothing_else(
    reporter: Browser, district: SmallDistrict, look: Look
) -> None:
    report_id = district.draft()
    data: dict[str, Any] = {**fields_of(reporter, report_id), "act": "save", "done": "新写的一句。"}
    data["videos"] = [
        (io.BytesIO(film("sound.mp4")), "只有声音.mp4"),
        (io.BytesIO(film()[:4000]), "半截.mp4"),
        (io.BytesIO(film("telephone.mov")), "好的.mov"),
    ]
    answer = post(reporter, path_of(report_id), data)
    assert answer.status_code == 422
    assert "只有声音.mp4" in text(answer)
    assert "里面只有声音，没有画面。" in text(answer)
    assert "录像不完整" in text(answer)
    assert look(report_id, lambda report: [v.file_name for v in report.videos]) == ["好的.mov"]
    assert look(report_id, lambda report: report.done) == "新写的一句。"


def test_a_script_uploads_one_and_is_answered_with_it(reporter: Browser, district: SmallDistrict) -> None:
    report_id = district.draft()
    answer = upload(reporter, report_id, film())
    assert answer.status_code == 201
    assert f'id="video-{answer.json["video"]}"' in answer.json["html"]
    assert (answer.json["count"], answer.json["room"]) == (1, 2)
    assert (
        upload(reporter, report_id, b"nothing of the kind").json["said"]
        == "这不是录像。请选 MP4、MOV 或 WebM。"
    )
    states = reporter.get(f"{path_of(report_id)}/videos").json["videos"]
    assert [(each["state"], each["percent"]) for each in states] == [("waiting", 0)]
    make(district)
    assert reporter.get(f"{path_of(report_id)}/videos").json["videos"][0]["state"] == "ready"


def test_a_photo_that_calls_itself_a_video_is_held_to_the_size_of_photos(
    portal: Portal, reporter: Browser, district: SmallDistrict, look: Look
) -> None:
    report_id = district.draft()
    data: dict[str, Any] = {**fields_of(reporter, report_id), "act": "save"}
    data["photos"] = [(io.BytesIO(bytes(MAX_PHOTO_BYTES + 1)), "大.mp4")]
    answer = post(reporter, path_of(report_id), data)
    assert answer.status_code == 422
    assert "超过 40 MB" in text(answer)
    assert look(report_id, lambda report: report.photos) == []


def test_it_is_not_sent_without_words_about_it_and_keeps_what_was_typed(
    reporter: Browser, district: SmallDistrict, look: Look
) -> None:
    report_id = district.draft()
    video_id = add(district, report_id, said="")
    answer = send(reporter, report_id, act="submit")
    assert answer.status_code == 422
    assert "第 1 段录像还没有文字说明" in text(answer)
    typed = {f"description-{video_id}": SAID, f"filmed_on-{video_id}": "2026-11-20"}
    assert send(reporter, report_id, act="submit", **typed).status_code == 303
    assert look(report_id, lambda report: report.state) is ReportState.SUBMITTED
    assert look(report_id, lambda report: str(report.videos[0].taken_on)) == "2026-11-20"
    page = text(reporter.get(path_of(report_id)))
    assert SAID in page
    assert "排队等转换" in page


def test_a_removed_video_can_be_put_back(reporter: Browser, district: SmallDistrict, look: Look) -> None:
    report_id = district.draft()
    video_id = add(district, report_id)
    answer = send(reporter, report_id, act=f"remove-video:{video_id}")
    page = text(reporter.get(answer.location))
    assert "移走了 1 段录像。" in page
    assert f'id="video-{video_id}"' not in page
    send(reporter, report_id, act=f"restore-video:{video_id}")
    assert look(report_id, lambda report: [video.id for video in report.videos]) == [video_id]


def test_a_returned_video_can_be_changed_and_others_cannot(
    reporter: Browser, district: SmallDistrict, look: Look
) -> None:
    report_id, video_id = submitted(district)
    district.decide(
        report_id, Verb.RETURN, reasons=(Why(passage="videos", preset="film_faces", text="第 10 秒"),)
    )
    page = text(reporter.get(path_of(report_id)))
    assert "录像拍到了人脸或车牌：第 10 秒" in page
    assert send(reporter, report_id, act="submit").status_code == 422
    send(reporter, report_id, act=f"remove-video:{video_id}")
    assert choose(reporter, report_id, "telephone.mov").status_code == 303
    [new] = look(report_id, lambda report: [video.id for video in report.videos])
    assert send(reporter, report_id, act="submit", **{f"description-{new}": SAID}).status_code == 303
    assert look(report_id, lambda report: report.videos[0].state) is FilmState.WAITING


def test_another_unit_finds_nothing_of_it(portal: Portal, district: SmallDistrict) -> None:
    report_id, video_id = submitted(district)
    stranger = Browser(create_app(portal))
    stranger.sign_in("stranger")
    for rest in ("videos", f"videos/{video_id}/film.mp4", f"videos/{video_id}/480.jpg"):
        assert stranger.get(f"{path_of(report_id)}/{rest}").status_code in (403, 404)
