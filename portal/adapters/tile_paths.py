"""Which paths a tile store takes: those of the standard, and none that could lead out of its folder."""

from __future__ import annotations

import re

_PATH = re.compile(r"checkpoint|tile/[a-z0-9]+(?:/x\d{3})*/\d{3}(?:\.p/\d{1,3})?", re.ASCII)


def must_be_path(path: str) -> str:
    """The path. Raises `ValueError` for one that no tile store keeps."""
    if not _PATH.fullmatch(path):
        raise ValueError(f"not a path of the record's tiles: {path[:100]!r}")
    return path
