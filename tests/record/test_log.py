"""Appending: the only way to become public."""

import datetime as dt
import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.record import log
from portal.record.log import Disclosed, NotInRecord
from portal.record.shelf import Shelf, touched
from portal.record.tables import Act, Entry, Head, Opening, PublicMedia, Shelved

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


def shown(item="report/2026-000001", *, text="做好了", photos=(), **more):
    document = {
        "title": "公园",
        "dated": "2026-11-24",
        "project": {"code": "2026-001"},
        "unit": {"code": "001"},
        "town": {"code": "001"},
        "category": "公园绿化",
        "year": 2026,
        "done": text,
        "photos": [{"renditions": [{"name": name}]} for name in photos],
        **more,
    }
    return Disclosed(item=item, kind=item.split("/")[0], document=document)


@pytest.fixture
def session(portal):
    with portal.database.writing() as open_session:
        yield open_session


def test_numbers_are_dense_and_each_version_names_the_one_before(session):
    entries = [log.publish(session, shown(text=str(n)), at=AT) for n in range(3)]
    assert [(e.seq, e.version, e.prev, e.act) for e in entries] == [
        (0, 1, None, Act.PUBLISHED),
        (1, 2, 0, Act.CORRECTED),
        (2, 3, 1, Act.CORRECTED),
    ]


def test_the_leaf_is_canonical_and_holds_no_word_of_the_document(session):
    entry = log.publish(session, shown(text="王小明的电话"), at=AT)
    leaf = json.loads(entry.leaf)
    assert sorted(leaf) == ["act", "at", "commit", "item", "kind", "seq", "v", "version"]
    assert leaf["at"] == "2026-11-24T04:00:00Z"
    assert "王小明" not in entry.leaf


def test_a_clock_that_runs_back_does_not_take_the_record_back(session):
    log.publish(session, shown("report/2026-000001"), at=AT)
    later = log.publish(session, shown("report/2026-000002"), at=AT - dt.timedelta(days=1))
    assert later.at == AT


def test_withdrawing_destroys_every_opening_and_leaves_a_tombstone(session):
    log.publish(session, shown(photos=["a.jpg"]), at=AT)
    log.publish(session, shown(text="改过", photos=["b.jpg"]), at=AT)
    log.withdraw(
        session, "report/2026-000001", reason="拍到了路人", basis="个人信息保护法", role="区委督查室", at=AT
    )
    assert session.scalars(select(Opening.seq)).all() == [2]
    assert session.scalars(select(PublicMedia.name)).all() == []
    assert set(session.scalars(select(Shelved.title))) == {""}
    tombstone = Shelf(session).get("report/2026-000001")
    assert tombstone.withdrawn
    assert tombstone.document["withdrawn"] == {
        "reason": "拍到了路人",
        "basis": "个人信息保护法",
        "role": "区委督查室",
    }
    assert [v.sealed_by for v in Shelf(session).history("report/2026-000001")] == [2, 2, None]


def test_redacting_shows_the_new_version_and_destroys_the_old_ones(session):
    log.publish(session, shown(photos=["face.jpg"]), at=AT)
    log.redact(session, shown(text="打码后", photos=["blank.jpg"]), at=AT)
    assert session.scalars(select(PublicMedia.name)).all() == ["blank.jpg"]
    assert Shelf(session).get("report/2026-000001").document["done"] == "打码后"
    assert Shelf(session).history("report/2026-000001")[0].sealed


def test_what_is_withdrawn_or_unknown_cannot_be_published_redacted_or_withdrawn_again(session):
    with pytest.raises(NotInRecord):
        log.withdraw(session, "report/2026-000009", reason="r", basis="b", role="x", at=AT)
    log.publish(session, shown(), at=AT)
    log.withdraw(session, "report/2026-000001", reason="r", basis="b", role="x", at=AT)
    for again in (log.publish, log.redact):
        with pytest.raises(NotInRecord):
            again(session, shown(), at=AT)


def test_every_scope_that_an_entry_shows_in_is_touched(session):
    log.publish(session, shown("project/2026-001"), at=AT)
    log.publish(session, shown(), at=AT)
    for scope in ("*", "kind/report", "report/2026-000001", "project/2026-001", "unit/001", "town/001"):
        assert touched(session, [scope]) == 1
    assert touched(session, ["kind/project"]) == 0
    assert touched(session, ["unit/999"]) == -1
    assert touched(session, ["unit/999", "kind/project"]) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_entry SET kind = 'x'",
        "DELETE FROM record_entry",
        "UPDATE record_opening SET document = '{}'",
        "DELETE FROM record_opening",
        'INSERT INTO record_entry SELECT 7, at, act, item, kind, version, "commit", prev, leaf, leaf_hash FROM record_entry',
    ],
)
def test_the_database_itself_refuses_to_change_what_was_written(portal, owner, statement):
    with portal.database.writing() as session:
        log.publish(session, shown(), at=AT)
    with (
        pytest.raises(IntegrityError, match=r"never changes|withdrawn or redacted|dense"),
        owner.writing() as session,
    ):
        session.execute(text(statement))


def test_a_rolled_back_act_leaves_no_gap(portal):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), portal.database.writing() as session:
        log.publish(session, shown(), at=AT)
        raise Stop
    with portal.database.writing() as session:
        assert log.publish(session, shown(), at=AT).seq == 0
        assert session.get(Head, 1).size == 1
        assert len(session.scalars(select(Entry)).all()) == 1
