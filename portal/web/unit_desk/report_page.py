"""How a report looks to the unit that writes it: the form with what is wrong, or the receipt."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session

from portal.domain.editable import editable_passages, editable_photos
from portal.domain.lifecycle import ReportState
from portal.domain.progress import (
    MAX_CAPTION,
    MAX_PHOTO_BYTES,
    MAX_PHOTOS,
    MAX_TEXT,
    MAX_VIDEO_BYTES,
    MAX_VIDEOS,
    Photo,
    Report,
    ReturnReason,
)
from portal.domain.redaction import covered_on
from portal.queries.receipts import receipts_of
from portal.queries.unit_work import last_published, planned_percent
from portal.rules.clock import day_of, month_of, recent_months
from portal.web import filters
from portal.web.covered import covered_words
from portal.web.desk import actor, now
from portal.web.language import _
from portal.web.unit_desk.capture import place_answer
from portal.web.unit_desk.films import video_cards
from portal.web.unit_desk.intake import NotTaken
from portal.web.unit_desk.typed import FIELDS, saved_fields
from portal.web.unit_desk.views import view_chosen, view_options, viewfinder
from portal.web.words import PASSAGE_PRESETS, PHOTO_PRESETS
from portal.web.words import PASSAGES as PASSAGE_NAMES

EXTENSIONS = {"jpeg": "jpg", "avif": "avif"}
MONTHS_BACK = 18


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a form page says beside the report itself.

    typed: fields as typed, shown instead of what is saved; errors: by field; stale: somebody else saved
    meanwhile; busy: nothing could be saved; removed, removed_video: ids of a photo and a video that can be put back.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    not_taken: Sequence[NotTaken] = ()
    stale: bool = False
    busy: bool = False
    removed: int | None = None
    removed_video: int | None = None


def form_page(session: Session, report: Report, *, said: Said) -> str:
    """The form of a draft or of a returned report."""
    today = day_of(now())
    saved = saved_fields(report)
    last = last_published(session, project=report.project)
    template = "returned" if report.state is ReportState.RETURNED else "draft"
    return render_template(
        f"unit_desk/{template}.html",
        report=report,
        values={**saved, **{name: said.typed[name] for name in FIELDS if name in said.typed}},
        said=said,
        saved_now=_differing(report, saved, said.typed) if said.stale else [],
        errors=said.errors,
        photos=[photo_card(report, photo, typed=said.typed) for photo in report.photos],
        videos=_videos(report, said.typed),
        passages=_returned_passages(report),
        open_passages=editable_passages(report),
        milestones=[
            (str(m.id), _("%(name)s（%(day)s到期）", name=m.name, day=filters.day(m.due_on)))
            for m in report.project.milestones
        ],
        months=_months(report, today),
        planned=planned_percent(report.project, on=today),
        last=last,
        key=secrets.token_hex(16),
        limits={
            "photos": MAX_PHOTOS,
            "room": MAX_PHOTOS - len(report.photos),
            "text": MAX_TEXT,
            "caption": MAX_CAPTION,
            "bytes": MAX_PHOTO_BYTES,
            "videos": MAX_VIDEOS,
            "video_room": MAX_VIDEOS - len(report.videos),
            "video_bytes": MAX_VIDEO_BYTES,
        },
        today=today.isoformat(),
        receipts=_rounds(session, report),
        views=viewfinder(session, report),
        place_answer=place_answer(session, actor(session)),
    )


def receipt_page(
    session: Session, report: Report, *, errors: Mapping[str, str], typed: Mapping[str, str]
) -> str:
    """A report that is out of the unit's hands, with where it stands."""
    saved = saved_fields(report)
    return render_template(
        "unit_desk/receipt.html",
        report=report,
        photos=[photo_card(report, photo, typed={}) for photo in report.photos if photo.renditions],
        videos=video_cards(report),
        public_version=_public_version(report),
        waited=waited(report.submitted_at, now()) if report.submitted_at else "",
        unsaved=_differing(report, {name: typed.get(name, "") for name in FIELDS}, saved) if typed else [],
        errors=errors,
        reason=typed.get("reason", ""),
        receipts=_rounds(session, report),
    )


