"""Canonical documents and commitments (RFC 8785 for our closed vocabulary).

A document holds objects with ASCII keys, lists, strings in NFC, whole numbers and booleans; nothing is
null, nothing is a fraction (decimals are strings). So its bytes are the same in every language.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import Any

OPENING = b"sunlight/opening/v1\n"
SEAL = b"sunlight/original/v1\n"
LARGEST = 2**53 - 1


def normal(value: Any, path: str = "$") -> Any:
    """The value as a document may hold it. Raises `ValueError` naming the place that may not be."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(f"{path}: a number beyond 2^53")
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [normal(each, f"{path}[{i}]") for i, each in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or not key.isascii():
                raise ValueError(f"{path}: the key {key!r} is not ASCII")
        return {key: normal(value[key], f"{path}.{key}") for key in sorted(value)}
    raise ValueError(f"{path}: a document cannot hold {type(value).__name__}")


def canonical(document: Any) -> bytes:
    """The one byte string of a document. Raises `ValueError` for what a document may not hold."""
    return json.dumps(normal(document), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def commitment(salt: bytes, document: bytes) -> str:
    """Hex SHA-256 that fixes a document without telling it. `salt` has 32 bytes."""
    return hashlib.sha256(OPENING + salt + document).hexdigest()


def opens(salt: str, document: str, commit: str) -> bool:
    """Whether a salt, in hex, and a document are what was committed to; False for what is no salt."""
    try:
        return commitment(bytes.fromhex(salt), document.encode()) == commit
    except ValueError:
        return False


def seal(salt: bytes, original_sha256: str) -> str:
    """Hex commitment to a sealed original: provable later to whoever may see it, and to nobody else."""
    return hashlib.sha256(SEAL + salt + bytes.fromhex(original_sha256)).hexdigest()
