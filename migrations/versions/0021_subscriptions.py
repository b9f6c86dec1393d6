"""Who wants to be told when something new matches."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column(
            "every",
            sa.Enum("daily", "weekly", name="every", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_email"), "subscription", ["email"])
    op.create_index(op.f("ix_subscription_due_at"), "subscription", ["due_at"])


def downgrade() -> None:
    op.drop_table("subscription")
