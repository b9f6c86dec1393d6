"""A report's form as a browser without JavaScript holds it: every field with its value, ready to be sent."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import EnvironBuilder, TestResponse

from tests.browsing import Browser


class Fields(HTMLParser):
    """The successful controls of the form `#report`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside, self._select, self._area = False, "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = told.get("id") == "report"
        if not self._inside:
            return
        name = told.get("name", "")
        if tag == "input" and name and told.get("type") != "file":
            self.values[name] = told.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self.values):
            self.values[self._select] = told.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.removeprefix("\n")


def path_of(report_id: int) -> str:
    return f"/desk/unit/reports/{report_id}"


def fields_of(browser: Browser, report_id: int) -> dict[str, str]:
    """The form of a report, filled as the page fills it."""
    return Fields(browser.get(path_of(report_id)).get_data(as_text=True)).values


def send(
    browser: Browser,
    report_id: int,
    *,
    act: str = "save",
    files: list[tuple[str, bytes]] = (),
    replace: dict[int, bytes] | None = None,
    fields: dict[str, str] | None = None,
    **typed: str,
) -> TestResponse:
    """Fill in the form as it stands (or `fields`), choose files, press a button."""
    data: dict[str, Any] = {**(fields or fields_of(browser, report_id)), **typed, "act": act}
    data["photos"] = [(io.BytesIO(content), name) for name, content in files] or [(io.BytesIO(b""), "")]
    for photo_id, content in (replace or {}).items():
        data[f"replace-{photo_id}"] = (io.BytesIO(content), "新拍.jpg")
    return post(browser, path_of(report_id), data)


def post(browser: Browser, path: str, data: dict[str, Any], **headers: str) -> TestResponse:
    """A multipart request; a large one lies in a temporary file, which is closed here."""
    builder = EnvironBuilder(
        path, method="POST", data=data, content_type="multipart/form-data", headers=headers
    )
    environ = builder.get_environ()
    try:
        return browser.open(environ)
    finally:
        builder.close()
        environ["wsgi.input"].close()


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)
