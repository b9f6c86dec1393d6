"""Videos of reports: the sealed original, one of its pictures, and how far our own film of it is."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = ("waiting", "converting", "ready", "failed")


def upgrade() -> None:
    state = sa.Enum(*STATES, name="filmstate", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "video",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("original_format", sa.String(8), nullable=False),
        sa.Column("original_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("tone", sa.String(6), nullable=False),
        sa.Column("renditions", sa.JSON(), nullable=False),
        sa.Column("embedded", sa.JSON(), nullable=False),
        sa.Column("film", sa.JSON(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(20), nullable=False),
        sa.Column("seal_salt", sa.String(64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_video_received_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_video_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video")),
    )
    op.create_index("ix_video_report", "video", ["report_id", "position"])
    op.create_index(op.f("ix_video_original_sha256"), "video", ["original_sha256"])
    # Both databases understand this; Alembic would copy the whole table on SQLite.
    op.execute(
        "ALTER TABLE partial_upload ADD COLUMN video_id INTEGER "
        "CONSTRAINT fk_partial_upload_video_id REFERENCES video (id)"
    )


def downgrade() -> None:
    op.drop_column("partial_upload", "video_id")
    op.drop_table("video")
