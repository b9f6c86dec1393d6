"""Every page as it looks, on contact sheets to be looked at: `make shots`, or

    python -m tests.browser.shots [--only PART …] [--in 360-dark …] [--into FOLDER]
    python -m tests.browser.shots --of http://127.0.0.1:8000 / /projects …

Without an address it serves the sites of `states.py`, each role signed in. A tall page is cut into columns, so that
its words can be read. What is printed is on sheets of its own (`--in paper`).
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Error, sync_playwright

from tests.browser.conftest import CALM, sign_in, where_chromium_is
from tests.browser.sheets import LOOKS, PAPER, Look, Sheets
from tests.browser.states import Site, sites

# Pictures and entries below the window too; what sticks to its foot goes where it belongs on a page seen as a whole.
STILL = """document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager');
document.querySelectorAll('.entry').forEach(entry => entry.style.contentVisibility = 'visible');
document.querySelectorAll('.acts, .send-bar').forEach(bar => bar.style.position = 'static')"""


def take(browser, site: Site, look: Look, sheets: Sheets) -> None:
    """Every page of every role of a site in one look."""
    for login, paths in site.pages.items():
        with _signed_in(browser, site, look, login) as page:
            asked = [path for path in paths if not path.startswith("/en/")]
            if look.english:
                asked = list(dict.fromkeys(f"/en{path.removeprefix('/en')}" for path in paths))
            for path in asked:
                label = f"{site.name} {login} {unquote(path)}".strip()
                sheets.add(label, _shot(page, path, whole=path == asked[0]))


def print_out(browser, site: Site, sheets: Sheets) -> None:
    """Every page that people print, as the sheets of paper that come out."""
    for login, paths in site.prints.items():
        with _signed_in(browser, site, PAPER, login) as page:
            for path in paths:
                page.goto(path)
                _wait(page)
                for number, sheet in enumerate(_sheets_of(page.pdf(prefer_css_page_size=True)), start=1):
                    sheets.add(f"{login} {unquote(path)}  {number}", sheet)


@contextlib.contextmanager
def _signed_in(browser, site: Site, look: Look, login: str):
    context = browser.new_context(
        base_url=site.base,
        viewport={"width": look.width, "height": 800},
        is_mobile=look.width < 400,
        has_touch=look.width < 400,
        color_scheme=look.scheme,
        reduced_motion="reduce",
        locale="en-GB" if look.english else "zh-CN",
    )
    page = context.new_page()
    if login:
        sign_in(page, login)
    if look.display:
        context.add_cookies([{"name": "display", "value": look.display, "url": site.base}])
    yield page
    context.close()


def _wait(page) -> None:
    with contextlib.suppress(Error):  # a page that goes on asking is taken as it stands
        page.wait_for_load_state("networkidle", timeout=3_000)
    page.evaluate(STILL)
    page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => 0)))")


def _shot(page, path: str, *, whole: bool) -> bytes:
    """The page down to its foot, which is the same everywhere; `whole` takes that as well."""
    page.goto(path)
    _wait(page)
    foot = page.evaluate("(document.querySelector('.colophon')?.offsetTop ?? 0)")
    if whole or not foot:
        return page.screenshot(full_page=True)
    size = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": foot}
    return page.screenshot(full_page=True, clip=size)


def _sheets_of(printed: bytes) -> list[bytes]:
    """Each page of a PDF as a picture, by poppler's `pdftoppm`."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", "60", "-png", "-", f"{folder}/page"]
        subprocess.run(command, input=printed, check=True)
        return [file.read_bytes() for file in sorted(Path(folder).iterdir())]


def _chosen(site: Site, parts: list[str]) -> Site:
    """The site with those pages alone in whose address, behind the name of the site, one of these stands."""

    def kept(pages: dict[str, list[str]]) -> dict[str, list[str]]:
        found = {
            login: [path for path in paths if not parts or any(part in site.name + path for part in parts)]
            for login, paths in pages.items()
        }
        return {login: paths for login, paths in found.items() if paths}

    return Site(name=site.name, base=site.base, pages=kept(site.pages), prints=kept(site.prints))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="shots", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="*", default=[], help="only sites and addresses in which one of these stands"
    )
    names = [look.name for look in (*LOOKS, PAPER)]
    parser.add_argument("--in", dest="looks", nargs="*", default=[], help="looks: " + " ".join(names))
    parser.add_argument("--into", type=Path, default=Path("instance/shots"), help="the folder of the sheets")
    parser.add_argument("--of", help="another site that is served already")
    parser.add_argument("paths", nargs="*", help="its pages")
    given = parser.parse_args()
    if unknown := sorted(set(given.looks) - set(names)):
        parser.error(f"no such look: {' '.join(unknown)}; there are {' '.join(names)}")
    return given


def main() -> None:
    """Take what was asked for."""
    given, found = _arguments(), where_chromium_is()
    if found is None:
        raise SystemExit("Chromium is not here: install your system's package `chromium`")
    given.into.mkdir(parents=True, exist_ok=True)
    own = Site(name="", base=given.of or "", pages={"": given.paths}, prints={"": given.paths})
    serve = contextlib.nullcontext([own]) if given.of else sites()
    with serve as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CALM)
        wanted = [_chosen(site, given.only) for site in served]
        for look in LOOKS:
            if not given.looks or look.name in given.looks:
                sheets = Sheets(look, given.into)
                for site in wanted:
                    take(browser, site, look, sheets)
                sheets.save()
        if not given.looks or PAPER.name in given.looks:
            if shutil.which("pdftoppm"):
                sheets = Sheets(PAPER, given.into)
                for site in wanted:
                    print_out(browser, site, sheets)
                sheets.save()
            else:
                print("no sheets of paper: install your system's package `poppler-utils`")
        browser.close()


if __name__ == "__main__":
    main()
