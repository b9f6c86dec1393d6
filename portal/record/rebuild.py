"""Building the shelf again from entries and openings, when its rows were lost or damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from portal.record.followers import entries, last_seq
from portal.record.shelving import columns_of, media_of, scopes_of, sealed_columns
from portal.record.tables import Act, PublicMedia, Shelved, Touched

BLANK = {"title": "", "project": "", "unit": "", "town": "", "category": "", "year": 0}


def rebuild_shelf(
    session: Session, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Throw shelf, public media and touched scopes away and derive them anew. How many entries were read."""
    for table in (PublicMedia, Shelved, Touched):
        session.execute(delete(table))
    total = last_seq(session) + 1
    rows: list[dict[str, Any]] = []
    media: list[dict[str, Any]] = []
    touched: dict[str, int] = {}
    first: dict[str, dict[str, Any]] = {}
    latest: dict[str, dict[str, Any]] = {}
    for entry, opening in entries(session):
        document = json.loads(opening.document) if opening else None
        columns = columns_of(document) if document else {**BLANK, "dated": entry.at.date()}
        row = {
            "seq": entry.seq,
            "item": entry.item,
            "kind": entry.kind,
            "act": entry.act,
            "version": entry.version,
            "at": entry.at,
            "latest": True,
            **columns,
        }
        row["first_at"] = first.setdefault(entry.item, row)["at"]
        if entry.item in latest:
            latest[entry.item]["latest"] = False
        latest[entry.item] = row
        rows.append(row)
        media += [{"name": name, "seq": entry.seq} for name in media_of(document or {})]
        touched |= dict.fromkeys(["*", f"kind/{entry.kind}", entry.item, *scopes_of(columns)], entry.seq)
        if entry.act in (Act.WITHDRAWN, Act.REDACTED):
            _seal(rows, row)
        progress(len(rows), total)
    for table, values in (
        (Shelved, rows),
        (PublicMedia, media),
        (Touched, [{"scope": s, "seq": n} for s, n in touched.items()]),
    ):
        if values:
            session.execute(insert(table), values)
    return len(rows)


def _seal(rows: list[dict[str, Any]], by: dict[str, Any]) -> None:
    """What an entry destroyed keeps only what lists know of that entry itself."""
    left = sealed_columns(SimpleNamespace(**by))
    for row in rows:
        if row["item"] == by["item"] and row["seq"] < by["seq"]:
            row.update(left)
