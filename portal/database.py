"""The database: engine, sessions, and transactions that say whether they write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 10


class DatabaseBusy(Exception):
    """Another process holds the database; the act was not done and may be tried again."""


class DatabaseFull(Exception):
    """No room left on the database's disk; the act was not done."""


class Database:
    """One database. `writing()` is a transaction that commits on success; `reading()` cannot write.

    On SQLite a writing transaction begins with BEGIN IMMEDIATE, so that writers queue up instead of
    failing half-way, and `synchronous=FULL` keeps the promise that what was acknowledged is on the disk.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        """busy_seconds: how long an act waits for another process to let go of the database."""
        self.url, self._busy_seconds = make_url(url), busy_seconds
        self.engine = self._engine()
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        readers = self.engine.execution_options(portal_reading=True)
        self._readers = sessionmaker(readers, expire_on_commit=False)

    @property
    def path(self) -> str | None:
        """The database file of SQLite, else None."""
        return self.url.database if self.url.get_backend_name() == "sqlite" else None

    def _engine(self) -> Engine:
        if self.url.get_backend_name() != "sqlite":
            return create_engine(self.url, pool_pre_ping=True)
        engine = create_engine(
            self.url, connect_args={"timeout": self._busy_seconds, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction. Commits when the block ends well, rolls back when it does not.

        Raises `DatabaseBusy` and `DatabaseFull` for what the caller cannot help.
        """
        try:
            with self._writers.begin() as session:
                yield session
        except OperationalError as error:
            raise _in_our_words(error) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent picture for as long as the block lasts; nothing can be written."""
        try:
            with self._readers() as session:
                yield session
        except OperationalError as error:
            raise _in_our_words(error) from error

    def close(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("portal_reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _in_our_words(error: OperationalError) -> Exception:
    text = str(error.orig)
    if "locked" in text or "busy" in text:
        return DatabaseBusy(text)
    if "full" in text:
        return DatabaseFull(text)
    return error
