"""A month's root in a terminal, and from the words on paper back to what a log had."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.record.paper import CHINESE, ENGLISH, words_of
from portal.worker import run_once
from tests.buckets import needs_folder
from tests.signed_record import given, publish


@pytest.fixture
def signed(portal, run, clock):
    """A record of 300 entries, signed in January with keys that `portal init` has made."""
    assert run("init").code == 0
    clock.at = dt.datetime(2026, 1, 10, 4, tzinfo=dt.UTC)  # in a month that is over wherever this runs
    publish(portal, 300)
    run_once(portal)
    return portal


def test_a_month_is_printed_in_words_and_as_a_code(signed, run):
    told = given(signed, signed.signing_key.read())
    printed = run("record", "paper", "2026-01")
    assert printed.code == 0
    assert f"{told.size} entries, signed 2026-01-10 12:00" in printed.out
    assert told.root.hex() in printed.out
    for tongue in (CHINESE, ENGLISH):
        assert " ".join(words_of(told.root, tongue)[:6]) in printed.out
    assert "▀" in printed.out


def test_a_month_that_is_not_over_says_when_its_root_comes(signed, run):
    assert "it comes at 2099-02-01 00:00" in run("record", "paper", "2099-01").err


def test_a_month_before_the_first_signature_has_nothing(signed, run):
    assert "nothing was signed before 2020-01 ended" in run("record", "paper", "2020-01").err


@pytest.mark.parametrize("words", [["record", "paper"], ["record", "paper", "2026-10", "--words", "x", "--size", "1"],
                                   ["record", "paper", "--words", "x"]])  # fmt: skip
def test_it_takes_a_month_or_words_with_a_size(run, words):
    assert run(*words).code != 0


def test_what_is_no_month_is_said(run, signed):
    assert "is no month" in run("record", "paper", "october").err


@pytest.mark.parametrize("tongue", [CHINESE, ENGLISH])
def test_words_from_paper_are_a_root_that_the_log_had(signed, run, tongue):
    told = given(signed, signed.signing_key.read())
    words = " ".join(words_of(told.root, tongue))
    found = run("record", "paper", "--words", words, "--size", str(told.size))
    assert found.code == 0
    assert f"had this root at {told.size} entries" in found.out
    publish(signed, 5, first=300)
    run_once(signed)
    assert run("record", "paper", "--words", words, "--size", str(told.size)).code == 0
    other = run("record", "paper", "--words", words, "--size", str(told.size + 1))
    assert other.code == 1
    assert "another root" in other.err


@needs_folder
def test_words_are_compared_with_a_mirror(signed, run, tmp_path):
    keys = signed.signing_key.read()
    told = given(signed, keys)
    words = " ".join(words_of(told.root, CHINESE))
    lines = [word for key in keys.public for word in ("--key", key.line)]
    place = ["--log", str(tmp_path / "uploads" / "record")]
    asked = ["record", "paper", "--words", words, "--size", str(told.size)]
    assert run(*asked, *place, *lines).code == 0
    assert run(*asked, *place).code != 0  # whose key?
