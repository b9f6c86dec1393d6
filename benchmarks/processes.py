"""What more web processes bring: `python -m benchmarks.processes`.

Both sizes with 10,000 entries, behind 1, 2 and 4 processes of gunicorn, beside a bare Flask view that returns a
constant of the same size behind as many. Eight connections ask ours and the floor in turns. Answers per second
depend on how many cores there are and on what else they do; the ratio to the floor says what is ours.
"""

from __future__ import annotations

import http.client
import os
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.test import Client

from benchmarks.growth import WORDS, both_sizes
from benchmarks.load import CONNECTIONS, drive
from benchmarks.notes import a_project, endless_notes, grow
from benchmarks.pages import GZIP, Server, serving
from portal.web.app import create_app
from portal.wiring import Portal

ENTRIES = 10_000
PROCESSES = (1, 2, 4)
ROUNDS, SECONDS = 3, 3.0
WARM = 6  # answers for each process before anything is counted
ASKED = 4_000  # different addresses, so that no page is sent twice


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What one server did in one round."""

    per_second: float
    cpu_ms: float


def main() -> None:
    """Measure and print a table for each size."""
    print(f"{os.cpu_count()} cores for the server, its services and {CONNECTIONS} connections that ask\n")
    for name, portal in both_sizes():
        grow(portal, endless_notes(random.Random(ENTRIES)), ENTRIES)
        _print(name, list(_measured(portal)))


def _measured(portal: Portal) -> Iterator[tuple[str, int, Speed, Speed]]:
    """For each page and number of processes: ours and the floor, the median round of each."""
    pages = {
        "project page seen before": (f"/projects/{a_project()}",),
        "archive search, rendered anew": tuple(
            f"/archive?q={quote(WORDS[number % len(WORDS)])}&miss={number}" for number in range(ASKED)
        ),
    }
    client = Client(create_app(portal))
    sizes = {name: len(client.get(paths[0], headers=GZIP).data) for name, paths in pages.items()}
    set_up = {f"PORTAL_{name.upper()}": str(value) for name, value in portal.settings if value != ""}
    set_up |= {"PORTAL_MODE": portal.settings.mode.value, "PORTAL_HTTPS": "0"}
    for processes in PROCESSES:
        settings = portal.settings.model_copy(update={"processes": processes})
        floor_sizes = {"BENCH_SIZES": ",".join(map(str, sizes.values()))}
        with (
            serving(
                "wsgi:application", {**set_up, "PORTAL_PROCESSES": str(processes)}, settings=settings
            ) as ours,
            serving("benchmarks.floor:application", floor_sizes, settings=settings) as floor,
        ):
            for name, paths in pages.items():
                _warm(ours, paths, times=WARM * processes)
                rounds = [
                    (_speed(ours, paths), _speed(floor, (f"/{sizes[name]}",))) for _ in range(ROUNDS + 1)
                ][1:]  # the first one warms up
                yield name, processes, *(_middle(side) for side in zip(*rounds, strict=True))


def _warm(server: Server, paths: tuple[str, ...], *, times: int) -> None:
    """One after the other, so that every process has made what it makes once before eight ask at once."""
    for number in range(times):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", paths[-1 - number % len(paths)], headers=GZIP)
        connection.getresponse().read()
        connection.close()


def _speed(server: Server, paths: tuple[str, ...]) -> Speed:
    before = server.spent()
    asked = drive(server.port, paths, GZIP, seconds=SECONDS)
    return Speed(per_second=asked / SECONDS, cpu_ms=(server.spent() - before) * 1000 / asked)


def _middle(speeds: tuple[Speed, ...]) -> Speed:
    return Speed(
        per_second=statistics.median(each.per_second for each in speeds),
        cpu_ms=statistics.median(each.cpu_ms for each in speeds),
    )


def _print(name: str, found: list[tuple[str, int, Speed, Speed]]) -> None:
    print(
        f"{name}; {ENTRIES:,} entries; answers per second and CPU ms of an answer, median of {ROUNDS} rounds"
    )
    print(f"{'':32}{'processes':>10}{'ours':>16}{'floor':>16}{'ours ÷ floor':>14}")
    for page, processes, ours, floor in found:
        told = "".join(f"{each.per_second:>9.0f} /{each.cpu_ms:>5.2f}" for each in (ours, floor))
        print(f"{page:32}{processes:>10}{told}{ours.per_second / floor.per_second:>14.2f}")
    print()


if __name__ == "__main__":
    main()
