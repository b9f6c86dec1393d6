"""Letters: owed with the act, sent by the worker, once, and with nothing secret on the way."""

from __future__ import annotations

import dataclasses
import logging
import re

import pytest
from sqlalchemy import select, text

from portal.adapters.job_table import JobRow
from portal.adapters.smtp_address import SmtpAddress
from portal.adapters.smtp_mailer import SmtpMailer
from portal.domain.access import OneTimeLink, secret_hash
from portal.domain.audit import AuditEntry
from portal.domain.errors import NoSuchThing
from portal.domain.letters import JOB, OwedLetter
from portal.domain.progress import Report, Verb
from portal.ports import Job
from portal.worker import handlers, run_once
from portal.workflows.manage_people import change_email, disable_person, issue_link
from portal.workflows.moderate_report import Why
from portal.workflows.sign_in import use_link
from portal.workflows.submit_report import submit_report
from tests.mail_server import MailServer

ADDRESS = "zhiqiu@post.example"
LINK = re.compile(r"/account/link/([\w-]{43})\b")


@pytest.fixture
def relay():
    running = MailServer().start()
    yield running
    running.stop()


@pytest.fixture
def portal(portal, relay):
    """The portal with a mail server behind it."""
    return dataclasses.replace(portal, mailer=SmtpMailer(SmtpAddress.parse(relay.url()), name="阳光督查"))


@pytest.fixture
def district(district, portal):
    """`reporter` has an address; what the district published has been followed."""
    with portal.database.writing() as session:
        district.person(session, "reporter").email = ADDRESS
    run_once(portal)
    return dataclasses.replace(district, portal=portal)


def issue(district, login: str = "reporter") -> str:
    portal = district.portal
    with portal.database.writing() as session:
        person, actor = district.person(session, login), district.person(session, "admin")
        return issue_link(session, person=person, actor=actor, now=portal.now(), letters=portal.letters)


def letters(portal) -> list[OwedLetter]:
    with portal.database.reading() as session:
        return list(session.scalars(select(OwedLetter).order_by(OwedLetter.asked_at)))


def links_in(message) -> list[str]:
    return LINK.findall(message.get_content())


def opens(portal, token: str) -> bool:
    with portal.database.reading() as session:
        link = session.get(OneTimeLink, secret_hash(token))
        return link is not None and link.open_at(portal.now())


RETURN = (Why(passage="done", preset="too_vague"),)


# --- what is sent ----------------------------------------------------------------------------------


def test_a_link_is_sent_to_who_has_an_address_and_it_works(district, portal, relay):
    issue(district)
    run_once(portal)
    [message] = relay.received
    chinese, english = links_in(message)
    assert chinese == english
    assert message["To"] == ADDRESS
    assert "设密码的链接" in message["Subject"]
    assert "Set your password" in message["Subject"]
    assert f"http://127.0.0.1:8000/en/account/link/{chinese}" in message.get_content()
    assert "北京时间 2026-11-26 12:00" in message.get_content()
    with portal.database.writing() as session:
        person = use_link(session, token=chinese, password_hash="hash", now=portal.now())
        assert person.login == "reporter"


def test_the_link_on_the_page_and_the_one_sent_both_work_until_one_is_used(district, portal, relay):
    shown = issue(district)
    run_once(portal)
    sent = links_in(relay.received[0])[0]
    assert sent != shown
    assert opens(portal, shown)
    with portal.database.writing() as session:
        use_link(session, token=sent, password_hash="hash", now=portal.now())
    with pytest.raises(NoSuchThing), portal.database.writing() as session:
        use_link(session, token=shown, password_hash="another", now=portal.now())


def test_a_newer_link_ends_the_one_that_was_sent(district, portal, relay):
    issue(district)
    run_once(portal)
    issue(district)
    assert not opens(portal, links_in(relay.received[0])[0])


def test_whoever_wrote_a_returned_report_hears_so_and_nothing_of_what_it_says(district, portal, relay):
    report_id = district.submitted(done="护栏装好了。")
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="done", text="写清楚几米"),))
    run_once(portal)
    [message] = relay.received
    said = message.get_content()
    assert message["To"] == ADDRESS
    assert f"http://127.0.0.1:8000/desk/unit/reports/{report_id}" in said
    for words in ("护栏", "几米", "口袋公园", "沈砚书"):
        assert words not in said
        assert words not in message["Subject"]


def test_approval_and_people_without_an_address_bring_no_letter(district, portal, relay):
    district.published()
    issue(district, "head")
    report_id = district.submitted(code=district.projects[1], login="stranger")
    district.decide(report_id, Verb.RETURN, reasons=RETURN)
    run_once(portal)
    assert (letters(portal), relay.received) == ([], [])


def test_where_no_mail_is_sent_nothing_is_owed(district, portal):
    silent = dataclasses.replace(district, portal=dataclasses.replace(portal, mailer=None))
    issue(silent)
    silent.decide(silent.submitted(), Verb.RETURN, reasons=RETURN)
    assert letters(portal) == []


# --- with the act, and once ------------------------------------------------------------------------


def test_an_act_that_is_rolled_back_sends_nothing(district, portal, relay):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), portal.database.writing() as session:
        person = district.person(session, "reporter")
        issue_link(session, person=person, actor=None, now=portal.now(), letters=portal.letters)
        raise Stop
    assert run_once(portal) == 0
    assert (letters(portal), relay.received) == ([], [])


