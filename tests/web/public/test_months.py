"""What the record had when a month ended, on a page that is printed, and as a code that never changes."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.record.checkpoint import Checkpoint
from portal.record.paper import CHINESE, ENGLISH, code_svg, code_text, words_of
from portal.worker import run_once
from tests.signed_record import given, keys, publish  # noqa: F401 - a fixture
from tests.web.public.reading import compact, links, tags, unmarked_chinese, words


@pytest.fixture
def november(portal, keys, visitor, clock) -> Checkpoint:  # noqa: F811
    """What was signed in November; it is the third of January now, and nothing was signed in December."""
    run_once(portal)
    publish(portal, 12)
    run_once(portal)
    signed = given(portal, keys)
    clock.at = dt.datetime(2027, 1, 3, 4, tzinfo=dt.UTC)
    return signed


def test_the_page_says_size_root_words_and_who_signed(november, visitor, keys):  # noqa: F811
    page = visitor.get("/record/months/2026-11")
    said = compact(page)
    assert f"共{november.size}条" in said
    assert november.root.hex() in said
    assert "".join(words_of(november.root, CHINESE)) in said
    assert " ".join(words_of(november.root, ENGLISH)) in words(page)
    assert all(key.id.hex() in said for key in keys.public)
    assert "没有新的签名" not in said
    assert [each["src"] for each in tags(page, "img")] == ["/record/months/2026-11.svg"]


def test_a_month_without_a_signature_shows_the_one_that_stood(november, visitor):
    said = compact(visitor.get("/record/months/2026-12"))
    assert november.root.hex() in said
    assert "这个月没有新的签名" in said


def test_the_running_month_says_when_it_will_come(november, visitor):
    page = visitor.get("/record/months/2027-01")
    assert page.status_code == 200
    assert "2027年2月1日出" in compact(page)
    assert visitor.get("/record/months/2027-01.svg").status_code == 404


def test_before_the_first_signature_there_is_nothing(november, visitor):
    assert "还没有签过名" in compact(visitor.get("/record/months/2026-10"))
    assert visitor.get("/record/months/2026-10.svg").status_code == 404


@pytest.mark.parametrize("month", ["2027-02", "2026-13", "2026-1", "1999-12", "october", "2026-11.png"])
def test_a_month_that_is_none_or_has_not_begun_is_not_found(november, visitor, month):
    assert visitor.get(f"/record/months/{month}").status_code == 404
    assert visitor.get(f"/record/months/{month}.svg").status_code == 404


def test_the_code_is_kept_for_ever_and_says_the_checkpoint(november, visitor):
    answer = visitor.get("/record/months/2026-11.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.data == code_svg(code_text(november, "2026-11"))


def test_what_comes_later_changes_neither_page_nor_code(november, portal, visitor):
    before = [visitor.get(f"/record/months/2026-11{end}").data for end in (".svg", "")]
    publish(portal, 3, first=12)
    run_once(portal)
    assert visitor.get("/record/months/2026-11.svg").data == before[0]
    assert november.root.hex() in compact(visitor.get("/record/months/2026-11"))


def test_the_list_has_every_month_that_is_over_newest_first(november, visitor):
    page = visitor.get("/record/months")
    assert {"/record/months/2026-11", "/record/months/2026-12"} <= links(page)
    assert "/record/months/2027-01" not in links(page)
    assert "2027年1月的，2027年2月1日出" in compact(page)
    assert "/record/months" in links(visitor.get("/record"))


def test_a_past_day_knows_the_months_of_then(november, visitor):
    page = visitor.get("/record/months?as_of=2026-12-05")
    assert "/record/months/2026-11?as_of=2026-12-05" in links(page)
    assert "2026年12月的，2027年1月1日出" in compact(page)
    assert "2027年1月1日出" in compact(visitor.get("/record/months/2026-12?as_of=2026-12-05"))
    assert visitor.get("/record/months/2027-01?as_of=2026-12-05").status_code == 404
    assert "还没有" in compact(visitor.get("/record/months?as_of=2026-11-24"))


def test_a_reader_who_has_the_page_gets_304_until_the_month_is_over(november, visitor, clock):
    clock.at = dt.datetime(2027, 1, 31, 15, 30, tzinfo=dt.UTC)
    tag = visitor.get("/record/months/2027-01").headers["ETag"]
    assert visitor.get("/record/months/2027-01", headers={"If-None-Match": tag}).status_code == 304
    clock.forward(minutes=50)
    assert visitor.get("/record/months/2027-01", headers={"If-None-Match": tag}).status_code == 200


def test_an_unsigned_record_has_no_months(portal, visitor):
    assert "还没有" in compact(visitor.get("/record/months"))
    assert visitor.get("/record/months/2026-11").status_code == 200


@pytest.mark.parametrize(
    "path", ["/en/record/months", "/en/record/months/2026-11", "/en/record/months/2027-01"]
)
def test_in_english_everything_chinese_is_marked(november, visitor, path):
    assert unmarked_chinese(visitor.get(path)) == []
