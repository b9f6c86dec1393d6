"""Checking the audit: acts against leaves, leaves against seals, seals against the public record."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.record import log
from portal.record.merkle import root_of
from portal.record.tables import Entry
from portal.workflows.seal_audit import KIND, Sealed, grown, seals, slipped_in

Progress = Callable[[int, int], None]


def audit_faults(session: Session, *, progress: Progress = lambda _done, _total: None) -> Iterator[str]:
    """Everything that is wrong with the audit, each in words that name it."""
    known = seals(session)
    size, over = 0, {each.checkpoint.size: each for each in known}
    for size, (frontier, trouble) in enumerate(grown(session, progress=progress), start=1):
        if trouble:
            yield trouble
        if (sealed := over.get(size)) is not None and sealed.checkpoint.root != root_of(frontier):
            yield f"the acts are not those of the seal of {sealed.day}"
    for each in known:
        if each.checkpoint.size > size:
            yield f"the seal of {each.day} is over {each.checkpoint.size} acts, and there are {size}"
    for entry in slipped_in(session):
        yield f"act {entry.id} ({entry.act}) was slipped in: it is older than the last seal and has no leaf"
    yield from _against_the_record(session, {each.item: each for each in known})


def _against_the_record(session: Session, known: dict[str, Sealed]) -> Iterator[str]:
    """Seals of the house against those that everybody has."""
    newest = select(Entry.item, func.max(Entry.seq)).where(Entry.kind == KIND).group_by(Entry.item)
    public = {
        item: (log.document_of(session, seq) or {}).get(KIND, {}).get("sha256")
        for item, seq in session.execute(newest)
    }
    for item in sorted({*public, *known}):
        if item not in known:
            yield f"the public record has {item}, and the house has no such seal"
        elif item not in public:
            yield f"{item} is not on the public record"
        elif public[item] != known[item].sha256:
            yield f"{item} on the public record is not the seal that the house has"
