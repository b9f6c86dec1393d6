"""Taking a photo in the page with a phone: asked once, in words; refused, it goes all the same."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.domain.photo_claims import PhotoClaim, PlaceConsent, grades_of
from portal.domain.progress import Photo
from portal.rules.provenance import FOR_A, Code, Grade, Reason
from tests.browser.conftest import AXE
from tests.browser.test_phone import NO_WORKER, choose, photo, received

ALLOWED = {*FOR_A, Reason.CLOCK_OFF, Reason.NO_TIME, Reason.NO_MAKER}

pytestmark = pytest.mark.browser


@pytest.fixture
def at_the_site(visit, begun, live):
    """A phone that stands at the site and shows the draft; nobody has been asked about places yet."""
    page = visit(
        "stranger", phone=True, expected=(NO_WORKER,), workers="block"
    )  # see `phone` in test_phone.py
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": 118.1236, "latitude": 36.6544, "accuracy": 9})
    with live.portal.database.writing() as session:
        for consent in session.scalars(select(PlaceConsent)):
            session.delete(consent)
    page.goto(begun)
    return page


FRESH = itertools.count(900)  # what was sent before would not be sent again, and a camera takes nothing twice


def take(page, press, number):
    """Press what opens the camera, and hand it a photo that nobody has seen; then there are so many."""
    with page.expect_file_chooser() as chooser:
        press()
    chooser.value.set_files(photo(next(FRESH)))
    received(page, number)


def claim_of(live, page):
    """What was kept with the newest photo, and its grade."""
    with live.portal.database.reading() as session:
        newest = session.scalars(select(Photo).order_by(Photo.id.desc())).first()
        claim = session.get(PhotoClaim, newest.id)
        return claim, grades_of(session, newest.report)[newest.id]


def test_the_place_is_asked_once_in_words_and_then_speaks_for_the_photo(at_the_site, live):
    page = at_the_site
    page.locator("#camera").click()
    question = page.locator("[data-ask]")
    expect(question).to_be_visible()
    expect(question).to_contain_text("不带也能报")
    expect(question.locator("button").first).to_be_focused()
    take(page, lambda: question.locator("[data-agree=yes]").click(), 1)
    claim, graded = claim_of(live, page)
    assert (claim.code, claim.lon, claim.accuracy) == (Code.GOOD, "118.123600", 9)
    assert not set(graded.reasons) - ALLOWED  # the site of these tests keeps a clock of its own
    take(page, lambda: page.locator("#camera").click(), 2)  # not asked again
    expect(page.locator("[data-said=yes]")).to_be_visible()


def test_the_question_is_accessible(at_the_site, axe):
    at_the_site.locator("#camera").click()
    expect(at_the_site.locator("[data-ask]")).to_be_visible()
    at_the_site.evaluate(axe)
    assert at_the_site.evaluate(AXE) == []


def test_refusing_sends_the_photo_without_a_place_and_can_be_taken_back(at_the_site, live):
    page = at_the_site
    page.locator("#camera").click()
    take(page, lambda: page.locator("[data-ask] [data-agree=no]").click(), 1)
    claim, graded = claim_of(live, page)
    assert (claim.code, claim.lon) == (Code.GOOD, None)
    assert graded.grade is not Grade.A
    page.locator("[data-said=no] button").click()
    expect(page.locator("[data-said=yes]")).to_be_visible()
    take(page, lambda: page.locator("#camera").click(), 2)
    assert claim_of(live, page)[0].lon == "118.123600"


@pytest.fixture
def without_its_code(at_the_site):
    """A photo that was taken and is kept on the phone; the answer to its question for a code is held back."""
    page, codes = at_the_site, []
    address = page.locator("#capture-place").get_attribute("data-code")
    page.route(f"**{address}", lambda route: codes.append(route))  # noqa: PLW0108 - it is marked there
    page.locator("#camera").click()
    with page.expect_file_chooser() as chooser:
        page.locator("[data-ask] [data-agree=yes]").click()
    chooser.value.set_files(photo(next(FRESH)))
    expect(page.locator("#phone-only")).to_contain_text("1 张照片")
    (code,) = codes
    return code


def test_a_photo_waits_for_its_code_and_place_while_others_go_up(at_the_site, without_its_code, live):
    for number in (1, 2):  # which do not take it along
        choose(at_the_site, photo(next(FRESH)))
        received(at_the_site, number)
    without_its_code.continue_()
    received(at_the_site, 3)
    claim, _graded = claim_of(live, at_the_site)
    assert (claim.code, claim.lon) == (Code.GOOD, "118.123600")


@pytest.mark.usefixtures("without_its_code")
def test_a_photo_whose_code_never_came_goes_up_when_the_page_is_opened_again(at_the_site, begun, live):
    at_the_site.goto(begun)
    received(at_the_site, 1)
    assert claim_of(live, at_the_site)[0] is None
