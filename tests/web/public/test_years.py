"""A project with years of reports: the newest at once, every year at an address of its own, nothing lost between."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from portal.record import log
from portal.record.shelf import Shelf
from portal.rules.numbers import report_item
from portal.web.public.timeline import AT_ONCE
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict

YEARS = ("2024", "2025", "2026")


@pytest.fixture
def many(portal: Portal, district: SmallDistrict) -> list[str]:
    """Three years of reports of the first project, two a month, oldest first. Their numbers."""
    first = district.published(photos=1)
    with portal.database.reading() as session:
        shown = Shelf(session).get(report_item(first))
    assert shown is not None
    numbers = []
    with portal.database.writing() as session:
        for year in YEARS:
            for month in range(1, 12):
                for half in (1, 2):
                    number = f"2019-{len(numbers):06d}"
                    said = {
                        "number": number,
                        "month": f"{year}-{month:02d}",
                        "dated": f"{year}-{month:02d}-11",
                    }
                    document = shown.document | said | {"done": f"{year} 年 {month} 月第 {half} 次。"}
                    told = log.Disclosed(item=report_item(number), kind="report", document=document)
                    log.publish(session, told, at=portal.now() + dt.timedelta(minutes=len(numbers)))
                    numbers.append(number)
    portal.now.forward(days=1)  # type: ignore[attr-defined]
    return [*numbers, first]


def reports_in(page: str) -> list[str]:
    return re.findall(r'href="/reports/(\d{4}-\d{6})"', page)


def test_the_newest_months_stand_whole_and_the_others_are_linked(visitor: Browser, many: list[str]) -> None:
    page = visitor.get("/projects/2026-001").text
    shown = set(reports_in(page))
    assert AT_ONCE <= len(shown) <= AT_ONCE + 2
    assert shown == set(many[-len(shown) :])
    assert 'id="m2024-05" href="/projects/2026-001?year=2024#m2024-05"' in page


def test_every_report_is_told_by_its_year_newest_first(visitor: Browser, many: list[str]) -> None:
    told: list[str] = []
    for year in reversed(YEARS):
        page = visitor.get(f"/projects/2026-001?year={year}").text
        evidence = page[page.index('id="evidence"') : page.index('id="chain"')]
        assert f'id="m{year}-05"' in evidence
        told += list(dict.fromkeys(reports_in(evidence)))
    assert sorted(told) == sorted(many)
    assert sorted(told, reverse=True)[1:] == [number for number in told if number != many[-1]]


def test_a_month_elsewhere_leads_to_where_it_is_told(visitor: Browser, many: list[str]) -> None:
    page = visitor.get("/projects/2026-001").text
    for address, mark in re.findall(r'id="m[\d-]+" href="([^"#]+)#(m[\d-]+)"', page):
        assert f'<h3 id="{mark}">' in visitor.get(address).text


def test_the_page_does_not_grow_with_the_years(visitor: Browser, many: list[str]) -> None:
    sizes = [len(visitor.get(f"/projects/2026-001?year={year}").data) for year in YEARS]
    assert len(visitor.get("/projects/2026-001").data) < 2 * min(sizes)


def test_a_past_day_stays_asked_for_on_every_year(visitor: Browser, many: list[str], portal: Portal) -> None:
    yesterday = (portal.now() - dt.timedelta(days=1)).date().isoformat()
    page = visitor.get(f"/projects/2026-001?as_of={yesterday}").text
    assert f"?year=2024&amp;as_of={yesterday}#m2024-05" in page


@pytest.mark.parametrize("year", ["2001", "2101", "20", "oops", "2024-05"])
def test_a_year_without_the_work_is_not_found(visitor: Browser, many: list[str], year: str) -> None:
    assert visitor.get(f"/projects/2026-001?year={year}").status_code == 404
