"""A proxy that keeps pages as the rules of HTTP allow (RFC 9111) shows what we would, and nothing older."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.web.app import create_app
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict
from tests.workflows.test_withdraw_report import withdraw


@dataclass
class Proxy:
    """A shared cache that does all that is allowed: what is fresh for it is shown unasked, what is not is asked about, and
    what differs by a header is kept for each value of it."""

    browser: Browser
    kept: dict[tuple[Any, ...], TestResponse] = field(default_factory=dict)
    varies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    saved: int = 0

    def get(self, path: str, **headers: str) -> TestResponse:
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        found = self.kept.get(self._key(path, asked))
        if found is not None and self._is_fresh(found):
            self.saved += 1
            return found
        known = {"If-None-Match": found.headers["ETag"]} if found is not None else {}
        answer = self.browser.get(path, headers=asked | known)
        if answer.status_code == 304:
            assert found is not None
            self.saved += 1
            return found
        rules = answer.headers.get("Cache-Control", "")
        if "public" in rules and "no-store" not in rules and answer.status_code == 200:
            vary = answer.headers.get("Vary", "")
            self.varies[path] = tuple(name.strip() for name in vary.split(",") if name.strip())
            self.kept[self._key(path, asked)] = answer
        return answer

    def _key(self, path: str, asked: dict[str, str]) -> tuple[Any, ...]:
        return (path, *(asked.get(name, "") for name in self.varies.get(path, ())))

    @staticmethod
    def _is_fresh(kept: TestResponse) -> bool:
        rules = kept.headers["Cache-Control"]
        ages = dict(re.findall(r"(s-maxage|max-age)=(\d+)", rules))
        return "no-cache" not in rules and int(ages.get("s-maxage", ages.get("max-age", "0"))) > 0


@pytest.fixture
def proxy(portal: Portal, district: SmallDistrict) -> Proxy:
    return Proxy(Browser(create_app(portal), use_cookies=False))


def test_readers_behind_it_share_pages_and_never_see_an_older_one(
    proxy: Proxy, district: SmallDistrict
) -> None:
    for path in ("/", "/projects/2026-001", "/feeds/latest.atom"):
        for _reader in range(3):
            proxy.get(path, Accept_Encoding="br")
    assert proxy.saved == 6
    number = district.published()
    for path in ("/projects/2026-001", "/feeds/latest.atom"):
        assert number in proxy.get(path).text


def test_what_is_withdrawn_is_gone_behind_it_too(proxy: Proxy, district: SmallDistrict) -> None:
    number = district.published(done="路人的名字叫某某某。")
    assert "某某某" in proxy.get(f"/reports/{number}").text
    withdraw(district, number)
    answer = proxy.get(f"/reports/{number}")
    assert (answer.status_code, "某某某" in answer.text) == (410, False)


def test_displays_languages_and_forms_are_kept_apart(proxy: Proxy) -> None:
    for _round in range(2):
        plain = proxy.get("/units")
        assert "css:elder" not in plain.text
        assert "css:elder" in proxy.get("/units", Cookie="display=elder").text
        assert 'lang="en"' in proxy.get("/en/units").text
        assert proxy.get("/units", Accept_Encoding="br").headers["Content-Encoding"] == "br"
        assert "Content-Encoding" not in plain.headers


def test_nothing_of_a_desk_is_kept(proxy: Proxy) -> None:
    for path in ("/account/login", "/desk/unit", "/nothing-here", "/display?elder=on"):
        proxy.get(path)
    assert proxy.kept == {}
