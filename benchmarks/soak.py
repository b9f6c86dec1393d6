"""Whether any reader ever sees a page older than the record: `python -m benchmarks soak`, BENCH_SECONDS long (600).

32 connections read lists, projects, reports and feeds of a copy of the measured portal without a pause, as browsers do
that keep what they have (If-None-Match), in every compression. Meanwhile a unit uploads photos through its desk and
notes are published, twice a second. Every answer is looked at: it must show what was on the record when its request
began. An answer that does not is counted and named, and so is every error.
"""

from __future__ import annotations

import gzip
import http.client
import io
import os
import random
import re
import shutil
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import brotli
from PIL import Image

from benchmarks import district
from benchmarks.pages import Server, serving
from config import Settings
from portal.record import log
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved
from portal.rules.numbers import report_item
from portal.wiring import Portal, wire

CONNECTIONS = 32
BETWEEN_NOTES, BETWEEN_PHOTOS = 0.5, 1.0  # seconds
WATCHED = 40  # projects that notes are published of and that are read
FOLDER = district.FOLDER.parent / "soak"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CODINGS = ("br, gzip", "gzip", "identity")


@dataclass
class Told:
    """What is on the record by now, and what readers met. `newest`: of each project the number published last."""

    newest: dict[str, str] = field(default_factory=dict)
    last: str = ""
    published: int = 0
    uploaded: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def main() -> None:
    """Run and print what was met; stale answers and errors by name."""
    seconds = float(os.environ.get("BENCH_SECONDS", "600"))
    with _copied() as (portal, environment):
        told = Told()
        models = _models(portal)
        with serving("wsgi:application", environment) as server:
            acts = [lambda: _publish(portal, models, told), lambda: _upload(server.port, told)]
            reads = [
                lambda n=n: _read(server.port, told, chance=random.Random(n)) for n in range(CONNECTIONS)
            ]
            threads = [threading.Thread(target=_guarded, args=(act, told)) for act in (*acts, *reads)]
            for thread in threads:
                thread.start()
            told.over.wait(seconds)
            told.over.set()
            for thread in threads:
                thread.join(60)
            _print(told, server, seconds)


def _print(told: Told, server: Server, seconds: float) -> None:
    waits = statistics.quantiles(told.waits, n=100)
    print(
        f"{seconds:.0f} s, {CONNECTIONS} connections; {told.published} notes published, {told.uploaded} photos sent"
    )
    print(
        f"answers: {sum(told.answers.values()):,} ({', '.join(f'{n:,} × {s}' for s, n in told.answers.most_common())})"
    )
    print(
        f"milliseconds an answer took: median {waits[49]:.0f}, 95 of 100 {waits[94]:.0f}, 99 of 100 {waits[98]:.0f}"
    )
    print(f"older than the record, or an error: {len(told.wrong)}")
    for each, times in Counter(re.sub(r"\d{4}-\d+", "…", wrong) for wrong in told.wrong).most_common(20):
        print(f"  {times} × {each}")
    print(f"memory of the web processes: {server.memory():.0f} MB")


def _guarded(act: Any, told: Told) -> None:
    try:
        act()
    except Exception as trouble:
        told.wrong.append(f"{act.__name__}: {type(trouble).__name__}: {trouble}")


def _publish(portal: Portal, models: list[Shown], told: Told) -> None:
    """Note after note goes onto the record, each remembered when it is there and not before."""
    while not told.over.wait(BETWEEN_NOTES):
        model = models[told.published % len(models)]
        number = f"2018-{told.published:06d}"
        today = district.SERVED_ON  # the newest month is what a page tells first
        document = model.document | {
            "number": number,
            "dated": today,
            "month": today[:7],
            "year": int(today[:4]),
        }
        with portal.database.writing() as session:
            shown = log.Disclosed(item=report_item(number), kind="report", document=document)
            log.publish(session, shown, at=portal.now())
        told.newest[document["project"]["code"]] = number
        told.last = number
        told.published += 1


