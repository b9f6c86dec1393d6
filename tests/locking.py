"""Another process that holds the database, on whichever database this run is."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, text

from portal.database import Database
from portal.wiring import Portal, owner_database


@contextlib.contextmanager
def held(portal: Portal) -> Iterator[None]:
    """For as long as the block lasts nobody can write."""
    if portal.database.path is not None:
        with contextlib.closing(sqlite3.connect(portal.database.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    owner = owner_database(portal.settings)
    with owner.engine.connect() as connection:
        tables = ", ".join(inspect(connection).get_table_names())
        connection.execute(text(f"LOCK TABLE {tables} IN SHARE MODE"))
        yield
        connection.rollback()
    owner.close()


def impatient(database: Database, *, milliseconds: int = 50) -> None:
    """From now on this database waits only a moment for others."""

    def tell(connection: Any, _record: Any) -> None:
        if database.path is not None:
            connection.execute(f"PRAGMA busy_timeout={milliseconds}")
        else:
            connection.execute(f"SET lock_timeout = {milliseconds}")
            connection.commit()

    database.engine.dispose()
    event.listen(database.engine, "connect", tell)
