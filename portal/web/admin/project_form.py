"""The project form: what was typed, and what it means. Nothing typed is ever lost."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.errors import Invalid, Problem
from portal.domain.organisation import Person, Unit
from portal.domain.plan import Project, ProjectKind
from portal.domain.project_facts import MilestoneFacts, ProjectFacts, check_project
from portal.web.admin.asking import number_typed

PLAIN = (
    "kind",
    "name",
    "content",
    "category",
    "town",
    "place",
    "lon",
    "lat",
    "investment_wan",
    "start_on",
    "due_on",
)
NAMED = ("leader", "unit", "person")
MOST_MILESTONES = 24


@dataclass(frozen=True)
class Step:
    """One row of the form: a milestone as typed."""

    name: str = ""
    target: str = ""
    due: str = ""
    percent: str = ""

    @property
    def blank(self) -> bool:
        return not any((self.name.strip(), self.target.strip(), self.due.strip(), self.percent.strip()))


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The form as typed. `named` holds lists, because a form that names two leaders has to be told so."""

    plain: dict[str, str] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    steps: tuple[Step, ...] = (Step(), Step(), Step())
    reason: str = ""

    def with_steps(self, act: str) -> Typed:
        """One more row, or one row less (`drop-row:3`, counted from 0)."""
        if act == "add-row" and len(self.steps) < MOST_MILESTONES:
            return replace(self, steps=(*self.steps, Step()))
        place = number_typed(act.removeprefix("drop-row:"))
        return replace(self, steps=tuple(s for at, s in enumerate(self.steps) if at != place))


def typed_in(form: Any) -> Typed:
    """What a posted form says."""
    columns = (form.getlist(name) for name in ("m_name", "m_target", "m_due", "m_percent"))
    steps = tuple(Step(*row) for row in zip_longest(*columns, fillvalue=""))
    return Typed(
        plain={name: form.get(name, "") for name in PLAIN},
        named={name: [value for value in form.getlist(name) if value] for name in NAMED},
        steps=steps[:MOST_MILESTONES],
        reason=form.get("reason", ""),
    )


def as_typed(project: Project) -> Typed:
    """A project as the form would have it typed."""
    plain = {name: "" if (value := getattr(project, name, "")) is None else str(value) for name in PLAIN}
    link = project.responsible
    return Typed(
        plain={**plain, "kind": project.kind.value, "town": str(project.town_id)},
        named={"leader": [str(link.leader_id)], "unit": [str(link.unit_id)], "person": [str(link.person_id)]},
        steps=tuple(
            Step(m.name, m.target, m.due_on.isoformat(), str(m.scheduled_percent)) for m in project.milestones
        ),
    )


class Reading:
    """Reads one form, collecting everything that is wrong with it.

    `keep` is how many milestones must stay, because reports may name them by their place.
    """

    def __init__(self, session: Session, typed: Typed, *, keep: int = 0) -> None:
        self.session, self.typed, self.keep = session, typed, keep
        self.problems: list[Problem] = []

    def facts(self) -> ProjectFacts:
        """The facts of the form. Raises `Invalid` naming every problem at once, ours and the plan's."""
        plain = self.typed.plain
        start, due = self._day("start_on"), self._day("due_on")
        kind, town, investment = self._kind(), self._town(), self._investment()
        milestones = self._milestones()
        facts = ProjectFacts(
            kind=kind,
            name=plain["name"],
            content=plain["content"],
            category=plain["category"].strip()[:20],
            town=town or Unit(),
            place=plain["place"],
            lon=_degrees(plain["lon"]),
            lat=_degrees(plain["lat"]),
            investment_wan=investment,
            start_on=start,
            due_on=due,
            milestones=milestones,
            leaders=self._named("leader", Person),
            units=self._named("unit", Unit),
            persons=self._named("person", Person),
        )
        said = {problem.field for problem in self.problems}
        unsure = said | ({"due_on", "milestones"} if said & {"start_on", "due_on"} else set())
        self.problems += [problem for problem in check_project(facts) if problem.field not in unsure]
        if self.problems:
            raise Invalid(self.problems)
        return facts

    def _wrong(self, name: str, code: str, **facts: Any) -> None:
        self.problems.append(Problem(name, code, facts))

    def _day(self, name: str) -> dt.date:
        typed = self.typed.plain[name].strip()
        try:
            return dt.date.fromisoformat(typed)
        except ValueError:
            self._wrong(name, "not_a_day" if typed else "missing", typed=typed[:12])
            return dt.date(2000, 1, 1)

    def _kind(self) -> ProjectKind:
        try:
            return ProjectKind(self.typed.plain["kind"])
        except ValueError:
            self._wrong("kind", "missing")
            return ProjectKind.PROJECT

    def _town(self) -> Unit | None:
        found = self.session.get(Unit, number_typed(self.typed.plain["town"]) or 0)
        if found is None:
            self._wrong("town", "not_a_town")
        return found

    def _investment(self) -> int:
        typed = unicodedata.normalize("NFKC", self.typed.plain["investment_wan"]).replace(",", "").strip()
        digits = typed.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and len(digits) < 10:
            return int(typed)
        if typed:
            self._wrong("investment_wan", "not_a_number")
        return 0

    def _named(self, name: str, kind: type[Any]) -> list[Any]:
        keys = (number_typed(value) for value in self.typed.named.get(name, ()))
        found = (self.session.get(kind, key) for key in dict.fromkeys(keys) if key is not None)
        return [row for row in found if row is not None]

    def _milestones(self) -> Sequence[MilestoneFacts]:
        steps = list(self.typed.steps) + [Step()] * (self.keep - len(self.typed.steps))
        rows = [(at, s) for at, s in enumerate(steps, start=1) if at <= self.keep or not s.blank]
        read = (self._milestone(place, step) for place, (_at, step) in enumerate(rows, start=1))
        return [milestone for milestone in read if milestone is not None]

    def _milestone(self, place: int, step: Step) -> MilestoneFacts | None:
        percent = unicodedata.normalize("NFKC", step.percent).strip().rstrip("%")
        if not all(part.strip() for part in (step.name, step.target, step.due, percent)):
            self._wrong("milestones", "milestone_incomplete", place=place)
            return None
        try:
            due_on = dt.date.fromisoformat(step.due.strip())
        except ValueError:
            self._wrong("milestones", "milestone_day", place=place, typed=step.due[:12])
            return None
        if not (percent.isascii() and percent.isdecimal() and int(percent[:4]) <= 100):
            self._wrong("milestones", "milestone_percent", place=place, typed=step.percent[:12])
            return None
        return MilestoneFacts(
            name=step.name, target=step.target, due_on=due_on, scheduled_percent=int(percent)
        )


def _degrees(typed: str) -> str | None:
    """A coordinate as typed, None when there is none; whether it is one, the plan says."""
    text = unicodedata.normalize("NFKC", typed).strip()
    return text[:12] or None
