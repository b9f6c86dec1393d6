"""Every kind of page: no axe violation in light and dark, no sideways scroll at 320 px, targets of 44 px,
nothing on the console."""

from __future__ import annotations

import re

import pytest

from portal.web.app import create_app
from tests.browser.conftest import AXE, patient, sign_in
from tests.browsing import Browser
from tests.guards.addresses import TABLE

pytestmark = pytest.mark.browser

PAGES = {
    "": """/ /en/ /projects /projects?lamp=red /projects/{project} /en/projects/{project}
        /projects/{project}?year=2026 /projects/{project}/compare /en/projects/{project}/compare?at=25 /projects/2026-002/compare
        /projects/{project}/views/1 /en/projects/{project}/views/1 /projects/{project}/views/2 /reports/{number} /reports/{gone}
        /units /units/001 /archive /archive?q=封顶 /archive/suggest?q=dong /en/archive/suggest?q=东 /archive?q=没有的词 /archive?q=没有的词 /archive?unit=001&unit=030&from=2026-11-01
        /archive?view=photos /en/archive?kind=report&view=photos /subscriptions/asked /en/subscriptions/asked
        /subscriptions/{confirming}/confirm /subscriptions/{ending}/end /en/subscriptions/{ending}/end /subscriptions/spent/end /record /record/3 /record/keys /verify /en/verify
        /record/months /en/record/months /record/months/2020-01 /en/record/months/2020-01
        /record/receipt /en/record/receipt /record/photo/{picture} /en/record/photo/{picture} /about /help /privacy
        /provenance /en/provenance
        /accessibility /burden /en/burden /en/help /nothing-here /account/login /?as_of=2026-06-01 /account/link/{link} /account/link/spent
        /changes /changes?from=2026-01-01 /changes?from=2026-11-24&to=then /projects/{project}/changes?from=2026-01-01
        /en/changes?from=2026-01-01 /map /en/map /map?lamp=red /projects/{project}/board /en/projects/{project}/board /en/archive?q=封顶 /en/reports/{number} /en/reports/{gone} /en/units /en/record/3""",
    "reporter": """/desk/unit /desk/unit/reports /desk/unit/reports/{draft} /desk/unit/reports/{returned}
        /desk/unit/reports/{correction} /desk/unit/reports/{correction}/receipts/1 /account /en/desk/unit /en/desk/unit/reports/{draft} /desk/admin
        /desk/unit/kept /en/desk/unit/kept""",
    "supervisor": """/desk/supervision /desk/supervision/reports/{waiting} /desk/supervision/reports/{held}
        /desk/supervision/reports/{correction} /desk/supervision/reports/{published}/withdraw
        /desk/supervision/reports/{waiting}/photos/{photo}/cover /en/desk/supervision/reports/{waiting}/photos/{photo}/cover
        /desk/supervision/published /desk/supervision/projects /desk/supervision/projects/{project}
        /desk/supervision/projects/{project}/requests /en/desk/supervision/projects/{project}/requests
        /desk/supervision/projects/{project}/views /desk/supervision/projects/{project}/views/1
        /en/desk/supervision/reports/{waiting}""",
    "leader": "/desk/leader",
    "admin": """/desk/admin /desk/admin/people /desk/admin/people/1 /desk/admin/people/new
        /desk/admin/units /desk/admin/aliases /desk/admin/units/new /desk/admin/units/1 /desk/admin/units/bodies/new
        /desk/admin/units/bodies/1 /desk/admin/units/bodies/1/name /desk/admin/plan /desk/admin/plan/2026
        /desk/admin/plan/2026/new /desk/admin/plan/2027/adopt /desk/admin/plan/projects/{project}
        /desk/admin/plan/projects/{project}/edit /desk/admin/audit /desk/admin/jobs /desk/admin/inspection
        /en/desk/admin/plan/projects/{project}/edit""",
}
# Addresses that answer no page: redirects, feeds, pictures, answers to scripts.
NO_PAGES = {
    "/display",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/sitemap.xml",
    "/archive.atom",
    "/archive.csv",
    "/archive.json",
    "/feeds/latest.atom",
    "/map.geojson",
    "/qr.svg",
    "/projects/<code>/card.png",
    "/reports/<number>/card.png",
    "/projects/<code>/dossier.zip",
    "/projects/<code>/feed.atom",
    "/units/<code>/feed.atom",
    "/record/root.json",
    "/record/checkpoint",
    "/archive/suggest.json",
    "/record/keys.json",
    "/record/verify.py",
    "/record/verify_receipt.py",
    "/record/receipts/<month>.json",
    "/record/months/<month>.svg",
    "/record/photo-authority.pem",
    "/record/photo/<digest>.json",
    "/desk/unit/reports/<int:report_id>/receipts/<int:round_>.receipt",
    "/record/tile/<path:rest>",
    "/record/<int:seq>.tlog-proof",
    "/record/opening/<int:seq>.json",
    "/account/keep-alive",
    "/desk/unit/manifest.json",
    "/desk/unit/offline.js",
    "/media/<name>",
    "/static/<path:filename>",
    "/desk/unit/reports/<int:report_id>/photos/<int:photo_id>/<int:edge>.<extension>",
    "/desk/supervision/reports/<int:report_id>/likenesses/<int:likeness_id>.jpg",
    "/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>/<int:edge>.<any(jpg, avif):extension>",
    "/desk/supervision/reports/<int:report_id>/photos/<int:photo_id>/uncovered.jpg",
    "/desk/unit/reports/<int:report_id>/videos",
    "/desk/unit/reports/<int:report_id>/videos/<int:video_id>/film.mp4",
    "/desk/unit/reports/<int:report_id>/videos/<int:video_id>/<int:edge>.<any(jpg, avif):extension>",
    "/desk/supervision/reports/<int:report_id>/videos",
    "/desk/supervision/reports/<int:report_id>/videos/<int:video_id>/film.mp4",
    "/desk/supervision/reports/<int:report_id>/videos/<int:video_id>/<int:edge>.<any(jpg, avif):extension>",
}
KNOCKS = [(login, path) for login, paths in PAGES.items() for path in paths.split()]

