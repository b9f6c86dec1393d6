"""The database: engines, sessions, and transactions that say whether they write.

SQLite and PostgreSQL give the same promises here: a writing transaction is whole or not at all and on the disk
before it is acknowledged; a reading one sees one picture and cannot write; trouble comes in our own words.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Engine, create_engine, event, func, make_url, select
from sqlalchemy.orm import Session, sessionmaker

from portal.database.glances import Glances
from portal.database.trouble import (
    TROUBLE,
    DatabaseBusy,
    DatabaseConflict,
    DatabaseFull,
    DatabaseGone,
    NeverStored,
    in_our_words,
)

__all__ = [
    "TRIES", "TROUBLE", "Database", "DatabaseBusy", "DatabaseConflict", "DatabaseFull", "DatabaseGone", "NeverStored",
    "again", "hold", "one_by_one",
]  # fmt: skip

BUSY_SECONDS = 10
STATEMENT_SECONDS = 30  # the longest single statement of a page or an act
IDLE_SECONDS = (
    600  # a transaction whose process has stopped talking lets go; a verification may read files for long
)
CONNECT_SECONDS = 5
TRIES = 4
REWRITTEN = 512 * 1024 * 1024  # bytes of a file that is written anew in some seconds

_Result = TypeVar("_Result")


class Database:
    """One database. `writing()` is a transaction that commits on success; `reading()` and `viewing()` cannot
    write, and `viewing()`, for windows, reads the replica where there is one.

    On SQLite a writing transaction begins with BEGIN IMMEDIATE, so that writers queue up instead of
    failing half-way, and `synchronous=FULL` keeps the promise that what was acknowledged is on the disk.
    On PostgreSQL writers go on side by side: rows carry versions, `hold` locks what a decision rests on, and
    the record's head is the lock that gives out its sequence.
    """

    def __init__(
        self,
        url: str,
        *,
        read_url: str = "",
        busy_seconds: float = BUSY_SECONDS,
        connections: int = 8,
        patient: bool = False,
    ) -> None:
        """read_url: address of a replica; busy_seconds: how long an act waits for others to let go;
        connections: kept open, up to three times as many in a rush; patient: no limits on time, for migrations.
        """
        self.url, self._busy_seconds = _with_driver(make_url(url)), busy_seconds
        self._connections, self._patient = connections, patient
        self.engine = self._engine(self.url)
        view = self._engine(_with_driver(make_url(read_url))) if read_url else self.engine
        self._view = view
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(_that_reads(self.engine), expire_on_commit=False)
        self._viewers = sessionmaker(_that_reads(view), expire_on_commit=False)
        self._glancing = (
            None if _is_sqlite(view.url) else view.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._glances = Glances(view.url.database)

    @property
    def path(self) -> str | None:
        """The database file of SQLite, else None."""
        return self.url.database if _is_sqlite(self.url) else None

    def _engine(self, url: URL) -> Engine:
        if not _is_sqlite(url):
            return create_engine(
                url,
                pool_size=self._connections,
                max_overflow=2 * self._connections,
                pool_timeout=self._busy_seconds,
                pool_pre_ping=True,
                connect_args=self._postgresql_limits(),
            )
        engine = create_engine(url, connect_args={"timeout": self._busy_seconds, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgresql_limits(self) -> dict[str, Any]:
        """What every connection says of itself: who it is, how long it waits, when it is given up."""
        limits = {"timezone": "UTC", "tcp_keepalives_idle": 15, "tcp_keepalives_interval": 5}
        if not self._patient:
            limits |= {
                "statement_timeout": STATEMENT_SECONDS * 1000,
                "lock_timeout": int(self._busy_seconds * 1000),
                "idle_in_transaction_session_timeout": IDLE_SECONDS * 1000,
            }
        return {
            "application_name": "sunlight-oversight",
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 1000 * (STATEMENT_SECONDS + CONNECT_SECONDS),
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        }

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction. Commits when the block ends well, rolls back when it does not.

        Raises `DatabaseBusy`, `DatabaseFull` and `DatabaseGone` for what the caller cannot help.
        """
        with in_our_words(), self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent picture for as long as the block lasts; nothing can be written."""
        with in_our_words(), self._readers() as session:
            yield session

    @contextmanager
    def viewing(self) -> Iterator[Session]:
        """As `reading`, from the replica when there is one. A replica is never ahead and may be a moment
        behind, so only windows look here, and all of a page comes from here."""
        with in_our_words(), self._viewers() as session:
            yield session

    def glance(self, query: str, values: Sequence[str]) -> Any:
        """One value by one bare query where windows read, outside any transaction: the front asks this for
        every page. `{}` in the query becomes a mark for each value."""
        with in_our_words():
            if self._glancing is None:
                return self._glances.value(query, tuple(values))
            marks = ",".join(["%s"] * len(values))
            with self._glancing.connect() as connection:
                return connection.exec_driver_sql(query.format(marks), tuple(values)).scalar()

    def scrub(self, *, most_bytes: int = REWRITTEN) -> bool:
        """Leave nothing of what was deleted in the files of SQLite; False when readers were in the way and it has
        to be done again. Elsewhere nothing is done: see docs/record.md on PostgreSQL.

        Deleted bytes are overwritten as they are deleted, but copies may lie between the rows of a page that was
        rearranged, and in the log of changes. So the file is written anew, unless it is larger than `most_bytes`,
        and the log is emptied.
        """
        if self.path is None:
            return True
        with (
            in_our_words(),
            contextlib.closing(sqlite3.connect(self.path, timeout=self._busy_seconds)) as bare,
        ):
            _prepare_sqlite(bare, None)
            if Path(self.path).stat().st_size <= most_bytes:
                bare.execute("VACUUM")
            busy, _frames, _moved = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        self.engine.dispose()
        self._view.dispose()


def hold(session: Session, row: object) -> None:
    """Nobody else changes this row before the transaction ends; it is read again as it stands now. What a
    decision rests on must be held where writers go side by side; on SQLite a writer is alone anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.flush()
        session.refresh(row, with_for_update=True)


def one_by_one(session: Session, *keys: str) -> None:
    """Transactions that name the same key come one after the other, where writers go side by side: for what
    no row stands for yet. Held until the transaction ends."""
    if session.get_bind().dialect.name != "sqlite":
        for key in sorted(keys):  # always in the same order, so that two never wait for each other
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def again(act: Callable[[], _Result], *, tries: int = TRIES) -> _Result:
    """Do an act that is one transaction, and do it again when another's came first. For the edges of the
    portal alone, where the whole act begins. Raises `DatabaseConflict` after the last try."""
    for _ in range(tries - 1):
        try:
            return act()
        except DatabaseConflict:
            continue
    return act()


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _with_driver(url: URL) -> URL:
    """`postgresql://` means psycopg 3 here."""
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _that_reads(engine: Engine) -> Engine:
    """The same connections, for transactions that see one picture and cannot write."""
    if _is_sqlite(engine.url):
        return engine.execution_options(portal_reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


# secure_delete: what is deleted is overwritten with zeros, so that a withdrawal leaves nothing in the file.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "secure_delete=ON",
)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get("portal_reading", False):
        bare = connection.connection.driver_connection  # waits for nobody, so nothing here can fail
        bare.execute("PRAGMA query_only=ON")
        bare.execute("BEGIN")
    else:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
