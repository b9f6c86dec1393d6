"""Reading the record: now, as of a day, and back through an item's versions."""

import datetime as dt

import pytest

from portal.record import log
from portal.record.log import Disclosed
from portal.record.shelf import Shelf
from portal.record.tables import Shelved


def day(n):
    return dt.datetime(2026, 11, n, 4, tzinfo=dt.UTC)


def report(number, *, percent, dated, project="2026-001"):
    document = {
        "title": f"{number}",
        "dated": dated,
        "project": {"code": project},
        "unit": {"code": "001"},
        "year": 2026,
        "physical_percent": percent,
    }
    return Disclosed(item=f"report/{number}", kind="report", document=document)


@pytest.fixture
def session(portal):
    with portal.database.writing() as open_session:
        log.publish(open_session, report("2026-000001", percent=10, dated="2026-11-01"), at=day(1))
        log.publish(open_session, report("2026-000002", percent=20, dated="2026-11-05"), at=day(5))
        log.publish(open_session, report("2026-000001", percent=12, dated="2026-11-01"), at=day(8))
        log.withdraw(open_session, "report/2026-000002", reason="r", basis="b", role="x", at=day(10))
        yield open_session


def percents(shelf):
    return [s.document["physical_percent"] for s in shelf.items(Shelved.kind == "report")]


def test_now_the_latest_version_stands_and_the_withdrawn_is_gone(session):
    assert percents(Shelf(session)) == [12]
    assert Shelf(session).count() == 1
    assert Shelf(session).counts(Shelved.unit) == {"001": 1}


@pytest.mark.parametrize(
    ("n", "standing"), [(1, [10]), (4, [10]), (5, [10]), (8, [12]), (9, [12]), (10, [12])]
)
def test_as_of_a_day_shows_what_stood_then_without_what_was_destroyed_since(session, n, standing):
    shelf = Shelf(session, as_of=dt.date(2026, 11, n))
    assert [
        s.document["physical_percent"] for s in shelf.items(Shelved.kind == "report") if not s.sealed
    ] == standing


def test_as_of_the_day_before_the_first_there_is_nothing(session):
    assert Shelf(session, as_of=dt.date(2026, 10, 31)).items() == []


def test_a_day_ends_at_midnight_in_shanghai(portal):
    with portal.database.writing() as session:
        late = dt.datetime(2026, 11, 24, 16, 30, tzinfo=dt.UTC)  # 00:30 on the 25th in Shanghai
        log.publish(session, report("2026-000001", percent=1, dated="2026-11-24"), at=late)
        assert Shelf(session, as_of=dt.date(2026, 11, 24)).get("report/2026-000001") is None
        assert Shelf(session, as_of=dt.date(2026, 11, 25)).get("report/2026-000001") is not None


def test_the_newest_report_of_each_project_is_found(session):
    project = {"title": "公园", "dated": "2026-11-11", "project": {"code": "2026-001"}}
    log.publish(session, Disclosed(item="project/2026-001", kind="project", document=project), at=day(11))
    newest = Shelf(session).latest_reports_of(["2026-001", "2026-002"])
    assert {code: shown.item for code, shown in newest.items()} == {"2026-001": "report/2026-000001"}


def test_tombstones_come_only_when_asked_for(session):
    with_stones = Shelf(session).items(Shelved.kind == "report", tombstones=True)
    assert [s.withdrawn for s in with_stones] == [True, False]
    assert list(Shelf(session).many(["report/2026-000001", "report/2026-000002"])) == ["report/2026-000001"]


@pytest.fixture
def told(portal):
    """Four reports of a project and one of another, told in the order 3, 1, 4, 5; the second of a day came later."""
    with portal.database.writing() as session:
        log.publish(session, report("2026-000001", percent=20, dated="2026-11-05"), at=day(5))
        log.publish(
            session, report("2026-000002", percent=5, dated="2026-11-05", project="2026-002"), at=day(5)
        )
        log.publish(session, report("2026-000003", percent=10, dated="2026-11-01"), at=day(6))
        log.publish(session, report("2026-000004", percent=30, dated="2026-11-05"), at=day(7))
        log.publish(session, report("2026-000005", percent=40, dated="2026-11-08"), at=day(8))
        log.publish(session, report("2026-000001", percent=21, dated="2026-11-05"), at=day(9))
        yield session


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [(3, None, 1), (1, 3, 4), (4, 1, 5), (5, 4, None)],
)
def test_beside_a_report_stand_those_told_before_and_after(told, number, before, after):
    shelf = Shelf(told)
    found = shelf.beside(shelf.get(f"report/2026-00000{number}"), "2026-001")
    expected = [each and f"report/2026-00000{each}" for each in (before, after)]
    assert [each and each.item for each in found] == expected


def test_beside_is_as_of_a_day_and_passes_over_what_is_withdrawn(told):
    then = Shelf(told, as_of=dt.date(2026, 11, 7))
    assert then.beside(then.get("report/2026-000004"), "2026-001")[1] is None
    log.withdraw(told, "report/2026-000001", reason="r", basis="b", role="x", at=day(10))
    now = Shelf(told)
    assert now.beside(now.get("report/2026-000004"), "2026-001")[0].item == "report/2026-000003"
    then = Shelf(told, as_of=dt.date(2026, 11, 9))
    before = then.beside(then.get("report/2026-000004"), "2026-001")[0]
    assert before.item == "report/2026-000003", "what is destroyed is told on no day"


def test_the_reports_of_a_project_come_with_their_tombstones(told):
    log.withdraw(told, "report/2026-000005", reason="r", basis="b", role="x", at=day(10))
    found = Shelf(told).reports_of("2026-001")
    assert {each.item[-1] for each in found} == {"1", "3", "4", "5"}
    assert [each.item[-1] for each in found if each.withdrawn] == ["5"]


def test_an_item_says_to_which_project_it_belongs(told):
    assert Shelf(told).project_of("report/2026-000002") == "2026-002"
    assert Shelf(told).project_of("report/2026-999999") == ""


def test_what_was_lately_pictured_comes_as_it_was_told(told):
    def pictured(number, dated, at):
        shown = report(number, percent=50, dated=dated)
        rendition = {"name": f"{number}.jpg", "edge": 240, "format": "jpeg"}
        document = {**shown.document, "photos": [{"renditions": [rendition]}]}
        return log.publish(told, Disclosed(item=shown.item, kind="report", document=document), at=at)

    pictured("2026-000006", "2026-11-03", day(11))
    pictured("2026-000007", "2026-11-09", day(10))
    shelf = Shelf(told)
    assert [shelf.at(seq).item[-1] for seq, _project in shelf.lately_pictured(limit=60)] == ["7", "6"]
    assert {project for _seq, project in shelf.lately_pictured(limit=60)} == {"2026-001"}
    assert len(shelf.lately_pictured(limit=1)) == 1
    assert Shelf(told, as_of=dt.date(2026, 11, 9)).lately_pictured(limit=60) == []
