"""Boxes on photos: what is covered, why, and who set them."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = ("face", "plate", "paper", "other")


def upgrade() -> None:
    op.create_table(
        "photo_redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="coverkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "x >= 0 AND y >= 0 AND width > 0 AND height > 0 AND x + width <= 1000 AND y + height <= 1000",
            name=op.f("ck_photo_redaction_within_the_picture"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["supervision_body.id"], name=op.f("fk_photo_redaction_body_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_photo_redaction_by_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_redaction_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_redaction")),
    )
    op.create_index("ix_photo_redaction_photo", "photo_redaction", ["photo_id"])


def downgrade() -> None:
    op.drop_table("photo_redaction")
