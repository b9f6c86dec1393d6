"""Alembic's entry: runs on the connection that `portal init` hands over."""

from alembic import context

import portal.adapters.job_table
import portal.adapters.lease_table
import portal.adapters.limit_table
import portal.domain.access
import portal.domain.archives
import portal.domain.audit
import portal.domain.counter
import portal.domain.letters
import portal.domain.likeness
import portal.domain.photo_claims
import portal.domain.progress
import portal.domain.receipts
import portal.domain.uploads
import portal.record.tables  # noqa: F401 - these imports fill the metadata
from portal.columns import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
