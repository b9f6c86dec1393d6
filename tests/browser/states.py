"""The sites whose pages stand on the contact sheets: all that a page can come to.

`district`: the browser tests' district with a report in every state, its record signed, and beside what is usual a
unit, a project and a report whose names and words are as long as may be. `mishaps`: every refusal, to a citizen and
at a desk. `new`: a portal just after `portal init`. `frozen`: one whose record is frozen and whose disk is full.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Response, abort, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.exceptions import RequestEntityTooLarge

from config import ROOT, Settings
from portal.adapters import schema
from portal.database import Database
from portal.domain.errors import Invalid, NotPermitted, Problem, Stale
from portal.domain.organisation import Role, UnitKind
from portal.domain.plan import AnnualPlan, ProjectKind
from portal.domain.project_facts import MilestoneFacts, ProjectFacts
from portal.ports import StoreUnavailable
from portal.record.signed import freeze
from portal.record.signing import SigningKeys
from portal.web import turned_away
from portal.web.app import create_app
from portal.web.fairness import TOO_OFTEN
from portal.wiring import Portal, wire
from portal.worker import run_once
from portal.workflows.edit_plan import add_project
from portal.workflows.found_keys import found_keys
from portal.workflows.found_organisation import UnitFacts, found_unit
from portal.workflows.manage_people import Place, create_person
from tests.answering import answering
from tests.browser.conftest import serving
from tests.browser.test_accessible import PAGES, facts_of
from tests.conftest import Clock
from tests.small_district import PASSWORD, SmallDistrict


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site that is served, with what is to be seen of it and what to be printed, by login."""

    name: str
    base: str
    pages: dict[str, list[str]]
    prints: dict[str, list[str]] = field(default_factory=dict)


LONG = {
    "": """/projects/{long} /reports/{long_report} /units/032 /projects?unit=032 /archive?unit=032 /map /changes
        /record/{erased}""",
    "longest": "/desk/unit /desk/unit/reports",
    "supervisor": "/desk/supervision/projects /desk/supervision/projects/{long} /desk/supervision/published",
    "admin": "/desk/admin/units /desk/admin/people?q=longest /desk/admin/plan/2026 /desk/admin/plan/projects/{long}",
}
PRINTS = {
    "": """/ /projects/{project} /en/projects/{project} /projects/{long} /reports/{number} /archive?q=封顶
        /projects/{project}/board /en/projects/{project}/board /projects/{long}/board /record/3 /changes""",
    "leader": "/desk/leader",
    "admin": "/desk/admin/inspection",
    "reporter": "/desk/unit/reports/{correction}/receipts/1",
}
NEW = {
    "": """/ /projects /map /archive /units /record /record/keys /record/months /changes /burden /about /help
        /nothing-here""",
    "admin": """/desk/admin /desk/admin/people /desk/admin/units /desk/admin/plan /desk/admin/audit /desk/admin/jobs
        /desk/admin/inspection /desk/admin/aliases""",
}
FROZEN = {"": "/ /archive", "admin": "/desk/admin"}


@contextmanager
def sites() -> Iterator[list[Site]]:
    """All of them, served."""
    with ExitStack() as open_ones, tempfile.TemporaryDirectory() as folder:
        yield [
            *open_ones.enter_context(_district(Path(folder, "district"))),
            open_ones.enter_context(_newborn("new", Path(folder, "new"), NEW)),
            open_ones.enter_context(_newborn("frozen", Path(folder, "frozen"), FROZEN)),
        ]


@contextmanager
def _district(home: Path) -> Iterator[list[Site]]:
    home.mkdir()
    database = Database(f"sqlite:///{home / 'portal.sqlite'}")
    schema.upgrade(database)
    database.close()
    with serving(home, also=_longest_and_signed) as live, answering(_mishaps(live.portal)) as refusing:
        facts = facts_of(live) | {name: getattr(live, name) for name in ("long", "long_report", "erased")}
        usual, long, prints = (_filled(pages, facts) for pages in (PAGES, LONG, PRINTS))
        logins = dict.fromkeys([*usual, *long])
        yield [
            Site(
                name="",
                base=live.base,
                pages={login: usual.get(login, []) + long.get(login, []) for login in logins},
                prints=prints,
            ),
            Site(name="refused", base=refusing, pages=dict.fromkeys(("", "supervisor"), _REFUSALS)),
        ]


def _filled(pages: dict[str, str], facts: dict[str, object]) -> dict[str, list[str]]:
    return {
        login: [path.format(**facts) for path in dict.fromkeys(paths.split())]
        for login, paths in pages.items()
    }


