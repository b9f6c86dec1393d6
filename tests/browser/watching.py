"""What is asked of every page in a browser: silence in the console, no axe violations, room, large targets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET = 44  # CSS pixels
NARROWEST = 320  # CSS pixels

# Whatever can be pressed and is neither within a sentence nor reached through a label that is large enough.
SMALL_TARGETS = """
(least) => {
  const said = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className} "${
    (one.getAttribute("aria-label") || one.innerText || one.value || one.name || "").trim().slice(0, 30)}" ${
    Math.round(one.getBoundingClientRect().width)}x${Math.round(one.getBoundingClientRect().height)}`;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().height > 1 && !one.closest(".visually-hidden, .skip");
  const sentence = (one) => {
    if (getComputedStyle(one).display !== "inline") return false;
    const block = one.parentElement.closest("p, dd, dt, li, td, th, small, label, summary, h1, h2, h3, h4, div");
    const words = (from) => from.nodeType === 3 ? from.data.trim() : from === one || from.matches?.("a, button, svg") ? "" : [...from.childNodes].map(words).join("");
    return words(block).length > 0;
  };
  const pressed = (one, x, y) => { const hit = document.elementFromPoint(x, y); return hit && (one.contains(hit) || hit.control === one); };
  const large = (one) => {
    const target = one.matches("input[type=checkbox], input[type=radio], input[type=file]") ? one.closest("label") ?? one : one;
    const box = target.getBoundingClientRect();
    if (box.height >= least - 0.5) return true;
    target.scrollIntoView({ block: "center", inline: "center" });
    const now = target.getBoundingClientRect(), x = now.left + now.width / 2, y = now.top + now.height / 2, far = least / 2 - 1;
    return pressed(target, x, y - far) && pressed(target, x, y + far);
  };
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")]
    .filter((one) => seen(one) && !sentence(one) && !large(one)).map(said);
}
"""

TOO_WIDE = """
(room) => document.documentElement.scrollWidth <= room ? [] : [`page is ${document.documentElement.scrollWidth} wide`,
  ...[...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 0.5)
    .slice(-4).map((one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className}`)]
"""


@dataclass
class Console:
    """What a page complained about. `expected`: parts of complaints that a test asked for."""

    expected: tuple[str, ...] = ()
    said: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.expected):
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds, each with the elements it means."""
    page.evaluate(axe)
    found = page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })"
        ".then(({ violations }) => violations.map(({ id, help, nodes }) =>"
        " ({ id, help, at: nodes.slice(0, 4).map((n) => [n.target.join(' '), n.any[0]?.message ?? '']) })))",
        TAGS,
    )
    return [f"{one['id']}: {one['help']} {json.dumps(one['at'], ensure_ascii=False)}" for one in found]


def small_targets(page: Page) -> list[str]:
    """Controls that a thumb would miss."""
    return page.evaluate(SMALL_TARGETS, TARGET)


def too_wide(page: Page) -> list[str]:
    """What makes a page scroll sideways on the narrowest phone. Leaves the page as wide as it was."""
    size = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    found: list[str] = page.evaluate(TOO_WIDE, NARROWEST)
    page.set_viewport_size(size)
    return found


def axe_source(root: Path) -> str | None:
    """The checker's own text, if it was fetched."""
    path = root / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8") if path.exists() else None
