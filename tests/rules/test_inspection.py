"""The yearly inspection, indicator by indicator."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from portal.rules.inspection import Column, Facts, Part, Verdict, inspect

TODAY = dt.date(2026, 11, 24)
FORTNIGHT = dt.timedelta(days=14)
SAID = {
    "organiser": "区委督查室",
    "undertaker": "区信息中心",
    "address": "长堤路 1 号",
    "phone": "0000-0000 1234",
    "site_code": "3700000001",
    "icp": "鲁ICP备20260001号",
    "police": "鲁公网安备 37000002000001号",
    "party_mark": "https://bszs.conac.cn/x",
    "accessible_mark": "https://example.org/mark",
    "find_errors": "https://example.org/errors",
}
GOOD = Facts(
    on=TODAY,
    columns=(Column(name="进展", changed_on=TODAY, within=FORTNIGHT),),
    frozen=False,
    searched=True,
    domain="sunlight.example.gov.cn",
    https=True,
    said=SAID,
)


def verdicts(facts: Facts) -> dict[str, Verdict]:
    return {each.key: each.verdict for each in inspect(facts)}


def test_a_site_that_is_in_order_fails_nothing_and_leaves_to_people_what_is_theirs():
    found = verdicts(GOOD)
    look = {key for key, verdict in found.items() if verdict is Verdict.LOOK}
    assert look == {"safety", "reachable", "errors", "answers"}
    assert Verdict.FAILED not in found.values()


def test_those_that_fail_a_site_outright_come_first():
    parts = [each.part for each in inspect(GOOD)]
    assert parts == sorted(parts, key=[Part.VETO, Part.POINTS].index)


@pytest.mark.parametrize(("days", "verdict"), [(14, Verdict.MET), (15, Verdict.FAILED)])
def test_the_front_page_may_stand_still_for_two_weeks(days, verdict):
    column = Column(name="进展", changed_on=TODAY - dt.timedelta(days=days), within=None)
    assert verdicts(dataclasses.replace(GOOD, columns=(column,)))["front_page"] is verdict


@pytest.mark.parametrize(
    ("stale", "empty", "verdict"),
    [(0, 0, Verdict.MET), (4, 0, Verdict.LOOK), (5, 0, Verdict.FAILED), (0, 5, Verdict.FAILED)],
)
def test_five_columns_out_of_date_or_empty_fail(stale, empty, verdict):
    old = Column(name="旧", changed_on=TODAY - dt.timedelta(days=20), within=FORTNIGHT)
    none = Column(name="空", changed_on=None, within=FORTNIGHT)
    columns = (*GOOD.columns, *[old] * stale, *[none] * empty)
    assert verdicts(dataclasses.replace(GOOD, columns=columns))["columns"] is verdict


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"frozen": True}, "safety"),
        ({"searched": False}, "search"),
        ({"https": False}, "https"),
        ({"domain": "sunlight.example.org"}, "domain"),
        ({"said": SAID | {"icp": ""}}, "icp"),
        ({"said": SAID | {"police": "某公网安备 0号"}}, "police"),
        ({"said": SAID | {"site_code": "0000000000"}}, "site_code"),
        ({"said": SAID | {"phone": ""}}, "organiser"),
        ({"said": SAID | {"undertaker": ""}}, "undertaker"),
        ({"said": SAID | {"party_mark": ""}}, "party_mark"),
        ({"said": SAID | {"find_errors": ""}}, "find_errors"),
        ({"said": SAID | {"accessible_mark": ""}}, "accessible"),
    ],
)
def test_each_lack_fails_its_own_indicator(change, key):
    found = verdicts(dataclasses.replace(GOOD, **change))
    assert [each for each, verdict in found.items() if verdict is Verdict.FAILED] == [key]
