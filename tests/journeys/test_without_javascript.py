"""The five-minute story through plain HTTP, with nothing but the pages: no scripts, no knowledge of ids."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from PIL import Image

from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict
from tests.web.unit_desk.pages import Fields, post

WORDS = "栈桥护栏安装完成 62 米，铺木板两层。"
PHONE = (4000, 3000)  # 12 megapixels


def photograph(number: int) -> bytes:
    """A 12-megapixel JPEG that differs for every number."""
    small = Image.effect_noise((40, 30), 60 + number).convert("RGB")
    data = io.BytesIO()
    small.resize(PHONE, Image.Resampling.BICUBIC).save(data, "JPEG", quality=80)
    return data.getvalue()


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status}"
    return answer.get_data(as_text=True)


def link(html: str, pattern: str) -> str:
    """The one address among the page's links and forms that looks like this."""
    found = dict.fromkeys(unescape(each) for each in re.findall(r'(?:href|action)="([^"#]+)', html))
    matching = [each for each in found if re.fullmatch(pattern, each)]
    assert len(matching) == 1, f"{pattern}: {matching or sorted(found)}"
    return matching[0]


class Story:
    """The people of the story, each at their own browser."""

    def __init__(self, portal: Portal, clock: Clock) -> None:
        self.portal, self.clock = portal, clock
        self.front = create_app(portal)
        self.reporter, self.supervisor, self.citizen = (Browser(self.front) for _ in range(3))

    def sign_in(self, browser: Browser, login: str) -> str:
        """Sign in; the page one lands on."""
        answer = browser.sign_in(login)
        assert answer.status_code == 303
        return page(browser, answer.location)

    def report(self, project: str) -> str:
        """Report with eight photos, through the form; the address of the report in the desk."""
        desk = self.sign_in(self.reporter, "reporter")
        begun = self.reporter.submit(link(desk, f"/desk/unit/projects/{project}/report"), page="/desk/unit")
        form = begun.location
        photos = [(io.BytesIO(photograph(number)), f"IMG_{number}.jpg") for number in range(8)]
        typed = {"done": WORDS, "physical_percent": "55", "next_step": "装照明灯。"}
        assert self.send(form, act="save", photos=photos, **typed).status_code == 303
        captions = [name for name in self.fields(form) if name.startswith("caption-")]
        assert len(captions) == 8
        said = {name: f"第 {n} 处：栈桥东段" for n, name in enumerate(captions, start=1)}
        assert self.send(form, act="submit", **said).status_code == 303
        assert "已报送，在等督查机构审核" in page(self.reporter, form)
        return form

    def fields(self, form: str) -> dict[str, str]:
        return Fields(page(self.reporter, form)).values

    def send(self, form: str, **fields: object):
        return post(self.reporter, form, {**self.fields(form), **fields})

    def decide(self, verb: str, **reasons: str) -> None:
        """Open what waits and decide; the decision takes effect when the undo time is over."""
        review = link(page(self.supervisor, "/desk/supervision"), r"/desk/supervision/reports/\d+")
        html = page(self.supervisor, review)
        seen = dict(re.findall(r'name="(seen_round|seen_hash|csrf_token)" value="([^"]*)"', html))
        answer = self.supervisor.post(f"{review}/decide", data={**seen, "verb": verb, **reasons})
        assert answer.status_code == 303
        self.nothing_is_visible()
        self.clock.forward(seconds=10)
        run_once(self.portal)

    def nothing_is_visible(self) -> None:
        for path in (
            "/",
            "/projects/2026-001",
            "/archive?q=护栏",
            "/feeds/latest.atom",
            "/units/001",
            "/sitemap.xml",
        ):
            html = page(self.citizen, path)
            assert "栈桥" not in html, f"{path} shows what is not published"
            assert "/reports/" not in html, f"{path} names a report that is not published"


@pytest.mark.slow
def test_a_report_is_returned_for_one_photo_repaired_approved_and_found_by_a_citizen(
    portal: Portal, district: SmallDistrict, clock: Clock
) -> None:
    story = Story(portal, clock)
    run_once(portal)
    form = story.report(district.projects[0])
    story.nothing_is_visible()
    story.sign_in(story.supervisor, "supervisor")
    review = page(
        story.supervisor, link(page(story.supervisor, "/desk/supervision"), r"/desk/supervision/reports/\d+")
    )
    third = re.findall(r'name="(photo-\d+)-preset"', review)
    flagged = list(dict.fromkeys(third))[2]
    story.decide("return", **{f"{flagged}-preset": "unclear", f"{flagged}-text": "看不清焊口，靠近再拍一张"})
    _replace_only(story, form, replace=flagged.replace("photo-", "replace-"))
    story.decide("approve")
    _found_everywhere(story, district.projects[0])


def _replace_only(story: Story, form: str, *, replace: str) -> None:
    """The unit finds the reason and one place for one new photo, and answers exactly that."""
    html = page(story.reporter, form)
    assert "看不清焊口，靠近再拍一张" in page(story.reporter, "/desk/unit")
    assert re.findall(r'name="(replace-\d+)"', html) == [replace]
    new = (io.BytesIO(photograph(60)), "IMG_近景.jpg")
    assert story.send(form, act="submit", **{replace: new}).status_code == 303
    assert "已报送，在等督查机构审核" in page(story.reporter, form)


def _found_everywhere(story: Story, project: str) -> None:
    """Home, project page, archive by a word of the text, feed; and the report itself with all its photos."""
    permalink = link(page(story.citizen, "/archive?q=护栏&kind=report"), r"/reports/2026-000001")
    for path in ("/", f"/projects/{project}", "/feeds/latest.atom", "/sitemap.xml"):
        assert permalink in page(story.citizen, path), path
    html = page(story.citizen, permalink)
    assert WORDS in html
    pictures = set(re.findall(r'"(/media/[0-9a-f]{64}\.jpg)', html))
    assert len(pictures) >= 8
    for address in pictures:
        with story.citizen.get(address) as picture:
            assert picture.status_code == 200
            assert Image.open(io.BytesIO(picture.get_data())).format == "JPEG"
    assert "看不清焊口" not in html
