"""What the public learns of where a photo comes from: a grade and reasons, never a place, device or moment."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.disclosure import report_shown
from portal.domain.photo_claims import PhotoClaim
from portal.domain.progress import Report, Verb
from portal.record.tables import Opening
from portal.rules.provenance import Code, Reason
from portal.web.app import create_app
from portal.web.provenance import GRADES, REASONS, in_words
from tests.browsing import Browser
from tests.guards.test_docs import DOCS, spoken
from tests.likenesses import drawn, submitted_with

SECRET = {"lon": "118.123999", "lat": "36.654999", "accuracy": 37}


@pytest.fixture
def published(district, portal, clock):
    """A report whose photo was taken in the page, on the public record; its document."""
    report_id = submitted_with(district, drawn(1))
    with portal.database.writing() as session:
        photo = session.get_one(Report, report_id).photos[0]
        photo.embedded = {"make": "秘密牌", "model": "Q7", "software": "固件 9.9"}
        session.add(
            PhotoClaim(
                photo_id=photo.id,
                code=Code.GOOD,
                code_given_at=photo.received_at,
                phone_at=photo.received_at,
                skew=0,
                **SECRET,
            )
        )
    district.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        text = session.scalars(select(Opening.document).order_by(Opening.seq.desc())).first()
    return json.loads(text)


def test_grade_and_reasons_are_in_the_document_and_nothing_else_is(published):
    assert published["photos"][0]["provenance"] == {
        "grade": "A",
        "reasons": ["captured", "on_site", "clock_right"],
    }
    told = json.dumps(published, ensure_ascii=False)
    for secret in ("118.123999", "36.654999", "accuracy", "skew", "秘密牌", "Q7", "固件"):
        assert secret not in told, secret


@pytest.mark.parametrize("address", ["/reports/2026-000001", "/projects/2026-001", "/en/reports/2026-000001"])
def test_the_page_says_it_in_words_with_its_reasons_and_leads_to_the_explanation(portal, published, address):
    page = Browser(create_app(portal)).get(address).get_data(as_text=True)
    english = address.startswith("/en")
    assert ("Origin A: taken on the spot" if english else "来历 A：当场拍摄，时间地点核对过") in page
    assert ("less than 2 minutes" if english else "不到 2 分钟") in page
    assert ('href="/en/provenance"' if english else 'href="/provenance"') in page


def test_what_was_published_without_a_grade_still_stands(district, portal):
    report_id = submitted_with(district, drawn(1))
    with portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        session.autoflush = False
        report.number = "2026-000009"
        old = report_shown(report, decided_by=district.person(session, "supervisor")).document
    assert "provenance" not in old["photos"][0]


def test_every_grade_and_reason_has_words_and_stands_in_the_documents():
    assert set(REASONS) == set(Reason)
    assert len(GRADES) == 3
    assert {reason.value for reason in Reason} <= spoken(DOCS / "provenance.md")


def test_a_reason_of_a_later_version_is_passed_over(site):
    with site.test_request_context("/"):
        assert in_words("B", ["data_agrees", "not_yet_invented"])["reasons"] == [
            REASONS[Reason.DATA_AGREES]()
        ]
