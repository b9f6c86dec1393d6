"""Whatever is done to the record, what a process remembers and brings up to date is what one finds that has just begun."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.database import Database
from portal.record import log
from portal.record.log import Disclosed
from portal.record.names import NAMES
from portal.record.promises import PROMISES
from portal.record.shelf import Shelf
from portal.record.tables import Freeze
from portal.rules.lamps import DEFAULT_RULES
from portal.rules.numbers import ALIASES_ITEM, LAMP_RULES_ITEM, project_item, report_item, unit_item
from portal.web.app import create_app
from portal.web.public.home import _ACTS, _FACTS
from portal.web.public.projects import _LISTED
from portal.web.public.standing import _DISTRICT, district, shown_day
from portal.web.public.units import _COUNTS
from portal.wiring import Portal
from tests.conftest import Clock

ACTS = 40
MEMORIES = (PROMISES, _DISTRICT, _FACTS, _ACTS, _LISTED, _COUNTS, NAMES)
CODES = [f"2026-00{number}" for number in range(1, 6)]
NUMBERS = [f"2026-00000{number}" for number in range(1, 10)]
UNITS = ["001", "002", "030"]


class Record:
    """Somebody who does anything at all to the record, as chance has it."""

    def __init__(self, portal: Portal, clock: Clock, chance: random.Random) -> None:
        self._portal, self._clock, self._chance = portal, clock, chance
        self._acts = [
            *[self.project, self.report] * 4,
            self.withdraw, self.redact, self.unit, self.aliases, self.rules, self.day, self.several, self.freeze,
        ]  # fmt: skip

    def act(self) -> str:
        """One act; what it was."""
        done = self._chance.choice(self._acts)
        with contextlib.suppress(log.NotInRecord), self._portal.database.writing() as session:
            done(session)
        return done.__name__

    def project(self, session: Any) -> None:
        code = self._chance.choice(CODES)
        self._publish(session, project_item(code), self._promise(code))

    def report(self, session: Any) -> None:
        number = self._chance.choice(NUMBERS)
        self._publish(session, report_item(number), self._told(number))

    def several(self, session: Any) -> None:
        for _ in range(3):
            self._chance.choice([self.project, self.report])(session)

    def withdraw(self, session: Any) -> None:
        log.withdraw(session, self._item()[0], reason="错", basis="规定", role="区督查室", at=self._clock())

    def redact(self, session: Any) -> None:
        item, document = self._item()
        log.redact(session, _shown(item, document), at=self._clock())

    def unit(self, session: Any) -> None:
        code = self._chance.choice(UNITS)
        document = {
            "title": f"{code}{self._word()}街道",
            "unit": {"code": code},
            "type": "town",
            "english": "",
        }
        self._publish(session, unit_item(code), document | {"dated": self._day()})

    def aliases(self, session: Any) -> None:
        document = {"title": "别名", "dated": self._day(), "groups": [[self._word(), self._word()]]}
        self._publish(session, ALIASES_ITEM, document)

    def rules(self, session: Any) -> None:
        rules = {**DEFAULT_RULES, "version": 2, "red_from_points": self._chance.randint(6, 40)}
        self._publish(session, LAMP_RULES_ITEM, {"title": "规则", "dated": self._day(), "rules": rules})

    def day(self, _session: Any) -> None:
        self._clock.forward(days=self._chance.choice([1, 1, 3, 40]))

    def freeze(self, session: Any) -> None:
        """Begins and is cured before the next act, because nothing can be published meanwhile."""
        session.add(Freeze(at=self._clock(), reason="试", cured_at=self._clock()))

    def _publish(self, session: Any, item: str, document: dict[str, Any]) -> None:
        self._clock.forward(minutes=1)
        log.publish(session, _shown(item, document), at=self._clock())

    def _item(self) -> tuple[str, dict[str, Any]]:
        if self._chance.random() < 0.3:
            code = self._chance.choice(CODES)
            return project_item(code), self._promise(code)
        number = self._chance.choice(NUMBERS)
        return report_item(number), self._told(number)

    def _promise(self, code: str) -> dict[str, Any]:
        unit, due = self._chance.choice(UNITS), self._day()
        return {
            "title": f"{code}{self._word()}工程",
            "dated": self._day(),
            "project": {"code": code},
            "unit": {"code": unit},
            "responsible": {"unit": {"code": unit, "name": unit}, "person": {"name": "张三"}},
            "town": {"code": unit, "name": self._word()},
            "category": self._word(),
            "type": self._chance.choice(["project", "work"]),
            "year": self._chance.choice([2025, 2026, 2027]),
            "state": self._chance.choice(["implementing", "implementing", "completed", "suspended"]),
            "due_on": due,
            "curve": [{"on": "2026-01-01", "percent": 0}, {"on": "2027-06-01", "percent": 100}],
            "milestones": [{"name": "封顶", "due_on": due, "percent": self._chance.randint(10, 100)}],
        }

    def _told(self, number: str) -> dict[str, Any]:
        """Corrections may move a report to another project, day or unit; some belong to no project."""
        code = self._chance.choice([*CODES, ""])
        name = f"{number}-{self._chance.randint(0, 10**9)}.jpg"
        photos = [{"caption": "", "renditions": [{"name": name}]}] if self._chance.random() < 0.5 else []
        return {
            "title": f"{number}{self._word()}",
            "number": number,
            "dated": self._day(),
            **({"project": {"code": code}} if code else {}),
            "unit": {"code": self._chance.choice(UNITS)},
            "physical_percent": self._chance.randint(0, 100),
            "photos": photos,
        }

    def _day(self) -> str:
        return (dt.date(2026, 10, 1) + dt.timedelta(days=self._chance.randint(0, 120))).isoformat()

    def _word(self) -> str:
        return self._chance.choice(["东岸", "西桥", "南塘", "北岭"])


def _shown(item: str, document: dict[str, Any]) -> Disclosed:
    return Disclosed(item=item, kind=item.partition("/")[0], document=document)


def found(shelf: Shelf) -> dict[str, Any]:
    """All that windows remember."""
    on, names = shown_day(shelf), NAMES.of(shelf)
    return {
        "promises": list(PROMISES.of(shelf).items()),
        "district": district(shelf),
        "home": _FACTS.of(shelf, on),
        "list": _LISTED.of(shelf, on),
        "units": {kind: dict(counts) for kind, counts in _COUNTS.of(shelf).items()},
        "names": (set(names.all), names.groups, names.labels),
    }


@pytest.fixture
def application(portal: Portal) -> Iterator[Flask]:
    application = create_app(portal).flask
    with application.app_context():
        yield application


@pytest.mark.parametrize("seed", range(3))
def test_what_is_remembered_is_what_one_finds_who_knows_nothing(
    portal: Portal, clock: Clock, application: Flask, seed: int
) -> None:
    chance = random.Random(seed)
    record = Record(portal, clock, chance)
    url, done = portal.settings.database_url, []
    seldom, beginner = Database(url), Database(url)  # other processes; one is not asked after every act
    for _ in range(ACTS):
        with portal.database.viewing() as before:
            Shelf(before).touched("*")  # begins a picture of the record that will be an old one
            done.append(record.act())
            with beginner.viewing() as session:
                for memory in MEMORIES:
                    memory._kept.pop(session.get_bind(), None)
                wanted = found(Shelf(session))
            for database in (portal.database, *([seldom] if chance.random() < 0.3 else [])):
                with database.viewing() as session:
                    assert found(Shelf(session)) == wanted, (seed, done)
            if chance.random() < 0.2:
                found(Shelf(before))
    seldom.close()
    beginner.close()


def test_who_looks_at_an_older_picture_finds_what_stood_in_it(
    portal: Portal, clock: Clock, application: Flask
) -> None:
    record = Record(portal, clock, random.Random(1))
    for _ in range(10):
        record.act()
    with portal.database.viewing() as old, portal.database.viewing() as another:
        stood = found(Shelf(old))
        Shelf(another).touched("*")
        for _ in range(10):
            record.act()
        with portal.database.viewing() as new:
            assert found(Shelf(new)) is not None
        assert found(Shelf(another))["promises"] == stood["promises"]


def test_a_past_day_remembers_nothing(portal: Portal, clock: Clock, application: Flask) -> None:
    record = Record(portal, clock, random.Random(2))
    for _ in range(20):
        record.act()
    with portal.database.viewing() as session:
        now = found(Shelf(session))
        assert not PROMISES.of(Shelf(session, as_of=dt.date(2026, 11, 23)))
        assert found(Shelf(session)) == now
