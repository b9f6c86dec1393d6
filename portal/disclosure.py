"""From the house to the public document: the one list of what is disclosed.

What is not written down here is never shown. Officials are named with their office, as 唯一性 demands;
nothing else about a person leaves the house. Claimed places of photos stay inside; the project's place
is public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from portal.domain.archives import Archive
from portal.domain.organisation import Person, SupervisionBody, Unit
from portal.domain.plan import Milestone, Project, Responsibility, View
from portal.domain.progress import Photo, Report, Video
from portal.domain.redaction import Cover, covered_on, kinds_of
from portal.record.document import seal
from portal.record.log import Disclosed, iso
from portal.rules.clock import day_of, last_day
from portal.rules.numbers import (
    ALIASES_ITEM,
    LAMP_RULES_ITEM,
    burden_item,
    project_item,
    report_item,
    unit_item,
)
from portal.rules.provenance import Graded


def unit_shown(unit: Unit, *, dated: str) -> Disclosed:
    """A unit, with the supervision body that it hosts."""
    document: dict[str, Any] = {
        "title": unit.name,
        "dated": dated,
        "unit": _unit(unit),
        "english": unit.english,
        "type": unit.kind.value,
    }
    if unit.body is not None:
        document["body"] = {"name": unit.body.name, "type": unit.body.kind.value}
    if unit.lon and unit.lat:
        document["place"] = {"lon": unit.lon, "lat": unit.lat}
    return Disclosed(item=unit_item(unit.code), kind="unit", document=document)


def project_shown(project: Project, *, dated: str, reason: str = "") -> Disclosed:
    """A project or work item: what was promised, by when, and who answers for it."""
    document: dict[str, Any] = {
        "title": project.name,
        "dated": dated,
        "project": {"code": project.code, "name": project.name},
        "type": project.kind.value,
        "year": project.plan.year,
        "content": project.content,
        "category": project.category,
        "town": _unit(project.town),
        "unit": _unit(project.unit),
        "place": _place(project),
        "investment_wan": project.investment_wan,
        "start_on": project.start_on.isoformat(),
        "due_on": project.due_on.isoformat(),
        "state": project.state.value,
        "milestones": [_milestone_in_full(milestone) for milestone in project.milestones],
        "curve": [{"on": on.isoformat(), "percent": percent} for on, percent in project.curve],
        "responsible": _responsible(project.responsible),
        "chain": [_responsible(link) for link in project.responsibilities],
    }
    if project.views:
        document["views"] = [_view_in_full(view) for view in project.views]
    if reason:
        document["reason"] = reason
    return Disclosed(item=project_item(project.code), kind="project", document=document)


def report_shown(
    report: Report, *, decided_by: Person | None, graded: Mapping[int, Graded] = MappingProxyType({})
) -> Disclosed:
    """A progress report. A correction is dated as what it corrects was, so that it does not pass for news.

    decided_by: None for a note of an old archive, which nobody here has judged; graded: what is known of where its
    photos come from, by photo. Raises `ValueError` when it has no number yet.
    """
    if report.number is None or report.submitted_at is None:
        raise ValueError("a report is disclosed after it has a number")
    project = report.project
    document: dict[str, Any] = {
        "title": project.name,
        "dated": day_of(_first_submitted_at(report)).isoformat(),
        "number": report.number,
        "project": {"code": project.code, "name": project.name},
        "unit": _unit(report.unit),
        "town": _unit(project.town),
        "category": project.category,
        "year": int(report.month[:4]),
        "month": report.month,
        "physical_percent": report.physical_percent,
        "done": report.done,
        "photos": [_photo(photo, graded.get(photo.id)) for photo in report.photos],
    }
    if report.source is None or decided_by is not None:
        document["reported_at"] = iso(report.submitted_at)
    if decided_by is not None:
        document["approved_by"] = decided_by.body.name if decided_by.body else ""
    if report.source is not None:
        document["source"] = _source(report.source, report.source_number)
    if report.videos:
        document["videos"] = [_video(video) for video in report.videos]
    if report.milestone is not None:
        document["milestone"] = {"ordinal": report.milestone.ordinal, "name": report.milestone.name}
    for passage in ("problems", "next_step"):
        if getattr(report, passage):
            document[passage] = getattr(report, passage)
    if report.correction_reason:
        document["reason"] = report.correction_reason
    return Disclosed(item=report_item(report.number), kind="report", document=document)


def report_redacted(
    report: Report, *, decided_by: Person | None, by: SupervisionBody, covers: Sequence[Cover]
) -> Disclosed:
    """A report on whose photos something was covered after it was public: which body did it, and why."""
    shown = report_shown(report, decided_by=decided_by)
    redaction = {"role": by.name, "kinds": kinds_of(covers)}
    return Disclosed(item=shown.item, kind=shown.kind, document={**shown.document, "redaction": redaction})


def _source(archive: Archive, number: str) -> dict[str, str]:
    """Where a note comes from that the portal did not see itself: which archive, under which number there, which
    office brought it in, and on which day."""
    on = day_of(archive.begun_at).isoformat()
    return {"name": archive.name, "number": number, "by": archive.office, "on": on}


def _first_submitted_at(report: Report) -> dt.datetime:
    """When the first version of a report was submitted."""
    while report.corrects is not None:
        report = report.corrects
    assert report.submitted_at is not None, "only what was published can be corrected"
    return report.submitted_at


def lamp_rules_shown(rules: Mapping[str, Any], *, dated: str) -> Disclosed:
    """The thresholds that decide colours, as data."""
    document = {"title": "lamps", "dated": dated, "rules": dict(rules)}
    return Disclosed(item=LAMP_RULES_ITEM, kind="rules", document=document)


def aliases_shown(groups: Sequence[Sequence[str]], *, dated: str) -> Disclosed:
    """The names that mean the same to the archive, as data: what a search was widened by can be looked up."""
    document = {"title": "aliases", "dated": dated, "groups": [list(group) for group in groups]}
    return Disclosed(item=ALIASES_ITEM, kind="rules", document=document)


def burden_shown(month: str, *, requests: int, photos_asked: int, median_minutes: int | None) -> Disclosed:
    """What the whole district was asked for in a month that is over, in three numbers; of no unit, and of no report."""
    told: dict[str, Any] = {"month": month, "requests": requests, "photos_asked": photos_asked}
    if median_minutes is not None:
        told["median_minutes"] = median_minutes
    document = {"title": f"减负账本 {month}", "dated": last_day(month).isoformat(), "burden": told}
    return Disclosed(item=burden_item(month), kind="burden", document=document)


def public_names(report: Report) -> list[str]:
    """Names of the files of ours that must be public before a report is."""
    pictures: list[Photo | Video] = [*report.photos, *report.videos]
    names = [rendition["name"] for picture in pictures for rendition in picture.renditions]
    return names + [video.film["name"] for video in report.videos]


def _unit(unit: Unit) -> dict[str, str]:
    return {"code": unit.code, "name": unit.name}


def _official(person: Person) -> dict[str, str]:
    return {"name": person.name, "title": person.title}


def _responsible(link: Responsibility) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "since": day_of(link.since).isoformat(),
        "leader": _official(link.leader),
        "unit": _unit(link.unit),
        "person": _official(link.person),
    }
    if link.reason:
        shown["reason"] = link.reason
    return shown


def _place(project: Project) -> dict[str, str]:
    place = {"name": project.place} if project.place else {}
    if project.lon and project.lat:
        place |= {"lon": project.lon, "lat": project.lat}
    return place


def _milestone_in_full(milestone: Milestone) -> dict[str, Any]:
    return {
        "ordinal": milestone.ordinal,
        "name": milestone.name,
        "target": milestone.target,
        "due_on": milestone.due_on.isoformat(),
        "percent": milestone.scheduled_percent,
    }


def _view(view: View) -> dict[str, Any]:
    return {"ordinal": view.ordinal, "name": view.name}


def _view_in_full(view: View) -> dict[str, Any]:
    """A place to photograph from again and again, with the picture that the next one should look like."""
    shown = _view(view)
    milestone = view.milestone
    if milestone is not None and milestone in view.project.milestones:
        shown["milestone"] = {"ordinal": milestone.ordinal, "name": milestone.name}
    if view.reference_seal:
        shown["reference"] = {"report": view.reference_report, "original": view.reference_seal}
    if view.closed_at is not None:
        shown["closed_on"] = day_of(view.closed_at).isoformat()
    return shown


def _photo(photo: Photo, graded: Graded | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "caption": photo.caption,
        "width": photo.width,
        "height": photo.height,
        "tone": photo.tone,
        "received_on": day_of(photo.received_at).isoformat(),
        "original": seal(bytes.fromhex(photo.seal_salt), photo.original_sha256),
        "renditions": _renditions(photo),
    }
    if photo.taken_on is not None:
        shown["taken_on"] = photo.taken_on.isoformat()
    if photo.view is not None:
        shown["view"] = _view(photo.view)
    if covered := covered_on(photo):
        shown["covered"] = covered
    if graded is not None:  # in codes: no place, no device, no moment
        shown["provenance"] = {
            "grade": graded.grade.value,
            "reasons": [each.value for each in graded.reasons],
        }
    return shown


def _renditions(picture: Photo | Video) -> list[dict[str, Any]]:
    names = ("edge", "format", "name", "width", "height", "bytes")
    return [{name: rendition[name] for name in names} for rendition in picture.renditions]


def _video(video: Video) -> dict[str, Any]:
    """Our film without sound, one of its pictures, and what it shows in words."""
    shown: dict[str, Any] = {
        "description": video.description,
        "tone": video.tone,
        "received_on": day_of(video.received_at).isoformat(),
        "original": seal(bytes.fromhex(video.seal_salt), video.original_sha256),
        "film": {name: video.film[name] for name in ("name", "width", "height", "bytes", "milliseconds")},
        "renditions": _renditions(video),
    }
    if video.taken_on is not None:
        shown["taken_on"] = video.taken_on.isoformat()
    return shown
