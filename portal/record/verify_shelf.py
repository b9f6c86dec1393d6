"""Checking the shelf: every column must be what entries and openings give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal.record.rebuild import Derived, derive
from portal.record.tables import PublicMedia, Shelved, Touched

# What is known of an entry whose document is destroyed; the other columns may be kept or blank.
KNOWN = ("seq", "item", "kind", "act", "version", "latest", "first_at", "at", "title")


def derived_faults(session: Session) -> Iterator[str]:
    """One sentence for each row of the shelf, of public media or of touched scopes that is not as it follows."""
    found = derive(session)
    yield from _row_faults(session, found)
    yield from _media_faults(session, found)
    yield from _scope_faults(session, found)


def _row_faults(session: Session, found: Derived) -> Iterator[str]:
    columns = [column.key for column in inspect(Shelved).column_attrs]
    kept = {row.seq: row for row in session.execute(select(Shelved.__table__)).all()}
    for meant in found.rows:
        seq, item = meant["seq"], meant["item"]
        row: Any = kept.pop(seq, None)
        if row is None:
            yield f"entry {seq} ({item}): it is not on the shelf"
            continue
        for name in KNOWN if seq in found.destroyed else columns:
            if getattr(row, name) != meant[name]:
                yield f"entry {seq} ({item}): the shelf says another {name}"
    for seq in kept:
        yield f"the shelf has a row {seq} without an entry"


def _media_faults(session: Session, found: Derived) -> Iterator[str]:
    meant = {(row["name"], row["seq"]) for row in found.media}
    kept = {(row.name, row.seq) for row in session.execute(select(PublicMedia.__table__))}
    for name, seq in sorted(meant - kept):
        yield f"{name}: entry {seq} shows it, and it is not public"
    for name, seq in sorted(kept - meant):
        yield f"{name}: public for entry {seq}, which does not show it"


def _scope_faults(session: Session, found: Derived) -> Iterator[str]:
    kept = {row.scope: row.seq for row in session.execute(select(Touched.__table__))}
    for scope, seq in found.touched.items():
        if kept.get(scope) != seq and kept.get(scope) not in found.destroyed:
            yield f"{scope}: last touched by entry {seq}, not {kept.get(scope)}"
    for scope, seq in kept.items():
        if scope not in found.touched and seq not in found.destroyed:
            yield f"{scope}: touched by entry {seq}, which does not concern it"