def test_an_outage_is_waited_out_and_then_the_letter_goes_once(district, portal, relay, clock):
    relay.answers["MAIL"] = "451 later"
    issue(district)
    for _ in range(3):
        run_once(portal)
        clock.forward(minutes=1)
    assert relay.received == []
    relay.answers.clear()
    for _ in range(3):
        run_once(portal)
        clock.forward(minutes=10)
    [message] = relay.received
    assert opens(portal, links_in(message)[0])
    assert portal.queue.set_aside() == []


def test_what_is_known_to_be_handed_over_is_not_sent_again(district, portal, relay):
    issue(district)
    run_once(portal)
    [owed] = letters(portal)
    handlers(portal)[JOB](Job(id=1, kind=JOB, payload={"letter": owed.id}, attempt=2))
    assert len(relay.received) == 1
    assert owed.sent_at is not None


def test_a_letter_whose_answer_was_lost_comes_again_as_the_same_letter_with_a_link_that_works(
    district, portal, relay, clock
):
    relay.hangs_up_at = "DATA"
    issue(district)
    run_once(portal)
    relay.hangs_up_at = ""
    clock.forward(minutes=1)
    run_once(portal)
    first, second = relay.received
    assert first["Message-ID"] == second["Message-ID"]
    assert opens(portal, links_in(first)[0]), "it may be the one that the reader's mailbox keeps"
    assert opens(portal, links_in(second)[0])


# --- what is not sent any more ---------------------------------------------------------------------


def test_an_address_refused_for_good_is_written_down_and_not_tried_again(district, portal, relay, clock):
    relay.answers["RCPT"] = f"550 5.1.1 <{ADDRESS}>: unknown"
    issue(district)
    run_once(portal)
    relay.answers.clear()
    clock.forward(hours=1)
    assert run_once(portal) == 0
    [owed] = letters(portal)
    assert (owed.refused_at is not None, owed.sent_at) == (True, None)
    assert relay.received == []


@pytest.mark.parametrize("change", ["used", "disabled", "no address", "too old", "newer"])
def test_a_letter_about_a_link_that_is_no_use_any_more_is_dropped(district, portal, relay, clock, change):
    shown = issue(district)
    with portal.database.writing() as session:
        person, admin = district.person(session, "reporter"), district.person(session, "admin")
        how = {"person": person, "seen_version": None, "actor": admin, "now": portal.now()}
        if change == "used":
            use_link(session, token=shown, password_hash="hash", now=portal.now())
        elif change == "disabled":
            disable_person(session, **how)
        elif change == "no address":
            change_email(session, email="", **how)
        elif change == "newer":
            issue_link(session, person=person, actor=admin, now=portal.now())
    if change == "too old":
        clock.forward(hours=48)
    run_once(portal)
    assert relay.received == []
    assert letters(portal)[0].dropped_at is not None


def test_a_return_that_was_corrected_meanwhile_needs_no_letter(district, portal, relay, clock):
    relay.answers["MAIL"] = "451 later"
    report_id = district.submitted()
    district.decide(report_id, Verb.RETURN, reasons=(Why(passage="next_step", preset="too_vague"),))
    run_once(portal)
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        report.next_step = "下周三做屋面防水 600 平方米。"
        submit_report(session, report=report, actor=report.author, key=None, now=portal.now())
    relay.answers.clear()
    clock.forward(minutes=1)
    run_once(portal)
    assert relay.received == []
    assert letters(portal)[0].dropped_at is not None


def test_another_address_ends_the_links_that_are_open(district, portal):
    shown = issue(district)
    with portal.database.writing() as session:
        person, admin = district.person(session, "reporter"), district.person(session, "admin")
        change_email(
            session,
            person=person,
            email="other@post.example",
            seen_version=None,
            actor=admin,
            now=portal.now(),
        )
    assert not opens(portal, shown)


# --- nothing secret on the way ---------------------------------------------------------------------


def test_no_link_and_no_address_lies_in_jobs_letters_or_audit(district, portal, relay, clock):
    relay.hangs_up_at = "DATA"
    shown = issue(district)
    run_once(portal)
    relay.hangs_up_at = ""
    clock.forward(minutes=1)
    run_once(portal)
    tokens = [shown, *(token for message in relay.received for token in links_in(message))]
    with portal.database.reading() as session:
        for table in ("job", "letter", "audit_entry", "one_time_link"):
            rows = repr(session.execute(text(f"SELECT * FROM {table}")).all())
            for secret in (*tokens, ADDRESS):
                assert secret not in rows, table
        [job] = session.scalars(select(JobRow).where(JobRow.kind == JOB))
        assert set(job.payload) == {"letter"}
        sent = session.scalars(select(AuditEntry).where(AuditEntry.act == "mail_link")).all()
        admin = district.person(session, "admin")
        assert {entry.actor_id for entry in sent} == {admin.id}


@pytest.mark.parametrize("answer", ["451", "550"])
def test_no_address_gets_into_a_log(district, portal, relay, caplog, answer):
    caplog.set_level(logging.INFO)
    relay.answers["RCPT"] = f"{answer} <{ADDRESS}>: no"
    issue(district)
    run_once(portal)
    ours = [record for record in caplog.records if record.name.startswith("portal")]
    assert ours, "it was said that something went wrong"
    formatter = logging.Formatter()
    for record in ours:
        assert ADDRESS not in formatter.format(record) + repr(record.__dict__)
