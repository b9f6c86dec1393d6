"""What stands where something was: why, on what basis and by which office it was taken down."""

from __future__ import annotations

from typing import Any

from flask import render_template

from portal.record.shelf import Shelf, Shown
from portal.web.changes import reason_of
from portal.web.language import _
from portal.web.public.links import to
from portal.web.states import ITEM_KINDS, word


def gone(shelf: Shelf, version: Shown) -> tuple[str, int]:
    """The page of an item that is withdrawn, or of a version whose opening is destroyed."""
    stone = version if version.withdrawn or version.sealed_by is None else shelf.at(version.sealed_by)
    assert stone is not None
    said: dict[str, Any] = stone.document.get("withdrawn", {})
    code = stone.document.get("project", {}).get("code", "") if stone.kind == "report" else ""
    kind, number = word(ITEM_KINDS, stone.kind), stone.item.partition("/")[2]
    page = render_template(
        "errors/410.html",
        tombstone={
            "what": _("%(kind)s %(number)s 已经撤下。", kind=kind, number=number)
            if stone.withdrawn
            else _("%(kind)s %(number)s 的这一版遮盖过，内容已经销毁。", kind=kind, number=number),
            "reason": said.get("reason") or reason_of(stone),
            "basis": said.get("basis"),
            "by": said.get("role") or stone.document.get("redaction", {}).get("role"),
            "at": stone.at,
            "seq": stone.seq,
        },
        way_href=to(f"/projects/{code}") if code else to("/archive"),
        way=_("看这个项目") if code else _("查档案"),
    )
    return page, 410
