"""Leases: one process alone, until it lets go or falls silent."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.adapters.lease_table import LASTS, LeaseTable

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)


@pytest.fixture
def two(portal):
    return LeaseTable(portal.database, holder="a"), LeaseTable(portal.database, holder="b")


def test_only_one_of_two_processes_holds_a_lease_however_often_they_ask(two):
    first, second = two
    for seconds in range(60):
        now = NOW + dt.timedelta(seconds=seconds)
        assert first.hold("follow/search", now=now)
        assert not second.hold("follow/search", now=now)


def test_whoever_falls_silent_is_followed_by_the_next_and_does_not_get_it_back(two):
    first, second = two
    assert first.hold("follow/search", now=NOW)
    assert not second.hold("follow/search", now=NOW + LASTS - dt.timedelta(seconds=1))
    assert second.hold("follow/search", now=NOW + LASTS)
    assert not first.hold("follow/search", now=NOW + LASTS)


def test_a_lease_let_go_of_is_free_at_once(two):
    first, second = two
    assert first.hold("follow/search", now=NOW)
    first.release()
    assert second.hold("follow/search", now=NOW)
    first.release()  # what another process holds stays with it
    assert not first.hold("follow/search", now=NOW)


def test_leases_of_different_names_do_not_meet(two):
    first, second = two
    assert first.hold("follow/search", now=NOW)
    assert second.hold("follow/tiles", now=NOW)


def test_of_many_that_ask_at_once_one_gets_it(portal):
    many = [LeaseTable(portal.database, holder=str(n)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda each: each.hold("follow/search", now=NOW), many))
    assert got.count(True) == 1
