"""Being told of what is new: asked for, confirmed, sent once, and ended, with nothing left behind."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import re
import threading
from urllib.parse import quote

import pytest
from sqlalchemy import select, text

from config import Mode
from portal.adapters.job_table import JobRow
from portal.adapters.smtp_address import SmtpAddress
from portal.adapters.smtp_mailer import SmtpMailer
from portal.domain.errors import WrongState
from portal.domain.subscriptions import MOST, Every, Subscription, next_due
from portal.ports import Asked
from portal.rules.clock import SHANGHAI
from portal.web.app import create_app
from portal.wiring import wire
from portal.worker import run_idle, run_once, tend_subscriptions
from portal.workflows.subscribe import ask_to_be_told, confirm, forget_address
from tests.browsing import Browser
from tests.mail_server import MailServer
from tests.search_engine import lose_index
from tests.web.public.conftest import correct, withdraw  # noqa: F401

ADDRESS = "reader@post.example"
WORD = "封顶"


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
    """What the district published has been followed."""
    run_once(portal)
    return dataclasses.replace(district, portal=portal)


@pytest.fixture
def reader(portal, district):
    """Somebody's browser."""
    return Browser(create_app(portal))


def ask(reader: Browser, email: str = ADDRESS, every: str = "daily", **question: str):
    data = {"email": email, "every": every, **({"q": WORD} | question)}
    return reader.open("/subscriptions", method="POST", data=data)


def links_in(message, purpose: str) -> list[str]:
    found = re.findall(
        rf"http://127\.0\.0\.1:8000(/subscriptions/[0-9a-f-]+/{purpose})\b", message.get_content()
    )
    assert found
    assert len(set(found)) == 1
    return found


def subscribed(portal, reader, relay, **how) -> None:
    """Asked for and confirmed; the mailbox is empty again."""
    ask(reader, **how)
    run_once(portal)
    [message] = relay.received
    assert reader.open(links_in(message, "confirm")[0], method="POST").status_code == 303
    relay.received.clear()


def rows(portal) -> list[Subscription]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Subscription).order_by(Subscription.asked_at)))


def next_morning(portal, *, days: int = 1) -> None:
    """A day later, everything that is due then."""
    portal.now.forward(days=days)
    run_once(portal)
    tend_subscriptions(portal)
    while run_idle(portal):
        pass


# --- asking ----------------------------------------------------------------------------------------


def test_the_archive_offers_it_where_mail_is_sent_and_the_feed_everywhere(portal, district, settings):
    page = Browser(create_app(portal)).get("/archive?q=x").get_data(as_text=True)
    assert 'action="/subscriptions"' in page
    silent = Browser(create_app(dataclasses.replace(portal, mailer=None)))
    page = silent.get("/archive?q=x").get_data(as_text=True)
    assert "/subscriptions" not in page
    assert "/archive.atom?q=x" in page
    assert ask(silent).status_code == 404
    assert wire(settings.model_copy(update={"mode": Mode.PRODUCTION})).letters is None, (
        "console: in production"
    )


def test_asking_brings_one_letter_with_a_link_and_nothing_until_it_is_pressed(
    portal, district, reader, relay
):
    answer = ask(reader, q="买药 http://spam.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/subscriptions/asked")
    assert "看看邮箱" in reader.get("/subscriptions/asked").get_data(as_text=True)
    run_once(portal)
    [message] = relay.received
    assert message["To"] == ADDRESS
    assert "spam" not in message.as_string() + message.get_content(), (
        "no stranger's words are carried to anybody"
    )
    [path] = {*links_in(message, "confirm")}
    assert "确认，写信给我" in reader.get(path).get_data(as_text=True)
    assert rows(portal)[0].confirmed_at is None, "looking, as mail programs do, confirms nothing"
    district.published()
    next_morning(portal)
    assert len(relay.received) == 1


