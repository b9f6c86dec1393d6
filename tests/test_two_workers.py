"""Two workers on one database: one of them follows the record, and the other when that one is gone."""

from __future__ import annotations

import dataclasses

from portal.adapters.lease_table import LASTS, LeaseTable
from portal.domain.progress import Verb
from portal.worker import run_once


def _other(portal):
    return dataclasses.replace(portal, leases=LeaseTable(portal.database, holder="another machine"))


def test_the_index_is_followed_by_one_worker_and_taken_over_when_it_dies(portal, district, clock):
    other = _other(portal)
    run_once(portal)
    at = portal.search.position()
    report = district.submitted(photos=0)
    district.decide(report, Verb.APPROVE)  # the first worker
    assert portal.search.position() > at
    portal.search.reset()
    run_once(other)
    assert portal.search.position() == -1  # not its business while the first one lives
    clock.forward(seconds=LASTS.total_seconds() + 1)
    run_once(other)
    assert portal.search.position() > at
    portal.search.reset()
    run_once(portal)
    assert portal.search.position() == -1


def test_a_worker_that_stops_in_order_leaves_its_place_at_once(portal, district):
    run_once(portal)
    portal.leases.release()
    portal.search.reset()
    run_once(_other(portal))
    assert portal.search.position() >= 0
