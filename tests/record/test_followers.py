"""Followers read the log in order, from wherever they stand."""

import datetime as dt

from portal.record import log
from portal.record.followers import changes, last_seq, move, position
from tests.record.test_log import shown

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def test_changes_come_in_order_and_know_what_still_stands(portal):
    with portal.database.writing() as session:
        assert last_seq(session) == -1
        log.publish(session, shown(), at=AT)
        log.publish(session, shown(text="改"), at=AT)
        log.withdraw(session, "report/2026-000001", reason="r", basis="b", role="x", at=AT)
        read = changes(session, after=-1, limit=2)
        assert [(c.seq, c.standing, c.document) for c in read] == [(0, False, None), (1, False, None)]
        rest = changes(session, after=1, limit=2)
        assert [(c.seq, c.standing, "withdrawn" in c.document) for c in rest] == [(2, True, True)]
        assert last_seq(session) == 2


def test_a_cursor_is_remembered(portal):
    with portal.database.writing() as session:
        assert position(session, "letters") == -1
        move(session, "letters", position=4, now=AT)
        move(session, "letters", position=7, now=AT)
        assert position(session, "letters") == 7
