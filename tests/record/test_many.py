"""Many items at once leave what each of them alone would have left."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from portal.record import log
from portal.record.log import Disclosed
from portal.record.many import AlreadyInRecord, publish_new
from portal.record.tables import Entry, Head, Opening, PublicMedia, Shelved, Touched
from tests.conftest import NOON


def shown(number: int) -> Disclosed:
    name = f"{number:064x}.jpg"
    document = {
        "title": f"第 {number} 次",
        "dated": "2023-05-06",
        "project": {"code": f"2023-{number % 3 + 1:03d}"},
        "unit": {"code": "001"},
        "year": 2023,
        "photos": [{"renditions": [{"name": name, "bytes": 1}]}] if number % 2 else [],
    }
    return Disclosed(item=f"report/2023-{number:06d}", kind="report", document=document)


def salts():
    counted = itertools.count()
    return lambda size: next(counted).to_bytes(size, "big")


def rows(session) -> dict[str, list[tuple]]:
    tables = (Entry, Opening, Shelved, PublicMedia, Touched, Head)
    return {
        table.__tablename__: sorted(map(str, session.execute(select(table.__table__)))) for table in tables
    }


def test_many_at_once_are_the_same_rows_as_one_by_one(portal):
    left = []
    for together in (False, True):
        with pytest.raises(ZeroDivisionError), portal.database.writing() as session:
            salt, notes = salts(), [shown(number) for number in range(20)]
            if together:
                assert publish_new(session, notes[:7], at=NOON, salt=salt) == list(range(7))
                assert publish_new(session, notes[7:], at=NOON, salt=salt) == list(range(7, 20))
            else:
                for note in notes:
                    log.publish(session, note, at=NOON, salt=salt)
            session.flush()
            left.append(rows(session))
            raise ZeroDivisionError  # nothing of it stays
    assert left[0] == left[1]
    assert len(left[0]["record_entry"]) == 20


def test_what_is_there_already_is_refused_and_nothing_is_added(portal):
    with portal.database.writing() as session:
        publish_new(session, [shown(1)], at=NOON)
    with pytest.raises(AlreadyInRecord), portal.database.writing() as session:
        publish_new(session, [shown(2), shown(1)], at=NOON)
    with pytest.raises(AlreadyInRecord), portal.database.writing() as session:
        publish_new(session, [shown(3), shown(3)], at=NOON)
    with portal.database.reading() as session:
        assert log.head(session).size == 1
