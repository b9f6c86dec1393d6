"""What a page costs: `python -m benchmarks.pages`.

The real application and the floor (a bare Flask view that returns a constant of the same size) are served by
gunicorn with the same options. Both are asked by eight connections, in turns, round after round; counted is
the CPU time of the server's processes. What the first rendering of a page costs is counted in this process,
beside a Flask view with one query and a template.
"""

from __future__ import annotations

import dataclasses
import http.client
import os
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psutil
from werkzeug.test import Client

from benchmarks import district, renderings
from benchmarks.load import CONNECTIONS, drive
from config import ROOT, Settings
from portal.cli.running import FEW_ARENAS, server_command
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.web.app import create_app
from portal.wiring import Portal, wire

ROUNDS, SECONDS = 5, 1.0
PROCESSES, LOADED = 2, 3.0  # whose memory is told, and seconds that they are asked for each thing
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing to ask for. paths: asked in turn. size: bytes of an answer. aim: at most, in words."""

    name: str
    paths: tuple[str, ...]
    headers: Mapping[str, str] = field(default_factory=lambda: GZIP)
    aim: str = ""
    size: int = 0


@dataclass(frozen=True)
class Server:
    """A running gunicorn and the CPU seconds that it and its workers have spent."""

    port: int
    process: psutil.Process

    def spent(self) -> float:
        tree = [self.process, *self.process.children(recursive=True)]
        return float(sum(sum(each.cpu_times()[:2]) for each in tree))

    def memory(self) -> float:
        """Megabytes, shared pages divided among those that share them."""
        tree = [self.process, *self.process.children(recursive=True)]
        return float(sum(each.memory_full_info().pss for each in tree)) / 2**20


def main() -> None:
    """Measure and print two tables: pages served, and first renderings."""
    district.prepared()
    portal = wire(district.settings())
    cases = _cases(portal)
    with serving("wsgi:application", district.environment()) as ours:
        cases = [dataclasses.replace(case, size=_size(ours.port, case)) for case in cases]
        sizes = ",".join(str(case.size) for case in cases)
        with serving("benchmarks.floor:application", {"BENCH_SIZES": sizes}) as floor:
            measured = _in_rounds(cases, ours, floor)
        _print_served(cases, measured)
    portal.close()
    _print_memory(cases)
    renderings.main()


def _cases(portal: Portal) -> list[Case]:
    code, picture = renderings.busiest_project(portal), _a_thumbnail(portal)
    page = f"/projects/{code}"
    tag = Client(create_app(portal)).get(page, headers=GZIP).headers["ETag"]
    words = district.common_words()
    return [
        Case(name="project page seen before", paths=(page,), aim="≤ 0.7 × floor"),
        Case(name="the same, unchanged (304)", paths=(page,), headers={**GZIP, "If-None-Match": tag},
             aim="≤ 0.7 × floor"),
        Case(name="project list seen before", paths=("/projects",)),
        Case(name="home seen before", paths=("/",)),
        Case(name="archive search, a common word, facets",
             paths=tuple(f"/archive?q={quote(word)}" for word in words), aim="≤ 15 ms"),
        Case(name="thumbnail", paths=(f"/media/{picture}",), aim="≤ 2.5 × floor"),
    ]  # fmt: skip


def _a_thumbnail(portal: Portal) -> str:
    """The smallest rendition of a published photo."""
    with portal.database.reading() as session:
        photos = [
            photo
            for shown in Shelf(session).items(Shelved.kind == "report", limit=200)
            for photo in shown.document["photos"]
        ]
    return str(min(photos[0]["renditions"], key=lambda shown: shown["bytes"])["name"])


def _in_rounds(cases: list[Case], ours: Server, floor: Server) -> dict[str, list[tuple[float, float]]]:
    """For each case (ours, floor) in CPU milliseconds of every round; the first round warms up."""
    measured: dict[str, list[tuple[float, float]]] = {case.name: [] for case in cases}
    for number in range(ROUNDS + 1):
        for case in cases:
            pair = (_cost(ours, case), _cost(floor, dataclasses.replace(case, paths=(f"/{case.size}",))))
            if number:
                measured[case.name].append(pair)
    return measured


def _cost(server: Server, case: Case) -> float:
    before = server.spent()
    asked = drive(server.port, case.paths, case.headers, seconds=SECONDS)
    return (server.spent() - before) * 1000 / asked


def _print_served(cases: list[Case], measured: dict[str, list[tuple[float, float]]]) -> None:
    print(
        f"Served by {district.settings().server}, {CONNECTIONS} connections, "
        f"median of {ROUNDS} rounds; CPU ms per request"
    )
    print(f"{'':40}{'bytes':>8}{'ours':>8}{'floor':>8}{'ratio':>8}  aim")
    for case in cases:
        pairs = measured[case.name]
        cost, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(ours / least for ours, least in pairs)
        print(f"{case.name:40}{case.size:8}{cost:8.2f}{floor:8.2f}{ratio:8.2f}  {case.aim}")


def _print_memory(cases: list[Case]) -> None:
    """Of two web processes that were asked for everything by turns; what they share is counted once."""
    settings = district.settings().model_copy(update={"processes": PROCESSES})
    with serving("wsgi:application", district.environment(), settings=settings) as server:
        for case in cases:
            drive(server.port, case.paths, case.headers, seconds=LOADED)
        each = [of.memory_full_info().pss / 2**20 for of in server.process.children()]
        beside = server.memory() - sum(each)
    print(
        f"\nmemory of {PROCESSES} web processes: {sum(each):.0f} MB ({', '.join(f'{one:.0f}' for one in each)}), "
        f"and {beside:.0f} MB of the one that starts them  ≤ 200 MB together\n"
    )


def _size(port: int, case: Case) -> int:
    """Bytes of the answer's body; the page is kept from now on."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", case.paths[0], headers=dict(case.headers))
    size = len(client.getresponse().read())
    client.close()
    return size


@contextmanager
def serving(
    application: str, environment: Mapping[str, str], *, settings: Settings | None = None
) -> Iterator[Server]:
    """The application served as `portal serve` does it, until the block ends."""
    port = _free_port()
    command = server_command(settings or district.settings(), "127.0.0.1", port, application)
    district.FOLDER.mkdir(parents=True, exist_ok=True)
    log = district.FOLDER / f"{application.partition(':')[0]}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**dict([FEW_ARENAS]), **os.environ, **environment},
            stdout=said,
            stderr=said,
        )
    try:
        _wait_for(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(60)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            client.request("GET", "/healthz")
            client.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            client.close()
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main()
