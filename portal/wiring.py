"""The one place where settings become objects."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config import Mode, Settings
from portal.adapters.job_table import JobTable
from portal.adapters.lease_table import LeaseTable
from portal.adapters.local_media import LocalMediaStore
from portal.adapters.passwords import Passwords
from portal.adapters.spool import Spool
from portal.adapters.whoosh_search import WhooshIndex
from portal.database import Database
from portal.imaging.darkroom import Darkroom
from portal.ports import JobQueue, Leases, MediaStore, SearchIndex

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, kw_only=True)
class Portal:
    """Everything an entry point needs. `now` is the only clock."""

    settings: Settings
    database: Database
    media: MediaStore
    spool: Spool
    search: SearchIndex
    queue: JobQueue
    leases: Leases
    passwords: Passwords
    darkroom: Darkroom
    secret_key: str
    now: Clock

    def close(self) -> None:
        self.darkroom.close()
        self.database.close()


def wire(settings: Settings, *, now: Clock | None = None) -> Portal:
    """Build the portal of these settings. Raises `ValueError` for an address that nothing answers to."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    media_root = _folder(settings, settings.media_url, "file:", "PORTAL_MEDIA_URL")
    return Portal(
        settings=settings,
        database=database,
        media=LocalMediaStore(media_root),
        spool=Spool(media_root / "spool"),
        search=WhooshIndex(_folder(settings, settings.search_url, "whoosh:", "PORTAL_SEARCH_URL")),
        queue=JobTable(database),
        leases=LeaseTable(database),
        passwords=Passwords(),
        darkroom=Darkroom(),
        secret_key=settings.secret_key or _kept_secret(settings.instance / "secret_key"),
        now=now or _clock(settings),
    )


def _folder(settings: Settings, address: str, scheme: str, name: str) -> Path:
    if not address.startswith(scheme):
        raise ValueError(f"{name}={address!r}: nothing here answers to this address; use {scheme}FOLDER")
    return settings.folder(address)


def _kept_secret(path: Path) -> str:
    """The key made at first start, readable by this user only. Two first starts at once agree on one, and
    a start that is cut short leaves none rather than half a one."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path.read_text(encoding="ascii")


def _clock(settings: Settings) -> Clock:
    if settings.mode is Mode.DEMO and settings.development_clock:
        shift = dt.datetime.fromisoformat(f"{settings.development_clock}T08:00:00+00:00") - dt.datetime.now(
            dt.UTC
        )
        return lambda: dt.datetime.now(dt.UTC) + shift
    return lambda: dt.datetime.now(dt.UTC)
