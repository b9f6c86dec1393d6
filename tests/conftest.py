"""What every test may use: a wired portal on a fresh copy of a migrated database, a clock that stands
still until told, and a small district.

`make test-cluster` runs those that could answer otherwise there on PostgreSQL (as the role of the web processes, which
cannot change what never changes), S3 and OpenSearch."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import gc
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import or_, select
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule

from config import Settings
from portal.adapters import schema
from portal.adapters.passwords import Passwords
from portal.columns import metadata
from portal.database import Database
from portal.imaging.darkroom import Darkroom
from portal.record.tables import Head
from portal.web.app import create_app
from portal.wiring import Portal, owner_database, wire
from tests.audit_watch import AuditWatch
from tests.buckets import photos_in
from tests.postgresql_server import PostgreSQLServer
from tests.search_engine import search_address
from tests.services import needs
from tests.size import DIFFERENT, chosen, is_cluster
from tests.small_district import SmallDistrict, build

# How fast data is drawn says how busy the machine is, and nothing about the portal.
hypothesis.settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared machine")

gc.set_threshold(50_000, 50, 50)  # a run makes much and keeps little
NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)  # 12:00 in Shanghai


class Clock:
    """A clock that a test moves; a worker beside the test may move it too, and neither undoes what the other did."""

    def __init__(self, at: dt.datetime = NOON) -> None:
        self.at = at
        self._moving, self._held = threading.Lock(), False

    def __call__(self) -> dt.datetime:
        return self.at

    def forward(self, **delta: float) -> dt.datetime:
        with self._moving:
            self.at += dt.timedelta(**delta)
            return self.at

    def not_before(self, moment: dt.datetime) -> None:
        """On to this moment, unless it is later already or a test holds the clock."""
        with self._moving:
            if not self._held:
                self.at = max(self.at, moment)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Only the test moves it meanwhile, however long it takes: an undo time is not over before it says so."""
        self._held = True
        try:
            yield
        finally:
            self._held = False


def on_postgresql() -> bool:
    """Whether this run is on PostgreSQL."""
    return chosen("DATABASE") == "postgresql"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the cluster's size, what cannot answer otherwise than on the small one is not run again."""
    if not is_cluster():
        return
    same = [item for item in items if not DIFFERENT & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=same)
    items[:] = [item for item in items if item not in set(same)]


needs_sqlite = pytest.mark.skipif(
    on_postgresql(), reason="concerns SQLite alone; runs without PORTAL_TEST_DATABASE"
)


@pytest.fixture(scope="session")
def server() -> PostgreSQLServer:
    """The PostgreSQL server of this run."""
    return PostgreSQLServer(needs("PORTAL_TEST_POSTGRESQL"))


@pytest.fixture(scope="session")
def template(server: PostgreSQLServer) -> Iterator[str]:
    """One migrated, empty database on PostgreSQL, copied for every test that needs one."""
    name = server.migrated()
    yield name
    server.drop(name)


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
def database_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings that lead to a fresh, migrated database."""
    if not on_postgresql():
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "portal.sqlite")
        yield {"database_url": f"sqlite:///{tmp_path / 'portal.sqlite'}"}
        return
    server: PostgreSQLServer = request.getfixturevalue("server")
    name = server.create(template=request.getfixturevalue("template"))
    yield {"database_url": server.web_url(name), "database_owner_url": server.owner_url(name)}
    server.drop(name)


@pytest.fixture
def search_url(tmp_path: Path) -> Iterator[str]:
    """The address of an empty search index (PORTAL_TEST_SEARCH=opensearch: on the server)."""
    with search_address(tmp_path) as address:
        yield address


@pytest.fixture
def media_settings(tmp_path: Path) -> dict[str, str]:
    """Settings that lead to an empty store of photos (PORTAL_TEST_MEDIA=s3: in the bucket)."""
    return photos_in(tmp_path / "uploads")


@pytest.fixture
def settings(
    tmp_path: Path, database_urls: dict[str, str], search_url: str, media_settings: dict[str, str]
) -> Settings:
    return Settings(
        _env_file=None,
        **database_urls,
        **media_settings,
        search_url=search_url,
        instance=tmp_path / "instance",
        media_reserve="0",  # however full the disk is that tests run on
        secret_key="a secret key that is only for tests, and long",
    )


@pytest.fixture(scope="session", autouse=True)
def addresses_are_compiled_once() -> Iterator[None]:
    """Most tests make an application, and Werkzeug compiles two functions for each of its addresses; the same ones
    serve every application of a run."""
    compile_builder = Rule._compile_builder
    made: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", once)
        yield


class OneDarkroom(Darkroom):
    """Stays open when a portal that uses it is closed: a confined child costs more to start than most tests."""

    def close(self) -> None:
        """Not before the run is over."""


@pytest.fixture(scope="session")
def one_darkroom() -> Iterator[Darkroom]:
    """One for all portals of this run."""
    room = OneDarkroom(children=1)
    yield room
    Darkroom.close(room)


@pytest.fixture
def portal(settings: Settings, clock: Clock, one_darkroom: Darkroom) -> Iterator[Portal]:
    quick = Passwords(memory_kib=8, passes=1)  # nobody guesses here, and every test signs in
    wired = dataclasses.replace(wire(settings, now=clock), darkroom=one_darkroom, passwords=quick)
    watch = AuditWatch(wired.database.engine)
    yield wired
    wired.close()
    assert watch.unaudited == [], "a request changed the house without an audit row in its transaction"


@pytest.fixture
def owner(settings: Settings) -> Iterator[Database]:
    """The test's database as the role that owns its tables; on SQLite whoever opens the file."""
    database = owner_database(settings)
    yield database
    database.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[dt.datetime, tuple[Path, list[str]]]:
    """Districts that were built in this run, by the moment: the database, and the codes of the projects."""
    return {}


@pytest.fixture
def district(
    portal: Portal,
    clock: Clock,
    built: dict[dt.datetime, tuple[Path, list[str]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> SmallDistrict:
    """Two units, two bodies, people of every role, an adopted plan with two projects. Nothing reported yet. It is built
    once for each moment and copied: its building is what most tests would spend most of their time on."""
    now, database = clock(), make_url(portal.settings.database_url).database
    if on_postgresql() or not _is_untouched(portal):
        return build(portal, now=now)
    assert database is not None
    if now not in built:
        district = build(portal, now=now)
        copy = tmp_path_factory.mktemp("built") / "portal.sqlite"
        _copy(Path(database), copy)
        built[now] = copy, district.projects
        return district
    copy, projects = built[now]
    _copy(copy, Path(database))
    return SmallDistrict(portal, projects=list(projects))


ANYTHING = select(
    or_(
        select(Head).where(Head.size > 0).exists(),
        *(select(table).exists() for table in metadata.tables.values() if table is not Head.__table__),
    )
)  # whether there is a row in any table


def _is_untouched(portal: Portal) -> bool:
    """Whether nothing stands in the database yet that a copy would take away, but for the record's empty head."""
    with portal.database.reading() as session:
        return not session.scalar(ANYTHING)


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as reading,
        contextlib.closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)


@pytest.fixture
def site(portal: Portal):
    """The Flask application behind the front."""
    return create_app(portal).flask


@pytest.fixture
def visitor(portal: Portal):
    """A stranger's browser, through the front."""
    from tests.browsing import Browser

    return Browser(create_app(portal))