def _longest_and_signed(portal: Portal, district: SmallDistrict, clock: Clock) -> dict[str, object]:
    """What is as long as may be; then the record is signed."""
    with portal.database.writing() as session:
        admin, leader = district.person(session, "admin"), district.person(session, "leader")
        unit = found_unit(
            session,
            code="032",
            kind=UnitKind.TEMPORARY,
            facts=UnitFacts(
                name="清河区老旧小区改造、城市更新与历史文化街区保护利用重点工程建设指挥部办公室",
                english="Office of the Headquarters for Renewing Old Estates, the City and its Historic Quarters",
                lon=None,
                lat=None,
            ),
            actor=admin,
            now=clock(),
        )
        session.flush()
        person = create_person(
            session,
            login="longest",
            name="阿卜杜热西提·买买提艾力",
            place=Place(role=Role.REPORTER, unit=unit),
            actor=admin,
            now=clock(),
        )
        person.password_hash = portal.passwords.hash(PASSWORD)
        session.flush()
        plan = session.scalars(select(AnnualPlan).where(AnnualPlan.year == 2026)).one()
        facts = _longest_facts(unit, person, leader, district.project(session, district.projects[0]).town)
        code = add_project(session, plan=plan, facts=facts, actor=admin, now=clock()).code
    number = district.published(
        code=code,
        login="longest",
        photos=3,
        done="七号楼至十二号楼外墙保温、屋面防水、雨污分流管网全部完成，累计更换管道 12,840.5 米。" * 4,
        problems="三家沿街商户对施工围挡位置有不同意见，已协商两次，还没有谈妥。" * 2,
        next_step="十二月十五日前恢复路面，拆除围挡。",
    )
    keys = SigningKeys.make(portal.settings.log_name)
    portal.signing_key.keep(keys)
    with portal.database.writing() as session:
        found_keys(session, keys, now=clock())
    clock.forward(minutes=1)
    run_once(portal)
    return {"long": code, "long_report": number, "erased": 12}


def _longest_facts(unit, person, leader, town) -> ProjectFacts:
    return ProjectFacts(
        kind=ProjectKind.PROJECT,
        name="清河区城东片区老旧小区综合改造及配套雨污分流管网、停车设施、养老托育服务设施新建提升工程（二期第三标段）",
        content="改造 38 个小区、412 栋楼，新建雨污管网 126.4 千米，增设停车位 5,800 个、养老托育设施 14 处。"
        * 2,
        category="老旧小区改造和城市更新",
        town=town,
        place="城东大街以东、环城北路以南、清河西岸滨河路以西、铁路专用线以北合围区域",
        lon="118.123456",
        lat="36.654321",
        investment_wan=1234567,
        start_on=dt.date(2026, 2, 1),
        due_on=dt.date(2026, 12, 25),
        milestones=tuple(
            MilestoneFacts(
                name=f"第{place}批小区外墙保温、屋面防水和楼道修缮完成并通过分部验收",
                target="完成外墙保温 24 万平方米、屋面防水 9.6 万平方米，楼道修缮 1,236 个单元，全部通过验收。",
                due_on=day,
                scheduled_percent=percent,
            )
            for place, day, percent in (
                ("一", dt.date(2026, 5, 1), 30),
                ("二", dt.date(2026, 9, 30), 70),
                ("三", dt.date(2026, 12, 25), 100),
            )
        ),
        leaders=[leader],
        units=[unit],
        persons=[person],
    )


def _raise(trouble: Exception) -> Response:
    raise trouble


def _too_often() -> Response:
    request.environ[TOO_OFTEN] = 20
    return turned_away.guard() or Response("这里只拦没有登录的人。")


MISHAPS: dict[str, Callable[[], Response]] = {
    "400": lambda: abort(400),
    "400-csrf": lambda: _raise(CSRFError("expired")),
    "403": lambda: _raise(NotPermitted("not_permitted")),
    "404": lambda: abort(404),
    "409": lambda: _raise(Stale("aliases_changed_elsewhere")),
    "410": lambda: abort(410),
    "413": lambda: _raise(RequestEntityTooLarge()),
    "422": lambda: _raise(Invalid([Problem("name", "missing"), Problem("login", "login_taken")])),
    "429": _too_often,
    "500": lambda: _raise(RuntimeError("a mishap to be looked at")),
    "503": lambda: _raise(StoreUnavailable("a mishap to be looked at")),
}
_REFUSALS = [f"/mishap/{name}" for name in MISHAPS]


def _mishaps(portal: Portal) -> Callable:
    """The application of this portal with one more address, at which each mishap happens."""
    app = create_app(portal)
    app.flask.add_url_rule("/mishap/<name>", "public_mishap", lambda name: MISHAPS[name]())
    return app


@contextmanager
def _newborn(name: str, home: Path, pages: dict[str, str]) -> Iterator[Site]:
    """A portal as `portal init` leaves it, with its first administrator."""
    home.mkdir()
    chosen = {
        "database_url": f"sqlite:///{home / 'portal.sqlite'}",
        "media_url": f"file:{home / 'uploads'}",
        "search_url": f"whoosh:{home / 'index'}",
        "instance": str(home / "instance"),
        "secret_key": "only for tests " * 4,
        "media_reserve": "999999999" if name == "frozen" else "1",
    }
    settings = {f"PORTAL_{key.upper()}": value for key, value in chosen.items()}
    subprocess.run([sys.executable, "-m", "portal", "init"], cwd=ROOT, env=os.environ | settings, check=True)
    portal = wire(Settings(_env_file=None, **chosen))
    with portal.database.writing() as session:
        place = Place(role=Role.ADMINISTRATOR)
        person = create_person(
            session, login="admin", name="许墨白", place=place, actor=None, now=portal.now()
        )
        person.password_hash = portal.passwords.hash(PASSWORD)
        if name == "frozen":
            freeze(session, "a state to be looked at", now=portal.now())
    with answering(create_app(portal)) as base:
        yield Site(name=name, base=base, pages=_filled(pages, {}))
    portal.close()
