"""A few projects of the demonstration have views, so that there is something to compare on the first day."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.demo.calendar import adopted_at, tellings
from portal.demo.projects import projects
from portal.demo.staffing import demonstration_unit
from portal.demo.viewing import LEAST, VIEWED, making, pictured, viewed
from portal.rules.clock import SHANGHAI, day_of


@pytest.mark.parametrize("start", [(2026, 11, 24, 12), (2027, 1, 8, 10)], ids=["November", "January"])
def test_projects_with_views_are_few_and_pictured_in_every_report(start: tuple[int, ...]) -> None:
    now = dt.datetime(*start, tzinfo=SHANGHAI).astimezone(dt.UTC)  # type: ignore[misc,arg-type]
    specs = projects(day_of(now))
    home = demonstration_unit(specs, day_of(now))
    told = tellings(specs, now=now, home=home)
    chosen = viewed(specs, told, home=home)
    assert 1 <= len(chosen) <= VIEWED
    assert all(len(reports) >= LEAST for reports in chosen.values())
    after = pictured(told, chosen)
    assert all(telling.pictures for telling in after if telling.project in chosen)
    assert [t for t in after if t.project not in chosen] == [t for t in told if t.project not in chosen]
    for at, code in making(chosen, now=now):
        assert adopted_at(int(code[:4]), now=now) <= at < min(telling.at for telling in chosen[code])
