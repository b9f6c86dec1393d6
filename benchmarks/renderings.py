"""What the first rendering of a page costs: in this process, beside a Flask view with one query and a template.

Rendered is an address that was never asked for, and once more after a note has come on the record, so that what
windows remember has to be brought up to date. The floor is asked in turns with each.
"""

from __future__ import annotations

import functools
import gc
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func, select
from werkzeug.test import Client

from benchmarks import district
from benchmarks.floor import rendering
from portal.record import log
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.rules.numbers import report_item
from portal.web.app import create_app
from portal.wiring import Portal, wire

ROUNDS = 15  # of each page
BROTLI = {"Accept-Encoding": "br"}


def main() -> None:
    """Measure on a copy of the database, which grows, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "portal.sqlite"
        shutil.copy(district.FOLDER / "portal.sqlite", copy)
        portal = wire(district.settings().model_copy(update={"database_url": f"sqlite:///{copy}"}))
        client, floor = Client(create_app(portal)), Client(rendering(str(copy)))
        gc.collect()  # and what stands now is looked through no more, as in wsgi.py
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        print(
            f"First rendering, in process, {ROUNDS} times; CPU ms; floor: a Flask view with one query and a template"
        )
        print(f"{'':40}{'median':>8}{'worst':>8}{'floor':>8}{'ratio':>8}{'bytes':>8}  aim ≤ 6")
        for name, address in _pages(portal).items():
            _print_miss(client, floor, name, address)
        for name in ("/", "/projects", "/archive?q=%E6%96%BD%E5%B7%A5"):
            address = functools.partial(_after_a_publication, portal, name)
            _print_miss(client, floor, f"{name[:9]} after a publication", address)
        portal.close()


def _pages(portal: Portal) -> dict[str, Callable[[], str]]:
    """A question mark and a new number make every address one that was never asked for."""
    fresh, code = count(), busiest_project(portal)
    words, numbers = district.common_words(), _reports(portal)
    return {
        "home": lambda: f"/?miss={next(fresh)}",
        "project list": lambda: f"/projects?miss={next(fresh)}",
        "project page (the one with most reports)": lambda: f"/projects/{code}?miss={next(fresh)}",
        "report page, another each time": lambda: f"/reports/{numbers[next(fresh)]}",
        "archive search": lambda: f"/archive?q={quote(words[next(fresh) % len(words)])}&miss={next(fresh)}",
        "the record": lambda: f"/record?miss={next(fresh)}",
        "map": lambda: f"/map?miss={next(fresh)}",
        "units": lambda: f"/units?miss={next(fresh)}",
        "feed": lambda: f"/feeds/latest.atom?miss={next(fresh)}",
    }


def _after_a_publication(portal: Portal, address: str) -> str:
    """The address, when another note has come on the record since it was asked for last."""
    with portal.database.writing() as session:
        newest = Shelf(session).items(Shelved.kind == "report", limit=1)[0]
        note = {**newest.document, "number": f"2019-{log.head(session).size:06d}"}
        shown = log.Disclosed(item=report_item(note["number"]), kind="report", document=note)
        log.publish(session, shown, at=portal.now())
    return address


def _print_miss(client: Client, floor: Client, name: str, address: Callable[[], str]) -> None:
    for _ in range(2):  # templates are compiled once, and what is remembered is there
        client.get(address())
    floor.get("/")
    pairs = [(_rendered(client, address()), _rendered(floor, "/")) for _ in range(ROUNDS)]
    costs, floors = ([pair[side] for pair in pairs] for side in (0, 1))
    ratio, size = (
        statistics.median(ours / least for ours, least in pairs),
        len(client.get(address(), headers=BROTLI).data),
    )
    middle, least = statistics.median(costs), statistics.median(floors)
    print(f"{name:40}{middle:8.1f}{max(costs):8.1f}{least:8.2f}{ratio:8.1f}{size:8}")


def _rendered(client: Client, address: str) -> float:
    start = time.process_time_ns()
    answer = client.get(address, headers=BROTLI)
    cost = (time.process_time_ns() - start) / 1e6
    assert answer.status_code == 200, (address, answer.status)
    return cost


def busiest_project(portal: Portal) -> str:
    """The project with the most published reports."""
    with portal.database.reading() as session:
        reports = (
            select(Shelved.project)
            .where(Shelved.kind == "report", Shelved.latest)
            .group_by(Shelved.project)
            .order_by(func.count().desc(), Shelved.project)
        )
        return str(session.scalars(reports.limit(1)).one())


def _reports(portal: Portal) -> list[str]:
    """Numbers of published reports, the newest first."""
    with portal.database.reading() as session:
        shown = select(Shelved.item).where(Shelved.kind == "report", Shelved.latest, Shelved.title != "")
        newest = session.scalars(shown.order_by(Shelved.seq.desc()).limit(1000))
        return [item.partition("/")[2] for item in newest]
