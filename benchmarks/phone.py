"""What a reader with an old phone on a slow line waits for: `python -m benchmarks phone`.

Real Chromium as a phone of 360 × 800 points with three pixels to a point, a line of 1.5 Mbit/s and 300 ms of delay,
nothing kept from before. Printed are the first text (FCP), the largest picture or passage
(LCP), how much was moved (CLS), bytes and requests. The line is Chromium's own emulation; times are of this machine, so
they are printed and asserted nowhere.
"""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks import district
from benchmarks.pages import serving
from benchmarks.renderings import busiest_project
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.wiring import Portal, wire

ROUNDS = 3
LINE = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 1_500_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 1  # times; a machine that does other work as well is slow enough
WATCH = """() => {
  window.met = {fcp: 0, lcp: 0, cls: 0, what: ""};
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (e.name === "first-contentful-paint")
    window.met.fcp = e.startTime; }).observe({type: "paint", buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries()) {
    window.met.lcp = e.startTime; window.met.what = e.element?.tagName ?? ""; } })
    .observe({type: "largest-contentful-paint", buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput)
    window.met.cls += e.value; }).observe({type: "layout-shift", buffered: true});
}"""


@dataclass(frozen=True, kw_only=True)
class Met:
    """One visit. Times in ms; bytes on the line, headers too."""

    fcp: float
    lcp: float
    cls: float
    what: str
    sent: int
    requests: int


def main() -> None:
    """Visit every kind of window and print a table."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        print("Chromium is not here: install your system's package `chromium`")
        return
    district.prepared()
    portal = wire(district.settings())
    pages = _pages(portal)
    portal.close()
    with serving("wsgi:application", district.environment()) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        print(
            f"a phone on 1.5 Mbit/s and 300 ms, nothing kept; median of {ROUNDS}; aims 1,500 and 2,500 ms, shift 0"
        )
        print(
            f"{'':24}{'first text':>12}{'largest':>10}{'':>8}{'shift':>8}{'kB':>8}{'requests':>10}{'again, kB':>11}"
        )
        for name, path in pages.items():
            _print(name, *_visits(browser, f"http://127.0.0.1:{server.port}{path}"))
        browser.close()


def _pages(portal: Portal) -> dict[str, str]:
    with portal.database.reading() as session:
        report = Shelf(session).items(Shelved.kind == "report", limit=1)[0]
    return {
        "home": "/",
        "list of projects": "/projects",
        "project": f"/projects/{busiest_project(portal)}",
        "report": f"/{report.item.replace('report/', 'reports/')}",
        "archive, a search": "/archive?q=%E6%96%BD%E5%B7%A5",
        "home in English": "/en/",
    }


def _visits(browser: Browser, address: str) -> tuple[list[Met], list[Met]]:
    """First visits, each by a browser that knows nothing, and one more by each of them."""
    first, again = [], []
    for _ in range(ROUNDS):
        context = browser.new_context(
            viewport={"width": 360, "height": 800}, device_scale_factor=3, is_mobile=True, has_touch=True
        )
        context.add_init_script(f"({WATCH})()")
        first.append(_visit(context, address))
        again.append(_visit(context, address))
        context.close()
    return first, again


def _visit(context: Any, address: str) -> Met:
    page = context.new_page()
    line = context.new_cdp_session(page)
    sizes: list[float] = []
    asked: list[str] = []
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    line.on("Network.requestWillBeSent", lambda told: asked.append(told["request"]["url"]))
    page.goto(address, wait_until="networkidle", timeout=60_000)
    met = page.evaluate("window.met")
    page.close()
    return Met(**met, sent=round(sum(sizes)), requests=len(asked))


def _print(name: str, first: list[Met], again: list[Met]) -> None:
    fcp, lcp, sent = (
        statistics.median(getattr(met, part) for met in first) for part in ("fcp", "lcp", "sent")
    )
    more = statistics.median(met.sent for met in again)
    shift = max(met.cls for met in (*first, *again))
    print(
        f"{name:24}{fcp:>12.0f}{lcp:>10.0f}{first[0].what:>8}{shift:>8.3f}{sent / 1000:>8.1f}"
        f"{first[0].requests:>10}{more / 1000:>11.1f}"
    )


if __name__ == "__main__":
    main()
