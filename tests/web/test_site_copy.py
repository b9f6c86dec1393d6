"""A copy of the windows as plain files: every link answers, nothing unpublished, only what changed is made again."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import urlopen

import pytest

from portal.web.app import create_app
from portal.web.site_copy.making import CannotCopy, Copying, Done
from portal.web.site_copy.places import addresses_in, place_of, rewritten
from portal.wiring import Portal
from tests.small_district import SmallDistrict

LINK = re.compile(r'\b(?:href|src|action)="([^"]+)"')


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


@pytest.fixture
def copy(portal: Portal, district: SmallDistrict, tmp_path: Path) -> Path:
    """A copy of a district with a report, a second one that waits and a third one that was withdrawn."""
    district.published(photos=1, done="公开的进展。")
    district.submitted(done="等着审的第二段护栏。")
    return tmp_path / "copy"


def made(portal: Portal, folder: Path) -> Done:
    return Copying(create_app(portal), folder, url="https://copy.example.org").run(silent)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def served(portal: Portal, copy: Path) -> Iterator[str]:
    """The copy in a folder of a plain server."""
    made(portal, copy)
    handler = functools.partial(Quiet, directory=str(copy.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/copy/"
        server.shutdown()
        thread.join()


def test_every_link_of_a_copy_answers_on_a_plain_server(served: str) -> None:
    waiting, seen, broken = [served], {served}, []
    while waiting:
        address = waiting.pop()
        try:
            with urlopen(address) as answer:
                kind, body, address = answer.headers.get_content_type(), answer.read(), answer.url
        except HTTPError as error:
            broken.append(f"{address}: {error.code}")
            continue
        if kind != "text/html":
            continue
        for link in LINK.findall(body.decode()):
            there = urldefrag(urljoin(address, link.replace("&amp;", "&"))).url
            if urlsplit(there).netloc == urlsplit(served).netloc and there not in seen:
                assert there.startswith(served), f"{address} leads out of the copy: {link}"
                seen.add(there)
                waiting.append(there)
    assert broken == []
    assert len(seen) > 60


def test_a_copy_holds_both_languages_feeds_photos_and_nothing_unpublished(portal: Portal, copy: Path) -> None:
    made(portal, copy)
    for name in ("index.html", "en/index.html", "projects/2026-001/index.html", "en/units/001/index.html",
                 "feeds/latest.atom", "sitemap.xml", "robots.txt", "record/checkpoint", "reports/2026-000001/index.html",
                 "not-in-this-copy/index.html", "en/not-in-this-copy/index.html"):  # fmt: skip
        assert (copy / name).is_file(), name
    assert list((copy / "media").glob("*.jpg"))
    everything = b"".join(file.read_bytes() for file in copy.rglob("*") if file.is_file())
    assert "公开的进展。".encode() in everything
    assert "等着审的第二段护栏。".encode() not in everything
    assert b"Search" in (copy / "en/index.html").read_bytes()


def test_a_second_run_fetches_only_what_changed_and_takes_its_place_at_once(
    portal: Portal, district: SmallDistrict, copy: Path
) -> None:
    first = made(portal, copy)
    nothing = made(portal, copy)
    assert nothing.files == first.files
    assert nothing.fetched < first.fetched / 4
    untouched, before = copy / "projects/2026-002/index.html", copy.resolve()
    inode = untouched.stat().st_ino
    district.published(done="第二次公开。")
    third = made(portal, copy)
    assert third.seq > first.seq
    assert "第二次公开。" in (copy / "projects/2026-001/index.html").read_text(encoding="utf-8")
    assert untouched.stat().st_ino == inode
    assert copy.is_symlink()
    assert copy.resolve() != before
    assert not before.exists()


def test_what_is_withdrawn_leaves_the_copy(portal: Portal, district: SmallDistrict, copy: Path) -> None:
    from tests.workflows.test_withdraw_report import withdraw

    made(portal, copy)
    photos = set((copy / "media").iterdir())
    withdraw(district, "2026-000001")
    made(portal, copy)
    assert photos
    assert "公开的进展。" not in (copy / "reports/2026-000001/index.html").read_text(encoding="utf-8")
    assert not (copy / "media").exists() or not set((copy / "media").iterdir()) & photos


def test_a_run_that_was_cut_off_is_gone_on_with(portal: Portal, copy: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done == 30:
            raise Enough

    with pytest.raises(Enough):
        Copying(create_app(portal), copy, url="https://copy.example.org").run(stop)
    assert not copy.exists()
    whole = made(portal, copy)
    assert whole.fetched < whole.files
    assert (copy / "index.html").is_file()


def test_a_folder_with_something_in_it_is_left_alone(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotCopy):
        made(portal, tmp_path / "precious")
    assert (tmp_path / "precious" / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/", "index.html"), ("/en/", "en/index.html"), ("/projects", "projects/index.html"),
        ("/en/projects?page=2", "en/projects/_page-2/index.html"), ("/feeds/latest.atom", "feeds/latest.atom"),
        ("/projects/2026-001/feed.atom", "projects/2026-001/feed.atom"), ("/static/icons.svg?v=1", "static/icons.svg"),
        ("/en/media/a.jpg", "media/a.jpg"), ("/reports/2026-000001?version=1", "reports/2026-000001/_version-1/index.html"),
        ("/archive", None), ("/archive?q=a", None), ("/projects?as_of=2026-01-01", None), ("/desk/unit", None),
        ("/projects?lamp=red&town=001", None), ("/projects/2026-001/dossier.zip", None), ("/display?elder=on", None),
        ("/projects?lamp=red", "projects/_lamp-red/index.html"), ("/record/checkpoint", "record/checkpoint"),
        ("/record/5.tlog-proof", "record/5.tlog-proof"),
    ],
)  # fmt: skip
def test_where_an_address_lies(address: str, place: str | None) -> None:
    assert place_of(address) == place


def test_links_become_relative_and_keep_the_place_within_a_page() -> None:
    page = (
        '<a href="/projects?page=2#list">x</a><form action="/archive"><img srcset="/media/a.jpg 240w, /media/b.jpg 480w">'
        '<a href="https://example.org/">y</a><a href="?"></a><a href="/archive?q=%E5%AD%97&amp;page=2">z</a>'
    )
    told = rewritten(page, at="en/units/001/index.html", language="/en")
    assert 'href="../../../projects/_page-2/index.html#list"' in told
    assert 'srcset="../../../media/a.jpg 240w, ../../../media/b.jpg 480w"' in told
    assert 'action="../../not-in-this-copy/index.html"' in told
    assert told.count("not-in-this-copy") == 2
    assert 'href="https://example.org/"' in told
    assert addresses_in(page) == {
        "/projects?page=2",
        "/media/a.jpg",
        "/media/b.jpg",
        "/archive",
        "/archive?q=%E5%AD%97&page=2",
    }
