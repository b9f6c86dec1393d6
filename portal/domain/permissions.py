"""Who may do what, as tables: act → roles, and the relation that the person must have to the thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.errors import NotPermitted
from portal.domain.lifecycle import MatterAct, ReportAct
from portal.domain.organisation import Person, Role
from portal.domain.plan import Project
from portal.domain.progress import Report

R = Role


class AdminAct(StrEnum):
    MANAGE_PEOPLE = "manage_people"
    EDIT_PLAN = "edit_plan"
    ADOPT_PLAN = "adopt_plan"
    EDIT_REMIT = "edit_remit"
    FOUND_ORGANISATION = "found_organisation"
    TEND_JOBS = "tend_jobs"
    IMPORT_ARCHIVE = "import_archive"
    EDIT_ALIASES = "edit_aliases"


def covers(person: Person, project: Project) -> bool:
    """Whether the person's supervision body may act on this project."""
    body = person.body
    if body is None:
        return False
    unit_id = project.unit.id
    return body.district_wide or any(
        remit.project_id == project.id or remit.unit_id == unit_id for remit in body.remits
    )


def own_unit(person: Person, report: Report) -> bool:
    return person.unit_id == report.unit_id


def answers_for(person: Person, project: Project) -> bool:
    return person.unit_id == project.responsible.unit_id


def impartial(person: Person, report: Report) -> bool:
    """In the remit, and neither the author, the submitter nor of the unit that submitted."""
    body = person.body
    return (
        body is not None
        and covers(person, report.project)
        and person.id not in (report.author_id, report.submitted_by_id)
        and report.unit_id not in (person.unit_id, body.unit_id)
    )


@dataclass(frozen=True)
class ReportRule:
    roles: frozenset[Role]
    relation: Callable[[Person, Report], bool]
    refusal: str


@dataclass(frozen=True)
class MatterRule:
    roles: frozenset[Role]
    relation: Callable[[Person, Project], bool]
    refusal: str


_UNIT = ReportRule(frozenset({R.REPORTER, R.HEAD}), own_unit, "not_your_unit")
_BODY = ReportRule(frozenset({R.SUPERVISOR}), impartial, "not_yours_to_decide")

REPORT_RULES: Mapping[ReportAct, ReportRule] = {
    ReportAct.SAVE: _UNIT,
    ReportAct.SUBMIT: _UNIT,
    ReportAct.DISCARD: _UNIT,
    ReportAct.CORRECT: _UNIT,
    ReportAct.CLAIM: _BODY,
    ReportAct.RELEASE: _BODY,
    ReportAct.COVER: _BODY,
    ReportAct.PUBLISH: _BODY,
    ReportAct.RETURN: _BODY,
    ReportAct.SUPERSEDE: _BODY,
    ReportAct.REDACT: _BODY,
    ReportAct.WITHDRAW: _BODY,
}


def _anyone(_person: Person, _project: Project) -> bool:
    return True


def _outside(person: Person, project: Project) -> bool:
    """In the remit and not of the body that the responsible unit itself hosts."""
    return covers(person, project) and person.body is not None and person.body.unit_id != project.unit.id


_ADMIN = MatterRule(frozenset({R.ADMINISTRATOR}), _anyone, "administrators_only")
_OWN = MatterRule(frozenset({R.HEAD}), answers_for, "not_your_unit")
_CHECK = MatterRule(frozenset({R.SUPERVISOR}), _outside, "not_yours_to_decide")

MATTER_RULES: Mapping[MatterAct, MatterRule] = {
    MatterAct.FILE: _ADMIN,
    MatterAct.ASSIGN: _ADMIN,
    MatterAct.ACCEPT: _OWN,
    MatterAct.START: MatterRule(frozenset({R.HEAD, R.REPORTER}), answers_for, "not_your_unit"),
    MatterAct.CLAIM_COMPLETION: _OWN,
    MatterAct.COMPLETE: _CHECK,
    MatterAct.RETURN: _CHECK,
    MatterAct.CLOSE_OUT: _CHECK,
    MatterAct.ARCHIVE: _ADMIN,
    MatterAct.SUSPEND: _ADMIN,
    MatterAct.RESUME: _ADMIN,
    MatterAct.TAKE_OUT: _ADMIN,
}

VIEW_RULE = _CHECK  # who says from where a project is photographed, and what a picture from there looks like

ADMIN_RULES: Mapping[AdminAct, frozenset[Role]] = {
    AdminAct.MANAGE_PEOPLE: frozenset({R.ADMINISTRATOR}),
    AdminAct.EDIT_PLAN: frozenset({R.ADMINISTRATOR}),
    AdminAct.ADOPT_PLAN: frozenset({R.ADMINISTRATOR}),
    AdminAct.EDIT_REMIT: frozenset({R.ADMINISTRATOR}),
    AdminAct.FOUND_ORGANISATION: frozenset({R.ADMINISTRATOR}),
    AdminAct.TEND_JOBS: frozenset({R.ADMINISTRATOR}),
    AdminAct.IMPORT_ARCHIVE: frozenset({R.ADMINISTRATOR}),
    AdminAct.EDIT_ALIASES: frozenset({R.ADMINISTRATOR}),
}


def may_report(person: Person, act: ReportAct, report: Report) -> bool:
    rule = REPORT_RULES[act]
    return person.disabled_at is None and person.role in rule.roles and rule.relation(person, report)


def may_matter(person: Person, act: MatterAct, project: Project) -> bool:
    rule = MATTER_RULES[act]
    return person.disabled_at is None and person.role in rule.roles and rule.relation(person, project)


def permit_report(person: Person, act: ReportAct, report: Report) -> None:
    """Raises `NotPermitted` unless the person may do this act on this report."""
    if not may_report(person, act, report):
        raise NotPermitted(REPORT_RULES[act].refusal, act=act.value)


def permit_matter(person: Person, act: MatterAct, project: Project) -> None:
    """Raises `NotPermitted` unless the person may do this act on this project."""
    if not may_matter(person, act, project):
        raise NotPermitted(MATTER_RULES[act].refusal, act=act.value)


def may_arrange_views(person: Person, project: Project) -> bool:
    rule = VIEW_RULE
    return person.disabled_at is None and person.role in rule.roles and rule.relation(person, project)


def permit_views(person: Person, project: Project) -> None:
    """Raises `NotPermitted` unless the person may arrange the views of this project."""
    if not may_arrange_views(person, project):
        raise NotPermitted(VIEW_RULE.refusal, act="arrange_views")


def permit_admin(person: Person, act: AdminAct) -> None:
    """Raises `NotPermitted` unless the person may administer this."""
    if person.disabled_at is not None or person.role not in ADMIN_RULES[act]:
        raise NotPermitted("administrators_only", act=act.value)
