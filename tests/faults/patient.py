"""People at browsers who do not give up: what was not answered is sent again, exactly as it was."""

from __future__ import annotations

import http.client
import io
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.browsing import TOKEN
from tests.small_district import PASSWORD, picture
from tests.web.unit_desk.pages import Fields, path_of

AGAIN_SECONDS = 0.15  # between two tries
TROUBLE = (OSError, http.client.HTTPException)


class GaveUp(Exception):
    """Something was not answered until the deadline."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    location: str
    text: str


class Patient:
    """A browser on a real connection. Every request is repeated until it is answered with less than 500."""

    def __init__(self, port: int, *, deadline: float) -> None:
        self._port, self._deadline = port, deadline
        self._cookies: dict[str, str] = {}
        self.repeated = 0

    def get(self, path: str) -> Answer:
        return self._until_answered("GET", path, b"", "")

    def post(self, path: str, data: dict[str, Any]) -> Answer:
        return self._until_answered(
            "POST", path, urlencode(data).encode(), "application/x-www-form-urlencoded"
        )

    def post_files(self, path: str, data: dict[str, Any]) -> Answer:
        stream, _length, boundary = stream_encode_multipart(data, use_tempfile=False)
        return self._until_answered("POST", path, stream.read(), f"multipart/form-data; boundary={boundary}")

    def token(self, path: str) -> str:
        found = TOKEN.search(self.get(path).text)
        assert found, f"no form with a token on {path}"
        return found[1]

    def sign_in(self, login: str) -> None:
        page = "/account/login"
        answer = self.post(page, {"csrf_token": self.token(page), "login": login, "password": PASSWORD})
        assert answer.status == 303, answer.text

    def _until_answered(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        while time.monotonic() < self._deadline:
            try:
                answer = self._once(method, path, body, kind)
                if answer.status < 500:
                    return answer
            except TROUBLE:
                pass
            self.repeated += 1
            time.sleep(AGAIN_SECONDS)
        raise GaveUp(f"{method} {path}")

    def _once(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
            connection.request(method, path, body, headers | ({"Content-Type": kind} if kind else {}))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return Answer(status=answer.status, location=answer.headers.get("Location", ""), text=text)


@dataclass
class Sent:
    """What the portal has acknowledged: report id → its words, and the photos it has taken."""

    words: dict[int, str] = field(default_factory=dict)
    photos: dict[int, list[bytes]] = field(default_factory=dict)


SET_ASIDE = re.compile("两次都中断|正在处理。过五分钟")


def report_progress(browser: Patient, *, code: str, number: int, sent: Sent, shot: int = 0) -> None:
    """One report with two photos, from the first page to the receipt. Who is told that the portal ended twice with a
    photo begins anew with others, as the page says."""
    started = browser.post(f"/desk/unit/projects/{code}/report", {"csrf_token": browser.token("/desk/unit")})
    assert started.status == 303, started.text
    report_id = int(started.location.rsplit("/", 1)[1])
    assert report_id not in sent.words, "a report that was acknowledged is a draft again"
    words, photos = (
        f"完成第 {number} 段，编号 QD{number:05d}。",
        [picture(2 * number + 37 * shot), picture(2 * number + 37 * shot + 1)],
    )
    files = [FileStorage(io.BytesIO(photo), f"{number}-{n}.jpg") for n, photo in enumerate(photos)]
    form = _fields(browser, report_id) | {"done": words, "physical_percent": "40", "act": "save"}
    kept = browser.post_files(path_of(report_id), {**form, "photos": files})
    if kept.status == 422 and SET_ASIDE.search(kept.text) and shot < 5:
        gone = browser.post_files(path_of(report_id), _fields(browser, report_id) | {"act": "discard"})
        assert gone.status in (303, 404, 409), gone.text
        report_progress(browser, code=code, number=number, sent=sent, shot=shot + 1)
        return
    assert kept.status in (303, 409), kept.text  # 409: the first try had arrived
    sent.photos[report_id] = photos
    _submit(browser, report_id)
    sent.words[report_id] = words


def _submit(browser: Patient, report_id: int) -> None:
    """Captions, then the button; a form that turns out to be stale is opened anew."""
    while True:
        form = _fields(browser, report_id)
        if not form:
            return  # the page is a receipt: what was sent has arrived
        captions = {name: "挡墙东段，从河边看" for name in form if name.startswith("caption-")}
        assert len(captions) == 2, f"{len(captions)} photos of an acknowledged upload are there"
        answer = browser.post_files(path_of(report_id), {**form, **captions, "act": "submit"})
        if answer.status == 303:
            return
        assert answer.status == 409, answer.text


def _fields(browser: Patient, report_id: int) -> dict[str, str]:
    return Fields(browser.get(path_of(report_id)).text).values


WAITING = re.compile(r'href="(/desk/supervision/reports/\d+)"')
SEEN = re.compile(r'name="(seen_round|seen_hash)" value="([^"]*)"')


def approve_what_waits(browser: Patient, *, done: set[str]) -> None:
    """Approve every submission in the queue that is not in `done`."""
    for path in dict.fromkeys(WAITING.findall(browser.get("/desk/supervision").text)):
        if path in done:
            continue
        page = browser.get(path).text
        token, seen = TOKEN.search(page), dict(SEEN.findall(page))
        if token is None or not seen:
            done.add(path)  # decided already: the answer to it was lost
            continue
        form = {"csrf_token": token[1], "verb": "approve", **seen}
        if browser.post(f"{path}/decide", form).status in (303, 409):
            done.add(path)
