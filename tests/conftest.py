"""What every test may use: a wired portal on a fresh copy of a migrated database, a clock that stands
still until told, and a small district."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from portal.adapters import schema
from portal.database import Database
from portal.web.app import create_app
from portal.wiring import Portal, wire
from tests.audit_watch import AuditWatch
from tests.small_district import SmallDistrict, build

NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)  # 12:00 in Shanghai


class Clock:
    """A clock that a test moves."""

    def __init__(self, at: dt.datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        return self.at

    def forward(self, **delta: float) -> dt.datetime:
        self.at += dt.timedelta(**delta)
        return self.at


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated, empty database, copied for every test that needs one."""
    path = tmp_path_factory.mktemp("migrated") / "portal.sqlite"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:  # our engine begins transactions by itself
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    shutil.copy(migrated, tmp_path / "portal.sqlite")
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path / 'portal.sqlite'}",
        media_url=f"file:{tmp_path / 'uploads'}",
        search_url=f"whoosh:{tmp_path / 'index'}",
        instance=tmp_path / "instance",
        secret_key="a secret key that is only for tests, and long",
    )


@pytest.fixture
def portal(settings: Settings, clock: Clock) -> Iterator[Portal]:
    wired = wire(settings, now=clock)
    watch = AuditWatch(wired.database.engine)
    yield wired
    wired.close()
    assert watch.unaudited == [], "a request changed the house without an audit row in its transaction"


@pytest.fixture
def district(portal: Portal, clock: Clock) -> SmallDistrict:
    """Two units, two bodies, people of every role, an adopted plan with two projects. Nothing reported yet."""
    return build(portal, now=clock())


@pytest.fixture
def site(portal: Portal):
    """The Flask application behind the front."""
    return create_app(portal).flask


@pytest.fixture
def visitor(portal: Portal):
    """A stranger's browser, through the front."""
    from tests.browsing import Browser

    return Browser(create_app(portal))
