"""Hashing public renditions again: each must be what its name says, before an entry that shows it is signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record.blocks import Discrepancy
from portal.record.tables import PublicMedia

OpenPublic = Callable[[str], BinaryIO]  # raises `LookupError` for what is not there
NEW = 2_000  # renditions of new entries that are hashed in one pass
OLD = 100  # of all others, the next ones in the next pass


def is_as_named(name: str, open_public: OpenPublic) -> bool:
    """Whether a rendition hashes to its name. Raises `LookupError` when it is not there."""
    digest = hashlib.sha256()
    with open_public(name) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == name.partition(".")[0]


def must_be_as_named(session: Session, *, first: int, end: int, after: str, open_public: OpenPublic) -> str:
    """Hash the renditions of these entries, and some of all others, those after a name. The name to go on after. One
    that is missing is no change: it may still be on its way into a bucket, and `record verify` names it. Raises
    `Discrepancy` naming the entry."""
    new = select(PublicMedia.name, PublicMedia.seq).where(PublicMedia.seq >= first, PublicMedia.seq < end)
    for name, seq in session.execute(new.order_by(PublicMedia.seq.desc()).limit(NEW)).all():
        _must_be(name, seq, open_public)
    old = select(PublicMedia.name, PublicMedia.seq).where(PublicMedia.name > after)
    rows = session.execute(old.order_by(PublicMedia.name).limit(OLD)).all()
    for name, seq in rows:
        _must_be(name, seq, open_public)
    return rows[-1].name if len(rows) == OLD else ""


def _must_be(name: str, seq: int, open_public: OpenPublic) -> None:
    try:
        named = is_as_named(name, open_public)
    except LookupError:
        return
    if not named:
        raise Discrepancy(f"entry {seq}: the rendition {name} was changed")