def test_known_and_unknown_addresses_are_answered_alike(portal, district, reader, relay):
    subscribed(portal, reader, relay)
    known, unknown = ask(reader), ask(reader, email="other@post.example")
    assert (known.status_code, known.data, known.headers["Location"]) == (
        unknown.status_code, unknown.data, unknown.headers["Location"],
    )  # fmt: skip


def test_what_is_no_address_is_said_and_the_question_is_kept(portal, district, reader, relay):
    answer = ask(reader, email="reader at post", unit="001")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "这不像一个邮箱地址" in page
    assert '<input type="hidden" name="unit" value="001">' in page
    assert rows(portal) == []


def test_one_address_gets_few_letters_to_confirm_and_the_answer_stays_the_same(
    portal, district, reader, relay
):
    answers = [ask(reader, q=str(n)) for n in range(5)]
    run_once(portal)
    assert len(relay.received) == 3
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1


def test_one_place_that_asks_too_often_is_told_when_to_come_back(
    portal, district, reader, relay, monkeypatch
):
    monkeypatch.setattr("portal.web.subscriptions.asking.FROM_ONE_PLACE", 2)
    answers = [ask(reader, email=f"r{n}@post.example") for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Retry-After" in answers[-1].headers


def test_what_nobody_confirms_in_two_days_is_forgotten(portal, district, reader, relay, clock):
    ask(reader)
    run_once(portal)
    [path] = {*links_in(relay.received[0], "confirm")}
    clock.forward(hours=49)
    assert reader.open(path, method="POST").status_code == 404
    tend_subscriptions(portal)
    assert rows(portal) == []
    assert reader.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/subscriptions/x/confirm", "/subscriptions/x-y/end", "/subscriptions/0-/end"]
)
def test_links_that_are_not_ours_open_nothing(portal, district, reader, path):
    assert reader.get(path).status_code == 404
    assert reader.open(path, method="POST").status_code == 404


def test_a_link_that_confirms_does_not_end_and_the_other_way_round(portal, district, reader, relay):
    ask(reader)
    run_once(portal)
    [path] = {*links_in(relay.received[0], "confirm")}
    assert reader.open(path.replace("/confirm", "/end"), method="POST").status_code == 404
    assert len(rows(portal)) == 1


# --- digests ---------------------------------------------------------------------------------------


def test_a_digest_tells_what_came_once_and_what_changed_again(portal, district, reader, relay, correct):  # noqa: F811
    before = district.published()
    subscribed(portal, reader, relay)
    number = district.published(done="主体封顶，砌筑完成五层。")
    next_morning(portal)
    [message] = relay.received
    assert f"/reports/{number}" in message.get_content()
    assert before not in message.get_content(), "it was there before"
    next_morning(portal)
    assert len(relay.received) == 1, "nothing new, no letter"
    correct(number, done="主体封顶，砌筑完成四层。", reason="丈量后重新计算")
    next_morning(portal)
    assert len(relay.received) == 2
    assert "四层" in relay.received[1].get_content()


def test_what_comes_between_asking_and_confirming_is_told_too(portal, district, reader, relay):
    ask(reader)
    number = district.published()
    run_once(portal)
    reader.open(links_in(relay.received[0], "confirm")[0], method="POST")
    next_morning(portal)
    assert number in relay.received[-1].get_content()


def test_only_what_the_archive_would_find_is_told(portal, district, reader, relay):
    subscribed(portal, reader, relay, unit="030")
    district.published()
    other = district.published(code=district.projects[1], login="stranger", done="管沟封頂。")
    district.submitted(done="封顶，未公开。")
    next_morning(portal)
    [message] = relay.received
    assert re.findall(r"/reports/(\S+)", message.get_content()) == [other], (
        "in any writing, of this unit alone"
    )
    assert "未公开" not in message.get_content()


