"""The search follower: reads the log from the index's own position and keeps the archive in step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from portal.ports import Indexed, SearchIndex
from portal.record.followers import Change, changes, last_seq
from portal.record.tables import Act

BATCH = 500
KINDS = ("project", "report")  # what the archive finds
PASSAGES = ("number", "done", "problems", "next_step", "content")


def follow_into_search(
    session: Session, *, index: SearchIndex, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Bring the index up to the head of the record. How many entries were read."""
    at, end, read = index.position(), last_seq(session), 0
    if at > end:  # the index has seen a record that is not this one
        index.reset()
        at = -1
    while at < end:
        batch = changes(session, after=at, limit=BATCH)
        if not batch:  # the head counts what is not there; whoever signs says so
            break
        put = {
            c.item: indexed(c)
            for c in batch
            if c.kind in KINDS and c.standing and c.document and not _gone(c)
        }
        drop = [c.item for c in batch if c.kind in KINDS and c.item not in put]
        redacted = [c.item for c in batch if c.act is Act.REDACTED and c.item in put]
        if redacted:  # taken out before it is put in anew, so that no word of the version before stays
            index.apply(put=(), drop=redacted, position=at)
        at = batch[-1].seq
        index.apply(put=put.values(), drop=drop, position=at)
        read += len(batch)
        progress(at + 1, end + 1)
    return read


def indexed(change: Change) -> Indexed:
    """One entry as the archive finds it."""
    document, shelf = change.document or {}, change.shelf
    return Indexed(
        item=change.item,
        seq=change.seq,
        title=shelf.title,
        body="。\n".join(_text(document)),  # what ends and begins two of them is no word
        places=" ".join(
            filter(None, (document.get(name, {}).get("name", "") for name in ("town", "place", "unit")))
        ),
        dated=int(shelf.dated.strftime("%Y%m%d")),
        facets={
            "kind": change.kind,
            "unit": shelf.unit,
            "town": shelf.town,
            "category": shelf.category,
            "year": str(shelf.year or ""),
        },
    )


def _gone(change: Change) -> bool:
    return "withdrawn" in (change.document or {})


def _text(document: dict[str, Any]) -> list[str]:
    parts = [document[name] for name in PASSAGES if document.get(name)]
    parts += [document.get(name, {}).get("name", "") for name in ("unit", "town", "place")]
    parts += [photo["caption"] for photo in document.get("photos", ())]
    parts += [video["description"] for video in document.get("videos", ())]
    if document.get("investment_wan"):
        parts.append(f"{document['investment_wan']}万元")
    if "milestone" in document:
        parts.append(document["milestone"]["name"])
    for milestone in document.get("milestones", ()):
        parts += [milestone["name"], milestone["target"]]
    responsible = document.get("responsible", {})
    parts += [responsible.get(name, {}).get("name", "") for name in ("leader", "unit", "person")]
    parts += [document.get("source", {}).get(name, "") for name in ("name", "number")]
    parts.append(document.get("month") or document.get("project", {}).get("code", ""))
    return [part for part in parts if part]
