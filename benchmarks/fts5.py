"""SQLite FTS5 over the same terms as our index, with the facets counted in arrays: what it is measured against."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from portal.ports import FACETS, Indexed
from portal.text.fold import folded
from portal.text.terms import required_terms, terms

_SIGNS = str.maketrans({"@": "zqa", "-": "zqb", ".": "zqc", "~": "zqd", "¥": "zqe", "+": "zqf"})


class Fts5:
    """A table of terms with their places (for phrases), and a column of numbers for each facet."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        self._connection.execute("PRAGMA journal_mode=WAL")
        bare = "content='', contentless_delete=1, " if sqlite3.sqlite_version_info >= (3, 43) else ""
        columns = f"title, body, {bare}tokenize='unicode61 remove_diacritics 0'"
        self._connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS fts USING fts5({columns})")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS facet (id INTEGER PRIMARY KEY, kind, unit, town, category, year)"
        )
        self._codes: dict[str, np.ndarray] = {}
        self._values: dict[str, list[str]] = {}

    def put(self, at: int, items: Sequence[Indexed]) -> None:
        """Add items numbered from `at`, in one transaction."""
        with self._connection:
            for number, item in enumerate(items, start=at):
                self._insert(number, item)
        self._codes = {}

    def replace(self, number: int, item: Indexed) -> None:
        with self._connection:
            self._connection.execute("DELETE FROM fts WHERE rowid = ?", (number,))
            self._connection.execute("DELETE FROM facet WHERE id = ?", (number,))
            self._insert(number, item)

    def _insert(self, number: int, item: Indexed) -> None:
        row = (number, _spelt(item.title), _spelt(item.body))
        self._connection.execute("INSERT INTO fts (rowid, title, body) VALUES (?, ?, ?)", row)
        values = [item.facets.get(facet, "") for facet in FACETS]
        self._connection.execute("INSERT INTO facet VALUES (?, ?, ?, ?, ?, ?)", (number, *values))

    def _load(self) -> None:
        rows = self._connection.execute("SELECT * FROM facet ORDER BY id").fetchall()
        for place, facet in enumerate(FACETS, start=1):
            column = [row[place] for row in rows]
            self._values[facet] = sorted(set(column))
            code = {value: number for number, value in enumerate(self._values[facet])}
            self._codes[facet] = np.array([code[value] for value in column], np.int32)

    def search(
        self,
        text: str,
        *,
        page: int = 1,
        size: int = 10,
        facets: bool = False,
        phrase: bool = False,
        filters: Sequence[tuple[str, str]] = (),
    ) -> list[int]:
        """The numbers of one page by rank; the total and the facets are counted as well."""
        if not self._codes:
            self._load()
        words = [[term.translate(_SIGNS) for term in required_terms(folded(word))] for word in text.split()]
        inner = " " if phrase else " AND "
        asked = " AND ".join(
            f'"{inner.join(word)}"' if phrase else inner.join(f'"{t}"' for t in word) for word in words
        )
        query = "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, 8.0, 1.0) LIMIT ? OFFSET ?"
        if not facets and not filters:
            self._connection.execute("SELECT count(*) FROM fts WHERE fts MATCH ?", (asked,)).fetchone()
            return [row[0] for row in self._connection.execute(query, (asked, size, (page - 1) * size))]
        ranked = self._connection.execute(
            "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY bm25(fts, 8.0, 1.0)", (asked,)
        )
        ids = np.fromiter((row[0] for row in ranked), np.int64)
        for facet, value in filters:
            ids = ids[self._codes[facet][ids] == self._values[facet].index(value)]
        for facet in FACETS:
            np.bincount(self._codes[facet][ids], minlength=len(self._values[facet]))
        return ids[(page - 1) * size : page * size].tolist()  # type: ignore[no-any-return]


def _spelt(text: str) -> str:
    return " ".join(term.translate(_SIGNS) for term in terms(folded(text)))
