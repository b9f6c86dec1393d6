"""What an act costs as the record grows, on both sizes: `python -m benchmarks.growth [entries …]`.

The small size is SQLite, a folder and Whoosh; the large one PostgreSQL, S3 and OpenSearch, measured when
`make services` has started them. 156 projects are planned, then notes are published onto the record until it has
1,000, 10,000 and 100,000 entries (or as told). Counted is CPU: of this process, and behind the stroke of the
services. The exponent is the slope of log(cost) over log(entries): 0 = does not grow, 1 = grows in step.
"""

from __future__ import annotations

import io
import itertools
import json
import math
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from PIL import Image, ImageDraw
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from werkzeug.test import Client

from benchmarks.notes import BUILT_AT, NOW, a_project, disclosed, endless_notes, grow, time_of
from config import ROOT, Settings
from portal.adapters import schema
from portal.demo.build import build_district
from portal.record import log
from portal.web.app import create_app
from portal.wiring import Portal, wire
from portal.workflows.follow_record import follow_into_search
from portal.workflows.receive_photo import receive_photo

SIZES = (1_000, 10_000, 100_000)
TIMES = 20  # each act at each size
WORDS = ("道路", "绿化", "验收", "挡墙", "管网")
ADDRESSES = ROOT / ".services" / "addresses.json"


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of one act: ours, and of the services."""

    ours: float
    theirs: float


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure one size of machine after the other and print a table for each."""
    for name, portal in both_sizes():
        _print(name, sizes, _measured(portal, sizes, services=name.startswith("large")))
        sys.stdout.flush()


def both_sizes() -> Iterator[tuple[str, Portal]]:
    """A portal of each size, planned but with nothing reported, until the next one is asked for."""
    for name, setting in (
        ("small: SQLite, disk, Whoosh", _small),
        ("large: PostgreSQL, S3, OpenSearch", _large),
    ):
        with tempfile.TemporaryDirectory() as temporary, setting(Path(temporary)) as settings:
            if settings is None:
                print(f"{name}: left out; start the services with `make services`\n")
                continue
            moment = [BUILT_AT]  # before the notes, whose moments would else all be that of the plan
            portal = wire(settings, now=lambda clock=moment: clock[0])
            try:
                schema.upgrade(portal.database)
                portal.search.reset()
                build_district(
                    portal, password="measured-and-never-used", progress=lambda _d, _t: None, reports=False
                )
                moment[0] = NOW
                yield name, portal
            finally:
                portal.close()


@contextmanager
def _small(folder: Path) -> Iterator[Settings | None]:
    yield Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder / 'portal.sqlite'}",
        media_url=f"file:{folder / 'uploads'}",
        search_url=f"whoosh:{folder / 'index'}",
        instance=folder / "instance",
    )


@contextmanager
def _large(folder: Path) -> Iterator[Settings | None]:
    """A database and an index of our own on the services that run, gone afterwards."""
    there = json.loads(ADDRESSES.read_text(encoding="utf-8")) if ADDRESSES.exists() else {}
    there = {
        **there,
        **{name: value for name, value in os.environ.items() if name.startswith("PORTAL_TEST_")},
    }
    needed = ("POSTGRESQL", "S3", "S3_KEY", "S3_SECRET", "OPENSEARCH")
    if any(f"PORTAL_TEST_{name}" not in there for name in needed):
        yield None
        return
    own = f"growth_{uuid.uuid4().hex[:8]}"
    server = make_url(there["PORTAL_TEST_POSTGRESQL"])
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {own}"))
    try:
        yield Settings(
            _env_file=None,  # type: ignore[call-arg]
            database_url=server.set(database=own).render_as_string(hide_password=False),
            media_url=there["PORTAL_TEST_S3"],
            s3_key=there["PORTAL_TEST_S3_KEY"],
            s3_secret=there["PORTAL_TEST_S3_SECRET"],
            search_url=f"{there['PORTAL_TEST_OPENSEARCH'].rstrip('/')}/{own.replace('_', '-')}",
            instance=folder / "instance",
        )
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {own} WITH (FORCE)"))
        engine.dispose()


