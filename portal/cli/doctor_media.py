"""What `portal doctor` says of the files: room on the disks, and when they were last looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from portal.cli.doctor_record import Finding
from portal.domain import media_rounds
from portal.domain.media_rounds import MediaRound
from portal.wiring import Portal

MB = 1024**2
PLENTY = 2 * 1024**3  # bytes
SWEPT_BY = dt.timedelta(days=3)
VERIFIED_BY = dt.timedelta(days=100)


def room(portal: Portal) -> Iterator[Finding]:
    """How much is left on the disks, and whether it is too little to take files in."""
    short, free = portal.room.short(), portal.room.free()
    if short is not None:
        yield (
            "bad",
            f"no photos are taken in: {short.free // MB} MB are free where {short.place} lies, and "
            f"{short.reserve // MB} MB are kept in reserve. Make room; it goes on by itself",
        )
    elif free < PLENTY:
        yield "warn", f"{free // MB} MB are free on the disk: make room before it is full"
    else:
        yield "ok", f"{free // MB} MB are free on the disk"


def rounds(portal: Portal) -> Iterator[Finding]:
    """Whether files are swept, verified and copied."""
    try:
        with portal.database.reading() as session:
            swept, verified, copied = (
                session.get(MediaRound, name)
                for name in (media_rounds.SWEEP, media_rounds.VERIFY, media_rounds.MIRROR)
            )
    except Exception:  # said above
        return
    now = portal.now()
    if swept is not None and swept.finished_at is not None and now - swept.finished_at > SWEPT_BY:
        yield "warn", f"files are not swept since {swept.finished_at:%Y-%m-%d}: start `python -m portal work`"
    if verified is not None and verified.found:
        yield (
            "bad",
            f"{len(verified.found)} files are not what they should be: run `python -m portal media verify --anew`",
        )
    elif verified is not None and verified.finished_at is not None:
        tone = "ok" if now - verified.finished_at < VERIFIED_BY else "warn"
        yield tone, f"every file was read and hashed again on {verified.finished_at:%Y-%m-%d}"
    if portal.mirror is None:
        return
    if trouble := portal.mirror.check():
        yield "bad", f"the second store: {trouble}"
    elif copied is None or copied.finished_at is None or now - copied.finished_at > SWEPT_BY:
        yield "warn", "the second store has not got its copies: run `python -m portal media mirror`"
    else:
        yield "ok", f"the second store had every copy on {copied.finished_at:%Y-%m-%d}"
