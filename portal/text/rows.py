"""Rows of a table that somebody has written outside of the portal, whatever kind of file it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class TableUnreadable(Exception):
    """The file is not one we read, or not whole, or hostile. code: why; facts: what the sentence needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row. place: its number as the program shows it that wrote the file; cells: what stands under each heading,
    as text, empty ones left out; faults: headings under which something stands that is no value, with a code."""

    place: int
    cells: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