def _measured(portal: Portal, sizes: tuple[int, ...], *, services: bool) -> dict[str, list[Cost]]:
    notes = endless_notes(random.Random(100_000))
    client, fresh = Client(create_app(portal)), itertools.count()
    code = a_project()
    acts: dict[str, Callable[[], object]] = {
        "append one note, and find it": lambda: _append(portal, notes),
        "page of a project": lambda: _get(client, f"/projects/{code}?miss={next(fresh)}"),
        "list of projects": lambda: _get(client, f"/projects?miss={next(fresh)}"),
        "archive search": lambda: _get(client, f"/archive?q={quote(WORDS[next(fresh) % len(WORDS)])}"),
        "take in a photo (0.3 megapixels)": lambda: _upload(portal, next(fresh)),
    }
    found: dict[str, list[Cost]] = {name: [] for name in acts}
    for size in sizes:
        print(f"growing to {size:,} entries", file=sys.stderr)
        grow(portal, notes, size)
        for name, act in acts.items():
            act()  # once for what is made at first use
            found[name].append(_cost(act, _services() if services else []))
    return found


def _cost(act: Callable[[], object], services: list[psutil.Process]) -> Cost:
    ours = []
    before = _spent(services)
    for _ in range(TIMES):
        start = time.process_time_ns()
        act()
        ours.append((time.process_time_ns() - start) / 1e6)
    return Cost(statistics.median(ours), (_spent(services) - before) * 1000 / TIMES)


def _services() -> list[psutil.Process]:
    """The services that the project has started, with all their children."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        if any(".services" in word for word in process.info["cmdline"] or ()):
            found += [process, *process.children(recursive=True)]
    return found


def _spent(processes: list[psutil.Process]) -> float:
    """CPU seconds so far of those that still run."""
    total = 0.0
    for process in set(processes):
        try:
            total += sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total


def _get(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)


def _append(portal: Portal, notes: Iterator[dict[str, Any]]) -> None:
    with portal.database.writing() as session:
        note = next(notes)
        log.publish(session, disclosed(note), at=time_of(note))
    with portal.database.reading() as session:
        follow_into_search(session, index=portal.search)


def _upload(portal: Portal, number: int) -> None:
    arrival = portal.spool.receive(10_000_000)
    picture = Image.new("RGB", (640, 480), (number % 250, 120, 90))
    ImageDraw.Draw(picture).text((20, 20), f"{number} {uuid.uuid4()}")
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG")
    arrival.write(drawn.getvalue())
    receive_photo(
        received=arrival.finish(), file_name=f"{number}.jpg", darkroom=portal.darkroom, media=portal.media
    )


def _print(name: str, sizes: tuple[int, ...], found: dict[str, list[Cost]]) -> None:
    print(f"{name}; CPU ms, ours / services, median of {TIMES}")
    print(f"{'entries':36}" + "".join(f"{size:>18,}" for size in sizes) + f"{'exponent':>10}")
    for act, costs in found.items():
        row = "".join(f"{cost.ours:>10.2f} /{cost.theirs:>6.1f}" for cost in costs)
        total = [cost.ours + cost.theirs for cost in costs]
        print(f"{act:36}{row}{_exponent(sizes, total):>10.2f}")
    print()


def _exponent(sizes: tuple[int, ...], costs: list[float]) -> float:
    """Slope of the least-squares line through (log size, log cost); 0 for a single size."""
    if len(sizes) < 2:
        return 0.0
    xs, ys = [math.log(size) for size in sizes], [math.log(cost) for cost in costs]
    middle_x, middle_y = statistics.mean(xs), statistics.mean(ys)
    along = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / along


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
