"""Marks of renditions that were withdrawn, so that their old addresses say why they show nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_gone",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_entry.seq"], name=op.f("fk_media_gone_seq")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_media_gone")),
    )


def downgrade() -> None:
    op.drop_table("media_gone")
