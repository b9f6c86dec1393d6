"""The watch over audit rows (tests/audit_watch.py) sees what it should, and acts leave their rows."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.database import Database
from portal.domain.audit import AuditEntry
from portal.web.app import create_app
from tests.audit_watch import AuditWatch
from tests.browsing import Browser


def test_the_watch_sees_a_change_without_its_row_and_lets_audited_ones_pass(settings):
    database = Database(settings.database_url)
    watch = AuditWatch(database.engine)
    site = Flask("nothing")
    with site.test_request_context("/"), database.writing() as session:
        session.execute(text("INSERT INTO counter (name, value) VALUES ('silent', 1)"))
    assert len(watch.unaudited) == 1
    assert "counter" in watch.unaudited[0]
    watch.unaudited.clear()
    with site.test_request_context("/"), database.writing() as session:
        session.execute(text("UPDATE counter SET value = 2"))
        session.execute(
            text(
                "INSERT INTO audit_entry (at, act, subject_kind, subject_id, detail) VALUES ('2026-01-01', 'x', '', '', '{}')"
            )
        )
    assert watch.unaudited == []
    database.close()


def test_signing_in_and_out_and_failing_to_are_written_down(portal, district):
    browser = Browser(create_app(portal))
    browser.sign_in("reporter", "wrong password")
    browser.sign_in("reporter")
    browser.submit("/account/logout", page="/desk/unit")
    with portal.database.reading() as session:
        acts = [entry.act for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert acts[-3:] == ["sign_in_failed", "sign_in", "sign_out"]


def test_no_audit_row_can_be_changed_or_deleted(owner, district):
    for statement in ("UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="never changes"), owner.writing() as session:
            session.execute(text(statement))
