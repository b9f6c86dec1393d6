"""Photos that arrive in pieces: whose they are, where they belong, and what became of them."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "partial_upload"
LOOKED_UP = ("report_id", "person_id", "expires_at")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("film", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_partial_upload_report_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["photo.id"], name=op.f("fk_partial_upload_replaces_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_partial_upload_person_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_partial_upload_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_partial_upload_key")),
    )
    for column in LOOKED_UP:
        op.create_index(op.f(f"ix_partial_upload_{column}"), TABLE, [column])


def downgrade() -> None:
    for column in LOOKED_UP:
        op.drop_index(op.f(f"ix_partial_upload_{column}"), table_name=TABLE)
    op.drop_table(TABLE)
