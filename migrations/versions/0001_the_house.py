"""The house: units, people, the plan, reports, the record, jobs."""

import sqlalchemy as sa
from alembic import op

from portal.columns import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "annual_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plan")),
        sa.UniqueConstraint("year", name=op.f("uq_annual_plan_year")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("set_aside_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["done_at", "not_before"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_key"), ["key"], unique=False)

    op.create_table(
        "record_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "published",
                "corrected",
                "redacted",
                "withdrawn",
                name="act",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("prev", sa.Integer(), nullable=True),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_entry")),
    )
    with op.batch_alter_table("record_entry", schema=None) as batch_op:
        batch_op.create_index("ix_record_entry_at", ["at"], unique=False)
        batch_op.create_index("ix_record_entry_item", ["item", "seq"], unique=False)
        batch_op.create_index("ix_record_entry_kind", ["kind", "at", "act"], unique=False)

    op.create_table(
        "record_follower",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_record_follower")),
    )
    op.create_table(
        "record_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.JSON(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_head")),
    )
    op.create_table(
        "record_touched",
        sa.Column("scope", sa.String(length=48), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_record_touched")),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    with op.batch_alter_table("sign_in_try", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_try_address", ["address_hash", "at"], unique=False)
        batch_op.create_index("ix_sign_in_try_name", ["name_hash", "at"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("english", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "town",
                "bureau",
                "temporary",
                name="unitkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("lon", sa.String(length=12), nullable=True),
        sa.Column("lat", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("name", name=op.f("uq_unit_name")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "project",
                "work_item",
                name="projectkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("lon", sa.String(length=12), nullable=True),
        sa.Column("lat", sa.String(length=12), nullable=True),
        sa.Column("investment_wan", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "filed",
                "assigned",
                "accepted",
                "in_progress",
                "completion_claimed",
                "completed",
                "closed",
                "archived",
                "suspended",
                "withdrawn",
                name="matterstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("responsible_since", UtcDateTime(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_on >= start_on", name=op.f("ck_project_due_after_start")),
        sa.CheckConstraint("investment_wan >= 0", name=op.f("ck_project_investment_not_negative")),
        sa.ForeignKeyConstraint(
            ["id", "responsible_since"],
            ["responsibility.project_id", "responsibility.since"],
            name="fk_project_current_responsibility",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["annual_plan.id"], name=op.f("fk_project_plan_id")),
        sa.ForeignKeyConstraint(["town_id"], ["unit.id"], name=op.f("fk_project_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "record_media",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_entry.seq"], name=op.f("fk_record_media_seq")),
        sa.PrimaryKeyConstraint("name", "seq", name=op.f("pk_record_media")),
    )
    with op.batch_alter_table("record_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_media_seq"), ["seq"], unique=False)

    op.create_table(
        "record_opening",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_entry.seq"], name=op.f("fk_record_opening_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_opening")),
    )
    op.create_table(
        "record_shelf",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "published",
                "corrected",
                "redacted",
                "withdrawn",
                name="act",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("project", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("town", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["record_entry.seq"], name=op.f("fk_record_shelf_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_shelf")),
    )
    with op.batch_alter_table("record_shelf", schema=None) as batch_op:
        batch_op.create_index("ix_record_shelf_item", ["item", "latest", "seq"], unique=False)
        batch_op.create_index("ix_record_shelf_kind", ["latest", "kind", "dated"], unique=False)
        batch_op.create_index(
            "ix_record_shelf_newest", ["project", "kind", "first_at", "latest"], unique=False
        )
        batch_op.create_index("ix_record_shelf_project", ["latest", "project", "dated"], unique=False)
        batch_op.create_index("ix_record_shelf_unit", ["latest", "unit", "dated"], unique=False)

    op.create_table(
        "supervision_body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "dedicated",
                "part_time",
                name="bodykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("district_wide", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_supervision_body_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_body")),
        sa.UniqueConstraint("name", name=op.f("uq_supervision_body_name")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_supervision_body_unit_id")),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("scheduled_percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("scheduled_percent BETWEEN 0 AND 100", name=op.f("ck_milestone_percent_range")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("project_id", "ordinal", name=op.f("uq_milestone_project_id_ordinal")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reporter",
                "head",
                "supervisor",
                "leader",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role <> 'supervisor' OR body_id IS NOT NULL", name=op.f("ck_person_supervisors_have_a_body")
        ),
        sa.CheckConstraint(
            "role NOT IN ('reporter', 'head') OR unit_id IS NOT NULL",
            name=op.f("ck_person_unit_staff_have_a_unit"),
        ),
        sa.ForeignKeyConstraint(["body_id"], ["supervision_body.id"], name=op.f("fk_person_body_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "remit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(unit_id IS NULL) <> (project_id IS NULL)", name=op.f("ck_remit_one_target")),
        sa.ForeignKeyConstraint(["body_id"], ["supervision_body.id"], name=op.f("fk_remit_body_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_remit_project_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_remit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remit")),
        sa.UniqueConstraint("body_id", "project_id", name=op.f("uq_remit_body_id_project_id")),
        sa.UniqueConstraint("body_id", "unit_id", name=op.f("uq_remit_body_id_unit_id")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_one_time_link_created_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reporter",
                "head",
                "supervisor",
                "leader",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["supervision_body.id"], name=op.f("fk_posting_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_posting_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("person_id", "since", name=op.f("uq_posting_person_id_since")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "in_review",
                "returned",
                "published",
                "superseded",
                "withdrawn",
                "discarded",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("physical_percent", sa.Integer(), nullable=True),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=True),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("pending_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "physical_percent IS NULL OR physical_percent BETWEEN 0 AND 100",
            name=op.f("ck_report_percent_range"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_report_author_id")),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["person.id"], name=op.f("fk_report_claimed_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["report.id"], name=op.f("fk_report_corrects_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_report_milestone_id")),
        sa.ForeignKeyConstraint(["pending_id"], ["decision.id"], name="fk_report_pending_id", use_alter=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_report_project_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_report_submitted_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("number", "version", name=op.f("uq_report_number_version")),
        sa.UniqueConstraint("unit_id", "idempotency_key", name=op.f("uq_report_unit_id_idempotency_key")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index("ix_report_project_state", ["project_id", "state"], unique=False)
        batch_op.create_index("ix_report_state_submitted", ["state", "submitted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "responsibility",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_responsibility_leader_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_responsibility_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_responsibility_project_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_responsibility_unit_id")),
        sa.PrimaryKeyConstraint("project_id", "since", name=op.f("pk_responsibility")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("browser", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column(
            "verb",
            sa.Enum("approve", "return", name="verb", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("effect_at", UtcDateTime(), nullable=False),
        sa.Column("took_effect_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("seen_round", sa.Integer(), nullable=False),
        sa.Column("seen_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["supervision_body.id"], name=op.f("fk_decision_body_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_decision_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_report_id"), ["report_id"], unique=False)

    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("caption", sa.String(length=120), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("original_format", sa.String(length=8), nullable=False),
        sa.Column("original_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("tone", sa.String(length=6), nullable=False),
        sa.Column("renditions", sa.JSON(), nullable=False),
        sa.Column("embedded", sa.JSON(), nullable=False),
        sa.Column("seal_salt", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["received_by_id"], ["person.id"], name=op.f("fk_photo_received_by_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["photo.id"], name=op.f("fk_photo_replaces_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_photo_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_original_sha256"), ["original_sha256"], unique=False)
        batch_op.create_index("ix_photo_report", ["report_id", "position"], unique=False)

    op.create_table(
        "return_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("passage", sa.String(length=20), nullable=True),
        sa.Column("preset", sa.String(length=30), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(photo_id IS NULL) <> (passage IS NULL)", name=op.f("ck_return_reason_photo_or_passage")
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_return_reason_decision_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_return_reason_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_reason")),
    )
    with op.batch_alter_table("return_reason", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_reason_decision_id"), ["decision_id"], unique=False)

    _close_circles()


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_report_pending_id", "report")
        op.drop_constraint("fk_project_current_responsibility", "project")

    with op.batch_alter_table("return_reason", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_return_reason_decision_id"))

    op.drop_table("return_reason")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index("ix_photo_report")
        batch_op.drop_index(batch_op.f("ix_photo_original_sha256"))

    op.drop_table("photo")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_report_id"))

    op.drop_table("decision")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    op.drop_table("responsibility")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_unit_id"))
        batch_op.drop_index("ix_report_state_submitted")
        batch_op.drop_index("ix_report_project_state")

    op.drop_table("report")
    op.drop_table("posting")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_person_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))

    op.drop_table("audit_entry")
    op.drop_table("remit")
    op.drop_table("person")
    op.drop_table("milestone")
    op.drop_table("supervision_body")
    with op.batch_alter_table("record_shelf", schema=None) as batch_op:
        batch_op.drop_index("ix_record_shelf_unit")
        batch_op.drop_index("ix_record_shelf_project")
        batch_op.drop_index("ix_record_shelf_newest")
        batch_op.drop_index("ix_record_shelf_kind")
        batch_op.drop_index("ix_record_shelf_item")

    op.drop_table("record_shelf")
    op.drop_table("record_opening")
    with op.batch_alter_table("record_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_media_seq"))

    op.drop_table("record_media")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_plan_id"))

    op.drop_table("project")
    op.drop_table("unit")
    with op.batch_alter_table("sign_in_try", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_try_name")
        batch_op.drop_index("ix_sign_in_try_address")

    op.drop_table("sign_in_try")
    op.drop_table("record_touched")
    op.drop_table("record_head")
    op.drop_table("record_follower")
    with op.batch_alter_table("record_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_record_entry_kind")
        batch_op.drop_index("ix_record_entry_item")
        batch_op.drop_index("ix_record_entry_at")

    op.drop_table("record_entry")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_key"))
        batch_op.drop_index("ix_job_due")

    op.drop_table("job")
    op.drop_table("counter")
    op.drop_table("annual_plan")


def _close_circles() -> None:
    """Keys between tables that name each other. SQLite has them in its CREATE TABLE already."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.create_foreign_key(
        "fk_project_current_responsibility",
        "project",
        "responsibility",
        ["id", "responsible_since"],
        ["project_id", "since"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.create_foreign_key("fk_report_pending_id", "report", "decision", ["pending_id"], ["id"])
