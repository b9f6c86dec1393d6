"""The yearly inspection of government sites, as far as a site can tell by itself.

Source: 政府网站与政务新媒体检查指标 (国办秘函〔2019〕19号), whose first part fails a site outright 单项否决 and whose
second takes points off; labels and domain also 政府网站发展指引 (国办发〔2017〕47号). The days below are the ones
that offices quote in their published quarterly self-checks. What only a person can judge is said to be that, and is
never passed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

FRONT_PAGE = dt.timedelta(days=14)  # 首页不更新
NEWS = dt.timedelta(days=14)  # 动态、要闻类栏目
NOTICES = dt.timedelta(days=183)  # 通知公告、政策文件类栏目: six months
STALE_COLUMNS, EMPTY_COLUMNS = 5, 5
INDICATORS, GUIDELINES = "国办秘函〔2019〕19号", "国办发〔2017〕47号"
OWN = ""  # not asked for by name there, and as useful
SITE_CODE = re.compile(r"[a-z]{0,2}\d{8,10}")


class Verdict(StrEnum):
    MET = "met"
    FAILED = "failed"
    LOOK = "look"  # a person has to look


class Part(StrEnum):
    VETO = "veto"
    POINTS = "points"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the site: when it last changed, None when it is empty; within: how often it has to."""

    name: str
    changed_on: dt.date | None
    within: dt.timedelta | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known without asking anybody: from the record, the index and the settings."""

    on: dt.date
    columns: tuple[Column, ...]
    frozen: bool
    searched: bool
    domain: str
    https: bool
    said: Mapping[str, str]  # footer facts by the name of their setting
    failed_jobs: int = 0


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One indicator: which, whether it is met, and the facts that say so."""

    key: str
    part: Part
    verdict: Verdict
    source: str
    facts: Mapping[str, object] = field(default_factory=dict)


def inspect(facts: Facts) -> list[Finding]:
    """Every indicator, those that fail a site outright first."""
    return [*_vetoes(facts), *_points(facts)]


def _vetoes(facts: Facts) -> Iterator[Finding]:
    def finding(key: str, verdict: Verdict, **more: object) -> Finding:
        return Finding(key=key, part=Part.VETO, verdict=verdict, source=INDICATORS, facts=more)

    yield finding("safety", Verdict.FAILED if facts.frozen else Verdict.LOOK)
    yield finding("reachable", Verdict.LOOK, jobs=facts.failed_jobs)
    newest = max((c.changed_on for c in facts.columns if c.changed_on), default=None)
    fresh = newest is not None and facts.on - newest <= FRONT_PAGE
    yield finding("front_page", _met(fresh), newest=newest, days=FRONT_PAGE.days)
    stale = [
        c.name for c in facts.columns if c.changed_on and c.within and facts.on - c.changed_on > c.within
    ]
    empty = [c.name for c in facts.columns if c.changed_on is None]
    enough = len(stale) < STALE_COLUMNS and len(empty) < EMPTY_COLUMNS
    shown = Verdict.LOOK if enough and (stale or empty) else _met(enough)
    yield finding("columns", shown, stale=stale, empty=empty)
    yield finding("errors", Verdict.LOOK)
    yield finding("answers", Verdict.LOOK, phone=facts.said["phone"])


def _points(facts: Facts) -> Iterator[Finding]:
    def finding(key: str, met: bool, source: str = GUIDELINES, **more: object) -> Finding:
        return Finding(key=key, part=Part.POINTS, verdict=_met(met), source=source, facts=more)

    said = facts.said
    yield finding("domain", facts.domain.endswith(".gov.cn"), domain=facts.domain)
    yield finding("https", facts.https, OWN)
    code = said["site_code"]
    yield finding("site_code", bool(SITE_CODE.fullmatch(code) and code.strip("0")), value=code)
    for name in ("icp", "police"):
        yield finding(name, bool(said[name]) and not said[name].startswith("某"), value=said[name])
    yield finding("organiser", bool(said["organiser"] and said["address"] and said["phone"]))
    yield finding("undertaker", bool(said["undertaker"]))
    yield finding("party_mark", bool(said["party_mark"]))
    yield finding("find_errors", bool(said["find_errors"]))
    yield finding("accessible", bool(said["accessible_mark"]), INDICATORS)
    yield finding("search", facts.searched, INDICATORS)
    yield finding("labels", True)
    yield finding("links", True, INDICATORS)


def _met(met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.FAILED
