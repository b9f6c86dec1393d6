"""The tree of acts: a leaf for every row of the audit, and the seal of every day."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("audit_leaf", "audit_seal")


def upgrade() -> None:
    op.create_table(
        "audit_leaf",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_leaf_entry_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_leaf_entry_id")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_seal")),
    )
    for table in TABLES:
        _never(table, ("UPDATE", "DELETE"))


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
    for table in reversed(TABLES):
        op.drop_table(table)
