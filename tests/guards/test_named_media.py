"""Whatever names a file in the database is known to the sweep: what it does not know, it destroys in the end."""

from __future__ import annotations

import json
import re

from sqlalchemy import JSON, String, Text, select

import portal.worker  # noqa: F401 - every table is known to the metadata then
from portal.columns import metadata
from portal.queries.kept_media import every_kept

NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{1,5}")
# Columns that can hold the name of a file, or its hash. Whoever adds one says here whether it does, and when it does,
# adds its table to `SOURCES` of `portal/queries/kept_media.py`.
HOLD = {
    "archive_photo.developed", "archive_photo.sha256",
    "crediting.renditions", "photo.original_sha256", "photo.renditions", "record_media.name", "record_opening.document",
    "video.film", "video.original_sha256", "video.renditions",
}  # fmt: skip
HOLD_NOT = {
    "archive.file_name", "archive.file_sha256", "archive_note.key", "archive_note.said",
    "capture_code.hash", "crediting.replaced", "intake_attempt.file_name", "intake_attempt.sha256", "partial_upload.file_name", "partial_upload.mark", "partial_upload.sha256",
    "photo_print.original_sha256", "video.description", "video.embedded", "video.file_name", "video.seal_salt", "view.reference_seal",
    "annual_plan.title", "audit_entry.detail", "audit_leaf.leaf", "audit_leaf.leaf_hash", "audit_leaf.salt",
    "audit_seal.root", "decision.seen_hash", "job.error", "job.key", "job.payload", "lease.holder", "letter.link_hash", "limited_act.key", "media_gone.mark",
    "media_round.found", "milestone.target", "one_time_link.token_hash", "person.email", "person.password_hash",
    "photo.caption", "photo.embedded", "photo.file_name", "photo.seal_salt", "photo_request_body.reason", "project.content",
    "project.name", "project.place", "receipt.commitment", "receipt.note", "record_checkpoint.note", "record_checkpoint.root",
    "record_cosignature.key", "record_cosignature.line", "record_entry.commit", "record_entry.leaf", "record_entry.leaf_hash",
    "record_freeze.reason", "record_head.frontier", "record_head.root", "record_key.ed25519", "record_key.ml_dsa",
    "record_key.name", "record_key.statement", "record_opening.salt", "record_shelf.title", "record_witness.key",
    "record_witness.trouble", "report.correction_reason", "report.done", "report.idempotency_key", "report.next_step",
    "report.problems", "responsibility.reason", "return_reason.before", "return_reason.text", "sign_in.browser",
    "sign_in.token_hash", "subscription.asked", "subscription.email", "unit.english",
}  # fmt: skip


def test_every_column_that_could_name_a_file_says_whether_it_does():
    wide = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, JSON | Text)
        or (isinstance(column.type, String) and (column.type.length or 64) >= 64)
    }
    assert wide - HOLD - HOLD_NOT == set(), "say of each whether it names files (see above)"


def test_every_name_of_a_file_in_a_lived_in_database_is_known_to_the_sweep(portal, district):
    district.published(photos=2)
    district.draft(photos=1, code=district.projects[1], login="stranger")
    found = {}
    with portal.database.reading() as session:
        known = {kept.name for kept in every_kept(session)}
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    for name in NAME.findall(json.dumps(value, default=str)):
                        if name not in known:
                            found.setdefault(f"{table.name}.{column}", set()).add(name)
    assert found == {}
    assert len(known) > 10
