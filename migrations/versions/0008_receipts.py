"""Receipts: what was given to whoever handed something in, and whether the record says so."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission", sa.String(40), nullable=False),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("decide_by", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("logged_in", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("decided_in", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("submission", name=op.f("uq_receipt_submission")),
        sa.UniqueConstraint("commitment", name=op.f("uq_receipt_commitment")),
    )
    op.create_index("ix_receipt_waiting", "receipt", ["logged_in", "received_at"])
    op.create_index("ix_receipt_decided", "receipt", ["decided_in", "decided_at"])
    _never_deleted()


def _never_deleted() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER never_delete_receipt BEFORE DELETE ON receipt "
            "BEGIN SELECT RAISE(ABORT, 'receipt is never deleted'); END"
        )
        return
    op.execute(
        "CREATE TRIGGER never_receipt BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION never_changes()"
    )
    op.execute(
        "CREATE TRIGGER never_truncate_receipt BEFORE TRUNCATE ON receipt "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_changes()"
    )


def downgrade() -> None:
    op.drop_table("receipt")
