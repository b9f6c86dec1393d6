"""Files that nothing names go into quarantine, and after as long again for good. What is named is never touched.

A file is stored before the transaction that names it, so only one is set aside that nobody has written again for days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.media_rounds import StoredFile
from portal.ports import Aside, MediaMissing, MediaStore, Space
from portal.queries.named import Named

FEW, SHARE = 50, 5  # more forgotten files than this, and more than a fifth of all, are too many to be true
TOLD = 20  # names in one row of the audit
Progress = Callable[[], None]


class TooMany(Exception):
    """A database that was restored, or belongs to another store, names hardly anything: nothing was set aside."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What became of files that nothing names, each as `<space>/<name>`; put_back: what is named after all; kept:
    copies in quarantine of what is named, that are not what they should be."""

    set_aside: list[str] = field(default_factory=list)
    put_back: list[str] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.set_aside or self.put_back or self.destroyed)


def key_of(space: Space, name: str) -> str:
    return f"{space.value}/{name}"


def sweep(
    media: MediaStore,
    *,
    named: Named,
    asides: Sequence[Aside],
    wanted: set[str],
    after_seconds: float,
    braking: bool = True,
    progress: Progress = lambda: None,
) -> Swept:
    """One round. Raises `TooMany`, unless told not to brake, when so much would go that the database is rather the
    wrong one. named: everything in use; asides: what was in quarantine before that was looked up, of which
    `wanted` is in use; after_seconds: in both places."""
    swept = Swept()
    for each in asides:
        progress()
        key = key_of(each.space, each.name)
        if key in wanted and not _is_there(media, each.space, each.name):
            if _is_as_named(media, each):
                media.quarantine.put_back(each.space, each.name)
                swept.put_back.append(key)
            else:  # no help for what is missing, and the only copy there is
                swept.kept.append(key)
        elif each.seconds > after_seconds:
            media.quarantine.destroy(each.space, each.name)
            swept.destroyed.append(key)
    for space, name in _forgotten(media, named, after_seconds, braking=braking, progress=progress):
        progress()
        if media.quarantine.set_aside(space, name, older_than_seconds=after_seconds):
            swept.set_aside.append(key_of(space, name))
    return swept


def _forgotten(
    media: MediaStore, named: Named, after_seconds: float, *, braking: bool, progress: Progress
) -> list[tuple[Space, str]]:
    """Files that nobody names and nobody has written again for so long. Raises `TooMany`."""
    found, looked_at = list[tuple[Space, str]](), 0
    for space in Space:
        for name in media.quarantine.candidates(space, older_than_seconds=after_seconds):
            progress()
            looked_at += 1
            if key_of(space, name) not in named:
                found.append((space, name))
    if braking and len(found) > FEW and len(found) * SHARE > looked_at:
        raise TooMany(f"nothing names {len(found)} of {looked_at} files")
    return found


def write_down(session: Session, swept: Swept, *, now: dt.datetime) -> None:
    """For the trail: how many, and the first names."""
    if swept.changed:
        told = {
            part: {"count": len(names), "first": names[:TOLD]}
            for part in ("set_aside", "put_back", "destroyed")
            if (names := getattr(swept, part))
        }
        audit.note(session, actor=None, act="sweep_media", subject=StoredFile(), now=now, **told)


def restore(session: Session, *, media: MediaStore, name: str, now: dt.datetime) -> list[Space]:
    """Put back what is in quarantine under this name, wherever it came from. Raises `MediaMissing`."""
    found = [each.space for each in media.quarantine.files() if each.name == name]
    if not found:
        raise MediaMissing(name)
    for space in found:
        media.quarantine.put_back(space, name)
    audit.note(session, actor=None, act="restore_media", subject=StoredFile(name[:40]), now=now)
    return found


def _is_there(media: MediaStore, space: Space, name: str) -> bool:
    try:
        media.size(space, name)
    except MediaMissing:
        return False
    return True


def _is_as_named(media: MediaStore, aside: Aside) -> bool:
    digest = hashlib.sha256()
    with media.quarantine.open(aside.space, aside.name) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == aside.name.partition(".")[0]
