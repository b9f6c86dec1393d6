"""The record for people and for programs."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json

from portal.record import merkle
from portal.record.cosigning import CosigningKey, cosigned
from portal.record.notes import Note
from portal.record.policy import Policy
from portal.record.signed import newest
from portal.record.witnessing import keep_line
from portal.web.app import create_app
from portal.worker import run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.signed_record import keys, publish  # noqa: F401 - a fixture
from tests.small_district import SmallDistrict
from tests.web.public.reading import links, unmarked_chinese, words


def test_entries_are_listed_newest_first_and_lead_on(visitor: Browser, district: SmallDistrict) -> None:
    page = visitor.get("/record")
    assert "现在有 6 条。" in words(page)
    assert {f"/record/{seq}" for seq in range(6)} <= links(page)
    older = visitor.get("/record?before=2")
    assert "/record/1" in links(older)
    assert "/record/4" not in links(older)


def test_an_entry_says_what_was_done_and_leads_to_it(visitor: Browser, district: SmallDistrict) -> None:
    number = district.published()
    page = visitor.get("/record/6")
    assert "第 6 条：公开" in words(page)
    assert f"/reports/{number}" in links(page)
    assert visitor.get("/record/7").status_code == 404


def test_versions_of_an_item_lead_to_each_other(visitor: Browser, district: SmallDistrict, correct) -> None:
    number = district.published()
    correct(number, done="砌筑完成两层。", reason="丈量后重新计算")
    assert "/record/7" in links(visitor.get("/record/6"))
    assert "/record/6" in links(visitor.get("/record/7"))


def test_anyone_can_check_an_opening_against_its_commitment_and_the_root(
    visitor: Browser, district: SmallDistrict
) -> None:
    district.published(photos=1)
    leaves = []
    for seq in range(7):
        opening = visitor.get(f"/record/opening/{seq}.json").get_json()
        committed = hashlib.sha256(
            b"sunlight/opening/v1\n" + bytes.fromhex(opening["salt"]) + opening["document"].encode()
        ).hexdigest()
        assert json.loads(opening["leaf"])["commit"] == committed
        assert hashlib.sha256(b"\0" + opening["leaf"].encode()).hexdigest() == opening["leaf_hash"]
        leaves.append(bytes.fromhex(opening["leaf_hash"]))
    root = visitor.get("/record/root.json").get_json()
    assert root["size"] == 7
    assert root["root"] == merkle.root(leaves).hex()


def test_a_destroyed_opening_is_gone_and_its_entry_says_by_which_one(
    visitor: Browser, district: SmallDistrict, withdraw
) -> None:
    withdraw(district.published(done="蓝鲸要撤下。"))
    gone = visitor.get("/record/opening/6.json")
    assert gone.status_code == 410
    assert gone.get_json()["destroyed_by"] == 7
    page = visitor.get("/record/6")
    assert page.status_code == 200
    assert "这一条的内容已经销毁" in words(page)
    assert "/record/7" in links(page)
    assert "蓝鲸" not in words(page)
    assert "拍到了路人的正脸" in words(visitor.get("/record/7"))


def test_on_a_past_day_later_entries_are_not_there(
    visitor: Browser, district: SmallDistrict, clock: Clock
) -> None:
    clock.forward(days=3)
    district.published()
    clock.forward(days=3)
    assert visitor.get("/record/6").status_code == 200
    assert visitor.get("/record/6?as_of=2026-11-25").status_code == 404
    assert visitor.get("/record/opening/6.json?as_of=2026-11-25").status_code == 404
    page = visitor.get("/record?as_of=2026-11-25")
    assert not any(link.startswith("/record/6") for link in links(page))


def test_the_english_pages_mark_what_is_chinese(visitor: Browser, district: SmallDistrict, withdraw) -> None:
    withdraw(district.published())
    for path in ("/en/record", "/en/record/4", "/en/record/6", "/en/record/7"):
        assert unmarked_chinese(visitor.get(path)) == [], path


# --- witnesses ----------------------------------------------------------------------------------------


def test_who_signed_is_on_the_page_of_today_alone_and_a_new_line_makes_a_new_page(portal, keys, clock):  # noqa: F811
    publish(portal, 3)
    run_once(portal)
    signers = [CosigningKey.make(f"{name}.example") for name in ("one", "two")]
    told = "".join(f"witness w{n} {key.public.line}\n" for n, key in enumerate(signers))
    policy = Policy.parse(f"{told}group any-one any w0 w1\nquorum any-one\n".encode())
    reader = Browser(create_app(dataclasses.replace(portal, policy=policy)))
    shown = []
    for number, key in enumerate(signers, start=1):
        with portal.database.writing() as session:
            last = newest(session)
            text = Note.parse(last.note.encode()).text
            keep_line(session, last.id, cosigned(text, [key.cosign(text, at=clock())], key.public))
        page = reader.get("/record")
        assert f"2 个见证方里有 {number} 个签过名" in page.text
        shown.append(page.headers["ETag"])
        assert reader.get("/record", headers={"If-None-Match": shown[-1]}).status_code == 304
    assert len(set(shown)) == 2
    clock.forward(days=3)
    assert "见证方里" not in reader.get(f"/record?as_of={clock().date() - dt.timedelta(days=1)}").text
