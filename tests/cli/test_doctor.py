"""The doctor names what is missing or unsafe, with the cure, and exits 1 only for what must be cured."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import text

from portal.adapters import schema
from portal.database import Database
from portal.domain.attempts import Attempt
from portal.imaging.darkroom import CONFINEMENTS
from tests.mail_server import MailServer
from tests.services import needs


def test_a_well_portal_is_told_so(run):
    said = run("doctor")
    assert said.code == 0
    assert "the portal is well" in said.out
    assert "the record has 0 entries" in said.out


def test_defaults_that_only_a_demonstration_may_have_are_warned_of(run):
    said = run("doctor", hosts="")
    assert said.code == 0
    assert " ! PORTAL_HOSTS is empty" in said.out


def test_an_old_schema_is_named_with_the_cure(run, settings, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/old.sqlite")
    schema.upgrade(database)
    schema.downgrade(database, revision="base")
    database.close()
    said = run("doctor", database_url=f"sqlite:///{tmp_path}/old.sqlite")
    assert said.code == 1
    assert " ✗ the database is not at the newest schema: run `python -m portal init`" in said.out


def test_a_database_that_cannot_be_reached_is_named(run):
    said = run("doctor", database_url="sqlite:////nowhere/at/all.sqlite")
    assert said.code == 1
    assert " ✗ the database cannot be reached" in said.out


def test_a_secret_key_that_others_can_read_is_named_with_the_cure(run, settings):
    assert run("doctor", secret_key="").code == 0  # makes the key, for this user only
    key = Path(settings.instance) / "secret_key"
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_text()) == 64
    key.chmod(0o644)
    said = run("doctor", secret_key="")
    assert said.code == 1
    assert " ✗ secret_key can be read by others: chmod 600 it" in said.out


def test_a_secret_key_that_is_no_file_is_said_in_one_sentence(run, settings):
    (Path(settings.instance) / "secret_key").mkdir(parents=True)
    said = run("doctor", secret_key="")
    assert said.code == 1
    assert "secret_key" in said.err


def test_a_photo_folder_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "blocked").write_text("a file where a folder should be")
    said = run("doctor", media_url=f"file:{tmp_path}/blocked/photos")
    assert said.code == 1
    assert "不能读写" in said.out


def test_it_is_said_where_limits_are_counted(run):
    assert " ✓ limits are counted in the database" in run("doctor").out


def test_a_redis_that_does_not_answer_is_named_without_its_password(run):
    said = run("doctor", limits_url="redis://:a-secret@127.0.0.1:1/0")
    assert said.code == 1
    assert " ✗ Redis does not count (ConnectionError): check PORTAL_LIMITS_URL" in said.out
    assert "counted in the database meanwhile" in said.out
    assert "a-secret" not in said.out + said.err


def test_a_redis_that_answers_is_said_to(run):
    assert " ✓ limits are counted in Redis" in run("doctor", limits_url=needs("PORTAL_TEST_REDIS")).out


def test_a_late_worker_is_named_with_the_cure(run, portal):
    enqueue(portal, at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=10))
    said = run("doctor")
    assert said.code == 1
    assert "1 jobs wait" in said.out
    assert "start `python -m portal work`" in said.out


def test_a_job_that_waits_for_its_time_is_nothing_to_worry_about(run, portal):
    enqueue(portal, at=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10))
    assert run("doctor").code == 0


def test_a_job_that_was_set_aside_is_warned_of_with_its_error(run, portal, settings):
    enqueue(portal, at=dt.datetime.now(dt.UTC))
    with portal.database.writing() as session:
        session.execute(
            text("UPDATE job SET set_aside_at = not_before, attempts = 8, error = 'KeyError: decision'")
        )
    said = run("doctor")
    assert said.code == 0
    assert "(greet) was set aside after 8 attempts: KeyError: decision" in said.out


def test_where_letters_go_is_said(run):
    assert "letters are written to the worker's standard output" in run("doctor").out


def test_a_mail_server_that_answers_is_said_and_one_that_does_not_must_be_cured(run):
    server = MailServer().start()
    how = {"mail_url": server.url(), "url": "http://sunlight.example"}
    well = run("doctor", **how)
    server.stop()
    assert well.code == 0
    assert " ✓ the mail server takes letters" in well.out
    assert server.received == []
    gone = run("doctor", **how)
    assert gone.code == 1
    assert " ✗ the mail server at 127.0.0.1" in gone.out
    assert "check PORTAL_MAIL_URL" in gone.out


def test_a_mail_address_that_is_none_is_one_sentence_without_its_password(run):
    said = run("doctor", mail_url="smtp://portal:hunter2@mail.example/")
    assert said.code == 1
    assert "PORTAL_MAIL_URL: from= is the address" in said.err
    assert "hunter2" not in said.out + said.err


def enqueue(portal, *, at):
    with portal.database.writing() as session:
        portal.queue.enqueue(session, kind="greet", payload={}, not_before=at)


def test_a_file_that_was_set_aside_is_named_with_what_can_be_done(run, district, portal, clock):
    with portal.database.writing() as session:
        sender = district.person(session, "reporter").id
        about = {"sha256": "ab" * 32, "bytes": 1, "file_name": "a.jpg", "sent_by_id": sender}
        session.add(Attempt(**about, attempts=2, last_at=clock(), set_aside_at=clock()))
    said = run("doctor")
    assert said.code == 0
    assert f" ! a file was set aside on 2026-11-24 after its worker ended twice ({'ab' * 32})" in said.out


def test_every_confinement_of_the_darkroom_is_said(run):
    said = run("doctor").out
    for name in CONFINEMENTS:
        assert f"the darkroom is confined by {name}" in said or f"the darkroom runs without {name};" in said


def test_a_darkroom_that_does_not_start_must_be_cured(run, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    said = run("doctor")
    assert said.code == 1
    assert " ✗ no photo can be taken in: the confined child does not start" in said.out
