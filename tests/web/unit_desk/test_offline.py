"""The unit desk as an application on a phone: what is given to it names nobody, and new versions replace old ones."""

from __future__ import annotations

import re

import pytest

from portal.web.unit_desk.offline import MODULES, SHELL
from tests.web.unit_desk.pages import text

PREFIXES = ("", "/en")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_page_without_a_network_is_the_same_for_everybody(sign_in, prefix):
    pages = {
        text(sign_in(login).get(f"{prefix}/desk/unit/kept")) for login in ("reporter", "head", "stranger")
    }
    assert len(pages) == 1
    page = pages.pop()
    assert "csrf" not in page
    assert "data-person" not in page
    assert f'href="{prefix}/desk/unit"' in page


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_worker_stays_in_the_unit_desk_and_keeps_only_the_shell(reporter, prefix):
    answer = reporter.get(f"{prefix}/desk/unit/offline.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == f"{prefix}/desk/unit"
    assert f'PAGE = "{prefix}/desk/unit/kept"' in text(answer)
    shell = re.search(r"SHELL = (\[.*\]);", text(answer))[1]
    addresses = re.findall(r'"([^"]+)"', shell)
    assert len(addresses) == len(SHELL) + len(MODULES)
    for address in addresses:
        assert address.startswith("/static/")
        assert reporter.get(address).status_code == 200


def test_everything_the_page_without_a_network_loads_is_in_its_shell(reporter):
    page = text(reporter.get("/desk/unit/kept"))
    worker = text(reporter.get("/desk/unit/offline.js"))
    loaded = {address.partition("#")[0] for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page)}
    assert loaded
    assert [address for address in loaded if f'"{address}"' not in worker] == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_desk_can_be_put_on_a_home_screen(reporter, prefix):
    page = text(reporter.get(f"{prefix}/desk/unit"))
    assert (
        f'<link rel="manifest" href="{prefix}/desk/unit/manifest.json" crossorigin="use-credentials">' in page
    )
    told = reporter.get(f"{prefix}/desk/unit/manifest.json")
    assert told.mimetype == "application/manifest+json"
    assert (told.json["start_url"], told.json["display"]) == (f"{prefix}/desk/unit", "standalone")
    for icon in told.json["icons"]:
        assert reporter.get(icon["src"]).mimetype == "image/png"


def test_scripts_of_a_unit_come_to_nobody_else(sign_in):
    page = text(sign_in("supervisor").get("/desk/supervision"))
    assert "unit.js" not in page
    assert "manifest" not in page


def test_a_desk_may_run_its_worker_and_a_window_none(reporter):
    desk, window = (
        reporter.get(path).headers["Content-Security-Policy"] for path in ("/desk/unit", "/about")
    )
    assert "worker-src 'self'" in desk
    assert "worker-src 'none'" in window


def test_a_script_asked_for_without_its_version_is_looked_after_each_time(reporter):
    assert reporter.get("/static/js/outbox.js").headers["Cache-Control"] == "no-cache"
    assert reporter.get("/static/js/outbox.js?v=older").headers["Cache-Control"] == "no-cache"
