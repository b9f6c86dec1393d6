"""Limits of any kind: one row for each act that counts. Takes the place of failed sign-ins alone."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "limited_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limited_act")),
    )
    op.create_index("ix_limited_act_key", "limited_act", ["key", "ends_at"])
    op.create_index("ix_limited_act_ends_at", "limited_act", ["ends_at"])
    op.drop_table("sign_in_try")  # nothing in it counts for longer than five minutes


def downgrade() -> None:
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("name_hash", sa.String(64), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    op.create_index("ix_sign_in_try_address", "sign_in_try", ["address_hash", "at"])
    op.create_index("ix_sign_in_try_name", "sign_in_try", ["name_hash", "at"])
    op.drop_table("limited_act")
