"""One view of a project, month by month: the newest picture of each month, and the months without one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template

from portal.record.pictures import Picture, pictures_of, reference_of
from portal.record.shelf import Shelf
from portal.rules.clock import month_of
from portal.rules.numbers import PROJECT_CODE, project_item
from portal.web.filters import month as month_words
from portal.web.language import _
from portal.web.public.comparing import side
from portal.web.public.gone import gone
from portal.web.public.links import to
from portal.web.windows import window

bp = Blueprint("public_sequence", __name__)


@bp.get("/projects/<code>/views/<int:ordinal>")
def view(code: str, ordinal: int) -> Response:
    """A view under its number."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    return window(f"project/{code}", render=lambda shelf: _render(shelf, code, ordinal))


def _render(shelf: Shelf, code: str, ordinal: int) -> str | tuple[str, int]:
    shown = shelf.get(project_item(code))
    if shown is None:
        abort(404)
    if shown.sealed or shown.withdrawn:
        return gone(shelf, shown)
    views = shown.document.get("views", [])
    here = next((each for each in views if each["ordinal"] == ordinal), None)
    if here is None:
        abort(404)
    pictures = pictures_of(shelf, code)
    from_here = [each for each in pictures if each.view == ordinal]
    reference = reference_of(here, pictures)
    return render_template(
        "public/sequence.html",
        project=shown.document,
        code=code,
        view=here,
        frames=_frames(from_here, reference),
        total=len(from_here),
        others=[
            (each["name"], to(f"/projects/{code}/views/{each['ordinal']}"))
            for each in views
            if each is not here
        ],
        compare=to(f"/projects/{code}/compare", view=ordinal),
    )


def _frames(pictures: list[Picture], reference: Picture | None) -> list[dict[str, Any]]:
    """The newest of each month, oldest month first. skipped: what is said of the months before it without one."""
    newest = {month_of(each.day): each for each in pictures}
    frames: list[dict[str, Any]] = []
    for month, picture in sorted(newest.items()):
        skipped = _between(frames[-1]["month"], month) if frames else []
        frames.append(
            {
                "month": month,
                "skipped": _skipped(skipped),
                "more": sum(month_of(each.day) == month for each in pictures) - 1,
                "reference": reference is not None and picture.key == reference.key,
                **side(picture),
            }
        )
    return frames


def _between(first: str, last: str) -> list[str]:
    """The months after `first` and before `last`."""
    start, end = (int(each[:4]) * 12 + int(each[5:]) - 1 for each in (first, last))
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(start + 1, end)]


def _skipped(months: list[str]) -> str:
    if not months:
        return ""
    if len(months) == 1:
        return _("%(month)s没有从这里拍的照片。", month=month_words(months[0]))
    first, last = month_words(months[0]), month_words(months[-1])
    return _("%(first)s到%(last)s没有从这里拍的照片。", first=first, last=last)
