"""Boxes as a form has them: four percentages and a reason each, and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.domain.redaction import Cover, CoverKind
from portal.rules.boxes import MOST_BOXES, WHOLE, Box
from portal.web.language import _

SIDES = ("left", "top", "width", "height")
SPARE = 3  # empty rows below what is there
_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d))?\d*")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row as it was typed or as it stands: each side in percent, as text."""

    left: str = ""
    top: str = ""
    width: str = ""
    height: str = ""
    kind: str = CoverKind.FACE.value

    @property
    def empty(self) -> bool:
        return not any(getattr(self, side) for side in SIDES)


@dataclass(frozen=True, kw_only=True)
class TypedCovers:
    """What came with a form. errors: by the id of the field that the reader is led to."""

    rows: Sequence[Row]
    covers: Sequence[Cover]
    errors: Mapping[str, str] = field(default_factory=dict)


def covers_typed(form: Mapping[str, str]) -> TypedCovers:
    """The rows that are neither empty nor struck out."""
    rows: list[Row] = []
    covers: list[Cover] = []
    errors: dict[str, str] = {}
    for n in range(MOST_BOXES + SPARE):
        row = Row(**{name: form.get(f"{name}-{n}", "").strip()[:12] for name in (*SIDES, "kind")})
        if row.empty or f"drop-{n}" in form:
            continue
        cover = _cover(row)
        if cover is None:
            errors[f"left-{len(rows)}"] = _(
                "第 %(n)s 处：四个数都要填 0 到 100，不能伸出照片。", n=len(rows) + 1
            )
        else:
            covers.append(cover)
        rows.append(row)
    return TypedCovers(rows=rows, covers=covers, errors=errors)


def row_of(cover: Cover) -> Row:
    box = cover.box
    sides = {side: percent(getattr(box, side)) for side in SIDES}
    return Row(**sides, kind=cover.kind.value)


def percent(thousandths: int) -> str:
    """`12.5`, or `12` where nothing is behind the point."""
    return f"{thousandths // 10}.{thousandths % 10}".removesuffix(".0")


def told(covers: Sequence[Cover]) -> str:
    """Covers in one line, for a field that nobody sees."""
    return ";".join(",".join(map(str, cover.told)) for cover in covers)


def heard(line: str) -> list[Cover] | None:
    """Covers from such a line; None when it is none."""
    try:
        return [_heard(part.split(",")) for part in line.split(";") if part]
    except (ValueError, TypeError):
        return None


def _heard(parts: list[str]) -> Cover:
    left, top, width, height = (int(part) for part in parts[:4])
    box = Box(left=left, top=top, width=width, height=height)
    return Cover(box=box, kind=CoverKind(parts[4] if len(parts) == 5 else ""))


def _cover(row: Row) -> Cover | None:
    try:
        left, top, width, height = (_thousandths(getattr(row, side)) for side in SIDES)
        box = Box(left=left, top=top, width=min(width, WHOLE - left), height=min(height, WHOLE - top))
        return Cover(box=box, kind=CoverKind(row.kind))
    except ValueError:
        return None


def _thousandths(typed: str) -> int:
    """`12.5` in any digits and with or without the sign as 125. Raises `ValueError`."""
    found = _PERCENT.fullmatch(unicodedata.normalize("NFKC", typed).strip().rstrip("%"))
    if found is None or (value := int(found[1]) * 10 + int(found[2] or 0)) > WHOLE:
        raise ValueError(typed)
    return value
