"""Front-end packages that pages may use: copied from `node_modules` once, linked with their hashes.

Everything works without them. Before `make assets` has run, `Vendor.tags` answers with nothing and pages
fall back to plain links and forms.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

# package -> what pages load from it, each with the part it plays; everything else stays behind.
KEPT: dict[str, dict[str, str]] = {
    "photoswipe": {
        "dist/photoswipe.css": "style",
        "dist/photoswipe.esm.min.js": "module",
        "LICENSE": "licence",
    },
}
MANIFEST = "manifest.json"

_STYLE = Markup('<link rel="stylesheet" href="{url}" integrity="{integrity}">')
_MODULE = Markup('<link rel="modulepreload" href="{url}" integrity="{integrity}" data-vendor="{package}">')


class AssetMissing(LookupError):
    """A package, or a file of it, is not where npm should have put it."""


def integrity(content: bytes) -> str:
    """The subresource integrity of a file: `sha384-` and the digest in base64."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def collect(node_modules: Path, target: Path) -> list[str]:
    """Copy what pages use from `node_modules` into `target`, with a manifest; answer the paths copied.

    The folder is replaced as a whole. Raises `AssetMissing`, naming the file and the cure, and changes
    nothing then.
    """
    found: dict[str, list[dict[str, str]]] = {}
    contents: dict[str, bytes] = {}
    for package, files in KEPT.items():
        found[package] = []
        for name, part in files.items():
            source = node_modules / package / name
            if not source.is_file():
                raise AssetMissing(f"{source} is missing: run `npm ci --ignore-scripts` and try again")
            path = f"{package}/{Path(name).name}"
            contents[path] = source.read_bytes()
            found[package].append({"path": path, "part": part, "integrity": integrity(contents[path])})
    shutil.rmtree(target, ignore_errors=True)
    for path, content in contents.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(content)
    (target / MANIFEST).write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return sorted(contents)


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
            self._tag(name, entry) for entry in self._packages.get(name, []) if entry["part"] != "licence"
        )

    def _tag(self, package: str, entry: dict[str, str]) -> Markup:
        tag = _STYLE if entry["part"] == "style" else _MODULE
        return tag.format(
            url=self._url("vendor/" + entry["path"]), integrity=entry["integrity"], package=package
        )
