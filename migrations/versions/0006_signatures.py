"""Signatures: checkpoints of the record, the log's public keys, and why nothing may be signed."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEVER = {"record_checkpoint": ("UPDATE", "DELETE"), "record_key": ("UPDATE", "DELETE")}


def upgrade() -> None:
    op.create_table(
        "record_checkpoint",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_checkpoint")),
    )
    op.create_table(
        "record_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("ed25519", sa.Text(), nullable=False),
        sa.Column("ml_dsa", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_key")),
    )
    op.create_table(
        "record_freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cured_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_freeze")),
    )
    for table, acts in NEVER.items():
        _never(table, acts)


def _never(table: str, acts: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in acts:
            op.execute(
                f"CREATE TRIGGER never_{act.lower()}_{table} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER never_{table} BEFORE {' OR '.join(acts)} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION never_changes()"
    )
    op.execute(
        f"CREATE TRIGGER never_truncate_{table} BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_changes()"
    )


def downgrade() -> None:
    for table in ("record_freeze", "record_key", "record_checkpoint"):
        op.drop_table(table)
