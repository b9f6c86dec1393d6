"""Every page as it looks, on contact sheets to be looked at: `make shots`, or

    python -m tests.browser.shots [--only PART …] [--in 360-dark …] [--into FOLDER]
    python -m tests.browser.shots --of http://127.0.0.1:8000 / /projects …

Without an address it serves the district of the browser tests, in which a report stands in every state, and takes the
pages of `test_accessible.py`, each role signed in. A tall page is cut into columns, so that its words can be read.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Error, sync_playwright

from portal.adapters import schema
from portal.database import Database
from tests.browser.conftest import CALM, serving, sign_in, where_chromium_is
from tests.browser.test_accessible import PAGES, facts_of

TALL, GAP, LABEL = 1480, 12, 20  # pixels of a column, between columns, of the words above it
# Pictures below the window too; what sticks to its foot goes where it belongs on a page seen as a whole.
STILL = """document.querySelectorAll('img[loading=lazy]').forEach(image => image.loading = 'eager');
document.querySelectorAll('.acts, .send-bar').forEach(bar => bar.style.position = 'static')"""
GROUND, WORDS = "#777777", "#ffffff"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One way of seeing a page. scale: how much of its size is kept on the sheet; columns: on one sheet."""

    name: str
    width: int
    scale: float
    columns: int
    scheme: str = "light"
    display: str = ""
    english: bool = False


PHONE = {"width": 360, "scale": 1.0, "columns": 4}
TABLET = {"width": 768, "scale": 0.64, "columns": 3}
DESK = {"width": 1280, "scale": 0.6, "columns": 2}
LOOKS = [
    Look(name=f"{size['width']}-{name}", **size, **more)
    for size in (PHONE, DESK, TABLET)
    for name, more in (
        ("light", {}),
        ("dark", {"scheme": "dark"}),
        ("large", {"display": "elder"}),
        ("english", {"english": True}),
    )
]


class Sheets:
    """Puts columns beside each other and saves a sheet when it is full."""

    def __init__(self, look: Look, folder: Path) -> None:
        self.look, self.folder, self.number, self.columns = look, folder, 0, []

    def add(self, label: str, shot: bytes) -> None:
        """A page: as many columns as it is tall."""
        picture = Image.open(io.BytesIO(shot)).convert("RGB")
        if self.look.scale != 1:
            picture = picture.resize([round(side * self.look.scale) for side in picture.size], Image.LANCZOS)
        for top in range(0, picture.height, TALL):
            piece = picture.crop((0, top, picture.width, min(top + TALL, picture.height)))
            self.columns.append((label if not top else f"{label}  +{top}", piece))
            if len(self.columns) == self.look.columns:
                self.save()

    def save(self) -> None:
        """Write what is there."""
        if not self.columns:
            return
        self.number += 1
        step = round(self.look.width * self.look.scale) + GAP
        sheet = Image.new("RGB", (step * self.look.columns, TALL + LABEL), GROUND)
        pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
        for place, (label, piece) in enumerate(self.columns):
            pen.text((place * step + 2, 2), label[-60:], fill=WORDS, font=font)
            sheet.paste(piece, (place * step, LABEL))
        sheet.save(self.folder / f"{self.look.name}-{self.number:02}.png")
        self.columns = []


def take(browser, base: str, look: Look, pages: dict[str, list[str]], folder: Path) -> None:
    """Every page of every role in one look."""
    sheets = Sheets(look, folder)
    for login, paths in pages.items():
        context = browser.new_context(
            base_url=base,
            viewport={"width": look.width, "height": 800},
            is_mobile=look.width < 700,
            has_touch=look.width < 700,
            color_scheme=look.scheme,
            reduced_motion="reduce",
        )
        page = context.new_page()
        if login:
            sign_in(page, login)
        if look.display:
            context.add_cookies([{"name": "display", "value": look.display, "url": base}])
        for path in paths:
            asked = "/en" + path if look.english and not path.startswith("/en/") else path
            if look.english or not path.startswith("/en/"):
                sheets.add(f"{login} {quote(asked, safe='/?&=')}", _shot(page, asked, whole=path == paths[0]))
        context.close()
    sheets.save()


def _shot(page, path: str, *, whole: bool) -> bytes:
    """The page down to its foot, which is the same everywhere; `whole` takes that as well."""
    page.goto(path)
    with contextlib.suppress(Error):  # a page that goes on asking is taken as it stands
        page.wait_for_load_state("networkidle", timeout=3_000)
    page.evaluate(STILL)
    page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => 0)))")
    foot = page.evaluate("(document.querySelector('.colophon')?.offsetTop ?? 0)")
    if whole or not foot:
        return page.screenshot(full_page=True)
    size = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": foot}
    return page.screenshot(full_page=True, clip=size)


@contextlib.contextmanager
def district():
    """The browser tests' district, and its pages by role."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = Database(f"sqlite:///{home / 'portal.sqlite'}")
        schema.upgrade(database)
        database.close()
        with serving(home) as live:
            facts = facts_of(live)
            yield (
                live.base,
                {
                    login: [path.format(**facts) for path in dict.fromkeys(paths.split())]
                    for login, paths in PAGES.items()
                },
            )


def _chosen(pages: dict[str, list[str]], parts: list[str]) -> dict[str, list[str]]:
    """The roles that have pages with one of these in their address, with those pages."""
    kept = {
        login: [path for path in paths if not parts or any(part in path for part in parts)]
        for login, paths in pages.items()
    }
    return {login: paths for login, paths in kept.items() if paths}


def main() -> None:
    """Take what was asked for."""
    parser = argparse.ArgumentParser(prog="shots", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="only addresses in which one of these stands")
    parser.add_argument(
        "--in", dest="looks", nargs="*", default=[], help="looks: " + " ".join(look.name for look in LOOKS)
    )
    parser.add_argument("--into", type=Path, default=Path("instance/shots"), help="the folder of the sheets")
    parser.add_argument("--of", help="another site that is served already")
    parser.add_argument("paths", nargs="*", help="its pages")
    given = parser.parse_args()
    found = where_chromium_is()
    if found is None:
        raise SystemExit("Chromium is not here: install your system's package `chromium`")
    given.into.mkdir(parents=True, exist_ok=True)
    site = contextlib.nullcontext((given.of, {"": given.paths})) if given.of else district()
    with site as (base, pages), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CALM)
        wanted = _chosen(pages, given.only)
        for look in LOOKS:
            if not given.looks or look.name in given.looks:
                take(browser, base, look, wanted, given.into)
        browser.close()


if __name__ == "__main__":
    main()
