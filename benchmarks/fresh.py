"""A portal of its own for a measurement, in an empty folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import Settings
from portal.adapters import schema
from portal.record.signing import SigningKeys
from portal.wiring import Portal, wire
from portal.workflows.found_keys import found_keys


@contextmanager
def fresh_portal(folder: Path, *, at: dt.datetime) -> Iterator[tuple[Portal, SigningKeys]]:
    """Empty but for the keys of its log; its clock stands still."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder / 'portal.sqlite'}",
        media_url=f"file:{folder / 'uploads'}",
        search_url=f"whoosh:{folder / 'index'}",
        instance=folder / "instance",
    )
    portal, keys = wire(settings, now=lambda: at), SigningKeys.make("bench.example/record")
    schema.upgrade(portal.database)
    with portal.database.writing() as session:
        found_keys(session, keys, now=at)
    yield portal, keys
    portal.close()
