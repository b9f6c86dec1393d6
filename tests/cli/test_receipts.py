"""What the terminal says of receipts: their key, what waits, what does not agree."""

from __future__ import annotations

import stat

import pytest
from sqlalchemy import select

from portal.cli.doctor_record import receipts
from portal.domain.receipts import GivenReceipt, Outcome, decided
from portal.queries.receipts import receipt_faults
from portal.record.batches import batches, keys_of_receipts
from portal.record.receipt import LINE
from portal.record.receipt_key import ReceiptKey
from portal.worker import log_receipts, run_once
from portal.workflows.give_receipt import give_receipt
from tests.record.test_verify import damage
from tests.signed_record import other


@pytest.fixture
def giving(portal, run, clock):
    """A portal whose keys `portal init` has made, with two receipts that wait."""
    assert run("init").code == 0
    log_receipts(portal)
    clock.forward(minutes=1)
    run_once(portal)
    give(portal, clock, 1)
    give(portal, clock, 2)
    return portal


def give(portal, clock, number: int) -> None:
    with portal.database.writing() as session:
        give_receipt(
            session, submission=f"letter/{number}", content={"words": str(number)}, key=portal.receipt_key.read(),
            days=7, now=clock(),
        )  # fmt: skip


def logged(portal, clock) -> None:
    clock.forward(hours=6)
    assert log_receipts(portal) == 1
    clock.forward(minutes=1)
    run_once(portal)


def test_init_makes_a_key_that_others_cannot_read_and_keeps_it(giving, run, settings):
    assert stat.S_IMODE(settings.receipt_key.stat().st_mode) == 0o600
    before = settings.receipt_key.read_text()
    assert run("init").code == 0
    assert settings.receipt_key.read_text() == before
    settings.receipt_key.unlink()
    assert run("init").code == 0
    assert not settings.receipt_key.exists(), "where the record names one, the right file must come back"


def told(portal) -> dict[str, str]:
    """What the doctor says of receipts, on the clock of the test: tone by sentence."""
    return {sentence: tone for tone, sentence in receipts(portal)}


def faults(portal, clock) -> list[str]:
    """What `record verify` says of receipts, on the clock of the test."""
    with portal.database.reading() as session:
        return list(receipt_faults(session, now=clock()))


def test_the_doctor_counts_what_waits_and_is_not_content_after_a_day(giving, clock):
    waits = "2 receipts and decisions wait to be put on the record, the oldest for"
    assert told(giving) == {f"{waits} 0 h": "ok"}
    clock.forward(hours=25)
    (late,) = told(giving).items()
    assert late[0].startswith(f"{waits} 25 h: 24 h were promised")
    assert late[1] == "bad"
    log_receipts(giving)
    assert told(giving) == {"the record says of every receipt that was given": "ok"}
    clock.forward(days=9)
    overdue = "2 submissions should have been decided by now, and their receipts prove it"
    assert told(giving)[overdue] == "warn"


def test_the_doctor_names_a_key_that_is_missing_damaged_or_another(giving, run, settings):
    kept = settings.receipt_key.read_text()
    settings.receipt_key.unlink()
    assert "no receipts are given: run `python -m portal init`" in run("doctor").out
    settings.receipt_key.write_text("damaged")
    assert "bad" in told(giving).values()
    settings.receipt_key.write_text(ReceiptKey.make("127.0.0.1:8000/record").text())
    assert any("is not the key on the record" in sentence for sentence in told(giving))
    settings.receipt_key.write_text(kept)
    settings.receipt_key.chmod(0o644)
    assert "receipt_key can be read by others" in run("doctor").out


def test_verify_finds_nothing_wrong_with_honest_receipts(giving, run, clock):
    assert faults(giving, clock) == []
    logged(giving, clock)
    with giving.database.writing() as session:
        decided(session, "letter/1", outcome=Outcome.REFUSED, at=clock())
        decided(session, "letter/1", outcome=Outcome.PUBLISHED, at=clock(), entry=0)
        decided(session, "letter/none", outcome=Outcome.REFUSED, at=clock())
    logged(giving, clock)
    assert run("record", "verify").code == 0
    with giving.database.reading() as session:
        first = session.scalars(select(GivenReceipt).where(GivenReceipt.submission == "letter/1")).one()
        assert (first.outcome, first.entry) == ("refused", None), "the first decision stays"
        assert first.decided_in == first.logged_in + 1
        assert {len(line) for batch in batches(session) for line in batch.lines} == {LINE}


def test_verify_asks_for_receipts_too(giving, run, clock, owner):
    logged(giving, clock)
    damage(owner, "UPDATE receipt SET logged_in = 0 WHERE id = 1")
    said = run("record", "verify")
    assert said.code == 1
    assert "receipt 1 (letter/1): its receipt should stand in entry 0 and does not" in said.out


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE receipt SET received_at = '2020-01-01 00:00:00' WHERE id = 1", "its columns are not what was signed"),
        (f"UPDATE receipt SET commitment = {other('commitment')} WHERE id = 1", "its columns are not what was signed"),
        ("UPDATE receipt SET code = '000102030405060708090a0b0c0d0e' WHERE id = 1", "should stand in entry"),
        ("UPDATE receipt SET logged_in = 0 WHERE id = 1", "should stand in entry 0 and does not"),
        ("UPDATE receipt SET logged_in = NULL WHERE id = 1", "is not on the record after 24 hours"),
        ("UPDATE receipt SET note = replace(note, '2026', '2027') WHERE id = 1", "does not hold"),
        ("UPDATE receipt SET note = 'nothing' WHERE id = 1", "a note is a text"),
        ("UPDATE receipt SET outcome = 'published', decided_at = received_at, decided_in = logged_in WHERE id = 1", "its decision should stand"),
        ("UPDATE receipt SET outcome = 'published', decided_at = received_at WHERE id = 1", "its decision of"),
    ],
)  # fmt: skip
def test_verify_names_what_was_changed(giving, clock, owner, statement, named):
    logged(giving, clock)
    clock.forward(hours=20)
    run_once(giving)
    damage(owner, statement)
    (fault, *_more) = faults(giving, clock)
    assert fault.startswith("receipt 1 (letter/1): ")
    assert any(named in fault for fault in (fault, *_more))


def test_a_new_key_stands_after_the_old_one_whose_receipts_still_hold(giving, run, clock, settings):
    before = giving.receipt_key.read()
    said = run("record", "rotate-receipt-key")
    assert said.code == 0
    after = giving.receipt_key.read()
    assert after.public.line in said.out
    assert settings.receipt_key.with_name("receipt_key.old").read_text() == before.text()
    with giving.database.reading() as session:
        assert keys_of_receipts(session) == [before.public, after.public]
    give(giving, clock, 3)
    logged(giving, clock)
    assert run("record", "verify").code == 0
