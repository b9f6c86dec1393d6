"""Browsers of the people who review."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.web.app import create_app
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict


@pytest.fixture
def as_(portal: Portal, district: SmallDistrict) -> Callable[[str], Browser]:
    """The browser of somebody who has signed in."""
    app = create_app(portal)

    def browser(login: str) -> Browser:
        one = Browser(app)
        assert one.sign_in(login).status_code == 303
        return one

    return browser


@pytest.fixture
def supervisor(as_: Callable[[str], Browser]) -> Browser:
    return as_("supervisor")


@pytest.fixture
def second(as_: Callable[[str], Browser]) -> Browser:
    """A colleague of the same body."""
    return as_("second")


@pytest.fixture
def outsider(as_: Callable[[str], Browser]) -> Browser:
    """A supervisor whose remit is the bureau that hosts their own body."""
    return as_("outsider")
