"""The story of the district, on whatever day the demonstration is begun: nothing in it is still to come."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.demo.calendar import adopted_at, steps, tellings
from portal.demo.projects import projects
from portal.demo.staffing import demonstration_unit
from portal.domain.lifecycle import MATTER, MatterAct, MatterState
from portal.rules.clock import SHANGHAI, day_of

STARTS = [
    dt.datetime(*start, tzinfo=SHANGHAI)
    for start in (
        (2027, 1, 1, 0, 5),
        (2027, 1, 3, 12, 0),
        (2027, 1, 7, 23, 59),
        (2027, 1, 8, 9, 30),
        (2027, 1, 11, 8, 0),
        (2027, 1, 20, 12, 0),
        (2026, 11, 24, 12, 0),
        (2026, 12, 31, 23, 50),
        (2028, 2, 29, 7, 0),
    )
]


@pytest.fixture(params=STARTS, ids=lambda start: f"{start:%Y-%m-%d %H:%M}")
def now(request: pytest.FixtureRequest) -> dt.datetime:
    return request.param.astimezone(dt.UTC)


@pytest.fixture
def specs(now):
    return projects(day_of(now))


def test_every_plan_is_adopted_before_anything_of_it_happens_and_nothing_happens_in_the_future(specs, now):
    happened = [(at, code) for at, code, _act in steps(specs, now=now)]
    home = demonstration_unit(specs, day_of(now))
    happened += [(telling.at, telling.project) for telling in tellings(specs, now=now, home=home)]
    assert len(happened) > 500
    for year in {spec.code[:4] for spec in specs}:
        adopted = adopted_at(int(year), now=now)
        assert adopted < now
        assert adopted < min((at for at, code in happened if code.startswith(year)), default=now)
    assert max(at for at, _code in happened) < now


def test_every_project_goes_its_way_and_the_one_finished_last_waits_for_its_check(specs, now):
    states = {spec.code: MatterState.ASSIGNED for spec in specs}
    for _at, code, act in sorted(steps(specs, now=now)):
        states[code] = MATTER.next(states[code], act)
    waiting = [code for code, state in states.items() if state is MatterState.COMPLETION_CLAIMED]
    claimed = {code: at for at, code, act in steps(specs, now=now) if act is MatterAct.CLAIM_COMPLETION}
    assert waiting
    assert max(claimed, key=lambda code: claimed[code]) in waiting
