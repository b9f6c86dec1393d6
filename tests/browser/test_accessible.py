"""Every kind of page: no axe violation in light and dark, no sideways scroll at 320 px, targets of 44 px,
nothing on the console."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "": """/ /en/ /projects /projects?lamp=red /projects/{project} /en/projects/{project} /reports/{number} /reports/{gone}
        /units /units/001 /archive /archive?q=封顶 /archive?q=没有的词 /record /record/3 /about /help /privacy
        /accessibility /en/help /nothing-here /account/login /?as_of=2026-06-01""",
    "reporter": "/desk/unit /desk/unit/reports /desk/unit/reports/{draft} /desk/unit/reports/{returned} /account",
    "supervisor": """/desk/supervision /desk/supervision/reports/{waiting} /desk/supervision/published
        /desk/supervision/projects /desk/supervision/projects/{project}""",
    "leader": "/desk/leader",
    "admin": """/desk/admin /desk/admin/people /desk/admin/people/1 /desk/admin/people/new /desk/admin/units
        /desk/admin/plan /desk/admin/plan/2026 /desk/admin/plan/projects/{project}
        /desk/admin/plan/projects/{project}/edit /desk/admin/audit""",
}
KNOCKS = [(login, path) for login, paths in PAGES.items() for path in paths.split()]

AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {runOnly: tags});
  return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(" | "));
}"""
SMALL = """() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")].filter(e => {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || style.visibility === "hidden" || e.closest(".visually-hidden, .skip")) return false;
  if (e.matches("input[type=radio], input[type=checkbox], input[type=file]")) return false;
  if (style.display === "inline") return false;  // a link in a sentence
  return box.height < 43.5;
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def signed_in(chromium, live):
    """The cookies of each role, signed in once."""
    kept = {"": None}

    def state(login):
        if login not in kept:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{live.base}/account/login")
            page.fill("[name=login]", login)
            page.fill("[name=password]", live.password)
            page.click("main button[type=submit]")
            kept[login] = context.storage_state()
            context.close()
        return kept[login]

    return state


@pytest.mark.parametrize(
    ("login", "path"), KNOCKS, ids=[f"{login or 'anyone'} {path}" for login, path in KNOCKS]
)
def test_a_page_can_be_used_by_everybody(chromium, live, axe, signed_in, login, path):
    names = ("number", "gone", "draft", "returned", "waiting")
    facts = {name: getattr(live, name) for name in names} | {"project": live.district.projects[0]}
    for width, scheme in ((360, "light"), (1280, "dark")):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            storage_state=signed_in(login),
            reduced_motion="reduce",
        )
        page = context.new_page()
        noise = []
        page.on(
            "console", lambda m, noise=noise: noise.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error, noise=noise: noise.append(str(error)))
        page.goto(live.base + path.format(**facts))
        page.evaluate(axe)
        assert page.evaluate(AXE) == []
        assert page.evaluate(SMALL) == []
        if width == 360:
            page.set_viewport_size({"width": 320, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert [line for line in noise if "404" not in line and "410" not in line] == []
        context.close()
