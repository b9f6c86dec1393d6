"""What is remembered is never older than the record, whoever asks."""

import datetime as dt

import pytest

from portal.record import log
from portal.record.log import Disclosed
from portal.record.remembered import Remembered
from portal.record.shelf import Shelf

AT = dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 2)


def publish(session, item, title):
    kind = item.partition("/")[0]
    log.publish(
        session,
        Disclosed(item=item, kind=kind, document={"title": title, "dated": "2026-11-01"}),
        at=AT,
    )


@pytest.fixture
def worked():
    return []


@pytest.fixture
def titles(worked):
    def work(shelf, *given):
        worked.append(given)
        return sorted(shelf.titles("unit").values())

    return Remembered(work, rests_on=("kind/unit",))


@pytest.fixture
def ask(portal, titles):
    def asked(*given, as_of=None):
        with portal.database.viewing() as session:
            return titles.of(Shelf(session, as_of=as_of), *given)

    return asked


def test_it_is_worked_out_again_only_when_the_record_touches_what_it_rests_on(portal, ask, worked):
    with portal.database.writing() as session:
        publish(session, "unit/001", "住建局")
    assert ask(DAY) == ask(DAY) == ["住建局"]
    assert len(worked) == 1
    with portal.database.writing() as session:
        publish(session, "project/2026-001", "桥")
    assert ask(DAY) == ["住建局"]
    assert len(worked) == 1, "a project is none of its business"
    with portal.database.writing() as session:
        publish(session, "unit/002", "水利局")
    assert ask(DAY) == ["住建局", "水利局"]
    assert len(worked) == 2


def test_another_day_is_another_answer(ask, worked):
    ask(DAY)
    ask(DAY + dt.timedelta(days=1))
    assert len(worked) == 2


def test_a_past_day_is_worked_out_each_time(portal, ask, worked):
    with portal.database.writing() as session:
        publish(session, "unit/001", "住建局")
    assert ask(DAY, as_of=dt.date(2026, 10, 31)) == []
    assert ask(DAY) == ["住建局"]
    assert ask(DAY, as_of=dt.date(2026, 10, 31)) == []
    assert len(worked) == 3


def test_what_a_writer_takes_back_is_nobody_elses_answer(portal, ask, titles):
    class Back(Exception):
        pass

    with pytest.raises(Back), portal.database.writing() as session:
        publish(session, "unit/001", "不作数")
        assert titles.of(Shelf(session), DAY) == ["不作数"]
        raise Back
    with portal.database.writing() as session:
        publish(session, "unit/001", "住建局")
    assert ask(DAY) == ["住建局"]