def test_what_is_withdrawn_before_the_letter_is_written_is_not_in_it(
    portal,
    district,
    reader,
    relay,
    withdraw,  # noqa: F811
):
    subscribed(portal, reader, relay)
    number = district.published(done="封顶，蓝鲸。")
    withdraw(number)
    next_morning(portal)
    assert relay.received == []


def test_a_weekly_digest_waits_for_monday(portal, district, reader, relay):
    subscribed(portal, reader, relay, every="weekly")  # a Tuesday
    district.published()
    for _ in range(5):
        next_morning(portal)
    assert relay.received == []
    next_morning(portal)
    assert len(relay.received) == 1


def test_dues_are_mornings_in_shanghai():
    tuesday = dt.datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
    assert next_due(Every.DAILY, tuesday).astimezone(SHANGHAI) == dt.datetime(
        2026, 11, 25, 7, tzinfo=SHANGHAI
    )
    assert next_due(Every.WEEKLY, tuesday).astimezone(SHANGHAI) == dt.datetime(
        2026, 11, 30, 7, tzinfo=SHANGHAI
    )
    monday = dt.datetime(2026, 11, 30, 6, tzinfo=SHANGHAI)
    assert next_due(Every.WEEKLY, monday).astimezone(SHANGHAI) == dt.datetime(
        2026, 11, 30, 7, tzinfo=SHANGHAI
    )
    assert next_due(Every.WEEKLY, next_due(Every.WEEKLY, monday)) == next_due(
        Every.WEEKLY, monday
    ) + dt.timedelta(7)


def test_asking_the_same_again_goes_on_in_one_subscription(portal, district, reader, relay):
    subscribed(portal, reader, relay)
    number = district.published()
    subscribed(portal, reader, relay, every="weekly", email=ADDRESS.upper())
    [row] = rows(portal)
    assert row.every is Every.WEEKLY
    next_morning(portal, days=6)
    [message] = relay.received
    assert number in message.get_content(), "nothing is missed by changing one's mind"


def test_an_address_has_a_most(portal, district, reader):
    with portal.database.writing() as session:
        how = {"email": ADDRESS, "every": Every.DAILY, "queue": portal.queue, "now": portal.now()}
        ids = [ask_to_be_told(session, asked=Asked(text=str(n)), **how) for n in range(MOST + 1)]
        for each in ids[:-1]:
            confirm(session, subscription_id=each, now=portal.now())
    with pytest.raises(WrongState), portal.database.writing() as session:
        confirm(session, subscription_id=ids[-1], now=portal.now())


# --- nothing missed, nothing doubled ---------------------------------------------------------------


def test_an_outage_of_mail_is_waited_out_and_the_window_sent_once(portal, district, reader, relay, clock):
    subscribed(portal, reader, relay)
    first = district.published()
    relay.answers["MAIL"] = "451 later"
    next_morning(portal)
    second = district.published()
    relay.answers.clear()
    clock.forward(hours=2)
    run_once(portal)
    tend_subscriptions(portal)
    run_idle(portal)
    [message] = relay.received
    assert first in message.get_content()
    assert second not in message.get_content(), "the window was fixed before it was tried"
    next_morning(portal)
    assert second in relay.received[1].get_content()
    assert first not in relay.received[1].get_content()
    assert portal.queue.set_aside() == []


def test_a_letter_whose_answer_was_lost_comes_again_as_the_same_letter(
    portal, district, reader, relay, clock
):
    subscribed(portal, reader, relay)
    district.published()
    relay.hangs_up_at = "DATA"
    next_morning(portal)
    relay.hangs_up_at = ""
    district.published(done="封顶以后。")
    clock.forward(hours=2)
    tend_subscriptions(portal)
    run_idle(portal)
    one, other = relay.received
    assert (one["Message-ID"], one.get_content()) == (other["Message-ID"], other.get_content())


