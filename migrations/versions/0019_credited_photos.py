"""Photos between being signed and being on the record, and the version of the recipe that a photo was developed by."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crediting",
        sa.Column("decision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("renditions", sa.JSON(), nullable=False),
        sa.Column("replaced", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_crediting_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_crediting")),
    )
    op.add_column("photo", sa.Column("recipe", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_photo_recipe", "photo", ["recipe", "id"])


def downgrade() -> None:
    op.drop_index("ix_photo_recipe", "photo")
    op.drop_column("photo", "recipe")
    op.drop_table("crediting")
