"""A holder of receipts before a portal that gives them."""

from __future__ import annotations

import pytest

from tests.receipts.holding import Holder, receipt_key
from tests.signed_record import keys  # noqa: F401 - a fixture


@pytest.fixture
def holder(portal, district, clock, keys, tmp_path, capsys) -> Holder:  # noqa: F811
    """A signed record, a portal that gives receipts, and a first look at it."""
    portal.receipt_key.keep(receipt_key())
    home = tmp_path / "home"
    home.mkdir()
    found = Holder(portal, district, clock, keys, home, capsys)
    found.work(seconds=0)
    return found