# What can be pressed, but for words within a sentence, is 44 px high, or answers to a finger that far apart.
SMALL = """() => {
  const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1
    && !e.closest(".visually-hidden, .skip");
  const wordsAround = (node, e) => node.nodeType === 3 ? node.data.trim() : node === e || node.nodeType !== 1
    || node.matches("a, button, svg") ? "" : [...node.childNodes].map(each => wordsAround(each, e)).join("");
  const inSentence = e => getComputedStyle(e).display === "inline"
    && wordsAround(e.parentElement.closest("p, dd, td, th, li, small, label, div, h1, h2, h3"), e) !== "";
  const answers = (e, x, y) => { const hit = document.elementFromPoint(x, y); return hit !== null && e.contains(hit); };
  const small = e => {
    const target = e.matches("[type=radio], [type=checkbox], [type=file]") ? e.closest("label") ?? e : e;
    if (target.getBoundingClientRect().height >= 43.5) return false;
    target.scrollIntoView({block: "center", inline: "center"});
    const box = target.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2;
    return !(answers(target, x, y - 21) && answers(target, x, y + 21));
  };
  return [...document.querySelectorAll("a[href], button, select, textarea, summary, input:not([type=hidden])")]
    .filter(e => shown(e) && !inSentence(e) && small(e)).map(e => e.outerHTML.slice(0, 120));
}"""

# What sticks out sideways, when the page can be moved sideways at all.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? []
  : [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""
LOUD = ("error", "warning")
# What the browser itself says of the pages that are there to refuse.
REFUSALS = tuple(f"status of {status}" for status in (400, 403, 404, 410))


@pytest.fixture(scope="module")
def rooms(chromium, live):
    """A page for each role, signed in once, with what it complained about; one load serves every check."""
    opened = {}

    def room(login):
        if login not in opened:
            context = patient(chromium.new_context(base_url=live.base, reduced_motion="reduce"))
            noise = []
            context.on("console", lambda said: noise.append(said.text) if said.type in LOUD else None)
            context.on("weberror", lambda error: noise.append(str(error.error)))
            opened[login] = context.new_page(), noise
            if login:
                sign_in(opened[login][0], login)
        return opened[login]

    yield room
    for page, _noise in opened.values():
        page.context.close()


def facts_of(live):
    """What stands in the braces of the addresses above."""
    names = """number published gone draft returned waiting photo picture held correction link confirming
        ending"""
    return {name: getattr(live, name) for name in names.split()} | {"project": live.district.projects[0]}


@pytest.mark.parametrize(
    ("login", "path"), KNOCKS, ids=[f"{login or 'anyone'} {path}" for login, path in KNOCKS]
)
def test_a_page_can_be_used_by_everybody(rooms, live, axe, login, path):
    page, noise = rooms(login)
    noise.clear()
    page.goto(path.format(**facts_of(live)))
    page.evaluate(axe)
    faults = {}
    for width, scheme in ((360, "light"), (360, "dark"), (1280, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        faults[f"axe, {width} {scheme}"] = page.evaluate(AXE)
        if scheme == "light":
            faults[f"targets, {width}"] = page.evaluate(SMALL)
            faults[f"too wide, {width}"] = page.evaluate(TOO_WIDE)
    page.set_viewport_size({"width": 320, "height": 800})
    faults["too wide, 320"] = page.evaluate(TOO_WIDE)
    faults["console"] = [line for line in noise if not any(part in line for part in REFUSALS)]
    assert {check: found for check, found in faults.items() if found} == {}


def test_large_print_can_be_used_by_everybody(visit, live, axe):
    page = visit(width=320, height=800)
    page.context.add_cookies([{"name": "display", "value": "elder", "url": live.base}])
    for path in ("/", f"/projects/{live.district.projects[0]}", "/archive?q=封顶", "/account/login"):
        page.goto(path)
        page.evaluate(axe)
        assert (path, page.evaluate(AXE), page.evaluate(SMALL)) == (path, [], [])
        assert page.evaluate(TOO_WIDE) == [], path
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)") >= 20


def test_no_page_is_forgotten_here(live):
    """A new address stands among the pages above or among what answers none."""
    bare = [re.sub("^/en(?=/)|[?#].*", "", path) for _login, path in KNOCKS]
    for method, rule in TABLE:
        if method != "GET":
            continue
        shape = re.compile(re.sub(r"<[^>]+>", "[^/]+", rule.replace(".", r"\.")))
        assert (rule in NO_PAGES) != any(shape.fullmatch(path) for path in bare), rule


def test_what_answers_no_page_answers_none(live):
    browser = Browser(create_app(live.portal))
    browser.sign_in("reporter")
    fill = {"code": live.district.projects[0], "seq": "0", "filename": "mark.svg"}
    for rule in NO_PAGES:
        path = re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: fill.get(found[1], "1"), rule)
        answer = browser.get(path)
        assert answer.status_code >= 300 or answer.mimetype != "text/html", rule
