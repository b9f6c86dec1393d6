"""The audit is a tree of its own: every act has a leaf, every day a seal on the public record, and whatever is done to
an act afterwards is found."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import sqlite3

import pytest
from sqlalchemy import func, select

from portal.adapters.lease_table import LeaseTable
from portal.domain.audit import AuditEntry, AuditLeaf, note
from portal.record import log
from portal.record.signed import freeze
from portal.record.tables import Entry
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.seal_audit import BATCH, SEALING, seals
from portal.workflows.sign_record import AUDIT, Watch
from portal.workflows.verify_audit import audit_faults
from tests.conftest import needs_sqlite
from tests.record.test_verify import damage
from tests.signed_record import keys, other

__all__ = ["keys"]

ACTS = 7


def act(portal: Portal, count: int = ACTS, *, at: dt.datetime | None = None) -> None:
    with portal.database.writing() as session:
        for number in range(count):
            note(
                session,
                actor=None,
                act="see_report",
                subject=None,
                now=at or portal.now(),
                round=number,
                words="岸",
            )


def leaves(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(func.count()).select_from(AuditLeaf)).one()


def sealed_days(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return [each.day.isoformat() for each in seals(session)]


def faults(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(audit_faults(session))


@pytest.fixture
def sealed(portal, keys, clock):
    """Two days with their seals, and acts of a third without one."""
    for _ in range(2):
        act(portal)
        run_once(portal)
        clock.forward(days=1)
        run_once(portal)
    act(portal)
    run_once(portal)
    return portal


def test_every_act_has_a_leaf_soon_and_every_day_a_seal(sealed):
    assert leaves(sealed) == 3 * ACTS
    assert sealed_days(sealed) == ["2026-11-24", "2026-11-25"]
    assert faults(sealed) == []


def test_a_seal_tells_the_public_nothing_but_a_hash_that_an_auditor_makes_again(sealed):
    with sealed.database.reading() as session:
        first = seals(session)[0]
        entry = log.latest(session, "audit/2026-11-24")
        document = log.document_of(session, entry.seq)
    lines = f"sunlight.example/record/audit\n{ACTS}\n"
    assert first.checkpoint.text.startswith(lines)
    assert document == {
        "title": "内部审计日志的封条 2026-11-24",
        "dated": "2026-11-24",
        "audit": {"sha256": hashlib.sha256(first.checkpoint.text.encode()).hexdigest()},
    }


def test_a_day_without_acts_has_no_seal(sealed, clock):
    clock.forward(days=1)
    run_once(sealed)
    assert sealed_days(sealed)[-1] == "2026-11-26"
    for _ in range(3):
        clock.forward(days=1)
        run_once(sealed)
    assert sealed_days(sealed)[-1] == "2026-11-26"


def test_days_on_which_no_worker_ran_are_sealed_together(portal, keys, clock):
    act(portal)
    clock.forward(days=5)
    run_once(portal)  # leaves
    run_once(portal)
    assert sealed_days(portal) == ["2026-11-28"]
    assert faults(portal) == []


def test_more_acts_than_one_pass_takes_come_with_the_next(portal, keys):
    act(portal, BATCH + 3)
    run_once(portal)
    assert leaves(portal) == BATCH
    run_once(portal)
    assert leaves(portal) == BATCH + 3


def test_an_act_that_is_committed_late_comes_with_the_next_and_is_not_called_slipped_in(sealed):
    before = leaves(sealed)
    for number, count in ((900, 1), (899, 1), (901, 3)):  # 900 is there before 899, as transactions end
        with sealed.database.writing() as session:
            session.add(
                AuditEntry(
                    id=number, at=sealed.now(), act="sign_in", subject_kind="", subject_id="", detail={}
                )
            )
        run_once(sealed)
        assert leaves(sealed) == before + count
    assert faults(sealed) == []


CHANGES = {
    "act": "UPDATE audit_entry SET act = 'claim_report' WHERE id = 9",
    "at": "UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE id = 9",
    "actor_id": "UPDATE audit_entry SET actor_id = 1 WHERE id = 9",
    "subject_kind": "UPDATE audit_entry SET subject_kind = 'unit' WHERE id = 9",
    "subject_id": "UPDATE audit_entry SET subject_id = '4' WHERE id = 9",
    "detail": "UPDATE audit_entry SET detail = '{}' WHERE id = 9",
    "salt": f"UPDATE audit_leaf SET salt = {other('salt')} WHERE entry_id = 9",
    "leaf": "UPDATE audit_leaf SET leaf = replace(leaf, 'act/9', 'act/8') WHERE entry_id = 9",
    "leaf_hash": f"UPDATE audit_leaf SET leaf_hash = {other('leaf_hash')} WHERE entry_id = 9",
}


def test_the_table_of_changes_has_every_column():
    changed = {*AuditEntry.__table__.columns.keys(), *AuditLeaf.__table__.columns.keys()}
    assert changed - set(CHANGES) == {"id", "seq", "entry_id"}  # removed and slipped in below


@pytest.mark.parametrize("column", CHANGES)
def test_whatever_is_changed_is_found_and_nothing_more_is_sealed(district, sealed, owner, clock, column):
    place = 9 + acts_before(sealed)
    damage(owner, CHANGES[column].replace("= 9", f"= {place}").replace("act/9", f"act/{place}"))
    found = faults(sealed)
    assert any(f"act {place} " in each or f"leaf {place - 1} " in each for each in found), found
    clock.forward(days=1)
    watch = Watch()
    run_once(sealed, watch)
    assert sealed_days(sealed)[-1] == "2026-11-25"
    assert watch.audit_waits == sealed.now() + AUDIT


def acts_before(portal: Portal) -> int:
    """How many acts the district had before the numbered ones."""
    with portal.database.reading() as session:
        return (
            session.scalars(select(func.min(AuditEntry.id)).where(AuditEntry.act == "see_report")).one() - 1
        )


@needs_sqlite
def test_an_act_that_is_removed_past_all_keys_is_found(sealed, owner):
    damage(owner)  # triggers off
    with contextlib.closing(sqlite3.connect(owner.path)) as connection, connection:
        connection.execute(
            "DELETE FROM audit_entry WHERE id = 9"
        )  # keys of other tables are not looked at here
    assert faults(sealed) == ["act 9 was removed: its leaf 8 is there"]


def test_an_act_that_is_removed_with_its_leaf_is_found(sealed, owner):
    damage(owner, "DELETE FROM audit_leaf WHERE entry_id = 9", "DELETE FROM audit_entry WHERE id = 9")
    assert "leaf 8 of the acts is missing" in faults(sealed)


def test_the_last_acts_of_a_sealed_day_cannot_be_cut_off(sealed, owner):
    damage(owner, "DELETE FROM audit_leaf WHERE seq >= 10", "DELETE FROM audit_entry WHERE id >= 11")
    assert faults(sealed) == ["the seal of 2026-11-25 is over 14 acts, and there are 10"]


def test_an_act_that_is_slipped_in_with_an_old_time_is_found(sealed, owner):
    damage(
        owner,
        "INSERT INTO audit_entry (id, at, act, subject_kind, subject_id, detail) "
        "VALUES (999, '2026-11-01 00:00:00', 'sign_in', '', '', '{}')",
    )
    run_once(sealed)
    assert faults(sealed) == [
        "act 999 (sign_in) was slipped in: it is older than the last seal and has no leaf"
    ]


def test_acts_and_leaves_that_were_all_written_anew_contradict_the_public_record(sealed, owner):
    """Who has the database's password writes a whole new tree, seals included; the record has the old ones."""
    damage(
        owner,
        "DELETE FROM audit_leaf",
        "DELETE FROM audit_seal",
        "UPDATE audit_entry SET act = 'sign_in' WHERE id = 9",
    )
    run_once(sealed)
    run_once(sealed)
    assert faults(sealed) == [
        "the public record has audit/2026-11-24, and the house has no such seal",
        "the public record has audit/2026-11-25, and the house has no such seal",
    ]


