"""What is known of an Excel workbook before its rows are read, and what its numbers mean."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS = {
    *range(14, 23),
    *range(27, 37),
    45,
    46,
    47,
    *range(50, 59),
}  # numbers of built-in formats that are dates
PERCENTS = {9, 10}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass
class Book:
    """What is known of a workbook: its first sheet, how dates are counted, what the styles mean."""

    first: str | None = None
    targets: dict[str, str] = field(default_factory=dict)
    from_1904: bool = False
    written: dict[int, str] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)
    _in_cells: bool = False

    def in_workbook(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        if name == "sheet" and self.first is None and attributes.get("state", "visible") == "visible":
            self.first = attributes.get("id")

    def in_relations(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def in_styles(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.written[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs"):
            self._in_cells = name == "cellXfs"
        elif name == "xf" and self._in_cells:
            self.formats.append(int(attributes.get("numFmtId", "0")))

    def number(self, text: str, style: str) -> str:
        """A number as the cell shows it where that matters: a day as a day, a percentage as one."""
        chosen = self.formats[int(style)] if style.isdecimal() and int(style) < len(self.formats) else 0
        code = _QUOTED.sub("", self.written.get(chosen, "")).lower()
        if chosen in PERCENTS or code.endswith("%"):
            return f"{float(text) * 100:.10g}%"
        if chosen in DAYS or re.search(r"[yd]", code):
            return self._day(float(text))
        return f"{float(text):.15g}"

    def _day(self, serial: float) -> str:
        if not 0 < serial < 2_958_466:  # the end of 9999
            return str(serial)
        excels = dt.date(1899, 12, 30 if serial >= 60 else 31)  # Excel believes in 29 February 1900
        first = dt.date(1904, 1, 1) if self.from_1904 else excels
        return (first + dt.timedelta(days=int(serial))).isoformat()