def test_a_lost_index_is_waited_for(portal, district, reader, relay, clock):
    subscribed(portal, reader, relay)
    number = district.published()
    clock.forward(days=1)
    lose_index(portal.settings)
    tend_subscriptions(portal)
    run_idle(portal)
    assert relay.received == []
    run_once(portal)
    clock.forward(hours=2)
    tend_subscriptions(portal)
    run_idle(portal)
    assert number in relay.received[0].get_content()


def test_asking_for_jobs_again_and_again_owes_one(portal, district, reader, relay, clock):
    subscribed(portal, reader, relay)
    clock.forward(days=1)
    for _ in range(3):
        tend_subscriptions(portal)
    with portal.database.reading() as session:
        due = session.scalars(
            select(JobRow).where(JobRow.kind == "send_digest", JobRow.done_at.is_(None))
        ).all()
    assert len(due) == 1


# --- ending ----------------------------------------------------------------------------------------


def test_one_press_in_the_mail_program_ends_it_and_deletes_the_address(portal, district, reader, relay):
    subscribed(portal, reader, relay)
    district.published()
    next_morning(portal)
    [message] = relay.received
    [path] = {*links_in(message, "end")}
    assert message["List-Unsubscribe"] == f"<http://127.0.0.1:8000{path}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "停掉，删除我的地址" in reader.get(path).get_data(as_text=True)
    assert ADDRESS not in reader.get(path).get_data(as_text=True)
    assert len(rows(portal)) == 1, "looking ends nothing"
    answer = reader.open(path, method="POST", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert rows(portal) == []
    assert reader.open(path, method="POST").status_code == 200, "ended already is ended"
    assert reader.get(path).status_code == 404
    district.published()
    next_morning(portal)
    assert len(relay.received) == 1


def test_an_address_where_nobody_gets_mail_is_forgotten(portal, district, reader, relay):
    subscribed(portal, reader, relay)
    district.published()
    relay.answers["RCPT"] = f"550 5.1.1 <{ADDRESS}>: unknown"
    next_morning(portal)
    assert rows(portal) == []


def test_an_address_can_be_forgotten_without_a_letter_at_hand(portal, district, reader, relay):
    subscribed(portal, reader, relay)
    with portal.database.writing() as session:
        assert forget_address(session, email=f" {ADDRESS.upper()}") == 1
    assert rows(portal) == []


# --- nothing said ----------------------------------------------------------------------------------


def test_no_address_lies_anywhere_but_in_its_row_nor_in_a_log(portal, district, reader, relay, caplog, clock):
    caplog.set_level(logging.INFO)
    subscribed(portal, reader, relay)
    district.published()
    relay.answers["RCPT"] = f"451 <{ADDRESS}>: later"
    next_morning(portal)
    with portal.database.reading() as session:
        tables = (
            session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
            if portal.database.path
            else ["job", "audit_entry", "limited_act"]
        )
        for table in tables:
            said = repr(session.execute(text(f"SELECT * FROM {table}")).all())
            assert table == "subscription" or ADDRESS not in said, table
    for record in caplog.records:
        if record.name.startswith("portal"):
            assert ADDRESS not in logging.Formatter().format(record) + repr(record.__dict__)
            assert "/confirm" not in record.getMessage()


def test_the_page_of_a_link_says_what_it_is_about_in_both_languages(portal, district, reader, relay):
    ask(reader, unit="001", kind="report", **{"from": "2026-01-01"})
    run_once(portal)
    [path] = {*links_in(relay.received[0], "confirm")}
    page = reader.get(path).get_data(as_text=True)
    assert "东岸街道" in page
    assert f"/archive?q={quote(WORD)}" in page
    assert "Yes, write to me" in reader.get(f"/en{path}").get_data(as_text=True)


def test_two_workers_at_once_send_one_letter(portal, district, reader, relay, clock):
    subscribed(portal, reader, relay)
    district.published()
    clock.forward(days=1)
    tend_subscriptions(portal)
    workers = [threading.Thread(target=run_idle, args=(portal,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(relay.received) == 1
