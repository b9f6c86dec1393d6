"""A file with which its workers end is counted before the work, set aside the second time, and let pass by a person."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from sqlalchemy import select

from config import ROOT
from portal.domain.attempts import WORKING, Attempt
from portal.domain.audit import AuditEntry
from portal.imaging.darkroom import _START as START
from portal.imaging.darkroom import Darkroom
from tests.faults.running import environment
from tests.filming import film
from tests.small_district import picture
from tests.web.unit_desk import test_videos as videos
from tests.web.unit_desk.test_scripted import upload

PAGE = "/desk/admin/jobs"
FILE = picture(77)
# Darkroom children that greet and then end with the first photo; the second takes its master along.
ENDS = "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); s.sendall(bytes(4)); s.recv(1)"
KILLS_ITS_MASTER = f"import os; {ENDS}; os.kill(os.getppid(), 9)"


@pytest.fixture
def one_darkroom():
    """One for each of these tests alone, because they break it."""
    with Darkroom(children=1) as room:
        yield room


@pytest.fixture
def broken(portal, monkeypatch):
    """`broken()`: whoever works on a file ends; `broken(False)`: all is well again."""

    def act(now=True):
        portal.darkroom.close()
        monkeypatch.setattr("portal.imaging.darkroom._START", ENDS if now else START)

    return act


@pytest.fixture
def counted(portal):
    """(attempts, whether it is set aside) of our file; None when nothing is held against it."""

    def look():
        with portal.database.reading() as session:
            found = session.scalars(select(Attempt)).one_or_none()
            return found and (found.attempts, found.set_aside_at is not None)

    return look


def send(browser, report_id):
    return upload(browser, report_id, FILE, name="工地<夜>.jpg")


def test_a_photo_that_is_taken_or_refused_leaves_no_count(reporter, district, counted):
    report_id = district.draft()
    assert send(reporter, report_id).status_code == 201
    assert counted() is None
    assert upload(reporter, report_id, b"no photo").status_code == 422
    assert counted() is None


def test_the_second_crash_sets_a_file_aside_and_nobody_works_on_it_again(
    reporter, district, broken, counted, look
):
    report_id = district.draft()
    broken()
    first = send(reporter, report_id)
    assert (first.status_code, counted()) == (422, (1, False))
    assert "再选一次" in first.json["said"]
    second = send(reporter, report_id)
    assert (second.status_code, counted()) == (422, (2, True))
    assert "已经放到一边" in second.json["said"]
    broken(False)
    third = send(reporter, report_id)
    assert (third.status_code, third.json["said"]) == (422, second.json["said"])
    assert upload(reporter, report_id, picture(1)).status_code == 201, "other photos are taken"
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_a_file_that_crashed_once_and_then_came_through_is_forgotten(reporter, district, broken, counted):
    report_id = district.draft()
    broken()
    send(reporter, report_id)
    broken(False)
    assert send(reporter, report_id).status_code == 201
    assert counted() is None


def test_a_darkroom_that_does_not_start_is_held_against_no_file(
    reporter, district, portal, monkeypatch, counted
):
    report_id = district.draft()
    portal.darkroom.close()
    with monkeypatch.context() as only_now:
        only_now.setattr(sys, "executable", "/bin/false")
        for _ in range(3):
            assert "处理时出了错" in send(reporter, report_id).json["said"]
            assert counted() is None
    assert send(reporter, report_id).status_code == 201


ONCE = """
import sys
from config import Settings
from portal.imaging import darkroom, film_room
from portal.web.app import create_app
from portal.wiring import wire
from tests.browsing import Browser
from tests.conftest import NOON
from tests.filming import film
from tests.web.unit_desk import test_videos as videos
from tests.web.unit_desk.test_set_aside import KILLS_ITS_MASTER, send
browser = Browser(create_app(wire(Settings(), now=lambda: NOON)))
browser.sign_in("reporter")
darkroom._START, film_room._START = KILLS_ITS_MASTER, "import os; os.kill(os.getppid(), 9)"
if sys.argv[2] == "film":
    videos.upload(browser, int(sys.argv[1]), film("telephone.mp4"))
send(browser, int(sys.argv[1]))
"""


def killed_with(file, report_id, settings):
    """A web process that was given this file, and was killed with it."""
    killed = subprocess.run(
        [sys.executable, "-c", ONCE, str(report_id), file],
        cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr


def test_a_file_with_which_the_web_process_itself_is_killed_is_set_aside(
    reporter, district, settings, clock, counted
):
    report_id = district.draft()
    for attempts in (1, 2):
        killed_with("photo", report_id, settings)
        assert counted() == (attempts, False)
    assert "正在处理" in send(reporter, report_id).json["said"], "the other two may still be at it"
    clock.forward(seconds=WORKING.total_seconds())
    assert "已经放到一边" in send(reporter, report_id).json["said"]
    assert counted() == (2, True)


def test_a_video_is_counted_before_anybody_looks_into_it(reporter, district, settings, clock, counted):
    report_id = district.draft()
    for attempts in (1, 2):
        killed_with("film", report_id, settings)
        assert counted() == (attempts, False)
    clock.forward(seconds=WORKING.total_seconds())
    refused = videos.upload(reporter, report_id, film("telephone.mp4"))
    assert (refused.status_code, counted()) == (422, (2, True))
    assert "已经放到一边" in refused.json["said"]
    assert videos.upload(reporter, report_id, film("browser.webm")).status_code == 201
    assert counted() == (2, True), "another one is judged by itself"


def test_the_administrator_sees_the_file_and_lets_it_be_tried_again(
    sign_in, reporter, district, portal, broken, counted
):
    report_id, admin = district.draft(), sign_in("admin")
    broken()
    for _ in range(2):
        send(reporter, report_id)
    broken(False)
    assert "放到了一边" in admin.get("/desk/admin").get_data(as_text=True)
    page = admin.get(PAGE).get_data(as_text=True)
    assert "工地&lt;夜&gt;.jpg" in page
    assert hashlib.sha256(FILE).hexdigest() in page
    with portal.database.reading() as session:
        number = session.scalars(select(Attempt.id)).one()
    assert admin.submit(f"/desk/admin/files/{number}/retry", page=PAGE).status_code == 303
    assert counted() is None
    with portal.database.reading() as session:
        act = session.scalars(select(AuditEntry).where(AuditEntry.act == "let_file_be_tried")).one()
        assert (act.subject_kind, act.detail) == (
            "intake_attempt",
            {"file": hashlib.sha256(FILE).hexdigest()},
        )
    assert send(reporter, report_id).status_code == 201


def test_letting_a_file_pass_that_is_not_set_aside_changes_nothing_and_says_why(sign_in, district):
    answer = sign_in("admin").submit("/desk/admin/files/1/retry", page="/desk/admin/people/new")
    assert answer.status_code == 409
    assert "刚被别人放行" in answer.get_data(as_text=True)
