"""What every database of the portal promises, on each of them; and what PostgreSQL alone can show."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from portal.database import Database, DatabaseBusy, DatabaseConflict, DatabaseGone, again, hold
from portal.domain.counter import Counter, next_number
from portal.domain.organisation import Person
from portal.record import log
from portal.record.tables import Entry, Head, Shelved
from portal.record.verify import verify
from portal.web.front import Validator
from tests.own_postgresql import HEALS_WITHIN, OwnServer
from tests.postgresql_server import PostgreSQLServer
from tests.record.test_log import shown

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Place:
    """A fresh, migrated database: as the web processes see it, and another like it."""

    url: str
    other: str


@pytest.fixture
def on_sqlite(tmp_path: Path, migrated: Path) -> Place:
    urls = []
    for name in ("one", "other"):
        shutil.copy(migrated, tmp_path / f"{name}.sqlite")
        urls.append(f"sqlite:///{tmp_path / name}.sqlite")
    return Place(*urls)


@pytest.fixture
def on_postgresql(server: PostgreSQLServer, template: str) -> Iterator[Place]:
    names = [server.create(template=template) for _ in range(2)]
    yield Place(*(server.web_url(name) for name in names))
    for name in names:
        server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture
def opened() -> Iterator[Callable[..., Database]]:
    """Opens databases and closes them at the end."""
    with contextlib.ExitStack() as stack:

        def open_one(url: str, **more: object) -> Database:
            database = Database(url, **more)  # type: ignore[arg-type]
            stack.callback(database.close)
            return database

        yield open_one


def entries(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Entry.seq).order_by(Entry.seq)))


def append(database: Database, item: str = "report/2026-000001") -> int:
    with database.writing() as session:
        return log.publish(session, shown(item), at=AT).seq


def test_what_is_committed_is_there_for_everybody(place, opened):
    append(opened(place.url))
    assert entries(opened(place.url)) == [0]


def test_what_ends_badly_was_never_there(place, opened):
    database = opened(place.url)
    with pytest.raises(KeyError), database.writing() as session:
        log.publish(session, shown(), at=AT)
        session.flush()
        raise KeyError
    assert entries(database) == []
    assert append(database) == 0


@pytest.mark.parametrize("how", ["reading", "viewing"])
def test_who_reads_cannot_write(place, opened, how):
    database = opened(place.url)
    with getattr(database, how)() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("INSERT INTO counter (name, value) VALUES ('x', 1)"))
    append(database)  # the connection is as good as new


def test_a_reading_sees_one_picture_however_long_it_lasts(place, opened):
    database = opened(place.url)
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Entry))
        append(database)
        assert session.scalar(select(func.count()).select_from(Shelved)) == before == 0
    assert entries(database) == [0]


def test_writers_at_once_give_dense_numbers_and_an_honest_tree(place, opened):
    first, second = opened(place.url), opened(place.url)

    def write(n: int) -> int:
        item = "project/2026-001" if n % 3 == 0 else f"report/2026-{n:06}"
        return append((first, second)[n % 2], item)

    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(write, range(30)))
    assert sorted(given) == entries(first) == list(range(30))
    with first.reading() as session:
        found = verify(session, open_public=pytest.fail)
        versions = session.scalars(select(Entry.version).where(Entry.item == "project/2026-001"))
        assert sorted(versions) == list(range(1, 11))
        assert session.scalars(select(Head.size)).one() == 30
    assert found.wrong == []


def test_numbers_of_a_series_are_given_once(place, opened):
    database = opened(place.url)
    with database.writing() as session:
        next_number(session, name="report/2026")

    def number(_n: int) -> int:
        with database.writing() as session:
            return next_number(session, name="report/2026")

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(number, range(20))) == list(range(2, 22))


def test_an_append_that_others_keep_waiting_is_refused_as_busy_and_leaves_nothing(place, opened):
    database, hurried = opened(place.url), opened(place.url, busy_seconds=0.2)
    with database.writing() as session:
        log.publish(session, shown(), at=AT)
        session.flush()
        with pytest.raises(DatabaseBusy):
            append(hurried)
    assert append(hurried) == 1


def test_windows_read_the_replica_and_the_front_judges_by_what_it_says(place, opened):
    database = opened(place.url, read_url=place.other)
    append(database)
    with database.reading() as main, database.viewing() as replica:
        assert main.scalar(select(func.count()).select_from(Entry)) == 1
        assert replica.scalar(select(func.count()).select_from(Entry)) == 0
    validate = Validator(database)
    assert validate(("*",)) == -1
    append(opened(place.other))
    assert validate(("*", "kind/report")) == 0


def test_without_a_replica_windows_see_what_was_committed_a_moment_ago(place, opened):
    database = opened(place.url)
    validate = Validator(database)
    assert validate(("*",)) == -1
    append(database)
    assert validate(("*",)) == 0
    with database.viewing() as session:
        assert session.scalars(select(Entry.seq)).all() == [0]


def test_two_acts_that_wait_for_each_other_are_told_apart_and_one_is_done_again(on_postgresql, opened):
    database = opened(on_postgresql.url)
    with database.writing() as session:
        session.add_all([Counter(name="a", value=0), Counter(name="b", value=0)])
    both_hold, tries = threading.Barrier(2), []

    def cross(names: str) -> None:
        first_time = names not in tries
        tries.append(names)
        with database.writing() as session:
            next_number(session, name=names[0])
            if first_time:
                both_hold.wait(timeout=20)
            next_number(session, name=names[1])

    with ThreadPoolExecutor(2) as pool:
        for crossing in [pool.submit(again, lambda names=names: cross(names)) for names in ("ab", "ba")]:
            crossing.result(timeout=HEALS_WITHIN)
    assert len(tries) == 3  # one of the two was undone, and done again
    with database.reading() as session:
        assert list(session.scalars(select(Counter.value))) == [2, 2]


def test_a_row_that_another_act_changed_is_a_conflict_not_a_fault(on_postgresql, opened):
    database = opened(on_postgresql.url)
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO person (login, name, title, role, version_id)"
                " VALUES ('leader', 'x', '', 'leader', 1)"
            )
        )
    with pytest.raises(DatabaseConflict), database.writing() as session:
        person = session.scalars(select(Person)).one()
        with database.writing() as other:
            other.scalars(select(Person)).one().title = "theirs"
        person.title = "mine"
    with database.writing() as session:
        person = session.scalars(select(Person)).one()
        hold(session, person)
        assert person.title == "theirs"


def test_more_readers_than_connections_wait_and_are_then_told_that_it_is_busy(on_postgresql, opened):
    database = opened(on_postgresql.url, connections=1, busy_seconds=0.2)
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(database.reading()).execute(text("SELECT 1"))
        with pytest.raises(DatabaseBusy), database.reading() as session:
            session.execute(text("SELECT 1"))
    assert entries(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_entry SET kind = 'x'",
        "DELETE FROM record_entry",
        "TRUNCATE record_entry CASCADE",
        "UPDATE record_opening SET document = '{}'",
        "DELETE FROM record_shelf",
        "DELETE FROM record_head",
        "INSERT INTO record_head (id, size, frontier, root) VALUES (2, 0, '[]', '')",
        "UPDATE audit_entry SET act = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE responsibility SET reason = 'x'",
        "DELETE FROM responsibility",
        "UPDATE alembic_version SET version_num = '0001'",
        "ALTER TABLE record_entry DISABLE TRIGGER USER",
        "DROP TABLE record_entry CASCADE",
        "CREATE TABLE mine (id int)",
        "DROP TRIGGER never_record_entry ON record_entry",
    ],
)
def test_the_role_of_the_web_processes_has_no_right_to_what_never_changes(on_postgresql, opened, statement):
    database = opened(on_postgresql.url)
    append(database)
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        database.writing() as session,
    ):
        session.execute(text(statement))


def test_the_role_of_the_web_processes_can_destroy_an_opening_only_as_withdrawal_does(on_postgresql, opened):
    database = opened(on_postgresql.url)
    append(database)
    with pytest.raises(DBAPIError, match="withdrawn or redacted"), database.writing() as session:
        session.execute(text("DELETE FROM record_opening"))
    with database.writing() as session:
        log.withdraw(session, "report/2026-000001", reason="r", basis="b", role="x", at=AT)
    with database.reading() as session:
        assert log.document_of(session, 0) is None


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    with OwnServer.running() as server:
        yield server


@pytest.mark.slow
def test_a_stopped_server_is_gone_in_our_words_and_everything_heals_when_it_is_back(own_server, opened):
    made = PostgreSQLServer(own_server.url)
    database = opened(made.web_url(made.migrated()), busy_seconds=2)
    validate = Validator(database)
    append(database)
    assert validate(("*",)) == 0
    own_server.stop()
    with pytest.raises(DatabaseGone):
        append(database)
    with pytest.raises(DatabaseGone):
        entries(database)
    with pytest.raises(DatabaseGone):
        validate(("*",))
    own_server.start()
    assert append(database, "report/2026-000002") == 1
    assert entries(database) == [0, 1]
    assert validate(("*",)) == 1


@pytest.mark.slow
def test_a_transaction_whose_server_stops_in_the_middle_is_gone_and_was_not_done(own_server, opened):
    made = PostgreSQLServer(own_server.url)
    database = opened(made.web_url(made.migrated()))
    with pytest.raises(DatabaseGone), database.writing() as session:
        log.publish(session, shown(), at=AT)
        session.flush()
        own_server.stop()
    own_server.start()
    assert entries(database) == []
    assert append(database) == 0


@pytest.mark.slow
def test_a_killed_server_keeps_what_was_acknowledged_and_doubles_nothing(own_server, opened):
    made = PostgreSQLServer(own_server.url)
    database = opened(made.web_url(made.migrated()))
    acknowledged: list[int] = []

    def write(thread: int) -> None:
        for n in range(10_000):
            try:
                acknowledged.append(append(database, f"report/2026-{thread}{n:05}"))
            except DatabaseGone:
                return

    with ThreadPoolExecutor(3) as pool:
        writing = [pool.submit(write, n) for n in range(3)]
        while len(acknowledged) < 30:
            time.sleep(0.01)
        own_server.kill()
        for each in writing:
            each.result(timeout=HEALS_WITHIN)
    own_server.start()
    kept = entries(database)
    assert set(acknowledged) <= set(kept)
    assert len(kept) <= len(acknowledged) + 3  # an act whose answer was lost may have been done
    assert kept == list(range(len(kept)))
    with database.reading() as session:
        assert verify(session, open_public=pytest.fail).wrong == []
    assert append(database, "report/2026-999999") == len(kept)
