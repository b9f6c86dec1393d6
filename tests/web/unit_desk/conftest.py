"""The unit's people at their browsers, and a look into the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.domain.organisation import Person
from portal.domain.progress import Report
from portal.ports import Limit
from portal.web.app import create_app
from portal.wiring import Portal
from tests.browsing import Browser
from tests.conftest import Clock
from tests.small_district import SmallDistrict


@pytest.fixture
def sign_in(portal: Portal, district: SmallDistrict) -> Callable[[str], Browser]:
    """A browser in which this login is signed in."""
    site = create_app(portal)

    def browser_of(login: str) -> Browser:
        browser = Browser(site)
        assert browser.sign_in(login).status_code == 303
        return browser

    return browser_of


@pytest.fixture
def reporter(sign_in: Callable[[str], Browser]) -> Browser:
    return sign_in("reporter")


@pytest.fixture
def look(portal: Portal) -> Callable[..., Any]:
    """What is stored of a report: `look(report_id, lambda report: …)`."""

    def see(report_id: int, ask: Callable[[Report], Any]) -> Any:
        with portal.database.reading() as session:
            return ask(session.get_one(Report, report_id))

    return see


@pytest.fixture
def used_up(portal: Portal, district: SmallDistrict, clock: Clock) -> Callable[..., None]:
    """Somebody has done as much as the limit allows, except for one."""

    def use(limit_of: Callable[[Person], Limit], login: str) -> None:
        with portal.database.writing() as session:
            limit = limit_of(district.person(session, login))
            for _act in range(limit.most - 1):
                portal.limits.count(limit, now=clock(), session=session)

    return use
