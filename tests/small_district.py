"""A district small enough to know by heart, built through the workflows that people use."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.organisation import BodyKind, Person, Remit, Role, SupervisionBody, Unit, UnitKind
from portal.domain.plan import Project, ProjectKind
from portal.domain.progress import Report, Verb
from portal.domain.project_facts import MilestoneFacts, ProjectFacts
from portal.rules.lamps import DEFAULT_RULES
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.draft_photos import add_photo
from portal.workflows.draft_report import ReportWords, save_draft, start_draft
from portal.workflows.edit_plan import add_project, adopt_plan, draw_up_plan
from portal.workflows.manage_people import Place, create_person
from portal.workflows.moderate_report import decide_report
from portal.workflows.publish_basics import publish_lamp_rules, publish_units
from portal.workflows.receive_photo import receive_photo
from portal.workflows.submit_report import submit_report

PASSWORD = "correct horse battery"


@dataclass
class SmallDistrict:
    """Logins are the names of the roles; `second` supervises beside `supervisor`, `outsider` supervises only
    his own bureau, `stranger` reports for the other unit. All have `PASSWORD`.

    `projects`: codes; the first belongs to the unit of `reporter` (东岸街道), the second to 区水务局.
    """

    portal: Portal
    projects: list[str] = field(default_factory=list)
    taken: int = 0  # photos so far, so that no two are the same

    def person(self, session: Session, login: str) -> Person:
        return session.scalars(select(Person).where(Person.login == login)).one()

    def project(self, session: Session, code: str) -> Project:
        return session.scalars(select(Project).where(Project.code == code)).one()

    def draft(
        self,
        *,
        code: str | None = None,
        login: str = "reporter",
        photos: int = 0,
        shots: Sequence[bytes] = (),
        **words: str,
    ) -> int:
        """A complete draft by the unit, with drawn photos and with these; its id."""
        portal, now = self.portal, self.portal.now()
        with portal.database.writing() as session:
            actor = self.person(session, login)
            project = self.project(session, code or self.projects[0])
            report = start_draft(session, project=project, actor=actor, now=now)
            session.flush()
            for data in (*[None] * photos, *shots):
                self.taken += 1
                arrived = self.photo(self.taken, data=data)
                add_photo(session, report=report, arrived=arrived, actor=actor, now=now)
            session.flush()
            typed = {
                "milestone": str(project.milestones[0].id),
                "month": "2026-11",
                "physical_percent": "40",
                "done": "主体封顶，砌筑完成三层。",
                "problems": "",
                "next_step": "下周做屋面防水。",
                **words,
            }
            captions = {
                photo.id: f"第 {place} 张：正面" for place, photo in enumerate(report.photos, start=1)
            }
            save_draft(
                session,
                report=report,
                words=ReportWords(**typed, captions=captions),
                seen_version=None,
                actor=actor,
                now=now,
            )
            return report.id

    def submitted(self, **how: object) -> int:
        """A report that waits for a supervisor; its id."""
        report_id = self.draft(**how)  # type: ignore[arg-type]
        with self.portal.database.writing() as session:
            report = session.get_one(Report, report_id)
            submit_report(session, report=report, actor=report.author, key=None, now=self.portal.now())
        return report_id

    def published(self, **how: object) -> str:
        """A published report; its number. Moves nothing but the worker."""
        report_id = self.submitted(**how)
        self.decide(report_id, Verb.APPROVE)
        with self.portal.database.reading() as session:
            number = session.get_one(Report, report_id).number
        assert number is not None
        return number

    def decide(self, report_id: int, verb: Verb, *, reasons: tuple = (), login: str = "supervisor") -> None:
        """A decision that has taken effect: the clock goes past the undo time and the worker runs."""
        portal = self.portal
        with portal.database.writing() as session:
            report = session.get_one(Report, report_id)
            decide_report(
                session,
                report=report,
                verb=verb,
                reasons=reasons,
                seen_round=report.round,
                seen_hash=report.content_hash,
                actor=self.person(session, login),
                queue=portal.queue,
                now=portal.now(),
            )
        portal.now.forward(seconds=11)  # type: ignore[attr-defined]
        run_once(portal)

    def photo(self, number: int = 0, *, data: bytes | None = None):
        """A photo that has come through the darkroom: this one, or a drawn one."""
        arrival = self.portal.spool.receive(10_000_000)
        arrival.write(data or picture(number))
        return receive_photo(
            received=arrival.finish(),
            file_name=f"{number}.jpg",
            darkroom=self.portal.darkroom,
            media=self.portal.media,
        )


def picture(number: int = 0, *, size: tuple[int, int] = (640, 480)) -> bytes:
    """JPEG bytes of a picture that differs for every number."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    turn, step = divmod(number, 400)
    image.paste((40 + number * 7 % 200, 90, 30 + number * 13 % 200), (20, 20, 120 + step, 200 + 8 * turn))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return data.getvalue()


