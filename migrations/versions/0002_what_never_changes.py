"""What never changes: triggers that keep the record, the chain of responsibility and the audit as written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Table → acts that its trigger refuses. Openings may be deleted once their item is withdrawn or redacted.
NEVER = {
    "record_entry": ("UPDATE", "DELETE"),
    "record_opening": ("UPDATE",),
    "responsibility": ("UPDATE", "DELETE"),
    "audit_entry": ("UPDATE", "DELETE"),
}

MAY_DESTROY = """
    SELECT 1 FROM record_entry later JOIN record_entry mine ON mine.item = later.item
    WHERE mine.seq = OLD.seq AND later.seq > mine.seq AND later.act IN ('withdrawn', 'redacted')
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()
    op.get_bind().execute(
        sa.text("INSERT INTO record_head (id, size, frontier, root) VALUES (1, 0, '[]', :root)"),
        {"root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    )


def _sqlite() -> None:
    for table, acts in NEVER.items():
        for act in acts:
            op.execute(
                f"CREATE TRIGGER never_{act.lower()}_{table} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END"
            )
    op.execute(
        "CREATE TRIGGER never_delete_record_opening BEFORE DELETE ON record_opening "
        f"WHEN NOT EXISTS ({MAY_DESTROY}) "
        "BEGIN SELECT RAISE(ABORT, 'an opening goes only when its item is withdrawn or redacted'); END"
    )
    op.execute(
        "CREATE TRIGGER dense_record_entry BEFORE INSERT ON record_entry "
        "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), -1) + 1 FROM record_entry) "
        "BEGIN SELECT RAISE(ABORT, 'sequence numbers are dense'); END"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% never changes', TG_TABLE_NAME USING ERRCODE = '23000'; END $$"
    )
    for table, acts in NEVER.items():
        op.execute(
            f"CREATE TRIGGER never_{table} BEFORE {' OR '.join(acts)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION never_changes()"
        )
    for table in NEVER:  # PostgreSQL alone can empty a table past its row triggers
        op.execute(
            f"CREATE TRIGGER never_truncate_{table} BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION never_changes()"
        )
    op.execute(
        "CREATE FUNCTION may_destroy_opening() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT EXISTS ({MAY_DESTROY}) THEN "
        "RAISE EXCEPTION 'an opening goes only when its item is withdrawn or redacted' "
        "USING ERRCODE = '23000'; END IF; RETURN OLD; END $$"
    )
    op.execute(
        "CREATE TRIGGER never_delete_record_opening BEFORE DELETE ON record_opening "
        "FOR EACH ROW EXECUTE FUNCTION may_destroy_opening()"
    )
    op.execute(
        "CREATE FUNCTION dense_sequence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq <> (SELECT COALESCE(MAX(seq), -1) + 1 FROM record_entry) THEN "
        "RAISE EXCEPTION 'sequence numbers are dense' USING ERRCODE = '23000'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER dense_record_entry BEFORE INSERT ON record_entry "
        "FOR EACH ROW EXECUTE FUNCTION dense_sequence()"
    )


def downgrade() -> None:
    op.execute("DELETE FROM record_head")
    if op.get_bind().dialect.name == "sqlite":
        for table, acts in NEVER.items():
            for act in acts:
                op.execute(f"DROP TRIGGER never_{act.lower()}_{table}")
        op.execute("DROP TRIGGER never_delete_record_opening")
        op.execute("DROP TRIGGER dense_record_entry")
        return
    for table in NEVER:
        op.execute(f"DROP TRIGGER never_{table} ON {table}")
        op.execute(f"DROP TRIGGER never_truncate_{table} ON {table}")
    op.execute("DROP TRIGGER never_delete_record_opening ON record_opening")
    op.execute("DROP TRIGGER dense_record_entry ON record_entry")
    for function in ("never_changes", "may_destroy_opening", "dense_sequence"):
        op.execute(f"DROP FUNCTION {function}")
