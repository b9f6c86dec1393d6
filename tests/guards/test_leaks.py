"""What is not public is nowhere: not in a page, feed, search answer, sitemap, count, header or error."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from portal.domain.organisation import Person, Role
from portal.domain.plan import ProjectKind
from portal.domain.progress import Report, Verb
from portal.domain.project_facts import MilestoneFacts, ProjectFacts
from portal.ports import Query, Space
from portal.web.app import create_app
from portal.worker import run_once
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import discard_draft
from portal.workflows.edit_plan import add_project, draw_up_plan
from portal.workflows.manage_people import Place, create_person
from portal.workflows.moderate_report import Why
from tests.browsing import Browser

MARK = "鹮鹮鹮"  # stands in every unpublished field and nowhere else
WORDS = {"done": f"{MARK}做成了。", "problems": f"{MARK}有困难。", "next_step": f"{MARK}下一步。"}
ADDRESS = "zhiqiu@post.example"  # where letters to everybody go
FILTERED = [
    "/archive?q=封顶", "/archive?kind=report&sort=newest", "/archive?year=2026&page=2", "/projects?lamp=red", "/projects?unit=001",
    "/projects?as_of=2026-06-01", "/?as_of=2026-06-01", "/units?as_of=2026-06-01", "/en/archive?q=封顶", "/record?before=3",
]  # fmt: skip
LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')


def crawl(portal) -> dict[str, tuple[int, bytes, str]]:
    """Every window reachable by links from the home pages and the machines' pages, with its headers.

    Links with a query are the same pages filtered and without end; some of each kind are named instead.
    """
    browser = Browser(create_app(portal))
    machines = ("/sitemap.xml", "/feeds/latest.atom", "/robots.txt", "/record/root.json", "/readyz")
    waiting = ["/", "/en/", *machines, *FILTERED]
    seen: dict[str, tuple[int, bytes, str]] = {}
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/static", "/account", "/display", "/en/display", "/en/account")):
            continue
        answer = browser.get(path)
        headers = "\n".join(
            f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name != "Date"
        )
        seen[path] = (answer.status_code, answer.get_data(), headers)
        text = answer.get_data(as_text=True) if "text" in answer.mimetype or "xml" in answer.mimetype else ""
        found = LINK.findall(text) + re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", text)
        waiting += [link for link in found if "?" not in link]
    return seen


@pytest.fixture
def half_public(district, clock):
    """A district with one published and one withdrawn report, crawled before anything secret exists."""
    district.published(photos=1)
    district.published(code=district.projects[1], login="stranger", photos=1)
    clock.forward(hours=1)
    return district


def hide_everything(district) -> list[str]:
    """Put the mark into every field and file that nobody outside may see; names of files that must not open."""
    portal = district.portal
    returned = district.submitted(photos=1, **WORDS)
    reason = Why(passage="done", preset="too_vague", text=f"{MARK}退回原因")
    _mark_captions(district, returned)
    district.decide(returned, Verb.RETURN, reasons=(reason,))
    waiting = district.submitted(code=district.projects[1], login="stranger", photos=1, **WORDS)
    _mark_captions(district, waiting)
    names = []
    with portal.database.writing() as session:
        now = portal.now()
        admin, reporter = district.person(session, "admin"), district.person(session, "reporter")
        published = session.get_one(Report, 1)
        correction = start_correction(
            session, report=published, reason=f"{MARK}更正原因", actor=reporter, now=now
        )
        session.flush()
        correction.done = WORDS["done"]
        create_person(
            session,
            login="secret-person",
            name=f"{MARK}人",
            actor=admin,
            now=now,
            place=Place(role=Role.LEADER, title=f"{MARK}职务"),
        )
        _plan_in_secret(session, district, admin, now)
        for person in session.query(Person):
            person.email = ADDRESS
        for report_id in (returned, waiting):
            for photo in session.get_one(Report, report_id).photos:
                photo.file_name = f"{MARK}.jpg"
                names += [photo.original_name, *(r["name"] for r in photo.renditions)]
    draft = district.draft(login="reporter", **WORDS)
    with portal.database.writing() as session:
        discard_draft(
            session,
            report=session.get_one(Report, draft),
            actor=district.person(session, "reporter"),
            now=portal.now(),
        )
    district.draft(login="reporter", photos=1, **WORDS)
    run_once(portal)
    return names


def _mark_captions(district, report_id):
    with district.portal.database.writing() as session:
        for photo in session.get_one(Report, report_id).photos:
            photo.caption = f"{MARK}说明"


def _plan_in_secret(session, district, admin, now):
    plan = draw_up_plan(session, year=2027, title=f"{MARK}计划", actor=admin, now=now)
    model = district.project(session, district.projects[0])
    facts = ProjectFacts(
        kind=ProjectKind.WORK_ITEM, name=f"{MARK}工程", content=f"{MARK}内容", category="水利防洪", town=model.town,
        place=f"{MARK}地点", lon=None, lat=None, investment_wan=987654, start_on=dt.date(2027, 1, 1),
        due_on=dt.date(2027, 6, 1),
        milestones=[MilestoneFacts(name=MARK, target=MARK, due_on=dt.date(2027, 6, 1), scheduled_percent=100)],
        leaders=[model.responsible.leader], units=[model.unit], persons=[model.responsible.person],
    )  # fmt: skip
    add_project(session, plan=plan, facts=facts, actor=admin, now=now)


def test_windows_are_the_same_to_the_byte_before_and_after_unpublished_things_exist(half_public):
    before = crawl(half_public.portal)
    hide_everything(half_public)
    after = crawl(half_public.portal)
    assert len(before) > 40
    assert set(before) == set(after)
    changed = [path for path, answer in before.items() if after[path] != answer]
    assert changed == []


def test_the_mark_is_in_no_window_header_search_answer_or_error(half_public):
    names = hide_everything(half_public)
    portal = half_public.portal
    for path, (_status, body, headers) in crawl(portal).items():
        assert MARK.encode() not in body, path
        assert MARK not in headers, path
        assert ADDRESS.encode() not in body, path
    assert portal.search.search(Query(text=MARK)).total == 0
    assert portal.search.search(Query(text="鹮")).total == 0
    browser = Browser(create_app(portal))
    for name in names:
        assert browser.get(f"/media/{name}").status_code == 404
    for path in ("/projects/2027-001", "/reports/2026-000003", "/units/secret-person"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert MARK not in answer.get_data(as_text=True)
    found = browser.get("/archive", query_string={"q": MARK}).get_data(as_text=True)
    assert "/reports/" not in found.split("<main", 1)[1]


def test_withdrawing_takes_words_and_pictures_out_of_every_window(half_public, clock):
    from portal.workflows.withdraw_report import withdraw_report

    portal = half_public.portal
    secret = "鹮鹮做成了"
    number = half_public.published(photos=1, done=secret)
    seen = crawl(portal)
    assert any(secret.encode() in body for _status, body, _headers in seen.values())
    pictures = {path for path in seen if path.startswith("/media/")}
    with portal.database.writing() as session:
        report = session.query(Report).filter_by(number=number).one()
        names = [r["name"] for photo in report.photos for r in photo.renditions]
        withdraw_report(
            session, report=report, reason="拍到了路人", basis="个人信息保护法", queue=portal.queue, now=clock(),
            actor=half_public.person(session, "supervisor"),
        )  # fmt: skip
    run_once(portal)
    for path, (_status, body, _headers) in crawl(portal).items():
        assert secret.encode() not in body, path
    browser = Browser(create_app(portal))
    gone = [name for name in names if f"/media/{name}" in pictures]
    assert gone
    for name in names:
        assert browser.get(f"/media/{name}").status_code == 410
        assert name not in set(portal.media.names(Space.PUBLIC))
    tombstone = browser.get(f"/reports/{number}")
    assert tombstone.status_code == 410
    assert "拍到了路人" in tombstone.get_data(as_text=True)
    assert portal.search.search(Query(text=secret)).total == 0
