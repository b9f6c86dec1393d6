"""Where the real services of this run are. `make services` starts them and writes their addresses down."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

ADDRESSES = Path(__file__).parents[1] / ".services" / "addresses.json"


def address(variable: str) -> str | None:
    """The value of PORTAL_TEST_…: from the environment first, then from what `make services` wrote down."""
    if value := os.environ.get(variable):
        return value
    try:
        known = json.loads(ADDRESSES.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    found = known.get(variable)
    return found if isinstance(found, str) else None


def needs(variable: str) -> str:
    """The address of a service, or the test is skipped with words that say how to have it."""
    found = address(variable)
    if found is None:
        pytest.skip(f"{variable} is not set: start the services with `make services`")
    return found
