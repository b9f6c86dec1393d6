"""The review desk: one submission, large, beside what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from portal.domain.errors import WrongState
from portal.domain.filming import refuse_unless_films_are_made
from portal.domain.lifecycle import ReportAct
from portal.domain.organisation import Person
from portal.domain.permissions import permit_report
from portal.domain.photo_claims import PhotoClaim, claims_of_report, provenance_of
from portal.domain.progress import CLAIM_LASTS, Photo, Report
from portal.domain.return_reasons import PHOTO_PRESETS, RETURNABLE_PASSAGES
from portal.domain.wording import passage_text
from portal.queries.evidence import Signal, claims_of, signals_of
from portal.queries.review import (
    WAITING,
    Comparison,
    Waiting,
    comparison_of,
    queue_of,
    taken_back,
    today_of,
)
from portal.queries.views import views_of
from portal.rules.clock import day_of
from portal.web import words
from portal.web.desk import now, reading, writing
from portal.web.doors import Audience, door
from portal.web.language import _
from portal.web.provenance import in_words
from portal.web.states import word
from portal.web.supervisor_desk import sentences
from portal.web.supervisor_desk.alike import compared_words, pairs_shown
from portal.web.supervisor_desk.filing import filing
from portal.web.supervisor_desk.films import video_cards
from portal.web.supervisor_desk.reasons import Typed, presets_for, typed_before
from portal.web.supervisor_desk.showing import (
    HOME,
    around,
    gone_page,
    photo_shown,
    queue_items,
    report_in_remit,
    report_path,
    undo_bars,
)
from portal.workflows.see_report import is_new_look, see_report

bp = door(Blueprint("supervisor_review", __name__), Audience.SUPERVISION)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the photos under review: hints by place; likenesses and claims by photo."""

    signals: Mapping[int, list[Signal]]
    pairs: Mapping[int, list[dict[str, Any]]]
    claims: Mapping[int, PhotoClaim]


QUEUE_BESIDE = 12  # submissions listed beside the one under review


@bp.get("/desk/supervision/reports/<int:report_id>")
def review(report_id: int) -> Response:
    """`?fresh=1` forgets the reasons of a return that was taken back. Who looks is written down."""
    _note_look(report_id)
    return review_page(report_id, typed=Typed() if request.args.get("fresh") else None)


def _note_look(report_id: int) -> None:
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        new = report.state in WAITING and is_new_look(session, report=report, actor=actor, now=now())
    if new:
        with writing() as (session, actor):
            see_report(session, report=report_in_remit(session, report_id, actor), actor=actor, now=now())


def review_page(report_id: int, *, typed: Typed | None = None, said: str = "", status: int = 200) -> Response:
    """The page of a submission; with what was typed before, and why it was not taken.

    Answers 409 with the way back to the queue when there is nothing left to decide.
    """
    with reading() as (session, actor):
        report = report_in_remit(session, report_id, actor)
        permit_report(actor, ReportAct.CLAIM, report)
        if report.state not in WAITING:
            return gone_page(report, headline=_("不用再审了"), way_href=HOME, way=_("回到待审核"))
        typed = typed if typed is not None else typed_before(taken_back(report, actor))
        context = _context(session, actor, report, typed)
        page = render_template("supervisor_desk/review.html", said=said, **context)
    return make_response(page, status)


def _context(session: Session, actor: Person, report: Report, typed: Typed) -> dict[str, Any]:
    queue = queue_of(session, person=actor, now=now())
    compared, signals = comparison_of(session, report, on=day_of(now())), _signals(session, report)
    views = views_of(session, report.project)
    known = Known(
        signals=signals,
        pairs=pairs_shown(session, report, actor),
        claims=claims_of_report(session, report),
    )
    return {
        "report": report,
        "project": report.project,
        "path": report_path(report),
        "photos": [_photo(p, n, typed, known) | filing(p, views) for n, p in _numbered(report)],
        "passages": [_passage(name, report, compared, typed) for name in RETURNABLE_PASSAGES],
        "videos": video_cards(report),
        "unmade": _unmade(report),
        "reasoned": bool(typed.targets),
        "leftover": _leftover(report, typed),
        "changes": [sentences.change_row(change) for change in compared.changes],
        "answers": [sentences.answer_row(answered) for answered in compared.answered],
        "compared": compared,
        "before_photos": [photo_shown(p, number=n) for n, p in _numbered(compared.pictured)],
        "signals": _told(report, known),
        "compared_said": compared_words(session, report, [(n, p.id) for n, p in _numbered(report)]),
        "blocked": why_blocked(report, actor),
        "mine": report.claimed_at(now()) is not None and report.claimed_by_id == actor.id,
        "claim_minutes": int(CLAIM_LASTS.total_seconds()) // 60,
        "items": queue_items(around(queue, report.id, most=QUEUE_BESIDE), current=report.id),
        "today": today_of(session, person=actor, queue=queue, now=now()),
        "bars": undo_bars(session, actor, now()),
        "keys": _keys(),
        **_neighbours(queue, report),
    }


