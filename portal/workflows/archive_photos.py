"""Photos of an old archive wait, developed, for the notes that show them: named, so that no sweep takes them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.domain.archives import ArchivePhoto
from portal.workflows.draft_photos import Developed


def keep(session: Session, *, developed: Developed, now: dt.datetime) -> None:
    """Remember a photo whose files lie in the media store, in the place of what was remembered of it before."""
    session.execute(delete(ArchivePhoto).where(ArchivePhoto.sha256 == developed.sha256))
    told = dataclasses.asdict(developed)
    prints = told.pop("prints")
    session.add(ArchivePhoto(sha256=developed.sha256, developed=told, prints=prints, made_at=now))


def waiting(session: Session, *, sha256: Iterable[str]) -> dict[str, Developed]:
    """Those of these photos that wait."""
    rows = session.scalars(select(ArchivePhoto).where(ArchivePhoto.sha256.in_(list(sha256))))
    return {row.sha256: Developed(**row.developed, prints=row.prints) for row in rows}


def forget(session: Session, *, before: dt.datetime | None = None) -> None:
    """No note waits for these any more: all of them, or those from before. What nothing names then is found by the
    sweep."""
    gone = delete(ArchivePhoto)
    session.execute(gone if before is None else gone.where(ArchivePhoto.made_at < before))
