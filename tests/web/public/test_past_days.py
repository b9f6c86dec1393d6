"""Every window as it stood on a day: whatever was done later, it is the page of that day again."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from portal.record import log
from portal.rules.lamps import DEFAULT_RULES
from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.publish_basics import publish_lamp_rules
from tests.browsing import Browser
from tests.conftest import Clock
from tests.guards.addresses import EVERYBODY, TABLE
from tests.repeat_photos import make_view, photographed
from tests.small_district import SmallDistrict

DAY = "2026-11-24"
# Windows of the table with what they may be asked for.
ASKED = {
    "/": ["/"],
    "/projects": ["/projects", "/projects?lamp=red", "/projects?year=2026&page=1"],
    "/projects/<code>": ["/projects/2026-001", "/projects/2026-002"],
    "/projects/<code>/changes": ["/projects/2026-001/changes?from=2026-01-01"],
    "/projects/<code>/compare": ["/projects/2026-001/compare", "/projects/2026-002/compare?at=25"],
    "/projects/<code>/views/<int:ordinal>": ["/projects/2026-001/views/1", "/projects/2026-001/views/2"],
    "/projects/<code>/dossier.zip": ["/projects/2026-001/dossier.zip", "/projects/2026-002/dossier.zip"],
    "/projects/<code>/feed.atom": ["/projects/2026-001/feed.atom"],
    "/reports/<number>": [
        "/reports/2026-000001",
        "/reports/2026-000002",
        "/reports/2026-000001?version=1",
        "/reports/2026-000002?version=1",
    ],
    "/projects/<code>/board": ["/projects/2026-001/board"],
    "/projects/<code>/card.png": ["/projects/2026-001/card.png", "/projects/2026-002/card.png"],
    "/reports/<number>/card.png": ["/reports/2026-000001/card.png"],
    "/map": ["/map", "/map?lamp=red"],
    "/map.geojson": ["/map.geojson"],
    "/qr.svg": ["/qr.svg?path=/projects/2026-001", "/qr.svg?path=/reports/2026-000001"],
    "/units": ["/units"],
    "/units/<code>": ["/units/001", "/units/030"],
    "/units/<code>/feed.atom": ["/units/001/feed.atom"],
    "/archive": ["/archive", "/archive?q=" + quote("封顶"), "/archive?kind=report", "/archive?year=2026"],
    "/archive.atom": ["/archive.atom?kind=report"],
    "/archive.csv": ["/archive.csv?kind=report&q=" + quote("封顶")],
    "/archive.json": ["/archive.json?kind=report&unit=001&unit=030"],
    "/archive/suggest": ["/archive/suggest?q=" + quote("东"), "/archive/suggest?q=dong"],
    "/archive/suggest.json": ["/archive/suggest.json?q=" + quote("东")],
    "/changes": ["/changes", "/changes?from=2026-01-01&page=1", "/changes?act=corrected", "/changes?unit=001"],
    "/record": ["/record", "/record?before=4"],
    "/record/<int:seq>": ["/record/0", "/record/6", "/record/7"],
    "/record/opening/<int:seq>.json": ["/record/opening/6.json"],
    "/record/photo-authority.pem": ["/record/photo-authority.pem"],
    "/record/photo/<digest>": [f"/record/photo/{'0' * 64}"],
    "/record/photo/<digest>.json": [f"/record/photo/{'0' * 64}.json"],
    "/record/root.json": ["/record/root.json"],
    "/record/months": ["/record/months"],
    "/record/months/<month>": ["/record/months/2026-10", "/record/months/2026-11"],
    "/record/receipts/<month>.json": ["/record/receipts/2026-11.json"],
    "/feeds/latest.atom": ["/feeds/latest.atom"],
    "/sitemap.xml": ["/sitemap.xml"],
    "/burden": ["/burden"],
    "/about": ["/about"],
    "/accessibility": ["/accessibility"],
    "/help": ["/help"],
    "/privacy": ["/privacy"],
    "/provenance": ["/provenance"],
}  # fmt: skip
# What shows nothing of the record, the same bytes for ever, or what is signed now.
TIMELESS = {
    "/account/link/<token>",
    "/account/login",
    "/display",
    "/healthz",
    "/media/<name>",
    "/readyz",
    "/record/<int:seq>.tlog-proof",
    "/record/checkpoint",
    "/record/keys",
    "/record/keys.json",
    "/record/months/<month>.svg",
    "/record/tile/<path:rest>",
    "/record/verify.py",
    "/record/verify_receipt.py",
    "/record/receipt",
    "/robots.txt",
    "/static/<path:filename>",
    "/subscriptions/<token>/confirm",
    "/subscriptions/<token>/end",
    "/subscriptions/asked",
    "/verify",
}


def test_every_address_of_the_table_is_among_these() -> None:
    windows = {rule for (method, rule), who in TABLE.items() if method == "GET" and who == EVERYBODY}
    assert windows == set(ASKED) | TIMELESS


def plain(page: str) -> str:
    """A page without what says which day is looked at: the band, the hidden field, the day in addresses."""
    page = re.sub(r'<aside class="band" aria-label="过去某一天的样子">.*?</aside>', "", page, flags=re.S)
    page = re.sub(r'<input type="hidden" name="as_of"[^>]*>', "", page)
    page = re.sub(rf"(?:\?|&amp;|&|%3F|%26)as_of(?:=|%3D){DAY}(&amp;|&)?", "?", page)
    page = re.sub(
        rf'(<input id="as_of" name="as_of" type="date" value=")(?:{DAY})?"(?: max="{DAY}")?', r"\1", page
    )
    page = re.sub(
        r'<div class="notice">(?:(?!</div></div>).)*您在看过去某一天。.*?</div></div>', "", page, flags=re.S
    )
    return re.sub(r"[?&](?:amp;)?(?=[\"#<&?,\s])|\s+", "", page).replace("&amp;", "?").replace("&", "?")


@pytest.fixture
def lived(portal: Portal, district: SmallDistrict, clock: Clock, correct) -> dict[str, tuple[int, str]]:
    """What each window answered on the evening of the day, before everything that came later."""
    district.published(done="主体封顶，砌筑完成三层。", photos=1)
    district.published(code=district.projects[1], login="stranger", done="管沟封顶。", photos=1)
    correct("2026-000001", done="主体封顶，砌筑完成两层。", reason="丈量后重新计算")
    make_view(district)
    photographed(district, view=1, taken_on="2026-10-02")
    run_once(portal)
    reader = Browser(create_app(portal))
    return {path: _read(reader, path) for paths in ASKED.values() for path in paths}


def _read(reader: Browser, path: str) -> tuple[int, str]:
    answer = reader.get(path)
    if answer.mimetype in ("application/zip", "image/png"):
        return answer.status_code, answer.get_data().hex()
    return answer.status_code, plain(answer.get_data(as_text=True))


def test_a_past_day_is_the_page_of_that_day_whatever_came_later(
    portal: Portal, district: SmallDistrict, clock: Clock, correct, lived: dict[str, tuple[int, str]]
) -> None:
    clock.forward(days=9)
    district.published(done="封顶以后，砌筑完成五层。", physical_percent="60", photos=2)
    make_view(district, "塔吊下")
    photographed(district, view=1, taken_on="2026-11-28")
    correct("2026-000001", done="主体封顶，砌筑完成一层。", reason="再量一次")
    with portal.database.writing() as session:
        publish_lamp_rules(session, rules={**DEFAULT_RULES, "version": 2, "red_from_points": 3}, now=clock())
        for item, change in (
            ("project/2026-001", {"title": "西岸口袋公园", "due_on": "2027-01-01"}),
            ("unit/001", {"title": "西岸街道"}),
        ):
            before = log.latest(session, item)
            assert before is not None
            said = log.document_of(session, before.seq) or {}
            shown = log.Disclosed(item=item, kind=before.kind, document={**said, **change})
            log.publish(session, shown, at=clock())
    run_once(portal)
    clock.forward(days=40)
    reader = Browser(create_app(portal))
    changed = {}
    for path, then in lived.items():
        now = _read(reader, f"{path}{'&' if '?' in path else '?'}as_of={DAY}")
        if now != then:
            place = next((n for n, (a, b) in enumerate(zip(now[1], then[1], strict=False)) if a != b), -1)
            start = max(0, place - 60)
            changed[path] = (now[0], then[0], now[1][start : place + 80], then[1][start : place + 80])
    assert changed == {}, "\n".join(f"{path}: {found}" for path, found in changed.items())
