"""Migrations lead to exactly the schema of the models, and back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import portal.adapters.job_table
import portal.domain.access
import portal.domain.audit
import portal.domain.counter
import portal.domain.progress
import portal.record.tables  # noqa: F401 - these imports fill the metadata
from portal.adapters import schema
from portal.columns import metadata
from portal.database import Database


def test_the_migrated_schema_is_the_models(portal):
    with portal.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_migration_can_be_taken_back_and_run_again(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'p.sqlite'}")
    revisions = [r.revision for r in ScriptDirectory.from_config(schema._config()).walk_revisions()]
    schema.upgrade(database)
    for down_to in [*revisions[1:], "base"]:
        schema.downgrade(database, revision=down_to)
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    schema.upgrade(database)
    assert schema.is_current(database)
    database.close()
