"""Letters: an address of staff, and what has been sent to whom."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("email", sa.String(254), nullable=True))
    op.create_table(
        "letter",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(64), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(link_hash IS NULL) <> (report_id IS NULL)", name=op.f("ck_letter_one_subject")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_letter_person_id")),
        sa.ForeignKeyConstraint(
            ["link_hash"], ["one_time_link.token_hash"], name=op.f("fk_letter_link_hash")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_letter_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_person_id"), "letter", ["person_id"])


def downgrade() -> None:
    op.drop_table("letter")
    op.drop_column("person", "email")
