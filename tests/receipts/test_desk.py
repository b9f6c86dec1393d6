"""The unit's receipts: given with the submission, to the unit alone, and without words that were withdrawn."""

from __future__ import annotations

from sqlalchemy import select

from portal.domain.progress import Report, Verb
from portal.domain.receipts import GivenReceipt
from portal.record.receipt import read_file
from portal.web.app import create_app
from portal.workflows.moderate_report import Why
from portal.workflows.withdraw_report import withdraw_report
from tests.browsing import Browser
from tests.conftest import on_postgresql
from tests.web.unit_desk.pages import fields_of, path_of
from tests.workflows.test_erasure import everything_kept


def signed_in(portal, login="reporter"):
    browser = Browser(create_app(portal))
    browser.sign_in(login)
    return browser


def test_the_page_after_submitting_offers_it_in_words_as_a_file_and_as_a_code(portal, holder):
    kept = holder.hand_in(done="甲")
    code, content, checkpoint, note = read_file(kept.read_text())
    browser, report_id = signed_in(portal), holder.reports[0]
    assert f"{path_of(report_id)}/receipts/1" in browser.get(path_of(report_id)).text
    page = browser.get(f"{path_of(report_id)}/receipts/1").text
    assert code.text in page
    assert note.text in page.replace("&#43;", "+")
    assert content["done"] == "甲"
    assert checkpoint is not None


def test_others_do_not_see_it(portal, holder):
    holder.hand_in()
    for login, status in (("stranger", 404), ("supervisor", 403), ("leader", 403), ("head", 200)):
        for rest in ("receipts/1", "receipts/1.receipt"):
            assert signed_in(portal, login).get(f"{path_of(holder.reports[0])}/{rest}").status_code == status
    assert signed_in(portal).get(f"{path_of(holder.reports[0])}/receipts/2").status_code == 404


def test_sending_twice_gives_one_receipt(portal, district, holder):
    report_id, browser = district.draft(), signed_in(portal)
    data = {**fields_of(browser, report_id), "act": "submit"}
    for _time in range(2):
        assert browser.post(path_of(report_id), data=data).status_code == 303
    with portal.database.reading() as session:
        assert len(session.scalars(select(GivenReceipt)).all()) == 1
    assert holder.reports == []


def test_each_round_has_its_own_and_an_earlier_one_keeps_no_words(portal, holder):
    holder.hand_in(done="挡墙裂了。")
    report_id = holder.reports[0]
    holder.district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", preset="too_vague"),))
    browser = signed_in(portal)
    assert f"{path_of(report_id)}/receipts/1" in browser.get(path_of(report_id)).text, (
        "also while it is returned"
    )
    sent = browser.post(
        path_of(report_id), data={**fields_of(browser, report_id), "done": "挡墙裂了三处。", "act": "submit"}
    )
    assert sent.status_code == 303
    first, second = (holder.download(report_id, number) for number in (1, 2))
    assert read_file(second.read_text())[1]["done"] == "挡墙裂了三处。"
    assert read_file(first.read_text())[1] is None
    holder.work(hours=6)
    for kept in (first, second):
        assert holder.check(kept, holder.look())[0] == 0


def test_what_is_withdrawn_leaves_the_file_and_the_rest_still_proves(portal, holder, tmp_path):
    holder.hand_in(done="鸀鹮做成了挡墙")
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    with portal.database.writing() as session:
        withdraw_report(
            session, report=session.get_one(Report, holder.reports[0]), reason="拍到了路人", basis="第四十七条",
            actor=holder.district.person(session, "supervisor"), queue=portal.queue, now=holder.clock(),
        )  # fmt: skip
    holder.sign()
    for path in holder.home.iterdir():  # what the holder has is theirs to keep
        path.unlink()
    if not on_postgresql():
        assert [path for path, data in everything_kept(tmp_path) if "鸀鹮".encode() in data] == []
    kept = holder.download(holder.reports[0])
    assert "鸀鹮" not in kept.read_text()
    code, said = holder.check(kept, holder.look())
    assert (code, "cannot be compared any more" in said) == (0, True)


def test_a_key_file_that_cannot_be_used_stops_no_submission(portal, district, holder):
    portal.receipt_key.path.write_text("damaged")
    report_id, browser = district.draft(), signed_in(portal)
    sent = browser.post(path_of(report_id), data={**fields_of(browser, report_id), "act": "submit"})
    assert sent.status_code == 303
    assert "/receipts/" not in browser.get(path_of(report_id)).text


def test_the_desk_needs_nothing_of_the_keys_that_sign_the_record(portal, holder):
    portal.signing_key.path.unlink()
    assert read_file(holder.hand_in().read_text())[1] is not None
