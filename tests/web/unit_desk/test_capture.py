"""Taking a photo in the page: the code, the place, and what a request can make the portal believe."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from sqlalchemy import select

from portal.domain.photo_claims import CaptureCode, PhotoClaim, PlaceConsent
from portal.rules.provenance import Code
from portal.web.unit_desk.claimed import claimed_in
from portal.workflows.capture_photo import Claimed
from tests.small_district import picture
from tests.web.unit_desk.pages import fields_of, path_of, post

JSON = {"Accept": "application/json"}
PLACE = {"capture_lon": "118.1235", "capture_lat": "36.6544", "capture_accuracy": "11.2"}


def milliseconds(at: dt.datetime) -> str:
    return str(round(at.timestamp() * 1000))


def press(browser, report_id: int, what: str, **fields: str):
    token = fields_of(browser, report_id)["csrf_token"]
    return browser.post(f"{path_of(report_id)}/{what}", data=fields, headers={**JSON, "X-CSRFToken": token})


def test_a_photo_taken_in_the_page_arrives_with_its_code_and_its_place(reporter, district, portal, clock):
    report_id = district.draft()
    assert press(reporter, report_id, "place", agree="yes").json == {"agreed": True}
    given = press(reporter, report_id, "capture", clock=milliseconds(clock() + dt.timedelta(seconds=3)))
    assert given.json["seconds"] == 900
    made = milliseconds(clock.forward(seconds=9))
    sent = {
        "taken": (io.BytesIO(picture(1)), "现场.jpg"),
        "capture_code": given.json["code"],
        "capture_at": made,
        **PLACE,
    }
    token = fields_of(reporter, report_id)["csrf_token"]
    assert (
        post(reporter, f"{path_of(report_id)}/photos", sent, **JSON, **{"X-CSRFToken": token}).status_code
        == 201
    )
    with portal.database.reading() as session:
        claim = session.scalars(select(PhotoClaim)).one()
    assert (claim.code, claim.skew, claim.lon, claim.lat, claim.accuracy) == (
        Code.GOOD,
        3,
        "118.123500",
        "36.654400",
        12,
    )
    page = reporter.get(path_of(report_id)).get_data(as_text=True)
    assert "118.1235" not in page


def test_the_page_says_what_was_answered_and_asks_only_before(reporter, district):
    report_id = district.draft()
    for answer, said in (("", ""), ("yes", "yes"), ("no", "no")):
        if answer:
            press(reporter, report_id, "place", agree=answer)
        assert f'data-answer="{said}"' in reporter.get(path_of(report_id)).get_data(as_text=True)


def test_the_answer_without_a_script_leads_back_to_the_report(reporter, district, portal):
    report_id = district.draft()
    answer = reporter.submit(f"{path_of(report_id)}/place", {"agree": "no"}, page=path_of(report_id))
    assert (answer.status_code, answer.location) == (303, path_of(report_id))
    with portal.database.reading() as session:
        assert session.scalars(select(PlaceConsent)).one().agreed is False


def test_the_camera_is_a_file_input_like_the_other(reporter, district):
    page = reporter.get(path_of(district.draft())).get_data(as_text=True)
    assert 'name="taken" accept="image/jpeg,image/png,image/webp" capture="environment" data-camera' in page


def test_a_code_for_a_report_of_another_unit_is_not_given(reporter, district, portal):
    other, mine = district.draft(code=district.projects[1], login="stranger"), district.draft()
    token = fields_of(reporter, mine)["csrf_token"]
    answer = reporter.post(f"{path_of(other)}/capture", headers={**JSON, "X-CSRFToken": token})
    assert answer.status_code == 404
    with portal.database.reading() as session:
        assert session.scalars(select(CaptureCode)).all() == []


@pytest.mark.parametrize(
    ("fields", "claimed"),
    [
        ({}, Claimed()),
        (PLACE, Claimed()),
        ({"capture_code": "x" * 101}, Claimed()),
        ({"capture_code": "x"}, Claimed(code="x")),
        ({"capture_code": "x", **PLACE}, Claimed(code="x", lon="118.123500", lat="36.654400", accuracy=12)),
        ({"capture_code": "x", **PLACE, "capture_lat": "90.1"}, Claimed(code="x")),
        ({"capture_code": "x", **PLACE, "capture_lon": "nan"}, Claimed(code="x")),
        ({"capture_code": "x", **PLACE, "capture_accuracy": "-1"}, Claimed(code="x")),
        ({"capture_code": "x", **PLACE, "capture_accuracy": ""}, Claimed(code="x")),
        ({"capture_code": "x", **PLACE, "capture_accuracy": "1e300"}, Claimed(code="x", lon="118.123500", lat="36.654400", accuracy=10_000_000)),
        ({"capture_code": "x", "capture_lon": "0", "capture_lat": "0", "capture_accuracy": "5"}, Claimed(code="x")),
        ({"capture_code": "x", "capture_at": "1000"}, Claimed(code="x", phone_at=dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC))),
        ({"capture_code": "x", "capture_at": "1e30"}, Claimed(code="x")),
        ({"capture_code": "x", "capture_at": "inf"}, Claimed(code="x")),
        ({"capture_code": "x", "capture_at": "今天"}, Claimed(code="x")),
    ],
)  # fmt: skip
def test_whatever_is_not_believable_is_nothing(fields, claimed):
    assert claimed_in(fields) == claimed
