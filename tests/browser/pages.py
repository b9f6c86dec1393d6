"""Every page there is to look at: by rule of the address table, with who looks and what is filled in."""

from __future__ import annotations

from dataclasses import dataclass

REPORT, REVIEW = "/desk/unit/reports/<int:report_id>", "/desk/supervision/reports/<int:report_id>"


@dataclass(frozen=True)
class Stop:
    """One page: its address with names of facts in braces, who looks, the status it answers with."""

    address: str
    login: str = ""
    status: int = 200


WINDOWS: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/about": ("/about",),
    "/accessibility": ("/accessibility",),
    "/archive": ("/archive", "/archive?q=封顶", "/archive?q=没有这个词"),
    "/help": ("/help",),
    "/privacy": ("/privacy",),
    "/projects": ("/projects",),
    "/projects/<code>": ("/projects/{code}",),
    "/record": ("/record",),
    "/record/<int:seq>": ("/record/3",),
    "/reports/<number>": ("/reports/{published}", "/reports/{corrected}", "/reports/{corrected}?version=1"),
    "/units": ("/units",),
    "/units/<code>": ("/units/{unit}",),
    "/account/login": ("/account/login",),
}
DESKS: dict[str, tuple[Stop, ...]] = {
    "/account/link/<token>": (Stop("/account/link/{link}"), Stop("/account/link/spent", status=404)),
    "/account": (Stop("/account", "reporter"), Stop("/account", "admin")),
    "/desk/unit": (Stop("/desk/unit", "reporter"), Stop("/desk/unit", "head")),
    "/desk/unit/reports": (Stop("/desk/unit/reports", "reporter"),),
    REPORT: (
        Stop("/desk/unit/reports/{draft_id}", "reporter"),
        Stop("/desk/unit/reports/{empty_draft_id}", "stranger"),
        Stop("/desk/unit/reports/{returned_id}", "reporter"),
        Stop("/desk/unit/reports/{receipt_id}", "reporter"),
        Stop("/desk/unit/reports/{published_id}", "reporter"),
    ),
    "/desk/supervision": (Stop("/desk/supervision", "supervisor"), Stop("/desk/supervision", "outsider")),
    "/desk/supervision/projects": (Stop("/desk/supervision/projects", "supervisor"),),
    "/desk/supervision/projects/<code>": (Stop("/desk/supervision/projects/{code}", "supervisor"),),
    "/desk/supervision/published": (Stop("/desk/supervision/published", "supervisor"),),
    REVIEW: (
        Stop("/desk/supervision/reports/{waiting_id}", "supervisor"),
        Stop("/desk/supervision/reports/{correction_id}", "supervisor"),
        Stop("/desk/supervision/reports/{held_id}", "supervisor"),
    ),
    f"{REVIEW}/withdraw": (Stop("/desk/supervision/reports/{published_id}/withdraw", "supervisor"),),
    "/desk/leader": (Stop("/desk/leader", "leader"),),
    "/desk/admin": (Stop("/desk/admin", "admin"),),
    "/desk/admin/audit": (Stop("/desk/admin/audit", "admin"),),
    "/desk/admin/plan": (Stop("/desk/admin/plan", "admin"),),
    "/desk/admin/plan/<int:year>": (
        Stop("/desk/admin/plan/{year}", "admin"),
        Stop("/desk/admin/plan/{next_year}", "admin"),
    ),
    "/desk/admin/plan/<int:year>/adopt": (Stop("/desk/admin/plan/{next_year}/adopt", "admin"),),
    "/desk/admin/plan/<int:year>/new": (Stop("/desk/admin/plan/{year}/new", "admin"),),
    "/desk/admin/plan/projects/<code>": (Stop("/desk/admin/plan/projects/{code}", "admin"),),
    "/desk/admin/plan/projects/<code>/edit": (Stop("/desk/admin/plan/projects/{code}/edit", "admin"),),
    "/desk/admin/units/bodies/<int:body_id>": (Stop("/desk/admin/units/bodies/{body_id}", "admin"),),
    "/desk/admin/people": (Stop("/desk/admin/people", "admin"),),
    "/desk/admin/people/new": (Stop("/desk/admin/people/new", "admin"),),
    "/desk/admin/people/<int:person_id>": (Stop("/desk/admin/people/{person_id}", "admin"),),
    "/desk/admin/units": (Stop("/desk/admin/units", "admin"),),
}
ERRORS = (
    Stop("/no-such-page", status=404),
    Stop("/en/no-such-page", status=404),
    Stop("/reports/{withdrawn}", status=410),
    Stop("/en/reports/{withdrawn}", status=410),
    Stop("/desk/admin", "reporter", status=403),
    Stop("/desk/unit/reports/999999", "reporter", status=404),
)
# What answers no page, and what it answers instead.
NO_PAGES = {
    "/display": "a redirect",
    "/feeds/latest.atom": "a feed",
    "/projects/<code>/feed.atom": "a feed",
    "/units/<code>/feed.atom": "a feed",
    "/healthz": "JSON",
    "/readyz": "JSON",
    "/record/opening/<int:seq>.json": "JSON",
    "/record/root.json": "JSON",
    "/account/keep-alive": "JSON",
    "/robots.txt": "plain text",
    "/sitemap.xml": "XML",
    "/static/<path:filename>": "a file",
    "/media/<name>": "a picture",
    f"{REPORT}/photos/<int:photo_id>/<int:edge>.<extension>": "a picture",
    f"{REVIEW}/photos/<int:photo_id>/<int:edge>.<any(jpg, avif):extension>": "a picture",
}


def stops() -> list[Stop]:
    """Every page, windows in both languages, each desk once, one desk of each kind in English as well."""
    windows = [Stop(address) for addresses in WINDOWS.values() for address in addresses]
    english = [Stop(f"/en{stop.address}".removesuffix("/")) for stop in windows]
    desks = [stop for some in DESKS.values() for stop in some]
    return [*windows, *english, *desks, *(Stop(f"/en{desk.address}", desk.login) for desk in _samples()), *ERRORS]


def _samples() -> list[Stop]:
    return [
        DESKS["/desk/unit"][0], DESKS[REPORT][0], DESKS[REPORT][2], DESKS["/desk/supervision"][0],
        DESKS[REVIEW][0], DESKS["/desk/leader"][0], DESKS["/desk/admin"][0],
    ]  # fmt: skip
