"""Nine ways to bury what was handed in. Each is done to real rows and files by somebody with every password; each is
proven by the holder, who has the receipt, the public record, and verify_receipt.py."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sqlite3

from sqlalchemy import select, update

from portal.domain.progress import Verb
from portal.domain.receipts import GivenReceipt
from portal.queries.receipts import receipt_faults, waiting
from portal.record import log
from portal.record.log import Disclosed
from portal.record.notes import Note
from portal.record.receipt import Receipt
from portal.record.tables import Head
from portal.worker import log_receipts
from tests.conftest import needs_sqlite
from tests.receipts.holding import Holder, receipt_key
from tests.record.test_verify import damage
from tests.signed_record import shorten

A_DAY = {"hours": 25}


def faults(holder: Holder) -> list[str]:
    with holder.portal.database.reading() as session:
        return list(receipt_faults(session, now=holder.clock()))


def test_nothing_buried_everything_holds(holder):
    kept = holder.hand_in(done="做成了甲。")
    code, said = holder.check(kept, holder.look())
    assert code == 0
    assert "not logged yet" in said
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look())
    assert (code, "logged in entry" in said, "not decided yet" in said) == (0, True, True), said
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look(), kept=holder.home / "log" / "checkpoint")
    assert code == 0, said
    for part in ("the content is what was handed in", "decided: published", "word for word", "it holds"):
        assert part in said
    assert faults(holder) == []


def test_1_the_row_is_deleted(holder, owner):
    kept = holder.hand_in()
    damage(owner, "DELETE FROM receipt", "DELETE FROM decision", "DELETE FROM report")
    holder.work(**A_DAY)
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "NOT LOGGED" in said
    assert "it was buried" in said


def test_2_the_status_is_changed_so_that_nobody_decides(holder, owner):
    kept = holder.hand_in()
    holder.work(hours=6)
    damage(owner, "UPDATE report SET state = 'discarded'")
    holder.work(days=9)
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "NOT DECIDED" in said
    with holder.portal.database.reading() as session:
        assert waiting(session, now=holder.clock()).overdue == 1


def test_2_a_decision_is_changed_afterwards(holder, owner):
    kept = holder.hand_in()
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    damage(owner, "UPDATE receipt SET outcome = 'returned', entry = NULL, decided_in = NULL")
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "TWO DECISIONS that contradict each other" in said


def test_3_the_batch_leaves_it_out(holder, owner):
    kept, other = holder.hand_in(done="甲"), holder.hand_in(done="乙")
    with owner.writing() as session:
        first = session.scalars(select(GivenReceipt.id).order_by(GivenReceipt.id)).first()
        session.execute(update(GivenReceipt).where(GivenReceipt.id == first).values(logged_in=0))
    holder.work(**A_DAY)
    shown = holder.look()
    code, said = holder.check(kept, shown)
    assert (code, "NOT LOGGED" in said) == (1, True)
    code, said = holder.check(other, shown)
    assert "NOT LOGGED" not in said
    assert any("should stand in entry 0 and does not" in fault for fault in faults(holder))


def test_4_the_time_of_receiving_is_changed_and_signed_anew(holder, owner):
    kept = holder.hand_in()
    with owner.writing() as session:
        given = session.scalars(select(GivenReceipt)).one()
        old = Receipt.parse(Note.parse(given.note.encode()).text)
        later = {name: getattr(old, name) + dt.timedelta(days=2) for name in ("received_at", "decide_by")}
        forged = receipt_key().sign(Receipt(origin=old.origin, commitment=old.commitment, **later))
        given.note, given.received_at, given.decide_by = str(forged), later["received_at"], later["decide_by"]
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "BACK-DATED" in said or "CHANGED" in said
    assert "other times than those that were signed" in said


def test_4_the_batch_is_dated_earlier_than_it_was_made(holder):
    kept = holder.hand_in()
    for hours in (13, 12):  # the seal of the day stands on the record; nothing can be dated before it
        holder.clock.forward(hours=hours)
        holder.sign()
    then = holder.look("then")  # the holder looked, and it was not there
    assert holder.check(kept, then)[0] == 1
    holder.clock.at -= dt.timedelta(hours=20)
    log_receipts(holder.portal)
    holder.clock.at += dt.timedelta(hours=20)
    holder.sign()
    shown = holder.look()
    assert holder.check(kept, shown)[0] == 0, (
        "without a checkpoint of one's own it looks as if it had been in time"
    )
    code, said = holder.check(kept, shown, kept=then / "checkpoint")
    assert code == 1
    assert "BACK-DATED" in said


def test_5_the_clock_is_moved_back(holder):
    with holder.portal.database.reading() as session:
        last = session.get_one(Head, 1).at
    holder.clock.at -= dt.timedelta(days=5)
    kept = holder.hand_in()
    received = dt.datetime.fromisoformat(kept.read_text().split("\n\n", 1)[1].split("\n")[3])
    assert received >= last, "no receipt is dated before what the record says already"
    mine = received + dt.timedelta(hours=25)
    code, said = holder.check(kept, holder.look(), now=mine)
    assert (code, "NOT LOGGED" in said) == (1, True), "the holder's clock decides"
    holder.work(seconds=0)
    code, said = holder.check(kept, holder.look(), now=mine)
    assert (code, "logged in entry" in said) == (0, True), "an honest worker is not stopped by such a clock"


def test_6_the_content_is_swapped_for_another_under_the_same_number(holder, owner):
    kept = holder.hand_in(done="挡墙裂了三处。")
    holder.work(hours=6)
    damage(owner, "UPDATE report SET done = '挡墙完好。'")
    holder.district.decide(holder.reports[0], Verb.APPROVE)
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "SWAPPED" in said
    assert "another done than was handed in" in said


def test_6_a_file_with_other_content_is_no_receipt_of_it(holder):
    kept = holder.hand_in(done="挡墙完好。")
    kept.write_text(kept.read_text().replace("挡墙完好。", "挡墙裂了。"))
    code, said = holder.check(kept, holder.look())
    assert (code, "not what the receipt committed to" in said) == (1, True)


@needs_sqlite
def test_7_an_older_backup_is_restored(holder, tmp_path):
    path, saved, tiles = holder.portal.database.path, tmp_path / "backup", tmp_path / "uploads" / "record"
    saved.mkdir()

    def copy(source, target):
        with (
            contextlib.closing(sqlite3.connect(source)) as old,
            contextlib.closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)

    copy(path, saved / "portal.sqlite")
    shutil.copytree(tiles, saved / "record")
    holder.district.published(done="乙。")
    holder.sign()
    kept = holder.hand_in(done="甲。")
    holder.work(hours=6)
    assert holder.check(kept, holder.look("before"))[0] == 0
    copy(saved / "portal.sqlite", path)
    shutil.rmtree(tiles)
    shutil.copytree(saved / "record", tiles)
    code, said = holder.check(kept, holder.look("after"))
    assert code == 1
    assert "AN OLDER STATE WAS RESTORED" in said


def test_8_the_key_is_changed_and_the_old_one_denied(holder, owner):
    kept = holder.hand_in()
    other = receipt_key("another")
    with owner.writing() as session:  # the record is made to name the new key alone
        document = {"dated": "2026-11-24", "keys": [other.public.line], "title": "", "v": 1}
        log.publish(
            session, Disclosed(item="receipts/keys", kind="receipts", document=document), at=holder.clock()
        )
    holder.portal.receipt_key.keep(other)
    holder.work(hours=6)
    code, said = holder.check(kept, holder.look())
    assert code == 0, said
    assert "signed: received" in said, "what the record once said of the key cannot be taken back"


def test_8_receipts_are_signed_with_a_key_that_can_be_denied(holder, owner):
    kept = holder.hand_in()
    with owner.writing() as session:
        given = session.scalars(select(GivenReceipt)).one()
        old = Receipt.parse(Note.parse(given.note.encode()).text)
        given.note = str(receipt_key("another").sign(old))
    kept = holder.download(holder.reports[0])
    code, said = holder.check(kept, holder.look())
    assert code == 1
    assert "THE KEY WAS CHANGED" in said
    assert faults(holder) != []


def test_9_the_log_is_forked_and_the_batch_shown_to_one_reader_alone(holder, owner):
    portal = holder.portal
    kept = holder.hand_in()
    before = int((holder.look("before") / "checkpoint").read_text().split("\n")[1])
    holder.work(hours=6)
    shown = holder.look("shown")
    assert holder.check(kept, shown)[0] == 0, "this reader is contented"
    size = int((shown / "checkpoint").read_text().split("\n")[1])
    shorten(owner, to=before)
    damage(owner, "DELETE FROM record_checkpoint")
    for path in (
        "checkpoint",
        f"tile/entries/000.p/{size}",
        f"tile/0/000.p/{size}",
        f"tile/entries/000.p/{before}",
        f"tile/0/000.p/{before}",
    ):
        portal.tiles.remove(path)
    for words in ("乙。", "丙。"):
        holder.district.published(done=words)
    holder.sign()
    others = holder.look("others")
    code, said = holder.check(kept, others, now=holder.clock() + dt.timedelta(hours=30))
    assert (code, "NOT LOGGED" in said) == (1, True), "everybody else sees that it is missing"
    code, said = holder.check(kept, others, kept=shown / "checkpoint")
    assert code == 1
    assert "IT WAS FORKED OR REWRITTEN" in said
