"""kill -9 of a worker around a digest: nothing is missed, and what may have gone goes again as the same letter."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.subscriptions import Every, Subscription
from portal.ports import Asked
from portal.wiring import Portal, wire
from portal.worker import run_idle, run_once, tend_subscriptions
from portal.workflows.subscribe import ask_to_be_told, confirm
from tests.conftest import Clock
from tests.faults.running import environment
from tests.mail_server import MailServer
from tests.small_district import SmallDistrict

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_around_a_digest_misses_nothing_and_sends_nothing_else_twice(
    portal: Portal, district: SmallDistrict, clock: Clock, when: str
) -> None:
    relay = MailServer().start()
    settings = portal.settings.model_copy(update={"mail_url": relay.url(), "url": "http://127.0.0.1:8000"})
    mailing = dataclasses.replace(portal, mailer=wire(settings, now=clock).mailer)
    try:
        run_once(portal)
        with portal.database.writing() as session:
            subscription_id = ask_to_be_told(
                session, email="reader@post.example", asked=Asked(text="封顶"), every=Every.DAILY,
                queue=portal.queue, now=clock(),
            )  # fmt: skip
            confirm(session, subscription_id=subscription_id, now=clock())
            portal.queue.cancel(session, key=f"confirm/{subscription_id}")
        first = district.published()
        clock.forward(days=1)
        tend_subscriptions(mailing)
        command = [sys.executable, "-m", "tests.faults.killed_digest", when, clock().isoformat()]
        killed = subprocess.run(
            command, cwd=ROOT, env=environment(settings), timeout=300, check=False, capture_output=True
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        second = district.published(done="封顶以后又做了屋面。")  # after the window was fixed
        clock.forward(minutes=2)  # until its job is free again
        tend_subscriptions(mailing)
        assert run_idle(mailing) == 1
        letters = list(relay.received)
        assert len(letters) == (2 if when == "after" else 1)
        assert len({letter["Message-ID"] for letter in letters}) == 1
        assert len({letter.get_content() for letter in letters}) == 1
        assert (first in letters[0].get_content(), second in letters[0].get_content()) == (True, False)
        clock.forward(days=1)
        tend_subscriptions(mailing)
        while run_idle(mailing):
            pass
        last = relay.received[-1].get_content()
        assert len(relay.received) == len(letters) + 1
        assert (first in last, second in last) == (False, True)
        with portal.database.reading() as session:
            left = session.scalars(select(Subscription)).one()
        assert left.until is None
    finally:
        relay.stop()
