"""Deciding through the page, as its form does."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.browsing import Browser

SEEN = re.compile(r'name="(seen_round|seen_hash)" value="([^"]+)"')
UNDO = re.compile(r'action="(/desk/supervision/decisions/\d+/undo)"')


def desk_of(report_id: int) -> str:
    return f"/desk/supervision/reports/{report_id}"


def seen(browser: Browser, report_id: int) -> dict[str, str]:
    """What the page of a submission sends along: what it showed, and its token."""
    page = browser.get(desk_of(report_id)).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return dict(SEEN.findall(page)) | {"csrf_token": token.group(1)}


def decide(browser: Browser, report_id: int, verb: str, /, **fields: Any) -> TestResponse:
    data = seen(browser, report_id) | {"verb": verb} | {k.replace("__", "-"): v for k, v in fields.items()}
    return browser.post(f"{desk_of(report_id)}/decide", data=data)


def undo_address(page: str) -> str:
    found = UNDO.search(page)
    assert found is not None, "no undo bar"
    return found.group(1)
