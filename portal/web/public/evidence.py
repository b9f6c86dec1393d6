"""Photos and cards as the page macros expect them (see docs/look.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.record.promises import PROMISES, is_pictured, last_pictured
from portal.record.shelf import Shelf, Shown
from portal.web.covered import covered_words
from portal.web.filters import shortday
from portal.web.language import _
from portal.web.provenance import in_words
from portal.web.public.films import poster_of
from portal.web.public.links import item_href, to, zh
from portal.web.public.standing import Standing
from portal.web.states import LAMPS, why, word

Photo = dict[str, Any]
Pictured = tuple[Standing, Shown | None]  # a project, and the report whose photo stands for it


def photo_of(
    report: Shown, photo: dict[str, Any], *, proof: bool = False, unit: bool = False, view: bool = False
) -> Photo:
    """One photo of a report. proof: with its entry number; view: with the way to all that was taken from the same
    place. What is known of its origin is said of every photo that was published with it."""
    document = report.document
    shown: Photo = {
        "renditions": photo["renditions"],
        "alt": photo["caption"] or document["title"],
        "caption": zh(photo["caption"]),
        "tone": photo["tone"],
        "covered": covered_words(photo.get("covered")),
    }
    if "taken_on" in photo:
        shown["taken_on"] = photo["taken_on"]
    else:
        shown["place"] = _("%(day)s上传", day=shortday(photo["received_on"]))
    if unit:
        shown["unit"] = zh(document["unit"]["name"])
    if view and "view" in photo:
        href = to(f"/projects/{document['project']['code']}/views/{photo['view']['ordinal']}")
        shown["view"] = {"name": zh(photo["view"]["name"]), "href": href}
    if proof:
        shown["seq"] = report.seq
    if "provenance" in photo:
        shown["origin"] = in_words(**photo["provenance"])
    return shown


def photos_of(report: Shown, **how: bool) -> list[Photo]:
    """All photos of a report."""
    return [photo_of(report, photo, **how) for photo in report.document["photos"]]


def first_photo(report: Shown | None, **how: bool) -> Photo | None:
    """The photo that stands for a report, or the picture of its first video, if it has any."""
    if report is None or not is_pictured(report):
        return None
    if report.document["photos"]:
        return photo_of(report, report.document["photos"][0], **how)
    poster = poster_of(report, report.document["videos"][0])
    more: Photo = {"seq": report.seq} if how.get("proof") else {}
    return poster | more | ({"unit": zh(report.document["unit"]["name"])} if how.get("unit") else {})


def pictured(shelf: Shelf, chosen: Sequence[Standing]) -> list[Pictured]:
    """Projects, each with its newest report that shows something."""
    if shelf.as_of is None:
        promises = PROMISES.of(shelf)
        return [(each, promises[each.code].pictured or each.report) for each in chosen]
    shown = last_pictured(shelf, {each.code: each.report for each in chosen if each.report})
    return [(each, shown.get(each.code, each.report)) for each in chosen]


def card_of(project: Pictured) -> dict[str, Any]:
    """A project in a wall, with its newest photo."""
    standing, report = project
    document, verdict = standing.project.document, standing.verdict
    card: dict[str, Any] = {
        "title": zh(document["title"]),
        "href": item_href(standing.project.item),
        "photo": first_photo(report),
        "place": zh(document["town"]["name"]),
        "at": standing.report.document["dated"] if standing.report else None,
    }
    if verdict is not None:
        card |= {"colour": standing.colour, "actual": verdict.actual, "planned": verdict.planned}
    return card


def ledger_row(standing: Standing) -> dict[str, Any]:
    """A project in a ledger: who answers for it, by when, and why it stands where it stands."""
    document, verdict = standing.project.document, standing.verdict
    report = standing.report
    responsible = document["responsible"]
    said = report.document.get("problems", "") if report and standing.colour in ("red", "yellow") else ""
    return {
        "title": document["title"],
        "href": item_href(standing.project.item),
        "colour": None if verdict is None else standing.colour,
        "actual": verdict.actual if verdict else None,
        "planned": verdict.planned if verdict else None,
        "unit": responsible["unit"]["name"],
        "unit_href": to(f"/units/{responsible['unit']['code']}"),
        "person": responsible["person"]["name"],
        "due_on": document["due_on"],
        "why": zh(shortened(said)) if said else (why(verdict) if verdict else ""),
    }


def lamp_word(colour: str) -> str:
    """The word of a colour, `none` included."""
    return _("没有灯") if colour == "none" else word(LAMPS, colour)


def shortened(text: str, most: int = 48) -> str:
    """The first sentence of a passage, cut at `most` characters."""
    first = text.split("\n", 1)[0]
    end = first.find("。")
    first = first if end < 0 else first[: end + 1]
    return first if len(first) <= most else first[: most - 1] + "…"
