"""Whether any reader ever sees a page older than the record: `python -m benchmarks soak`, BENCH_SECONDS long (600).

32 connections read lists, projects, reports and feeds of a copy of the measured portal without a pause, as browsers do
that keep what they have (If-None-Match), in every compression. Meanwhile a unit reports with photos through its desk,
two supervisors approve through theirs, the worker publishes that, and other notes are published, twice a second. Every
answer is looked at: it must show what was on the record when its request began, which a watcher of the record's end
tells. An answer that does not is counted and named, and so is every error.
"""

from __future__ import annotations

import gzip
import http.client
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import brotli
from sqlalchemy import select

from benchmarks import district
from benchmarks.desks import Desk, Done, approve, report_on
from benchmarks.pages import Server, serving
from config import ROOT, Settings
from portal.record import log
from portal.record.followers import last_seq
from portal.record.shelf import Shelf, Shown
from portal.record.tables import Shelved
from portal.rules.numbers import report_item
from portal.wiring import Portal, wire

CONNECTIONS = 32
BETWEEN_NOTES, BETWEEN_GLANCES = 0.5, 0.05  # seconds
OF_THE_PAST = "2018-"  # no desk gives a number of that year
WATCHED = 40  # projects that notes are published of and that are read
FOLDER = district.FOLDER.parent / "soak"
CODINGS = ("br, gzip", "gzip", "identity")


@dataclass
class Told:
    """What is on the record by now, and what readers met. `newest`: of each project the number published last."""

    newest: dict[str, str] = field(default_factory=dict)
    last: str = ""
    published: int = 0
    from_desks: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def main() -> None:
    """Run and print what was met; stale answers and errors by name."""
    seconds = float(os.environ.get("BENCH_SECONDS", "600"))
    with _copied() as (portal, environment):
        told, done = Told(), Done()
        models = _models(portal)
        with serving("wsgi:application", environment) as server, _working(environment):
            port, password = server.port, environment["PORTAL_DEMO_PASSWORD"]
            acts: list[Callable[[], None]] = [
                lambda: _watch(portal, told),
                lambda: _publish(portal, models, told),
                lambda: report_on(Desk(port, "reporter", password), done, told.over),
                lambda: approve(Desk(port, "supervisor", password), done, told.over),
                lambda: approve(Desk(port, "second", password), done, told.over),
            ]
            acts += [lambda n=n: _read(port, told, chance=random.Random(n)) for n in range(CONNECTIONS)]  # type: ignore[misc]
            threads = [threading.Thread(target=_guarded, args=(act, told)) for act in acts]
            for thread in threads:
                thread.start()
            told.over.wait(seconds)
            told.over.set()
            for thread in threads:
                thread.join(60)
            _print(told, done, server, seconds)


def _print(told: Told, done: Done, server: Server, seconds: float) -> None:
    waits = statistics.quantiles(told.waits, n=100)
    print(f"{seconds:.0f} s, {CONNECTIONS} connections; {told.published} notes published")
    print(
        f"desks: {done.photos} photos sent, {done.submitted} reports submitted, {done.approved} approved, "
        f"{told.from_desks} of them published by the end; refused in words: {len(done.refused)}"
    )
    for each, times in Counter(re.sub(r"\d+", "…", refused) for refused in done.refused).most_common(5):
        print(f"  {times} × {each}")
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


def _watch(portal: Portal, told: Told) -> None:
    """Tell of every report as soon as it stands on the record, whoever published it."""
    with portal.database.reading() as session:
        end = last_seq(session)
    while not told.over.wait(BETWEEN_GLANCES):
        with portal.database.reading() as session:
            fresh = select(Shelved).where(Shelved.kind == "report", Shelved.seq > end).order_by(Shelved.seq)
            for row in session.scalars(fresh):
                number, end = row.item.removeprefix("report/"), row.seq
                told.newest[row.project] = told.last = number
                told.from_desks += not number.startswith(OF_THE_PAST)


def _publish(portal: Portal, models: list[Shown], told: Told) -> None:
    """Note after note goes onto the record."""
    while not told.over.wait(BETWEEN_NOTES):
        model = models[told.published % len(models)]
        number = f"{OF_THE_PAST}{told.published:06d}"
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


def _models(portal: Portal) -> list[Shown]:
    """A report of each watched project, to be published again under other numbers."""
    with portal.database.reading() as session:
        reports = Shelf(session).items(Shelved.kind == "report", limit=2000)
    by_project = {shown.document["project"]["code"]: shown for shown in reports}
    return list(by_project.values())[:WATCHED]


@contextmanager
def _working(environment: Mapping[str, str]) -> Iterator[None]:
    """The worker as `portal work` runs it, until the block ends."""
    command = [sys.executable, "-m", "portal", "work"]
    with (FOLDER / "work.log").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=said
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


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
