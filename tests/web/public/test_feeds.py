"""Feeds, sitemap and robots."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.browsing import Browser
from tests.small_district import SmallDistrict

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(visitor: Browser, path: str) -> list[ElementTree.Element]:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    for required in ("id", "title", "updated"):
        assert feed.findtext(ATOM + required), required
    found = feed.findall(f"{ATOM}entry")
    for entry in found:
        for required in ("id", "title", "updated"):
            assert entry.findtext(ATOM + required), required
    return found


def test_a_published_report_is_in_all_its_feeds_with_its_photos(
    visitor: Browser, district: SmallDistrict
) -> None:
    number = district.published(photos=2)
    for path in ("/feeds/latest.atom", f"/projects/{district.projects[0]}/feed.atom", "/units/001/feed.atom"):
        newest = entries(visitor, path)[0]
        hrefs = {link.get("rel"): link.get("href", "") for link in newest.findall(f"{ATOM}link")}
        assert hrefs["alternate"] == f"http://localhost/reports/{number}"
        assert hrefs["enclosure"].startswith("http://localhost/media/")
        assert "主体封顶" in "".join(newest.itertext())


def test_a_feed_of_another_unit_does_not_have_it(visitor: Browser, district: SmallDistrict) -> None:
    number = district.published()
    titles = "".join("".join(entry.itertext()) for entry in entries(visitor, "/units/030/feed.atom"))
    assert number not in titles


def test_every_version_is_an_entry_of_its_own_and_ids_never_change(
    visitor: Browser, district: SmallDistrict, correct
) -> None:
    number = district.published()
    first = entries(visitor, "/feeds/latest.atom")[0].findtext(f"{ATOM}id")
    assert first == f"tag:localhost,2026-11-24:report/{number}/v1"
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries(visitor, "/feeds/latest.atom")]
    assert ids[:2] == [f"tag:localhost,2026-11-24:report/{number}/v2", first]
    assert len(set(ids)) == len(ids)


def test_a_withdrawal_is_told_and_what_was_withdrawn_is_not(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    withdraw(district.published(done="蓝鲸要撤下。", photos=1))
    text = visitor.get("/feeds/latest.atom").get_data(as_text=True)
    assert "拍到了路人的正脸" in text
    assert "蓝鲸" not in text
    assert "/media/" not in text


def test_content_is_text_in_a_feed(visitor: Browser, district: SmallDistrict) -> None:
    district.published(done='<script>alert("1")</script> & 挡墙')
    newest = entries(visitor, "/feeds/latest.atom")[0]
    assert '<script>alert("1")</script> & 挡墙' in "".join(newest.itertext())


def test_feeds_of_what_is_not_there_are_not_found(visitor: Browser, district: SmallDistrict) -> None:
    for path in ("/projects/2026-999/feed.atom", "/units/zzz/feed.atom"):
        assert visitor.get(path).status_code == 404


def test_the_sitemap_has_every_standing_item_and_nothing_else(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    gone, kept = district.published(), district.published()
    district.submitted()
    withdraw(gone)
    tree = ElementTree.fromstring(visitor.get("/sitemap.xml").data)
    found = {place.text for place in tree.iter(f"{MAP}loc")}
    assert f"http://localhost/reports/{kept}" in found
    assert f"http://localhost/reports/{gone}" not in found
    assert len([place for place in found if "/reports/" in (place or "")]) == 1
    assert {f"http://localhost/projects/{code}" for code in district.projects} <= found


def test_robots_are_kept_from_desks_and_told_the_sitemap(visitor: Browser, district: SmallDistrict) -> None:
    text = visitor.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /desk/" in text
    assert "Sitemap: http://localhost/sitemap.xml" in text
