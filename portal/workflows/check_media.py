"""Every file that is named is read and hashed again, and repaired from a second store where there is a good copy."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Self

from sqlalchemy.orm import Session

from portal.domain import audit
from portal.domain.media_rounds import StoredFile
from portal.ports import MediaMissing, MediaStore, Received, Space, StoreUnavailable
from portal.queries.kept_media import Kept
from portal.record.document import seal

ANY_AGE = -3600.0  # seconds; older than the future is everything
Receive = Callable[[BinaryIO], Received]  # a stream, whole and durable on this machine


class Trouble(StrEnum):
    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    MISNAMED = "misnamed"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one file, by name and in words."""

    trouble: Trouble
    space: Space
    name: str
    where: str
    said: str = ""

    def as_told(self) -> dict[str, Any]:
        return {key: str(value) for key, value in asdict(self).items()}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        return cls(**{**told, "trouble": Trouble(told["trouble"]), "space": Space(told["space"])})

    def __str__(self) -> str:
        return f"{self.where}: {self.said or self.trouble.value} ({self.space.value}/{self.name})"


def fault_of(kept: Kept, *, media: MediaStore) -> Fault | None:
    """What is wrong with a file that is named; None when it is what it should be."""

    def fault(trouble: Trouble, said: str = "") -> Fault:
        return Fault(trouble=trouble, space=kept.space, name=kept.name, where=kept.where, said=said)

    try:
        digest, size = hashed(media, kept.space, kept.name)
    except MediaMissing:
        return None if kept.maybe else fault(Trouble.MISSING)
    except (StoreUnavailable, OSError) as trouble:
        return fault(Trouble.UNREADABLE, f"cannot be read: {trouble}")
    if digest != kept.name.partition(".")[0]:
        return fault(Trouble.CHANGED)
    if kept.wrong:
        return fault(Trouble.MISNAMED, kept.wrong)
    if kept.size is not None and size != kept.size:
        return fault(Trouble.MISNAMED, f"has {size} bytes, {kept.size} are written down")
    if kept.seals and seal(bytes.fromhex(kept.salt), digest) not in kept.seals:
        return fault(Trouble.MISNAMED, "is not the original that the record has sealed")
    return None


def repair(fault: Fault, *, media: MediaStore, mirror: MediaStore, receive: Receive) -> str:
    """Put the second store's copy in the place of what is missing or changed. "" when it is good again, else why not.
    The copy is hashed before anything is touched, and once more where it then lies; what was changed goes into
    quarantine, and nothing is deleted."""
    if fault.trouble is Trouble.MISNAMED:
        return "the file is what its name says; the row or the document is wrong"
    try:
        with mirror.open(fault.space, fault.name) as stream:
            received = receive(stream)
    except MediaMissing:
        return "the second store has no copy"
    except (StoreUnavailable, OSError) as trouble:
        return f"the second store cannot be read: {trouble}"
    try:
        if received.sha256 != fault.name.partition(".")[0]:
            return "the copy in the second store is changed, too"
        media.quarantine.set_aside(fault.space, fault.name, older_than_seconds=ANY_AGE)
        media.take(fault.space, fault.name, received)
        digest, _size = hashed(media, fault.space, fault.name)
    except (StoreUnavailable, OSError) as trouble:
        return f"the copy could not be put in its place: {trouble}"
    finally:
        received.path.unlink(missing_ok=True)
    return "" if digest == received.sha256 else "what was put in its place reads differently"


def copy_to(mirror: MediaStore, kept: Kept, *, media: MediaStore, receive: Receive) -> bool | str:
    """Give the second store a copy. True when it was made, False when it was there, else why there is none."""
    try:
        with_size = mirror.size(kept.space, kept.name)
        if kept.size is None or with_size == kept.size:
            return False
        mirror.quarantine.set_aside(kept.space, kept.name, older_than_seconds=ANY_AGE)
    except MediaMissing:
        pass
    try:
        with media.open(kept.space, kept.name) as stream:
            received = receive(stream)
    except MediaMissing:
        return False if kept.maybe else "is missing, so it cannot be copied"
    try:
        if received.sha256 != kept.name.partition(".")[0]:
            return "is changed, so it is not copied"
        mirror.take(kept.space, kept.name, received)
    finally:
        received.path.unlink(missing_ok=True)
    return True


def note_repair(session: Session, fault: Fault, *, now: dt.datetime) -> None:
    """For the trail: which file was put right, and what was wrong with it."""
    subject = StoredFile(fault.name.partition(".")[0][:40])
    audit.note(
        session,
        actor=None,
        act="repair_media",
        subject=subject,
        now=now,
        file=f"{fault.space.value}/{fault.name}",
        trouble=fault.trouble.value,
    )


def hashed(media: MediaStore, space: Space, name: str) -> tuple[str, int]:
    """SHA-256 of what the store gives, and how many bytes that are. Raises `MediaMissing`."""
    digest, size = hashlib.sha256(), 0
    with media.open(space, name) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size