def _signals(session: Session, report: Report) -> dict[int, list[Signal]]:
    """The hints by the place of their photo."""
    found: dict[int, list[Signal]] = {}
    for signal in signals_of(session, report):
        found.setdefault(signal.place, []).append(signal)
    return found


def _told(report: Report, known: Known) -> list[tuple[int, str, str]]:
    """Everything to look at, by the place of its photo: hints first, then what it looks like."""
    told = []
    for place, photo in _numbered(report):
        if of := known.signals.get(place):
            told.append((place, sentences.hint_title(of), "".join(map(sentences.hint_words, of))))
        told += [(place, pair["title"], pair["exactly"]) for pair in known.pairs.get(photo.id, ())]
    return told


def _photo(photo: Photo, place: int, typed: Typed, known: Known) -> dict[str, Any]:
    claims, claim = claims_of(photo, photo.report.project), known.claims.get(photo.id)
    graded = provenance_of(photo, claim, photo.report.project)
    pairs = known.pairs.get(photo.id, [])
    flags = [sentences.hint_title(known.signals.get(place, [])), *(pair["title"] for pair in pairs)]
    return _returnable(f"photo-{photo.id}", PHOTO_PRESETS, words.PHOTO_PRESETS, typed) | {
        "id": photo.id,
        "place": place,
        "shown": photo_shown(photo, number=place),
        "origin": in_words(graded.grade, graded.reasons),
        "claims": sentences.claims_rows(photo, claims) + sentences.phone_rows(claim, photo.report.project),
        "pairs": pairs,
        "taken_on": photo.taken_on,
        "received_at": photo.received_at,
        "original": report_path(photo.report, "photos", str(photo.id), "original"),
        "cover": report_path(photo.report, "photos", str(photo.id), "cover"),
        "flag": _("、").join(dict.fromkeys(filter(None, flags))) or None,
    }


def _passage(name: str, report: Report, compared: Comparison, typed: Typed) -> dict[str, Any]:
    before = passage_text(compared.before, name) if compared.before is not None else ""
    now_says = passage_text(report, name)
    return _returnable(f"passage-{name}", presets_for(name), words.PASSAGE_PRESETS, typed) | {
        "name": name,
        "label": word(words.PASSAGES, name),
        "says": now_says,
        "before": before if before != now_says else "",
    }


def _returnable(target: str, presets: Any, table: dict[str, words.Say], typed: Typed) -> dict[str, Any]:
    chosen, text = typed.presets.get(target, frozenset()), typed.texts.get(target, "")
    return {
        "target": target,
        "presets": [(preset, word(table, preset)) for preset in presets],
        "chosen": chosen,
        "text": text,
        "open": bool(chosen or text),
    }


def _leftover(report: Report, typed: Typed) -> list[str]:
    """Words that were typed about something that is not here any more."""
    here = {f"photo-{photo.id}" for photo in report.photos} | {
        f"passage-{name}" for name in RETURNABLE_PASSAGES
    }
    return [text for target, text in typed.texts.items() if target not in here]


def _numbered(report: Report | None) -> list[tuple[int, Photo]]:
    return list(enumerate(report.photos, start=1)) if report is not None else []


def why_blocked(report: Report, actor: Person) -> str:
    """Why this person cannot decide it now; "" when they can."""
    if report.pending is not None:
        if report.pending.by_id == actor.id:
            return _("您已经作了决定。要改，先撤销。")
        return words.REFUSALS["already_decided"]() % {"by": report.pending.by.name}
    holder = report.claimed_at(now())
    if holder is not None and holder.id != actor.id:
        return words.REFUSALS["claimed"]() % {"by": holder.name}
    return ""


def _unmade(report: Report) -> str:
    """Why it cannot be approved yet though it can be returned; "" when nothing of its videos is in the way."""
    try:
        refuse_unless_films_are_made(report)
    except WrongState as refusal:
        return words.refusal_words(refusal)
    return ""


def _neighbours(queue: list[Waiting], report: Report) -> dict[str, str]:
    ids = [waiting.report.id for waiting in queue]
    here = ids.index(report.id) if report.id in ids else -1
    after = queue[here + 1].report if here + 1 < len(queue) else None
    before = queue[here - 1].report if here > 0 else None
    return {
        "next_href": report_path(after) if after is not None else "",
        "previous_href": report_path(before) if before is not None else "",
    }


def _keys() -> list[tuple[str, str]]:
    return [
        ("J", _("下一件")),
        ("K", _("上一件")),
        ("A", _("通过")),
        ("R", _("打开退回原因；选好再按一次就退回")),
        ("1–6", _("勾选或去掉这一张的第几条原因")),
        ("Z", _("放大这一张")),
        ("B", _("给这一张打码")),
        ("U", _("撤销刚才的决定")),
        ("?", _("看全部按键")),
    ]