def build(portal: Portal, *, now: dt.datetime) -> SmallDistrict:
    """Fill an empty database. Everything is public or assigned from the start of the year."""
    district = SmallDistrict(portal)
    start = now - dt.timedelta(days=300)
    password = portal.passwords.hash(PASSWORD)
    with portal.database.writing() as session:
        street = Unit(
            code="001",
            name="东岸街道",
            english="Dong'an Street",
            kind=UnitKind.TOWN,
            lon="118.123456",
            lat="36.654321",
        )
        bureau = Unit(code="030", name="区水务局", english="Water Bureau", kind=UnitKind.BUREAU)
        office = Unit(code="031", name="区委办公室", english="District Office", kind=UnitKind.BUREAU)
        session.add_all([street, bureau, office])
        wide = SupervisionBody(
            name="区委区政府督查室", kind=BodyKind.DEDICATED, unit=office, district_wide=True
        )
        small = SupervisionBody(name="区水务局督查科", kind=BodyKind.PART_TIME, unit=bureau)
        session.add_all([wide, small])
        session.flush()
        session.add(Remit(body_id=small.id, unit_id=bureau.id))
        places = {
            "reporter": Place(role=Role.REPORTER, unit=street),
            "head": Place(role=Role.HEAD, unit=street),
            "stranger": Place(role=Role.REPORTER, unit=bureau),
            "supervisor": Place(role=Role.SUPERVISOR, body=wide),
            "second": Place(role=Role.SUPERVISOR, body=wide),
            "outsider": Place(role=Role.SUPERVISOR, body=small),
            "leader": Place(role=Role.LEADER, title="副区长"),
            "admin": Place(role=Role.ADMINISTRATOR),
        }
        names = dict(
            zip(
                places,
                ("陆知秋", "闻清远", "程望野", "沈砚书", "顾行舟", "江照野", "林听澜", "许墨白"),
                strict=True,
            )
        )
        people = {}
        for login, place in places.items():
            people[login] = create_person(
                session, login=login, name=names[login], place=place, actor=None, now=start
            )
            people[login].password_hash = password
        publish_units(session, now=start)
        publish_lamp_rules(session, rules=DEFAULT_RULES, now=start)
        plan = draw_up_plan(session, year=2026, title="2026 年重点工程", actor=people["admin"], now=start)
        for unit, person, name in (
            (street, "head", "东岸口袋公园与邻里书亭"),
            (bureau, "stranger", "沿河污水支管二期"),
        ):
            facts = ProjectFacts(
                kind=ProjectKind.PROJECT,
                name=name,
                content="建 3 处口袋公园，加固挡墙 240 米。",
                category="公园绿化",
                town=street,
                place="旧货场北口",
                lon="118.123456",
                lat="36.654321",
                investment_wan=1280,
                start_on=dt.date(2026, 2, 1),
                due_on=dt.date(2026, 12, 25),
                milestones=(
                    MilestoneFacts(
                        name="挡墙加固",
                        target="加固 240 米。",
                        due_on=dt.date(2026, 5, 1),
                        scheduled_percent=30,
                    ),
                    MilestoneFacts(
                        name="绿化种植",
                        target="种月季 2600 株。",
                        due_on=dt.date(2026, 9, 30),
                        scheduled_percent=70,
                    ),
                    MilestoneFacts(
                        name="竣工验收",
                        target="验收合格。",
                        due_on=dt.date(2026, 12, 25),
                        scheduled_percent=100,
                    ),
                ),
                leaders=[people["leader"]],
                units=[unit],
                persons=[people[person]],
            )
            project = add_project(session, plan=plan, facts=facts, actor=people["admin"], now=start)
            district.projects.append(project.code)
        adopt_plan(session, plan=plan, actor=people["admin"], now=start)
    return district
