"""Bringing a database to the newest schema with Alembic, and giving the web processes their rights on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from portal.database import Database

MIGRATIONS = Path(__file__).parents[2] / "migrations"
ONE_AT_A_TIME = 0x50_4F_52_54  # the advisory lock of migrations

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"
# What the web processes and the worker may do where "everything" would be too much: what stands on the record,
# the audit and the chain of responsibility is added to and never changed. (An opening can be deleted, for
# withdrawal; the trigger on it says when.)
RIGHTS = {
    "alembic_version": "SELECT",
    "archive": "SELECT, INSERT, UPDATE",
    "archive_note": "SELECT, INSERT",
    "archive_photo": "SELECT, INSERT, DELETE",
    "audit_entry": "SELECT, INSERT",
    "audit_leaf": "SELECT, INSERT",
    "audit_seal": "SELECT, INSERT",
    "media_gone": "SELECT, INSERT, UPDATE",
    "photo_claim": "SELECT, INSERT, DELETE",
    "photo_print": "SELECT, INSERT",
    "receipt": "SELECT, INSERT, UPDATE",
    "record_checkpoint": "SELECT, INSERT",
    "record_cosignature": "SELECT, INSERT",
    "record_entry": "SELECT, INSERT",
    "record_freeze": "SELECT, INSERT",
    "record_head": "SELECT, UPDATE",
    "record_key": "SELECT",
    "record_media": "SELECT, INSERT, DELETE",
    "record_opening": "SELECT, INSERT, DELETE",
    "record_shelf": "SELECT, INSERT, UPDATE",
    "record_touched": "SELECT, INSERT, UPDATE",
    "record_witness": "SELECT, INSERT, UPDATE",
    "responsibility": "SELECT, INSERT",
    "view": "SELECT, INSERT, UPDATE",
}


class NoSuchRole(LookupError):
    """The database server knows no such user; the text says how to make it."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _migrating(database: Database) -> Iterator[tuple[Config, Connection]]:
    """A connection on which nobody else migrates at the same time."""
    config = _config()
    with database.engine.connect() as connection:
        if database.path is None:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
            connection.commit()
        config.attributes["connection"] = connection
        try:
            yield config, connection
            connection.commit()
        finally:
            if database.path is None:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ONE_AT_A_TIME})
                connection.commit()


def upgrade(database: Database, *, revision: str = "head") -> None:
    """Run the migrations that this database has not seen. Each is whole or not at all."""
    with _migrating(database) as (config, _connection):
        command.upgrade(config, revision)


def downgrade(database: Database, *, revision: str) -> None:
    with _migrating(database) as (config, _connection):
        command.downgrade(config, revision)


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest migration."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def grant(owner: Database, *, web: str, readers: Iterable[str] = ()) -> None:
    """Give the role of the web processes exactly what it needs on every table of PostgreSQL, and `readers`
    (roles of a replica's address) the right to read. Safe to repeat. Raises `NoSuchRole`."""
    with owner.engine.begin() as connection:
        for role in (web, *readers):
            if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
                raise NoSuchRole(
                    f"the database knows no role {role!r}; make it: CREATE ROLE {role} LOGIN PASSWORD '…'"
                )
        quoted = connection.dialect.identifier_preparer.quote
        tables = inspect(connection).get_table_names()
        for table in tables:
            name = quoted(table)
            connection.execute(text(f"REVOKE ALL ON {name} FROM PUBLIC, {quoted(web)}"))
            connection.execute(text(f"GRANT {RIGHTS.get(table, EVERYTHING)} ON {name} TO {quoted(web)}"))
            for reader in readers:
                connection.execute(text(f"GRANT SELECT ON {name} TO {quoted(reader)}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted(web)}"))


@contextmanager
def without_triggers(session: Session) -> Iterator[None]:
    """Inside this block the tables of the record can be changed, for the owner's transaction alone: recovery puts
    back what was signed."""
    tables = [name for name in RIGHTS if name.startswith("record_")]
    if session.get_bind().dialect.name != "sqlite":
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        session.flush()
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    made = session.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'record_%'")
    ).all()
    for name, _sql in made:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    session.flush()
    for _name, sql in made:
        session.connection().exec_driver_sql(sql)


def may_change_the_record(database: Database) -> bool:
    """Whether the role of this address could rewrite entries of the record, if it were not for the triggers."""
    if database.path is not None:
        return True
    with database.engine.connect() as connection:
        return bool(
            connection.scalar(text("SELECT has_table_privilege('record_entry', 'UPDATE, DELETE, TRUNCATE')"))
        )
