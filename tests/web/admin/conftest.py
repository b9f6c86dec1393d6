"""An administrator's browser, and the project form as a browser without scripts would send it."""

from __future__ import annotations

import html
import re

import pytest

from tests.browsing import Browser
from tests.small_district import SmallDistrict


@pytest.fixture
def admin(district: SmallDistrict, visitor: Browser) -> Browser:
    assert visitor.sign_in("admin").status_code == 303
    return visitor


def fields_of(page: str) -> dict[str, list[str]]:
    """What the forms in a page's main part hold, as they would be sent; buttons left out."""
    main = page[page.index("<main") :]
    fields: dict[str, list[str]] = {}

    def put(tag: str, value: str) -> None:
        name = re.search(r'\bname="([^"]+)"', tag)
        if name:
            fields.setdefault(name.group(1), []).append(html.unescape(value))

    for tag, inside in re.findall(r"(<(?:input|textarea|select)\b[^>]*>)(?:([^<]*)</textarea>)?", main):
        if tag.startswith("<textarea"):
            put(tag, inside.removeprefix("\n"))
        elif tag.startswith("<input") and (
            not re.search(r'type="(radio|checkbox)"', tag) or "checked" in tag
        ):
            value = re.search(r'\bvalue="([^"]*)"', tag)
            put(tag, value.group(1) if value else "")
    for tag, inside in re.findall(r"(<select\b[^>]*>)(.*?)</select>", main, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        put(tag, chosen.group(1) if chosen else "")
    return fields
