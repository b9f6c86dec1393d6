"""Views: places from which a project is photographed again and again, and which photo was taken from which."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("reference_report", sa.String(16), nullable=False),
        sa.Column("reference_seal", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_view_project_id")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_view_milestone_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view")),
        sa.UniqueConstraint("project_id", "ordinal", name=op.f("uq_view_project_id_ordinal")),
    )
    # Both databases understand this; Alembic would copy the whole table on SQLite.
    op.execute(
        "ALTER TABLE photo ADD COLUMN view_id INTEGER CONSTRAINT fk_photo_view_id REFERENCES view (id)"
    )


def downgrade() -> None:
    op.drop_column("photo", "view_id")
    op.drop_table("view")
