"""What a phone on a slow line has to fetch: budgets for every window, and nothing from anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import brotli
import pytest

from portal.web.app import create_app
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict

KB = 1000
MOST_HTML, MOST_TEXT, MOST_PICTURE = 30 * KB, 90 * KB, 60 * KB
BROTLI = {"Accept-Encoding": "gzip, deflate, br"}
WINDOWS = [
    "/",
    "/en/",
    "/projects",
    "/en/projects",
    "/projects/2026-001",
    "/en/projects/2026-001",
    "/projects/2026-001/compare",
    "/projects/2026-001/changes",
    "/reports/{number}",
    "/en/reports/{number}",
    "/units",
    "/units/001",
    "/archive",
    "/archive?q=封顶",
    "/record",
    "/record/3",
    "/record/keys",
    "/record/months",
    "/record/receipt",
    "/verify",
    "/changes",
    "/burden",
    "/about",
    "/help",
    "/privacy",
    "/provenance",
    "/accessibility",
    "/?as_of=2026-11-20",
    "/nothing-here",
]
DATA = "application/ld+json"  # stands in the page, is neither fetched nor run
TAG = re.compile(r"<(link|script|img|source|use|a|form)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.{0,2}/[^"']+)["']""")
INK = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")


@pytest.fixture
def front(portal: Portal, district: SmallDistrict) -> Browser:
    front = Browser(create_app(portal))
    front.number = district.published(photos=2)  # type: ignore[attr-defined]
    return front


def tags(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    for name, attributes in TAG.findall(html):
        yield name, dict(ATTRIBUTE.findall(attributes))


def page(front: Browser, path: str) -> str:
    return front.get(path.format(number=front.number)).text  # type: ignore[attr-defined]


def sent(front: Browser, address: str) -> int:
    """Bytes of an answer on its way to a phone."""
    return len(front.get(address, headers=BROTLI).data)


def loaded(front: Browser, html: str) -> set[str]:
    """Style, scripts and icons of a page, with the scripts that those ask for at once."""
    found = set()
    for name, given in tags(html):
        if name == "link" and given.get("rel") in ("stylesheet", "modulepreload", "icon"):
            found.add(given["href"])
        elif name == "script" and given.get("type") != DATA:
            found.add(given["src"])
        elif name == "use":
            found.add(given["href"].partition("#")[0])
    waiting = [address for address in found if ".js" in address]
    while waiting:
        script = waiting.pop()
        for other in IMPORTED.findall(front.get(script).text):
            address = urljoin(script.partition("?")[0], other)
            if address not in found:
                found.add(address)
                waiting.append(address)
    return found


def test_every_window_keeps_its_budget(front: Browser) -> None:
    over, weighed = [], {}
    for path in WINDOWS:
        html = page(front, path)
        own = len(brotli.compress(html.encode(), quality=5))
        weighed |= {address: sent(front, address) for address in loaded(front, html) - weighed.keys()}
        whole = own + sum(weighed[address] for address in loaded(front, html))
        if own > MOST_HTML or whole > MOST_TEXT:
            over.append((path, own, whole))
    assert over == []


def test_one_request_at_most_keeps_the_first_text_waiting(front: Browser) -> None:
    """A second sheet is added to the link of the page by itself, unless it stands outside of the `one_sheet` filter of
    base.html or carries another attribute than `media`."""
    for path in WINDOWS:
        blocking = [
            given
            for name, given in tags(page(front, path).partition("</head>")[0])
            if (name == "link" and given.get("rel") == "stylesheet" and given.get("media") != "print")
            or (name == "script" and given.get("type") not in ("module", DATA))
        ]
        assert len(blocking) <= 1, path


def test_every_picture_says_how_much_room_it_takes(front: Browser) -> None:
    pictures = [given for path in WINDOWS for name, given in tags(page(front, path)) if name == "img"]
    assert pictures
    assert all(int(given["width"]) > 0 and int(given["height"]) > 0 for given in pictures)


def test_a_phone_is_offered_small_pictures_alone(front: Browser) -> None:
    """A photo of 480 pixels has 60 kB at most, however full of leaves it is (docs/performance.md)."""
    for path in ("/", "/projects/2026-001", "/reports/{number}"):
        html = page(front, path)
        sources = [given for name, given in tags(html) if name == "source" and "39.99rem" in given["media"]]
        assert sources
        for given in sources:
            for each in given["srcset"].split(", "):
                address, width = each.split(" ")
                assert int(width.removesuffix("w")) <= 480
                assert sent(front, address) <= MOST_PICTURE


def test_no_window_asks_anybody_else_for_anything(front: Browser) -> None:
    asked = []
    for path in WINDOWS:
        html = page(front, path)
        asked += [given.get(key, "") for _name, given in tags(html) for key in ("src", "srcset")]
        links = [given for name, given in tags(html) if name == "link"]
        asked += [given["href"] for given in links if given.get("rel") not in ("canonical", "alternate")]
        asked += [given.get("action", "") for name, given in tags(html) if name == "form"]
        for address in loaded(front, html):
            if ".css" in address:
                asked += [one or other for one, other in INK.findall(front.get(address).text)]
    assert len(asked) > 100
    assert [address for address in asked if urlsplit(address.strip()).netloc] == []
