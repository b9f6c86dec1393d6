"""Front-end packages that pages may use: copied from `node_modules` once, linked with their hashes.

Everything works without them. Before `make assets` has run, `Vendor.tags` answers with nothing and pages
fall back to plain links and forms.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from portal.adapters.front_end import KEPT, MANIFEST

_STYLE = Markup('<link rel="stylesheet" href="{url}" integrity="{integrity}">')
_MODULE = Markup('<link rel="modulepreload" href="{url}" integrity="{integrity}" data-vendor="{package}">')
_LATER = Markup('<template data-vendor="{package}">{tags}</template>')  # nothing in it is fetched by itself
_TAGS = {"style": _STYLE, "module": _MODULE}


class Vendor:
    """Knows which packages were collected into a folder and writes the tags that load them."""

    def __init__(self, folder: Path, *, url: Callable[[str], str]) -> None:
        """`folder` is what `collect` filled; `url` turns `vendor/<path>` into a public address."""
        self._url = url
        manifest = folder / MANIFEST
        self._packages: dict[str, list[dict[str, str]]] = (
            json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        )

    def tags(self, name: str) -> Markup:
        """The tags that load a package, or nothing when it was never collected.

        Modules are preloaded under the name of their package and started by our own script at need.
        Raises `KeyError` for a package that no page may use.
        """
        if name not in KEPT:
            raise KeyError(name)
        return Markup("\n").join(
            self._tag(name, entry) for entry in self._packages.get(name, []) if entry["part"] in _TAGS
        )

    def later(self, name: str) -> Markup:
        """The same tags where our own script finds them, to be used once the page stands: on a slow line, what only a
        tap needs would keep the first words waiting. Nothing when the package was never collected."""
        tags = self.tags(name)
        return _LATER.format(package=name, tags=tags) if tags else tags

    def address(self, package: str, name: str) -> str:
        """Where our own script finds a file of a package at need; "" when it was never collected."""
        path = f"{package}/{name}"
        collected = any(entry["path"] == path for entry in self._packages.get(package, []))
        return self._url(f"vendor/{path}") if collected else ""

    def _tag(self, package: str, entry: dict[str, str]) -> Markup:
        return _TAGS[entry["part"]].format(
            url=self._url("vendor/" + entry["path"]), integrity=entry["integrity"], package=package
        )
