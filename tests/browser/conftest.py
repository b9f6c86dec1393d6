"""A live site in a real browser. Without Chromium, or without axe-core, the tests say so and are skipped."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from config import Settings
from portal.domain.progress import Report, Verb
from portal.web.app import create_app
from portal.wiring import wire
from portal.worker import run_once
from portal.workflows.moderate_report import Why
from portal.workflows.withdraw_report import withdraw_report
from tests.conftest import Clock
from tests.small_district import PASSWORD, build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is not here: run `npm ci --ignore-scripts`")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium():
    found = next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
    )
    if found is None:
        pytest.skip("Chromium is not here: install your system's package `chromium`")
    args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=args)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory, migrated):
    """The small district, served, with its worker running and a report in every state."""
    home = tmp_path_factory.mktemp("live")
    shutil.copy(migrated, home / "portal.sqlite")
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{home / 'portal.sqlite'}",
        media_url=f"file:{home / 'uploads'}",
        search_url=f"whoosh:{home / 'index'}",
        instance=home / "instance",
        secret_key="only for tests " * 4,
    )
    clock = Clock(dt.datetime.now(dt.UTC))
    portal = wire(settings, now=clock)
    district = build(portal, now=clock())
    facts = _every_state(portal, district, clock)
    server = make_server("127.0.0.1", 0, create_app(portal), threaded=True)
    stop = threading.Event()

    def work():
        while not stop.wait(0.3):
            clock.at = max(clock.at, dt.datetime.now(dt.UTC))
            run_once(portal)

    threads = [threading.Thread(target=target, daemon=True) for target in (server.serve_forever, work)]
    for thread in threads:
        thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    yield SimpleNamespace(
        base=base, portal=portal, district=district, password=PASSWORD, clock=clock, **facts
    )
    stop.set()
    server.shutdown()
    server.server_close()
    for thread in threads:
        thread.join(10)
    portal.close()


def _every_state(portal, district, clock):
    number = district.published(photos=2)
    returned = district.submitted(photos=2)
    with portal.database.reading() as session:
        photo_id = session.get_one(Report, returned).photos[0].id
    why = Why(photo_id=photo_id, preset="unclear", text="靠近一点重拍。")
    district.decide(returned, Verb.RETURN, reasons=(why,))
    gone = district.published(photos=1)
    with portal.database.writing() as session:
        report = session.query(Report).filter_by(number=gone).one()
        supervisor = district.person(session, "supervisor")
        withdraw_report(
            session,
            report=report,
            reason="拍到了路人的正脸",
            basis="个人信息保护法第四十七条",
            queue=portal.queue,
            actor=supervisor,
            now=clock(),
        )
    run_once(portal)
    waiting = district.submitted(code=district.projects[1], login="stranger", photos=2)
    draft = district.draft(photos=2)
    return {"number": number, "returned": returned, "gone": gone, "waiting": waiting, "draft": draft}
