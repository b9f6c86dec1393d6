"""Witnesses: their lines under checkpoints, and what is known of each."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LINES = "record_cosignature"


def upgrade() -> None:
    op.create_table(
        LINES,
        sa.Column("checkpoint", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("checkpoint", "key", name=op.f("pk_record_cosignature")),
    )
    op.create_table(
        "record_witness",
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_record_witness")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER never_{act.lower()}_{LINES} BEFORE {act} ON {LINES} "
                f"BEGIN SELECT RAISE(ABORT, '{LINES} never changes'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER never_{LINES} BEFORE UPDATE OR DELETE ON {LINES} "
        "FOR EACH ROW EXECUTE FUNCTION never_changes()"
    )
    op.execute(
        f"CREATE TRIGGER never_truncate_{LINES} BEFORE TRUNCATE ON {LINES} "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_changes()"
    )


def downgrade() -> None:
    for table in ("record_witness", LINES):
        op.drop_table(table)
