"""People at their desks, through the same pages and forms as always: browsers without scripts, for runs that last."""

from __future__ import annotations

import io
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from itertools import cycle
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from PIL import Image

STALE = 409  # somebody else was quicker; the page says so, and the next look shows what is left
BETWEEN_REPORTS, BETWEEN_LOOKS = 2.0, 2.0  # seconds
PHOTOS = 2  # of a report
BEGIN = re.compile(r'action="(/desk/unit/projects/[\w-]+/report)"')
WAITING = re.compile(r'href="(/desk/supervision/reports/\d+)"')


@dataclass
class Done:
    """What the desks have got through so far."""

    photos: int = 0
    submitted: int = 0
    approved: int = 0
    refused: list[str] = field(default_factory=list)


class Form(HTMLParser):
    """What a form would send as it stands: its fields with their values. Files are chosen by whoever sends it."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action, self._inside, self._select, self._area = action, False, "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = told.get("action", self._action) == self._action
        if not self._inside:
            return
        name = told.get("name", "")
        if tag == "input" and name and told.get("type") not in ("file", "checkbox", "radio", "submit"):
            self.fields[name] = told.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self.fields):
            self.fields[self._select] = told.get("value", "")
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag in ("select", "textarea"):
            self._select = self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")


class Desk:
    """Somebody signed in."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))
        page = "/account/login"
        self.post(page, Form(self.get(page), page).fields | {"login": login, "password": password})

    def get(self, path: str) -> str:
        return self._asked(Request(self._base + path))[1]

    def post(self, path: str, fields: dict[str, str]) -> tuple[str, str]:
        """The path where it ended, and the page there. Raises `HTTPError` for what was refused."""
        return self._asked(Request(self._base + path, urlencode(fields).encode()))

    def send(self, path: str, fields: dict[str, str], photos: Sequence[bytes]) -> tuple[str, str]:
        """The same with photos in it."""
        mark = f"----{os.urandom(12).hex()}"
        named = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
        named += [
            (f'name="photos"; filename="{n}.jpg"\r\nContent-Type: image/jpeg', photo)
            for n, photo in enumerate(photos)
        ]
        parts = [
            f"--{mark}\r\nContent-Disposition: form-data; {what}\r\n\r\n".encode() + value + b"\r\n"
            for what, value in named
        ]
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._asked(Request(self._base + path, body, kind))

    def _asked(self, request: Request) -> tuple[str, str]:
        with self._browser.open(request, timeout=60) as answer:
            return answer.geturl().removeprefix(self._base), answer.read().decode()


def report_on(desk: Desk, done: Done, over: threading.Event) -> None:
    """Report after report with two photos each, on every project of the unit in turn. Returns when it is over."""
    begins = list(dict.fromkeys(BEGIN.findall(desk.get("/desk/unit"))))
    if not begins:
        raise RuntimeError("the reporter has nothing to report on")
    for number, begin in enumerate(cycle(begins)):
        if over.wait(BETWEEN_REPORTS):
            return
        with _refusals_noted(done):
            home = desk.get("/desk/unit")
            path, page = desk.post(begin, Form(home, begin).fields)
            words = {"done": f"第 {number} 次上报：挡墙又砌高一层。", "physical_percent": "60"}
            fields = Form(page, path).fields | words
            path, page = desk.send(path, fields | {"act": "save"}, list(_photos()))
            done.photos += PHOTOS
            fields = Form(page, path).fields
            captions = {name: "挡墙东段，从河边看" for name in fields if name.startswith("caption-")}
            desk.post(path, fields | captions | {"act": "submit"})
            done.submitted += 1


def approve(desk: Desk, done: Done, over: threading.Event) -> None:
    """Approve what waits, as long as something does; another supervisor may do the same. Returns when it is over."""
    while not over.wait(BETWEEN_LOOKS):
        for path in dict.fromkeys(WAITING.findall(desk.get("/desk/supervision"))):
            if over.is_set():
                return
            with _refusals_noted(done):
                fields = Form(desk.get(path), f"{path}/decide").fields
                if "seen_round" in fields:
                    desk.post(f"{path}/decide", fields | {"verb": "approve"})
                    done.approved += 1


def _photos() -> Iterator[bytes]:
    for _ in range(PHOTOS):
        photo = io.BytesIO()
        Image.effect_noise((900, 700), 60).convert("RGB").save(photo, "JPEG", quality=80)
        yield photo.getvalue()


@contextmanager
def _refusals_noted(done: Done) -> Iterator[None]:
    """What is refused in words is noted and no end; an error of the portal's own goes on to whoever runs this."""
    try:
        yield
    except HTTPError as refused:
        refused.close()
        if refused.code >= 500:
            raise
        if refused.code != STALE:
            done.refused.append(f"{refused.url.split('/', 3)[3]}: {refused.code}")
