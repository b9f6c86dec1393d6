"""A site on which there is something of everything: what pages can show, they show here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from portal.domain.lifecycle import ReportState
from portal.domain.plan import ProjectKind
from portal.domain.progress import Photo, Report, Verb
from portal.workflows.correct_report import start_correction
from portal.workflows.draft_report import ReportWords, save_draft
from portal.workflows.edit_plan import MilestoneFacts, ProjectFacts, add_project, draw_up_plan
from portal.workflows.manage_people import issue_link
from portal.workflows.moderate_report import Why, claim_report
from portal.workflows.submit_report import submit_report
from portal.workflows.withdraw_report import withdraw_report
from tests.browser.served import Site

Facts = dict[str, str]


def furnish(site: Site) -> Facts:
    """Fill the district; what there is now, by name, as addresses need it."""
    district = site.district
    facts: Facts = {"code": district.projects[0], "unit": "001", "year": "2026", "next_year": "2027"}
    facts["published"] = district.published(photos=3, month="2026-09", physical_percent="30")
    facts["corrected"] = district.published(photos=2, month="2026-10", physical_percent="35")
    facts["withdrawn"] = district.published(photos=1, month="2026-08", physical_percent="20")
    facts["published_id"] = _id_of(site, facts["published"])
    facts["withdrawable_id"] = _id_of(site, facts["corrected"])
    _correct(site, facts["corrected"])
    _withdraw(site, facts["withdrawn"])
    facts["returned_id"] = _returned(site)
    facts["waiting_id"] = str(district.submitted(photos=3, problems="连下三天雨，基坑排水用了两天。"))
    facts["held_id"] = _held(site)
    facts["correction_id"] = _correction_waiting(site, facts["published"])
    facts["receipt_id"] = facts["waiting_id"]
    facts["draft_id"] = str(district.draft(photos=3))
    facts["empty_draft_id"] = str(district.draft(code=district.projects[1], login="stranger", photos=0, done=""))
    _next_year(site)
    with site.portal.database.writing() as session:
        people = {login: district.person(session, login) for login in ("reporter", "supervisor", "admin")}
        facts["person_id"], facts["body_id"] = str(people["reporter"].id), str(people["supervisor"].body_id)
        facts["link"] = issue_link(session, person=people["reporter"], actor=people["admin"], now=site.clock())
    return facts


def _id_of(site: Site, number: str) -> str:
    with site.portal.database.reading() as session:
        return str(session.scalars(select(Report.id).where(Report.number == number)).one())


def _standing(session, number: str) -> Report:
    return session.scalars(
        select(Report).where(Report.number == number, Report.state == ReportState.PUBLISHED)
    ).one()


def _correction(site: Site, number: str, *, percent: str) -> int:
    """A correction that waits for a supervisor; its id."""
    with site.portal.database.writing() as session:
        report = _standing(session, number)
        now, actor = site.clock(), report.author
        draft = start_correction(session, report=report, reason="百分比抄错了一行", actor=actor, now=now)
        session.flush()
        words = ReportWords(
            milestone=str(report.milestone_id), month=report.month, physical_percent=percent,
            done="主体封顶，砌筑完成两层。", problems="", next_step="下周做屋面防水。",
            captions={photo.id: photo.caption for photo in draft.photos},
        )  # fmt: skip
        save_draft(session, report=draft, words=words, seen_version=None, actor=actor, now=now)
        submit_report(session, report=draft, actor=actor, key=None, now=now)
        return draft.id


def _correct(site: Site, number: str) -> None:
    site.district.decide(_correction(site, number, percent="33"), Verb.APPROVE)


def _correction_waiting(site: Site, number: str) -> str:
    return str(_correction(site, number, percent="28"))


def _withdraw(site: Site, number: str) -> None:
    with site.portal.database.writing() as session:
        withdraw_report(
            session, report=_standing(session, number), reason="拍到了路人的正脸", basis="《个人信息保护法》第四十七条",
            actor=site.district.person(session, "supervisor"), queue=site.portal.queue, now=site.clock(),
        )  # fmt: skip


def _returned(site: Site) -> str:
    report_id = site.district.submitted(photos=4)
    with site.portal.database.reading() as session:
        first, second = session.scalars(
            select(Photo.id).where(Photo.report_id == report_id).order_by(Photo.position).limit(2)
        )
    reasons = (
        Why(photo_id=first, preset="blurred", text="看不清栏杆。"),
        Why(photo_id=second, preset="caption_mismatch"),
        Why(passage="done", preset="vague", text="写清做了哪一段。"),
        Why(passage="physical_percent", text="和上月对不上。"),
    )
    site.district.decide(report_id, Verb.RETURN, reasons=reasons)
    return str(report_id)


def _held(site: Site) -> str:
    """A submission that a colleague is looking at."""
    report_id = site.district.submitted(code=site.district.projects[1], login="stranger", photos=1)
    with site.portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        claim_report(session, report=report, actor=site.district.person(session, "second"), now=site.clock())
    return str(report_id)


def _next_year(site: Site) -> None:
    """A plan that is not adopted yet, with one project."""
    with site.portal.database.writing() as session:
        district, now = site.district, site.clock()
        model = district.project(session, district.projects[0])
        admin = district.person(session, "admin")
        plan = draw_up_plan(session, year=2027, title="2027 年重点工程", actor=admin, now=now)
        step = MilestoneFacts(
            name="开工", target="进场施工。", due_on=dt.date(2027, 6, 1), scheduled_percent=100
        )
        facts = ProjectFacts(
            kind=ProjectKind.PROJECT, name="北山绿道", content="修 6 千米绿道。", category="公园绿化",
            town=model.unit, place="北山南坡", lon="118.2", lat="36.6", investment_wan=860,
            start_on=dt.date(2027, 2, 1), due_on=dt.date(2027, 6, 1), milestones=(step,),
            leaders=[district.person(session, "leader")], units=[model.unit],
            persons=[district.person(session, "head")],
        )  # fmt: skip
        add_project(session, plan=plan, facts=facts, actor=admin, now=now)
