"""Collecting front-end packages: what pages use of `node_modules`, copied once, with its hashes."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

# package -> what pages load from it, each with the part it plays ("at need": by our own script, when the browser
# itself cannot); everything else stays behind.
KEPT: dict[str, dict[str, str]] = {
    "photoswipe": {
        "dist/photoswipe.css": "style",
        "dist/photoswipe.esm.min.js": "module",
        "LICENSE": "licence",
    },
    "tracking": {
        "build/tracking-min.js": "at need",
        "build/data/face-min.js": "at need",
        "LICENSE.md": "licence",
    },
    "leaflet": {"dist/leaflet.css": "style", "dist/leaflet.js": "module", "LICENSE": "licence"},
    "tus-js-client": {"dist/tus.min.js": "at need", "LICENSE": "licence"},
    "@noble/ed25519": {"index.js": "at need", "LICENSE": "licence"},
    "@noble/hashes": {
        "sha2.js": "at need",
        "_md.js": "at need",
        "_u64.js": "at need",
        "utils.js": "at need",
        "LICENSE": "licence",
    },
}
MANIFEST = "manifest.json"


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
