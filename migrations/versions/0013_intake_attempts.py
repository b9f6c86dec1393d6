"""Files whose development has begun and has not ended with a verdict."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("set_aside_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_intake_attempt_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_attempt")),
        sa.UniqueConstraint("sha256", name=op.f("uq_intake_attempt_sha256")),
    )


def downgrade() -> None:
    op.drop_table("intake_attempt")
