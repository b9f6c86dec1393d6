"""Migrations lead to exactly the schema of the models, and back, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

import portal.adapters.job_table
import portal.adapters.lease_table
import portal.adapters.limit_table
import portal.domain.access
import portal.domain.attempts
import portal.domain.audit
import portal.domain.counter
import portal.domain.crediting
import portal.domain.letters
import portal.domain.likeness
import portal.domain.photo_claims
import portal.domain.progress
import portal.record.tables  # noqa: F401 - these imports fill the metadata
from portal.adapters import schema
from portal.columns import metadata
from portal.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which nothing is."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'p.sqlite'}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("server")
    name = server.create()
    database = Database(server.owner_url(name))
    yield database
    database.close()
    server.drop(name)


def test_the_migrated_schema_is_the_models(empty):
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_constraints_are_the_models(empty):
    schema.upgrade(empty)
    found = inspect(empty.engine)
    for table in metadata.sorted_tables:
        kept = {check["name"] for check in found.get_check_constraints(table.name)}
        meant = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {name.removeprefix(f"ck_{table.name}_") for name in kept} == {
            name.removeprefix(f"ck_{table.name}_") for name in meant
        }, table.name


def test_every_migration_can_be_taken_back_and_run_again(empty):
    revisions = [r.revision for r in ScriptDirectory.from_config(schema._config()).walk_revisions()]
    schema.upgrade(empty)
    for down_to in [*revisions[1:], "base"]:
        schema.downgrade(empty, revision=down_to)
    assert set(inspect(empty.engine).get_table_names()) == {"alembic_version"}
    schema.upgrade(empty)
    assert schema.is_current(empty)


def test_both_databases_refuse_the_same(empty):
    """The triggers of one are the triggers of the other: by table and act."""
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        if empty.path is not None:
            rows = connection.execute(
                text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            found = {(table, sql.split(" BEFORE ")[1].split()[0]) for table, sql in rows}
        else:
            rows = connection.execute(
                text("SELECT event_object_table, event_manipulation FROM information_schema.triggers")
            ).all()
            found = {(table, act) for table, act in rows}
    assert found == {
        ("record_entry", "INSERT"),
        ("record_entry", "UPDATE"),
        ("record_entry", "DELETE"),
        ("record_opening", "UPDATE"),
        ("record_opening", "DELETE"),
        ("responsibility", "UPDATE"),
        ("responsibility", "DELETE"),
        ("receipt", "DELETE"),
        ("audit_entry", "UPDATE"),
        ("audit_entry", "DELETE"),
        ("audit_leaf", "UPDATE"),
        ("audit_leaf", "DELETE"),
        ("audit_seal", "UPDATE"),
        ("audit_seal", "DELETE"),
        ("record_checkpoint", "UPDATE"),
        ("record_cosignature", "UPDATE"),
        ("record_cosignature", "DELETE"),
        ("record_checkpoint", "DELETE"),
        ("record_key", "UPDATE"),
        ("record_key", "DELETE"),
    }
