"""Where the windows lie in a copy, and how its pages refer to each other.

Every link is relative, so a copy works in any folder of any server. What a plain server cannot do (search, choosing a
day, signing in) leads to one page that says so.
"""

from __future__ import annotations

import html
import posixpath
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

STATE = ".copied.jsonl"
LEFT_OUT = frozenset({"archive", "changes", "desk", "account", "display", "healthz", "readyz"})
LEFT_OUT_ENDINGS = ("/changes", "/dossier.zip", "/record/receipt")
# What a page may be asked for in its address: a part of it, or one narrowing of a list.
PARTS = frozenset({"page", "year", "before", "version"})
NARROW = frozenset({"lamp", "kind", "category", "town", "unit", "state"})
FIRST = ("/", "/robots.txt", "/sitemap.xml", "/feeds/latest.atom", "/record/checkpoint", "/record/root.json",
         "/record/keys.json", "/record/verify.py", "/record/verify_receipt.py")  # fmt: skip
_NAMED = re.compile(r'\b(href|src|action|poster)="(/[^"]*)"')
_CHOSEN = re.compile(r'\bsrcset="([^"]*)"')


def first_addresses() -> list[str]:
    """Where the copying begins: everything else is found from here."""
    return [*FIRST, "/en/", "/en/feeds/latest.atom"]


def apart(address: str) -> tuple[str, str, dict[str, str]]:
    """The language prefix (`/en` or nothing), the path behind it, and what is asked for."""
    found = urlsplit(address)
    path = unquote(found.path)
    english = path == "/en" or path.startswith("/en/")
    asked = dict(parse_qsl(found.query, keep_blank_values=True))
    return ("/en", path[3:] or "/", asked) if english else ("", path, asked)


def place_of(address: str) -> str | None:
    """The file, below the folder of a copy, in which an address of ours lies; None when it is left out."""
    language, path, asked = apart(address)
    top, name = path[1:].partition("/")[0], path.rpartition("/")[2]
    if top in ("static", "media"):
        return path[1:]
    if top in LEFT_OUT or path.endswith(LEFT_OUT_ENDINGS) or not _is_copied(asked):
        return None
    if "." in name or path == "/record/checkpoint":
        return f"{language}{path}"[1:] if not asked else None
    part = "".join(f"_{key}-{value.replace('/', '_')}/" for key, value in sorted(asked.items()))
    folder = f"{language}{path}".strip("/")
    return posixpath.join(folder, f"{part}index.html")


def _is_copied(asked: dict[str, str]) -> bool:
    narrow = asked.keys() - PARTS
    return len(narrow) <= 1 and narrow <= NARROW and all(asked.values())


def not_here(language: str) -> str:
    """The page that says what a copy cannot do."""
    return f"{language}/not-in-this-copy/index.html".strip("/")


def addresses_in(page: str) -> set[str]:
    """Every address of ours that a page names, without the place within it."""
    named = [html.unescape(value) for _name, value in _NAMED.findall(page)]
    named += [part.split()[0] for given in _CHOSEN.findall(page) for part in given.split(",") if part.strip()]
    return {
        address.partition("#")[0]
        for address in named
        if address.startswith("/") and not address.startswith("//")
    }


def rewritten(page: str, *, at: str, language: str) -> str:
    """A page with its links as they are in a copy. at: the file it will lie in."""

    def link(found: re.Match[str]) -> str:
        name, value = found[1], html.unescape(found[2])
        if name == "action":
            return f'{name}="{html.escape(_way(at, not_here(language)))}"'
        return f'{name}="{html.escape(_link(value, at, language))}"'

    def chosen(found: re.Match[str]) -> str:
        parts = [part.strip().split(" ", 1) for part in found[1].split(",")]
        told = [" ".join([_link(address, at, language), *width]) for address, *width in parts]
        return f'srcset="{", ".join(told)}"'

    return _CHOSEN.sub(chosen, _NAMED.sub(link, page))


def _link(address: str, at: str, language: str) -> str:
    if not address.startswith("/") or address.startswith("//"):
        return address
    whole, sign, mark = address.partition("#")
    place = place_of(whole)
    if place is None:
        return _way(at, not_here(language))
    version = f"?{urlsplit(whole).query}" if place.startswith("static/") and "?v=" in whole else ""
    return _way(at, place) + version + sign + mark


def _way(at: str, to: str) -> str:
    return quote(posixpath.relpath(to, posixpath.dirname(at) or "."), safe="/+~:@=,-_.")