def test_a_seal_that_was_changed_is_not_the_one_that_everybody_has(sealed, owner):
    damage(owner, "UPDATE audit_seal SET size = 6 WHERE day = '2026-11-24'")
    assert faults(sealed) == [
        "the acts are not those of the seal of 2026-11-24",
        "audit/2026-11-24 on the public record is not the seal that the house has",
    ]


def test_while_the_record_is_frozen_acts_become_leaves_and_wait_for_their_seal(sealed, clock):
    with sealed.database.writing() as session:
        freeze(session, "a test", now=sealed.now())
    clock.forward(days=1)
    act(sealed, 2)
    run_once(sealed)
    assert leaves(sealed) == 3 * ACTS + 2
    assert sealed_days(sealed)[-1] == "2026-11-25"


def test_another_process_that_seals_is_left_alone(portal, keys, clock):
    act(portal)
    assert LeaseTable(portal.database, holder="another").hold(SEALING, now=portal.now())
    run_once(portal)
    assert leaves(portal) == 0


def test_seals_stand_on_the_record_and_in_no_list_of_what_was_published(district, sealed, visitor, clock):
    with sealed.database.reading() as session:
        seq = session.scalars(select(Entry.seq).where(Entry.kind == "audit")).first()
    page = visitor.get(f"/record/{seq}").text
    assert "内部审计日志" in page
    assert "/help#audit" in page
    assert "内部审计日志" in visitor.get("/record").text
    for window in (
        "/", "/archive?q=内部审计", "/feeds/latest.atom", "/sitemap.xml", "/units", "/projects",
        "/changes?from=2026-11-20&to=2026-11-26",
    ):  # fmt: skip
        assert "审计日志" not in visitor.get(window).text, window
        assert "audit/" not in visitor.get(window).text, window
