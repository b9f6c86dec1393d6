"""Building the shelf again from entries and openings, when its rows were lost or damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from portal.record.followers import entries, last_seq
from portal.record.shelving import columns_of, media_of, scopes_of, sealed_columns
from portal.record.tables import Act, Opening, PublicMedia, Shelved, Touched

Progress = Callable[[int, int], None]
BLANK = {"title": "", "project": "", "unit": "", "town": "", "category": "", "year": 0}


@dataclass(frozen=True, kw_only=True)
class Derived:
    """What follows from entries and openings: rows of the shelf, of public media, and touched scopes.
    destroyed: the entries whose opening is gone."""

    rows: list[dict[str, Any]]
    media: list[dict[str, Any]]
    touched: dict[str, int]
    destroyed: set[int]


def derive(session: Session, *, progress: Progress = lambda _done, _total: None) -> Derived:
    """Everything on the shelf as entries and openings give it. A version whose document is lost although
    nobody withdrew it stands nowhere: there is nothing to show of it."""
    total = last_seq(session) + 1
    found = Derived(rows=[], media=[], touched={}, destroyed=set())
    first: dict[str, dict[str, Any]] = {}
    latest: dict[str, dict[str, Any]] = {}
    for entry, opening in entries(session):
        document, columns = _read(opening)
        columns = columns or {**BLANK, "dated": entry.at.date()}
        row = {
            "seq": entry.seq,
            "item": entry.item,
            "kind": entry.kind,
            "act": entry.act,
            "version": entry.version,
            "at": entry.at,
            "latest": document is not None,
            **columns,
        }
        row["first_at"] = first.setdefault(entry.item, row)["at"]
        if entry.item in latest:
            latest[entry.item]["latest"] = False
        latest[entry.item] = row
        found.rows.append(row)
        if document is None:
            found.destroyed.add(entry.seq)
        found.media.extend({"name": name, "seq": entry.seq} for name in media_of(document or {}))
        scopes = ["*", f"kind/{entry.kind}", entry.item, *(scopes_of(columns) if document else [])]
        found.touched.update(dict.fromkeys(scopes, entry.seq))
        if entry.act in (Act.WITHDRAWN, Act.REDACTED):
            _seal(found.rows, row)
        progress(len(found.rows), total)
    return found


def _read(opening: Opening | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """A document and its columns; neither where there is none, or where it was changed into none."""
    try:
        document: dict[str, Any] | None = json.loads(opening.document) if opening else None
        return document, columns_of(document) if document else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, None


def rebuild_shelf(session: Session, *, progress: Progress = lambda _done, _total: None) -> int:
    """Throw shelf, public media and touched scopes away and derive them anew. How many entries were read."""
    for table in (PublicMedia, Shelved, Touched):
        session.execute(delete(table))
    found = derive(session, progress=progress)
    for table, values in (
        (Shelved, found.rows),
        (PublicMedia, found.media),
        (Touched, [{"scope": s, "seq": n} for s, n in found.touched.items()]),
    ):
        if values:
            session.execute(insert(table), values)
    return len(found.rows)


def _seal(rows: list[dict[str, Any]], by: dict[str, Any]) -> None:
    """What an entry destroyed keeps only what lists know of that entry itself."""
    left = sealed_columns(SimpleNamespace(**by))
    for row in rows:
        if row["item"] == by["item"] and row["seq"] < by["seq"]:
            row.update(left)
