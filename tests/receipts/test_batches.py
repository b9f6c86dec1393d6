"""Batches: within a day, at a steady pace, and telling nobody anything but the holder."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.domain.progress import Report, Verb
from portal.domain.receipts import GivenReceipt, Outcome, content_of, decided, receipt_of, submission_of
from portal.record.batches import batches, keys_of_receipts, look_up
from portal.record.receipt import Code, canonical_content, read_file
from portal.record.signed import freeze
from portal.record.tables import Freeze
from portal.worker import log_receipts
from portal.workflows.give_receipt import KeyUnknown, give_receipt
from portal.workflows.log_receipts import is_due, log_again, publish_batches
from portal.workflows.moderate_report import Why
from tests.receipts.holding import receipt_key

pytestmark = pytest.mark.usefixtures("holder")


def lines(portal) -> list[int]:
    with portal.database.reading() as session:
        return [len(batch.lines) for batch in batches(session)]


def test_a_batch_comes_every_six_hours_whether_or_not_there_is_anything_to_say(portal, clock, holder):
    assert lines(portal) == [16]
    assert log_receipts(portal) == 0
    for _time in range(3):
        clock.forward(hours=6)
        assert (log_receipts(portal), log_receipts(portal)) == (1, 0)
    assert lines(portal) == [16] * 4


def test_what_is_handed_in_does_not_show_in_the_size_of_a_batch(portal, holder):
    for number in range(17):
        with portal.database.writing() as session:
            give(session, f"report/900/{number}", now=holder.clock())
    holder.work(hours=6)
    assert lines(portal) == [16, 32]


def give(session, submission, *, now, key=None):
    return give_receipt(
        session, submission=submission, content={"n": submission}, key=key or receipt_key(), days=7, now=now
    )


def test_more_than_a_thousand_go_into_several_batches(portal, clock):
    with portal.database.writing() as session:
        for number in range(1030):
            give(session, f"report/900/{number}", now=clock())
    clock.forward(hours=6)
    assert log_receipts(portal) == 2
    assert lines(portal) == [16, 1024, 16]
    with portal.database.reading() as session:
        assert session.scalars(select(GivenReceipt).where(GivenReceipt.logged_in.is_(None))).first() is None


def test_a_clock_that_ran_ahead_and_back_stops_no_batch(portal, clock):
    clock.forward(days=30)
    log_receipts(portal)
    clock.forward(days=-30)
    with portal.database.reading() as session:
        assert is_due(session, now=clock())
    assert log_receipts(portal) == 1
    with portal.database.reading() as session:
        assert not is_due(session, now=clock())


def test_a_returned_report_has_a_decision_for_each_round(portal, holder):
    kept = holder.hand_in()
    why = Why(passage="done", preset="too_vague")
    holder.district.decide(holder.reports[0], Verb.RETURN, reasons=(why,))
    holder.work(hours=6)
    code = read_file(kept.read_text())[0]
    with portal.database.reading() as session:
        found = look_up(session, code)
    assert found is not None
    assert found.decision is not None
    assert (found.decision.outcome, found.decision.entry) == ("returned", None)
    status, said = holder.check(kept, holder.look())
    assert (status, "decided: returned" in said) == (0, True)


def test_while_the_record_is_frozen_receipts_are_given_and_logged_after(portal, clock, holder, owner):
    with portal.database.writing() as session:
        freeze(session, "a test", now=clock())
    kept = holder.hand_in()
    clock.forward(hours=6)
    assert log_receipts(portal) == 0
    with owner.writing() as session:
        session.scalars(select(Freeze)).one().cured_at = clock()
    holder.work(minutes=1)
    assert holder.check(kept, holder.look())[0] == 0


def test_a_key_that_the_record_does_not_name_signs_nothing(portal, clock):
    with portal.database.writing() as session, pytest.raises(KeyUnknown):
        give(session, "report/1/1", now=clock(), key=receipt_key("another"))


def test_the_first_key_stands_by_itself_and_no_other_does(portal, clock):
    portal.receipt_key.keep(receipt_key("another"))
    clock.forward(hours=6)
    log_receipts(portal)
    with portal.database.reading() as session:
        assert keys_of_receipts(session) == [receipt_key().public]


def test_the_content_is_everything_that_was_handed_in(portal, district, clock):
    report_id = district.submitted(photos=2)
    with portal.database.reading() as session:
        report = session.get_one(Report, report_id)
        content = content_of(report)
        assert [photo["sha256"] for photo in content["photos"]] == [p.original_sha256 for p in report.photos]
        assert (content["done"], content["physical_percent"], content["round"]) == (
            "主体封顶，砌筑完成三层。",
            40,
            1,
        )


def test_without_the_key_file_none_is_given_and_what_was_given_is_still_logged(portal, district, clock):
    with portal.database.writing() as session:
        give(session, "report/900/1", now=clock())
    portal.receipt_key.path.unlink()
    number = district.published()
    clock.forward(hours=6)
    assert log_receipts(portal) == 1
    with portal.database.reading() as session:
        assert receipt_of(session, "report/900/1").logged_in is not None
        report = session.scalars(select(Report).where(Report.number == number)).one()
        assert receipt_of(session, submission_of(report)) is None


def test_two_workers_publish_one_batch(portal, clock):
    clock.forward(hours=6)
    with portal.database.writing() as session:
        publish_batches(session, now=clock())
    assert log_receipts(portal) == 0


def test_a_code_of_nobody_is_not_found(portal):
    with portal.database.reading() as session:
        assert look_up(session, Code(b"nobody's code..")) is None


def test_after_a_recovery_what_the_record_lost_is_said_again(portal, clock, holder):
    kept, other = holder.hand_in(), holder.hand_in()
    holder.work(hours=6)
    with portal.database.writing() as session:
        assert log_again(session) == 0
        first = session.scalars(select(GivenReceipt).order_by(GivenReceipt.id)).first()
        first.logged_in = 9000  # a batch that was never signed, and was taken out
        session.flush()
        assert log_again(session) == 1
    holder.work(hours=6)
    for each in (kept, other):
        assert holder.check(each, holder.look())[0] == 0


@pytest.mark.parametrize("first", ["receipt", "decision"])
def test_receipt_and_decision_in_one_batch_are_found_whichever_line_comes_first(portal, clock, first):
    number = 0
    while True:  # a code whose lines sort as wanted; every second one does
        number += 1
        code = Code(number.to_bytes(15, "big"))
        commitment = code.commitment(canonical_content({"n": "x"}))
        if (commitment < code.decision_mark) == (first == "receipt"):
            break
    with portal.database.writing() as session:
        give_receipt(
            session, submission="letter/1", content={"n": "x"}, key=receipt_key(), days=7, now=clock(),
            random=lambda _count: code.data,
        )  # fmt: skip
        decided(session, "letter/1", outcome=Outcome.REFUSED, at=clock())
    clock.forward(hours=6)
    log_receipts(portal)
    with portal.database.reading() as session:
        found = look_up(session, code)
    assert found is not None
    assert found.decision is not None
    assert found.decision.outcome == "refused"
