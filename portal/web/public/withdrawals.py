"""What was taken down: how often, by which unit's items, for which reason. Published figures, from tombstones."""

from __future__ import annotations

from collections import Counter
from typing import Any

from portal.record.shelf import Shown
from portal.record.span import Span
from portal.web.language import _
from portal.web.public.links import item_href, to
from portal.web.states import ITEM_KINDS, word

MOST = 500  # tombstones that are counted by reason
LISTED = 20


def withdrawn_of(span: Span, *, units: dict[str, str], projects: dict[str, str]) -> dict[str, Any]:
    """Counts by unit and reason, and the newest ones. units, projects: names by code."""
    stones = span.tombstones(limit=MOST)
    counted = Counter((_unit_of(stone), stone.document["withdrawn"]["reason"]) for stone in stones)
    return {
        "counts": [
            {
                "unit": units.get(unit) or unit or _("全区共用"),
                "href": to(f"/units/{unit}") if unit in units else "",
                "reason": reason,
                "count": count,
            }
            for (unit, reason), count in sorted(
                counted.items(), key=lambda row: (row[0][0], -row[1], row[0][1])
            )
        ],
        "list": [_line(stone, units, projects) for stone in stones[:LISTED]],
        "more": max(0, len(stones) - LISTED),
        "total": len(stones),
        "most": MOST,
    }


def _unit_of(stone: Shown) -> str:
    return str(stone.document.get("unit", {}).get("code", ""))


def _line(stone: Shown, units: dict[str, str], projects: dict[str, str]) -> dict[str, Any]:
    code = stone.document.get("project", {}).get("code", "")
    unit = _unit_of(stone)
    return {
        "kind": word(ITEM_KINDS, stone.kind),
        "key": stone.item.partition("/")[2],
        "href": item_href(stone.item),
        "project": projects.get(code, code),
        "unit": units.get(unit, unit),
        "at": stone.at,
        "seq": stone.seq,
        **stone.document["withdrawn"],
    }
