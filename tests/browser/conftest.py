"""A live site in a real browser. Without Chromium, or without axe-core, the tests say so and are skipped."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from config import Settings
from portal.database import DatabaseBusy
from portal.domain.lifecycle import ReportState
from portal.domain.plan import ProjectKind
from portal.domain.progress import Report, Verb
from portal.domain.receipts import content_of, submission_of
from portal.domain.subscriptions import Every
from portal.ports import Asked
from portal.record.followers import last_seq
from portal.record.receipt_key import ReceiptKey
from portal.web.app import create_app
from portal.wiring import wire
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import discard_draft
from portal.workflows.edit_plan import MilestoneFacts, ProjectFacts, add_project, draw_up_plan
from portal.workflows.give_receipt import give_receipt
from portal.workflows.manage_people import issue_link
from portal.workflows.moderate_report import Why, claim_report
from portal.workflows.submit_report import submit_report
from portal.workflows.subscribe import CONFIRM, END, ask_to_be_told, confirm, link_of
from portal.workflows.withdraw_report import withdraw_report
from tests.conftest import Clock
from tests.repeat_photos import make_view, photographed
from tests.small_district import PASSWORD, SmallDistrict, build

ROOT = Path(__file__).parents[2]
# ms; a loaded machine is slow, and that is no failure: what is there at once is seen at once
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)
# What is wrong with the page as it stands, by every rule of WCAG 2.2 AA and of good practice.
AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: tags});
  return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(" | "));
}"""
CALM = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
VIEWER = ROOT / "portal" / "web" / "static" / "vendor" / "photoswipe"
needs_viewer = pytest.mark.skipif(
    not VIEWER.is_dir(), reason="the photo viewer is not here: run `make assets`"
)


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("axe-core is not here: run `npm ci --ignore-scripts`")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium():
    found = where_chromium_is()
    if found is None:
        pytest.skip("Chromium is not here: install your system's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CALM)
        yield browser
        browser.close()


def where_chromium_is():
    """The path of the browser, or nothing."""
    return next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
    )


@pytest.fixture(scope="session")
def live(tmp_path_factory, migrated):
    home = tmp_path_factory.mktemp("live")
    shutil.copy(migrated, home / "portal.sqlite")
    with serving(home) as site:
        yield site


@contextmanager
def serving(home, also=None):
    """The small district on the migrated database in this folder, served, with its worker running and a report in
    every state; `also` happens before it opens, and says what is to be known of it."""
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
    portal.receipt_key.keep(ReceiptKey.make("127.0.0.1/record"))
    alone = threading.Lock()
    district = Watched(portal, projects=build(portal, now=clock()).projects, alone=alone)
    facts = _every_state(portal, district, clock)
    if also is not None:
        facts |= also(portal, district, clock)
    server = make_server("127.0.0.1", 0, create_app(portal), threaded=True)
    stop = threading.Event()

    def work():
        while not stop.wait(0.3):
            clock.not_before(dt.datetime.now(dt.UTC))
            with alone, suppress(DatabaseBusy):  # the next look may go well, as with any worker
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


@dataclass
class Watched(SmallDistrict):
    """The district of a site whose worker is running: a decision that a test carries out itself is not taken from it half
    done. alone: who carries out jobs now, the worker or the test."""

    alone: threading.Lock = field(default_factory=threading.Lock)

    def decide(self, report_id, verb, **how):
        with self.alone:
            super().decide(report_id, verb, **how)


def _every_state(portal, district, clock):
    make_view(district)
    make_view(district, "塔吊下")
    number = district.published(photos=2)
    for day in ("2026-08-03", "2026-10-02", "2026-10-20"):
        photographed(district, view=1, taken_on=day)
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
    held = district.submitted(code=district.projects[1], login="stranger", photos=1)
    correction = _correction(district, number, clock)
    with portal.database.writing() as session:
        colleague = district.person(session, "second")
        claim_report(session, report=session.get_one(Report, held), actor=colleague, now=clock())
        session.get_one(Report, held).claimed_until = clock() + dt.timedelta(hours=2)  # longer than the tests
    with portal.database.writing() as session:
        given = session.get_one(Report, correction)
        key = portal.receipt_key.read()
        give_receipt(
            session, submission=submission_of(given), content=content_of(given), key=key, days=7, now=clock()
        )
    link = _next_year_and_link(portal, district, clock)
    draft = district.draft(photos=2)
    return {
        "number": number,
        "picture": _rendition_of(portal, number),
        "published": _id_of(portal, number),
        "returned": returned,
        "gone": gone,
        "waiting": waiting,
        "photo": _first_photo(portal, waiting),
        "held": held,
        "correction": correction,
        "link": link,
        "draft": draft,
        **_subscriptions(portal, clock),
    }


def _subscriptions(portal, clock):
    """What stands in the links of letters: one subscription waits to be confirmed, one can be ended."""
    with portal.database.writing() as session:
        asked = Asked(text="封顶", chosen={"unit": ("001", "030")}, first=dt.date(2026, 1, 1))
        how = {"email": "reader@post.example", "every": Every.DAILY, "queue": portal.queue, "now": clock()}
        waits, told = (ask_to_be_told(session, asked=asked, **how) for _ in range(2))
        for each in (waits, told):
            portal.queue.cancel(session, key=f"confirm/{each}")
        confirm(session, subscription_id=told, now=clock())
    return {
        "confirming": link_of(portal.secret_key, CONFIRM, waits),
        "ending": link_of(portal.secret_key, END, told),
    }


