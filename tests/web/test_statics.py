"""Style, icons and scripts: one link for all sheets, compressed once, kept for as long as the content is the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brotli
import pytest

from portal.web.app import create_app
from portal.web.statics import Statics
from tests.browsing import Browser

SHEETS = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


@pytest.fixture
def statics(tmp_path: Path) -> Statics:
    (tmp_path / "css").mkdir()
    for name, style in (("a", "a{}"), ("dark", "d{}"), ("b", "b{}"), ("print", "p{}")):
        (tmp_path / "css" / f"{name}.css").write_text(style, encoding="utf-8")
    return Statics(tmp_path)


HEAD = """<meta name="x">
<link rel="stylesheet" href="/static/css/a.css?v=1">
<link rel="stylesheet" href="/static/css/dark.css?v=1" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/static/mark.svg">
<link rel="stylesheet" href="/static/css/print.css?v=1" media="print"><link rel="stylesheet" href="/static/css/b.css?v=1">
<link rel="stylesheet" href="/static/css/unknown.css?v=1">
<link rel="stylesheet" href="/static/css/other.css?v=1" media="(min-width: 1px)">
"""


def test_the_sheets_of_a_page_are_one_in_their_order_each_for_its_medium(statics: Statics) -> None:
    told = statics.as_one(HEAD)
    first, unknown, other = SHEETS.findall(told)
    assert ("unknown" in unknown, "other" in other) == (True, True)
    assert 'rel="icon"' in told
    sheet = statics.find(first.removeprefix("/static/").partition("?")[0])
    assert sheet is not None
    assert re.sub(rb"\s+", b"", sheet.body) == b"a{}@media(prefers-color-scheme:dark){d{}}@mediaprint{p{}}b{}"
    assert first.endswith(f"?v={sheet.version}")


@pytest.mark.parametrize(
    "name",
    ["sheets/css:nothing.css", "sheets/css:a+css:a.css", "sheets/css:a~odd.css", "sheets/.css", "sheets/..:a.css", "css/../a.css"],
)  # fmt: skip
def test_what_is_no_sheet_is_not_put_together(statics: Statics, name: str) -> None:
    assert statics.find(name) is None


@pytest.fixture
def front(portal: Any) -> Browser:
    return Browser(create_app(portal))


def test_a_file_is_compressed_for_who_takes_it_and_answered_304(front: Browser) -> None:
    address = SHEETS.findall(front.get("/about").text)[0]
    plain = front.get(address)
    small = front.get(address, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 3
    assert small.headers["ETag"] != plain.headers["ETag"]
    for tag in (small.headers["ETag"], plain.headers["ETag"]):
        known = front.get(address, headers={"If-None-Match": tag, "Accept-Encoding": "br"})
        assert (known.status_code, known.data) == (304, b"")
    head = front.head(address)
    assert (head.data, head.content_length) == (b"", len(plain.data))
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert header in small.headers


def test_a_version_of_another_time_is_not_kept(front: Browser) -> None:
    for address in ("/static/js/site.js", "/static/js/site.js?v=0123456789ab"):
        assert front.get(address).headers["Cache-Control"] == "no-cache"
    assert front.get("/static/js/nothing.js").status_code == 404
    assert front.get("/static/../config.py").status_code in (301, 308, 404)


def test_posting_to_a_file_is_refused(front: Browser) -> None:
    assert front.post("/static/js/site.js").status_code in (400, 405)
