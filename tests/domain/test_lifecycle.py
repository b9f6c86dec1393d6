"""Every state × act of both lifecycles, against tables written down once more by hand."""

from __future__ import annotations

import itertools

import pytest

from portal.domain.errors import WrongState
from portal.domain.lifecycle import MATTER, REPORT, MatterAct, MatterState, ReportAct, ReportState

MATTER_MOVES = """
draft file filed
filed assign assigned
assigned accept accepted
accepted start in_progress
in_progress claim_completion completion_claimed
completion_claimed complete completed
completion_claimed return in_progress
completed close_out closed
completed return in_progress
closed archive archived
filed suspend suspended
assigned suspend suspended
accepted suspend suspended
in_progress suspend suspended
suspended resume in_progress
filed take_out withdrawn
assigned take_out withdrawn
accepted take_out withdrawn
in_progress take_out withdrawn
suspended take_out withdrawn
"""
REPORT_MOVES = """
draft save draft
draft submit submitted
draft discard discarded
submitted claim in_review
in_review claim in_review
in_review release submitted
in_review cover in_review
in_review publish published
in_review return returned
returned save returned
returned submit submitted
published correct published
published supersede superseded
published redact published
published withdraw withdrawn
"""


def moves(text: str) -> dict[tuple[str, str], str]:
    return {(state, act): to for state, act, to in (line.split() for line in text.strip().splitlines())}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(MatterState, MatterAct)))
def test_a_matter_moves_as_the_table_says_and_not_otherwise(state: MatterState, act: MatterAct) -> None:
    expected = moves(MATTER_MOVES).get((state.value, act.value))
    if expected is None:
        with pytest.raises(WrongState) as refusal:
            MATTER.next(state, act)
        assert refusal.value.facts == {"lifecycle": "matter", "state": state.value, "act": act.value}
    else:
        assert MATTER.next(state, act).value == expected


@pytest.mark.parametrize(("state", "act"), list(itertools.product(ReportState, ReportAct)))
def test_a_report_moves_as_the_table_says_and_not_otherwise(state: ReportState, act: ReportAct) -> None:
    expected = moves(REPORT_MOVES).get((state.value, act.value))
    if expected is None:
        with pytest.raises(WrongState):
            REPORT.next(state, act)
    else:
        assert REPORT.next(state, act).value == expected


@pytest.mark.parametrize("state", MatterState)
def test_the_acts_offered_in_a_state_are_those_that_exist_in_it(state: MatterState) -> None:
    assert [a.value for a in MATTER.acts(state)] == [a for (s, a) in moves(MATTER_MOVES) if s == state.value]


@pytest.mark.parametrize(
    "state",
    [
        ReportState.SUPERSEDED,
        ReportState.WITHDRAWN,
        ReportState.DISCARDED,
        MatterState.ARCHIVED,
        MatterState.WITHDRAWN,
    ],
)
def test_what_is_over_has_no_acts(state: ReportState | MatterState) -> None:
    lifecycle = REPORT if isinstance(state, ReportState) else MATTER
    assert lifecycle.acts(state) == []  # type: ignore[attr-defined]
