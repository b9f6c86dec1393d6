"""Room and burden: how far rounds over all files are, photos by the day they came, requests for photos."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_round",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("position", sa.String(40), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_media_round")),
    )
    op.create_index("ix_photo_received", "photo", ["received_at"])
    _requests()


def _requests() -> None:
    op.create_table(
        "photo_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cap BETWEEN 1 AND 20", name=op.f("ck_photo_request_cap_range")),
        sa.CheckConstraint(
            "answered_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_photo_request_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_photo_request_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_photo_request_milestone_id_milestone")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_photo_request_unit_id_unit")),
        sa.ForeignKeyConstraint(["answer_id"], ["report.id"], name=op.f("fk_photo_request_answer_id_report")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_request")),
    )
    op.create_index("ix_photo_request_unit", "photo_request", ["unit_id", "asked_at"])
    op.create_index("ix_photo_request_milestone", "photo_request", ["milestone_id"])
    op.create_table(
        "photo_request_body",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["photo_request.id"], name=op.f("fk_photo_request_body_request_id_photo_request")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"],
            ["supervision_body.id"],
            name=op.f("fk_photo_request_body_body_id_supervision_body"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_photo_request_body_person_id_person")
        ),
        sa.PrimaryKeyConstraint("request_id", "body_id", name=op.f("pk_photo_request_body")),
    )


def downgrade() -> None:
    op.drop_table("photo_request_body")
    op.drop_table("photo_request")
    op.drop_index("ix_photo_received", table_name="photo")
    op.drop_table("media_round")
