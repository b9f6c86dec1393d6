"""Which checkpoint a proof ends in for ever."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.record.signed import first_with
from portal.record.tables import SignedCheckpoint

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize("sizes", [[], [1], [7], [3, 3, 3], [1, 2, 4, 4, 4, 9, 10, 10, 31]])
def test_the_first_checkpoint_with_an_entry_is_found_by_its_number(portal, sizes):
    with portal.database.writing() as session:
        for number, size in enumerate(sizes, start=1):
            session.add(SignedCheckpoint(id=number, size=size, root="", at=AT, note=""))
        session.flush()
        for seq in range(33):
            found = first_with(session, seq)
            expected = next((number for number, size in enumerate(sizes, start=1) if size > seq), None)
            assert (None if found is None else found.id) == expected, seq
        session.rollback()