def photo_card(report: Report, photo: Photo, *, typed: Mapping[str, str]) -> dict[str, Any]:
    """One photo as templates need it: the picture, its fields as typed, why it came back."""
    reasons = _reasons(report)
    place = report.photos.index(photo) + 1 if photo in report.photos else 0
    saved_day = photo.taken_on.isoformat() if photo.taken_on else ""
    return {
        "id": photo.id,
        "place": place,
        "first": place == 1,
        "last": place == len(report.photos),
        "name": photo.file_name or _("照片"),
        "size": size_words(photo.original_bytes),
        "caption": typed.get(f"caption-{photo.id}", photo.caption),
        "taken_on": typed.get(f"taken_on-{photo.id}", saved_day),
        "picture": picture_of(report, photo),
        "why": [reason_words(reason) for reason in reasons if reason.photo_id == photo.id],
        "answers": [reason_words(reason) for reason in reasons if reason.photo_id == photo.replaces_id],
        "caption_only": any(r.photo_id == photo.id and r.preset == "caption_mismatch" for r in reasons),
        "open": photo.id in editable_photos(report),
        "view": typed.get(f"view-{photo.id}", view_chosen(photo)),
        "views": view_options(photo),
    }


def _videos(report: Report, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The videos, with their fields as typed."""
    return [
        card
        | {
            "description": typed.get(f"description-{card['id']}", card["description"]),
            "taken_on": typed.get(f"filmed_on-{card['id']}", card["taken_on"]),
        }
        for card in video_cards(report)
    ]


def picture_of(report: Report, photo: Photo) -> dict[str, Any]:
    """The photo for the components: our renditions through this desk's own address."""
    inside = url_for("unit_previews.preview", report_id=report.id, photo_id=photo.id, edge=0, extension="jpg")
    return {
        "renditions": [
            {**each, "name": f"{each['edge']}.{EXTENSIONS[each['format']]}"} for each in photo.renditions
        ],
        "media": inside.removesuffix("0.jpg"),
        "alt": photo.caption or _("还没有说明的照片"),
        "caption": photo.caption,
        "taken_on": photo.taken_on,
        "tone": photo.tone,
        "covered": covered_words(covered_on(photo)),
    }


def reason_words(reason: ReturnReason) -> str:
    """Why something was returned: the preset in words, then what the supervisor wrote."""
    presets = PHOTO_PRESETS if reason.photo_id is not None else PASSAGE_PRESETS
    preset = presets[reason.preset]() if reason.preset in presets else ""
    return _("：").join(part for part in (preset, reason.text) if part)


def waited(since: dt.datetime, until: dt.datetime) -> str:
    """How long somebody has waited, in the largest unit that is not zero."""
    minutes = max(int((until - since).total_seconds()) // 60, 0)
    if minutes == 0:
        return _("刚刚报送")
    if minutes < 60:
        return _("已等 %(n)s 分钟", n=minutes)
    if minutes < 24 * 60:
        return _("已等 %(n)s 小时", n=minutes // 60)
    return _("已等 %(n)s 天", n=minutes // (24 * 60))


def size_words(count: int) -> str:
    """Bytes as people read them on a phone."""
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{max(count // 1024, 1)} KB"


def _rounds(session: Session, report: Report) -> list[int]:
    """The rounds of which there is a receipt, the last first."""
    return [int(given.submission.rpartition("/")[2]) for given in receipts_of(session, report)]


def _reasons(report: Report) -> list[ReturnReason]:
    last = report.last_return
    return list(last.reasons) if last is not None else []


def _returned_passages(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for reason in _reasons(report):
        if reason.passage:
            found.setdefault(reason.passage, []).append(reason_words(reason))
    return found


def _months(report: Report, today: dt.date) -> list[tuple[str, str]]:
    first = month_of(report.project.start_on)
    months = [month for month in recent_months(today, MONTHS_BACK) if month >= first]
    if report.month and report.month not in months:
        months.append(report.month)
    return [(month, filters.month(month)) for month in months]


def _differing(report: Report, shown: Mapping[str, str], other: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, text) of the fields in which what is shown differs from the other."""
    names = {m.id: m.name for m in report.project.milestones}
    found = []
    for name in FIELDS:
        if name in other and name in shown and shown[name] != _plain(other[name]):
            text = (
                names.get(int(shown[name]), "")
                if name == "milestone" and shown[name].isdecimal()
                else shown[name]
            )
            found.append((PASSAGE_NAMES[name](), text or _("没有写")))
    return found


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _public_version(report: Report) -> bool:
    """Whether the public address of this report's number shows something."""
    return report.number is not None and report.state in (
        ReportState.PUBLISHED,
        ReportState.SUPERSEDED,
        ReportState.WITHDRAWN,
    )
