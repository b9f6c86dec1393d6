"""Old archives that are brought in, and the order of a project's reports by the day that they speak of."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NEWEST = "ix_record_shelf_newest"


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_archive_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive")),
    )
    op.create_index("ix_archive_name", "archive", ["name", "id"])
    op.create_table(
        "archive_note",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("archive_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["archive_id"], ["archive.id"], name=op.f("fk_archive_note_archive_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_archive_note_report_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_archive_note")),
        sa.UniqueConstraint("report_id", name=op.f("uq_archive_note_report_id")),
    )
    op.create_index("ix_archive_note_archive_id", "archive_note", ["archive_id"])
    op.create_table(
        "archive_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("developed", sa.JSON(), nullable=False),
        sa.Column("prints", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_photo")),
        sa.UniqueConstraint("sha256", name=op.f("uq_archive_photo_sha256")),
    )
    # Both databases understand this; Alembic would copy the whole table on SQLite.
    op.execute(
        "ALTER TABLE report ADD COLUMN source_id INTEGER CONSTRAINT fk_report_source_id REFERENCES archive (id)"
    )
    op.add_column(
        "report", sa.Column("source_number", sa.String(40), server_default=sa.text("''"), nullable=False)
    )
    op.drop_index(NEWEST, "record_shelf")
    op.create_index(NEWEST, "record_shelf", ["project", "kind", "latest", "dated", "first_at", "seq"])


def downgrade() -> None:
    op.drop_index(NEWEST, "record_shelf")
    op.create_index(NEWEST, "record_shelf", ["project", "kind", "latest", "first_at", "seq"])
    op.drop_column("report", "source_number")
    op.drop_table("archive_photo")
    op.drop_index("ix_archive_note_archive_id", "archive_note")
    op.drop_table("archive_note")
    op.drop_column("report", "source_id")
    op.drop_index("ix_archive_name", "archive")
    op.drop_table("archive")
