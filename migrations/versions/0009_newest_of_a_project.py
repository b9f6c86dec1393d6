"""The index that finds a project's newest report in one step, also where many came in the same moment."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_record_shelf_newest", "record_shelf"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["project", "kind", "latest", "first_at", "seq"])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["project", "kind", "first_at", "latest"])