def _read(port: int, told: Told, *, chance: random.Random) -> None:
    """One browser that is never done: it keeps what it has seen, and asks whether that still stands."""
    kept: dict[str, tuple[str, bytes]] = {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    coding = chance.choice(CODINGS)
    while not told.over.is_set():
        path, expected = _something(told, chance)
        headers = {"Accept-Encoding": coding}
        if path in kept:
            headers["If-None-Match"] = kept[path][0]
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        told.waits.append(time.perf_counter() - began)
        told.answers[str(answer.status)] += 1
        if answer.status == 200:
            body = _plain(body, answer.getheader("Content-Encoding"))
            kept[path] = answer.getheader("ETag") or "", body
        elif answer.status == 304:
            body = kept[path][1]
        else:
            told.wrong.append(f"{path}: {answer.status}")
        if expected.encode() not in body:
            told.wrong.append(f"{path} without {expected} ({answer.status})")


def _something(told: Told, chance: random.Random) -> tuple[str, str]:
    """An address, and what must stand there, as the record is now."""
    if not told.newest or chance.random() < 0.3:
        return chance.choice(
            [("/", ""), ("/projects", ""), ("/units", ""), ("/feeds/latest.atom", told.last)]
        )
    code, number = chance.choice(list(told.newest.items()))
    return chance.choice([(f"/projects/{code}", number), (f"/reports/{number}", number),
                          (f"/en/projects/{code}", number), (f"/projects/{code}/feed.atom", number)])  # fmt: skip


def _plain(body: bytes, coding: str | None) -> bytes:
    if coding == "br":
        return bytes(brotli.decompress(body))
    return gzip.decompress(body) if coding == "gzip" else body


def _upload(port: int, told: Told) -> None:
    """A reporter signs in, begins a report and sends photos, one after the other, and another report after that."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    base = f"http://127.0.0.1:{port}"
    _post(browser, f"{base}/account/login", login="reporter", password="measured-and-never-used")
    codes = re.findall(r"/desk/unit/projects/([\w-]+)/report", _get(browser, f"{base}/desk/unit"))
    while not told.over.is_set():
        for code in dict.fromkeys(codes):
            _post(browser, f"{base}/desk/unit/projects/{code}/report", page=f"{base}/desk/unit")
            with browser.open(f"{base}/desk/unit") as home:
                drafts = re.findall(r"/desk/unit/reports/(\d+)", home.read().decode())
            for draft in dict.fromkeys(drafts):
                if told.over.wait(BETWEEN_PHOTOS):
                    return
                told.uploaded += _send_photo(browser, f"{base}/desk/unit/reports/{draft}", told.uploaded)
        if not codes:
            raise RuntimeError("the reporter has nothing to report on")


def _get(browser: OpenerDirector, address: str) -> str:
    with browser.open(address) as answer:
        return str(answer.read().decode())


def _post(browser: OpenerDirector, address: str, *, page: str = "", **fields: str) -> None:
    token = TOKEN.search(_get(browser, page or address))
    assert token, f"no form on {page or address}"
    with browser.open(address, urlencode({"csrf_token": token[1], **fields}).encode()) as answer:
        answer.read()


def _send_photo(browser: OpenerDirector, report: str, number: int) -> bool:
    """Whether it was taken; a report that is full or sent takes none, and that is no fault."""
    token = TOKEN.search(_get(browser, report))
    if token is None:
        return False
    photo = io.BytesIO()
    Image.effect_noise((900, 700), 40 + number % 60).convert("RGB").save(photo, "JPEG", quality=80)
    mark = f"----{number}-{os.urandom(8).hex()}"
    named = 'Content-Disposition: form-data; name="photos"; filename="p.jpg"\r\nContent-Type: image/jpeg'
    body = f"--{mark}\r\n{named}\r\n\r\n".encode() + photo.getvalue() + f"\r\n--{mark}--\r\n".encode()
    told = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "X-CSRFToken": token[1],
        "Accept": "application/json",
    }
    try:
        with browser.open(Request(f"{report}/photos", body, told)) as answer:
            return bool(answer.status < 300)
    except OSError as refused:
        if getattr(refused, "code", 500) >= 500:
            raise
        return False


def _models(portal: Portal) -> list[Shown]:
    """A report of each watched project, to be published again under other numbers."""
    with portal.database.reading() as session:
        reports = Shelf(session).items(Shelved.kind == "report", limit=2000)
    by_project = {shown.document["project"]["code"]: shown for shown in reports}
    return list(by_project.values())[:WATCHED]


@contextmanager
def _copied() -> Iterator[tuple[Portal, dict[str, str]]]:
    """The measured portal once more, to be written into."""
    district.prepared()
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(district.FOLDER, FOLDER, copy_function=_link_or_copy)
    environment = {
        name: value.replace(str(district.FOLDER), str(FOLDER))
        for name, value in district.environment().items()
    }
    environment["PORTAL_PROCESSES"] = "2"
    given: dict[str, Any] = {
        name.removeprefix("PORTAL_").lower(): value for name, value in environment.items()
    }
    portal = wire(Settings(**given))
    try:
        yield portal, environment
    finally:
        portal.close()
        shutil.rmtree(FOLDER, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    """Photos never change, so a second name is enough."""
    if "/uploads/" in source:
        os.link(source, target)
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    main()