def _first_photo(portal, report_id):
    with portal.database.reading() as session:
        return session.get_one(Report, report_id).photos[0].id


def _id_of(portal, number):
    with portal.database.reading() as session:
        return session.query(Report).filter_by(number=number, state=ReportState.PUBLISHED).one().id


def _rendition_of(portal, number):
    """The hash of a published rendition."""
    with portal.database.reading() as session:
        report = session.query(Report).filter_by(number=number, state=ReportState.PUBLISHED).one()
        return report.photos[0].renditions[0]["name"].partition(".")[0]


def _correction(district, number, clock):
    """A correction of what is published, waiting; its id."""
    with district.portal.database.writing() as session:
        report = session.query(Report).filter_by(number=number).one()
        draft = start_correction(
            session, report=report, reason="百分比抄错了一行", actor=report.author, now=clock()
        )
        session.flush()
        draft.physical_percent = 38
        submit_report(session, report=draft, actor=report.author, key=None, now=clock())
        return draft.id


def _next_year_and_link(portal, district, clock):
    """A plan that is not adopted yet, and the token of a link with which somebody sets a password."""
    with portal.database.writing() as session:
        admin, head = district.person(session, "admin"), district.person(session, "head")
        day = dt.date(2027, 6, 1)
        step = MilestoneFacts(name="开工", target="进场施工。", due_on=day, scheduled_percent=100)
        facts = ProjectFacts(
            kind=ProjectKind.PROJECT,
            name="北山绿道",
            content="修 6 千米绿道。",
            category="公园绿化",
            town=head.unit,
            place="北山南坡",
            lon="118.2",
            lat="36.6",
            investment_wan=860,
            start_on=dt.date(2027, 2, 1),
            due_on=day,
            milestones=(step,),
            leaders=[district.person(session, "leader")],
            units=[head.unit],
            persons=[head],
        )
        plan = draw_up_plan(session, year=2027, title="2027 年重点工程", actor=admin, now=clock())
        add_project(session, plan=plan, facts=facts, actor=admin, now=clock())
        return issue_link(session, person=head, actor=admin, now=clock())


def patient(context):
    """The context, whose pages wait for a loaded machine."""
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def visit(chromium, live, begun_reports):
    """Opens a window of its own, signed in when a login is given, and listens: whatever a page complains about
    fails the test, but for what the test expects."""
    opened, noise = [], []

    def open_window(login="", *, width=1280, height=900, phone=False, expected=(), workers="allow"):
        context = patient(
            chromium.new_context(
                base_url=live.base,
                viewport={"width": 360, "height": 800} if phone else {"width": width, "height": height},
                is_mobile=phone,
                has_touch=phone,
                reduced_motion="reduce",
                service_workers=workers,
            )
        )
        opened.append(context)

        def heard(message):
            known = any(part in message.text for part in expected)
            if message.type in ("error", "warning") and not known:
                noise.append(message.text)

        context.on("console", heard)
        context.on("weberror", lambda error: noise.append(str(error.error)))
        page = context.new_page()
        if login:
            sign_in(page, login)
        return page

    yield open_window
    for context in opened:
        context.close()
    assert noise == []


def sign_in(page, login):
    """Through the form that is open, or else through its own page."""
    if "/account/login" not in page.url:
        page.goto("/account/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/account/login" not in url)


def after_undo(live):
    """The undo time passes on the portal's clock, and the worker comes by: nothing that is due is left, and then the
    archive stands at the end of the record."""
    live.clock.forward(seconds=11)
    deadline = time.monotonic() + PATIENCE / 1000
    while (due := live.portal.queue.waiting(now=live.clock())[0]) or not _is_followed(live.portal):
        assert time.monotonic() < deadline, f"the worker never came by: {due} jobs are due"
        time.sleep(0.2)


def _is_followed(portal):
    with portal.database.reading() as session:
        end = last_seq(session)
    return portal.search.position() >= end


@pytest.fixture
def begun_reports(live):
    """Ids of drafts that are thrown away, unless they were sent, after the windows of the test have closed: a page that
    still saves finds its draft there."""
    ids = []
    yield ids
    for report_id in ids:
        with live.portal.database.writing() as session:
            report = session.get_one(Report, report_id)
            if report.state is ReportState.DRAFT:
                discard_draft(session, report=report, actor=report.author, now=live.clock())


@pytest.fixture
def sent(live):
    """A report with two photos that waits for a supervisor, for one test alone. Its id."""
    return live.district.submitted(code=live.district.projects[1], login="stranger", photos=2)


@pytest.fixture
def begun(live, begun_reports):
    """A draft that a test may do anything with. Its address."""
    report_id = live.district.draft(code=live.district.projects[1], login="stranger")
    begun_reports.append(report_id)
    return f"/desk/unit/reports/{report_id}"


def tab_to(page, selector):
    """Press Tab until what the selector names has the focus."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def has_focus(page, selector):
    """Wait until what the selector names has the focus."""
    page.wait_for_function("selector => document.activeElement?.matches(selector)", arg=selector)
