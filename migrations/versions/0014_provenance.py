"""What came with photos taken in the page, and what pictures look like."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CODES = ("none", "good", "spent", "unknown")
KINDS = ("identical", "same", "part", "mirrored")
ANSWERS = ("reused", "same_scene", "different")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    _claims()
    _likenesses()


def _claims() -> None:
    op.create_table(
        "capture_code",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("skew", sa.Integer(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_capture_code_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_capture_code_report_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_capture_code")),
    )
    op.create_index(op.f("ix_capture_code_person_id"), "capture_code", ["person_id"])
    op.create_table(
        "place_consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_place_consent_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_place_consent")),
    )
    op.create_table(
        "photo_claim",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("code", _enum("code", CODES), nullable=False),
        sa.Column("code_given_at", UtcDateTime(), nullable=True),
        sa.Column("phone_at", UtcDateTime(), nullable=True),
        sa.Column("skew", sa.Integer(), nullable=True),
        sa.Column("lon", sa.String(12), nullable=True),
        sa.Column("lat", sa.String(12), nullable=True),
        sa.Column("accuracy", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_claim_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_claim")),
    )


def _likenesses() -> None:
    op.create_table(
        "photo_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.String(64), nullable=False),
        sa.Column("prints", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_print")),
        sa.UniqueConstraint("original_sha256", name=op.f("uq_photo_print_original_sha256")),
    )
    op.create_table(
        "photo_compared",
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("among", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_compared_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_compared")),
    )
    op.create_table(
        "likeness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("kind", KINDS), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("answer", _enum("answer", ANSWERS), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_likeness_photo_id")),
        sa.ForeignKeyConstraint(["other_id"], ["photo.id"], name=op.f("fk_likeness_other_id")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_likeness_answered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("photo_id", "other_id", name=op.f("uq_likeness_photo_id_other_id")),
    )
    op.create_index("ix_likeness_other", "likeness", ["other_id"])


def downgrade() -> None:
    for table in (
        "likeness",
        "photo_compared",
        "photo_print",
        "photo_claim",
        "place_consent",
        "capture_code",
    ):
        op.drop_table(table)
