"""Single values for the front, straight from SQLite: what was told stands until somebody commits."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

MOST = 1_000  # values remembered by a thread


class Glances:
    """A read-only connection for each thread, without SQLAlchemy's cost.

    Whether anybody has committed is asked each time, which costs half of the query. A commit just after that question
    makes a value newer than it had to be, never older.
    """

    def __init__(self, file: str | None) -> None:
        self._file, self._own = file, threading.local()

    def value(self, query: str, values: tuple[str, ...]) -> Any:
        """`{}` in the query becomes a mark for each value."""
        connection = self._connection()
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._own.version or len(self._own.told) >= MOST:
            self._own.version, self._own.told = version, {}
        told, asked = self._own.told, (query, values)
        if asked not in told:
            marks = ",".join("?" * len(values))
            told[asked] = connection.execute(query.format(marks), values).fetchone()[0]
        return told[asked]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                f"file:{self._file}?mode=ro", uri=True, timeout=10, isolation_level=None
            )
            self._own.connection, self._own.version, self._own.told = connection, None, {}
        return connection
