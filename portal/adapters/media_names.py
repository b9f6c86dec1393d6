"""What a stored file is called: `<sha256 of its content>.<ext>`."""

from __future__ import annotations

import re

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,5}")


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def digest_in(name: str) -> str:
    """The digest in a name. Raises `ValueError` for a name that is not `<sha256>.<ext>`."""
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(f"not the name of a stored file: {name[:100]!r}")
    return found[1]
