"""Looking up a receipt by its code, and the public lists: nothing is told to whoever does not hold one."""

from __future__ import annotations

import json
import logging

import pytest

from portal.domain.progress import Verb
from portal.record.receipt import Code, read_file
from portal.web.app import create_app
from tests.browsing import Browser
from tests.record.test_verify import damage

PATH = "/record/receipt"


@pytest.fixture
def kept(holder):
    return holder.hand_in(done="挡墙裂了。")


@pytest.fixture
def code(kept):
    return read_file(kept.read_text())[0].text


def ask(portal, code, path=PATH):
    return Browser(create_app(portal)).post(path, data={"code": code})


def test_the_form_needs_no_cookie_and_sets_none(portal, code):
    reader = Browser(create_app(portal))
    assert reader.get(PATH).status_code == 200
    answer = reader.post(PATH, data={"code": code})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_the_batch_after_it_and_after_the_decision(portal, code, holder):
    early = ask(portal, code)
    assert (early.status_code, "公开记录里没有这个码" in early.text) == (404, True)
    holder.work(hours=6)
    assert "收到了，已经记进公开记录，还没有结论" in ask(portal, code.lower().replace("-", " ")).text
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    page = ask(portal, code).text
    assert "有结论：已公开" in page
    assert "Decided: published" in ask(portal, code, "/en/record/receipt").text.replace(
        "Published", "published"
    )


def test_it_reads_the_log_and_no_row(portal, code, owner, holder):
    holder.work(hours=6)
    damage(owner, "DELETE FROM receipt")
    assert ask(portal, code).status_code == 200


def test_late_and_undecided_are_said_in_red(portal, code, holder):
    holder.work(hours=30)
    assert "记得晚了" in ask(portal, code).text
    holder.work(days=9)
    assert ask(portal, code).status_code == 200


def test_nothing_decided_in_time_is_evidence(portal, code, holder):
    holder.work(hours=6)
    holder.work(days=9)
    assert "没有结论。" in ask(portal, code).text


def test_a_slip_of_a_finger_is_told_from_a_code_that_is_not_there(portal, code):
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert ask(portal, wrong).status_code == 422
    assert ask(portal, "").status_code == 422
    assert ask(portal, Code(b"nobody's code..").text).status_code == 404


def test_guessing_is_limited(portal):
    reader = Browser(create_app(portal))
    answers = [reader.post(PATH, data={"code": "x"}).status_code for _ in range(61)]
    assert (answers[:60], answers[60]) == ([422] * 60, 429)
    assert int(reader.post(PATH, data={"code": "x"}).headers["Retry-After"]) > 0


def test_no_code_is_written_down(portal, code, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    ask(portal, code)
    assert code not in "".join(str(record.__dict__) for record in caplog.records)


def test_the_list_of_a_month_is_what_the_entries_say(portal, code, holder, visitor):
    holder.work(hours=6)
    told = visitor.get("/record/receipts/2026-11.json").get_json()
    shown = holder.batches(holder.look())
    assert {each["seq"]: each["lines"] for each in told["batches"]} == shown
    assert visitor.get("/record/receipts/2026-10.json").get_json()["batches"] == []
    for month in ("2026-13", "2026", "x", "1999-01"):
        assert visitor.get(f"/record/receipts/{month}.json").status_code == 404
    assert visitor.get("/record/receipts/2026-11.json?as_of=2026-11-23").get_json()["batches"] == []


def test_keys_and_program_are_there(portal, holder, visitor):
    told = visitor.get("/record/keys.json").get_json()["receipts"]
    document = json.loads(visitor.get(f"/record/opening/{told['entry']}.json").get_json()["document"])
    assert document["keys"] == told["vkeys"] == [holder.portal.receipt_key.read().public.line]
    assert told["vkeys"][0] in visitor.get("/record/keys").text.replace("&#43;", "+")
    assert b"verify_receipt" in visitor.get("/record/verify_receipt.py").data


def test_batches_are_on_the_pages_of_the_record_and_nowhere_else(portal, code, holder, visitor):
    holder.work(hours=6)
    (seq, *_more) = holder.batches(holder.look())
    assert "receipts/2026-11-24-1" in visitor.get("/record").text
    page = visitor.get(f"/record/{seq}")
    assert "这一条说的是收件凭据" in page.text
    for path in (
        "/", "/archive", "/archive?q=receipts", "/archive?kind=receipts", "/feeds/latest.atom", "/sitemap.xml", "/projects",
        "/changes?from=2026-11-23", "/changes?from=2026-01-01&to=2026-11-25", "/units", "/?as_of=2026-11-23",
    ):  # fmt: skip
        assert "receipts/2" not in visitor.get(path).text, path
    quiet = visitor.get("/changes?from=2026-11-23").text
    holder.work(hours=6)
    assert len(visitor.get("/changes?from=2026-11-23").text) == len(quiet)


def test_no_page_of_the_public_shows_who_was_given_a_receipt(portal, code, holder, visitor):
    holder.work(hours=6)
    for path in ("/record", "/record/receipt", "/record/receipts/2026-11.json", "/record/keys"):
        assert code not in visitor.get(path).text
