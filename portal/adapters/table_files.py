"""Tables from outside: CSV, JSON Lines and Excel, row by row, with bounds. What is hostile or not whole is refused in
one word with its facts; nothing in a file is ever computed, opened or followed."""

from __future__ import annotations

import codecs
import csv
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.adapters import xlsx_reading
from portal.text.rows import Row, TableUnreadable

KINDS = ("csv", "xlsx", "jsonl")
CHARSETS = (
    ("utf-8", "UTF-8"),
    ("gb18030", "GB18030（GBK）"),
)  # tried in this order: what is UTF-8 is hardly ever GBK
MARKS = ((codecs.BOM_UTF8, "utf-8-sig", "UTF-8（带 BOM）"), (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"))
MAX_CELL = 1 << 20  # characters
MAX_COLUMNS = 64
REMARK = "#"  # a row that begins with it is none

Heading = Callable[
    [str], str
]  # what somebody wrote as a heading → the column's name; raises `TableUnreadable`


@dataclass(frozen=True, kw_only=True)
class Table:
    """An opened file. written: in which characters, in words."""

    path: Path
    kind: str
    charset: str = ""
    written: str = ""

    def rows(self, heading: Heading) -> Iterator[Row]:
        """The rows, under the names of their columns. Empty ones and remarks are passed over. Raises
        `TableUnreadable`."""
        if self.kind == "jsonl":
            return _objects(self, heading)
        lines = xlsx_reading.lines(self.path) if self.kind == "xlsx" else _csv_lines(self)
        return _under_headings(lines, heading)


def open_table(path: Path) -> Table:
    """The kind of a file, by its name, and its characters, by looking at all of it. Raises `TableUnreadable`."""
    kind = path.suffix.lower().lstrip(".")
    if kind == "xls":
        raise TableUnreadable("old_excel")
    if kind not in KINDS:
        raise TableUnreadable("unknown_kind", suffix=path.suffix)
    if kind == "xlsx":
        return Table(path=path, kind=kind, written="Excel")
    charset, written = _charset(path)
    return Table(path=path, kind=kind, charset=charset, written=written)


def _charset(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        beginning = file.read(4)
    for mark, charset, written in MARKS:
        if beginning.startswith(mark):
            return charset, written
    for charset, written in CHARSETS:
        with suppress(UnicodeDecodeError):
            with path.open(encoding=charset, newline="") as text:
                while text.read(MAX_CELL):
                    pass
            return charset, written
    raise TableUnreadable("unknown_characters")


Line = tuple[int, list[str], Mapping[int, str]]


def _csv_lines(table: Table) -> Iterator[Line]:
    csv.field_size_limit(MAX_CELL)
    with table.path.open(encoding=table.charset, newline="") as text:
        first = text.readline(MAX_CELL)
        while first.lstrip('"').startswith((REMARK, "\n", "\r")):
            first = text.readline(MAX_CELL)
        text.seek(0)
        separator = max(",\t;", key=first.count)
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            for place, cells in enumerate(reader, start=1):
                yield place, cells, {}
        except (csv.Error, UnicodeError) as wrong:
            raise TableUnreadable("broken_csv", line=reader.line_num, why=str(wrong)) from wrong


def _under_headings(lines: Iterator[Line], heading: Heading) -> Iterator[Row]:
    names: list[str] | None = None
    for place, cells, faults in lines:
        texts = [cell.strip() for cell in cells]
        if not any(texts) and not faults:
            continue
        if texts and texts[0].startswith(REMARK):
            continue
        if names is None:
            names = _headings(texts, heading)
            continue
        if beyond := [text for text in texts[len(names) :] if text]:
            raise TableUnreadable("more_cells_than_headings", line=place, text=beyond[0][:20])
        found = {name: text for name, text in zip(names, texts, strict=False) if name and text}
        wrong = {names[at]: code for at, code in faults.items() if at < len(names) and names[at]}
        yield Row(place=place, cells=found, faults=wrong)
    if names is None:
        raise TableUnreadable("no_headings")


def _headings(texts: list[str], heading: Heading) -> list[str]:
    while texts and not texts[-1]:
        texts = texts[:-1]
    if len(texts) > MAX_COLUMNS:
        raise TableUnreadable("too_many_columns", most=MAX_COLUMNS)
    names = [heading(_plain(text)) if text else "" for text in texts]
    for name in names:
        if name and names.count(name) > 1:
            raise TableUnreadable("heading_twice", name=name)
    return names


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "_")


def _objects(table: Table, heading: Heading) -> Iterator[Row]:
    with table.path.open(encoding=table.charset) as text:
        place = 0
        while line := text.readline(MAX_CELL):
            place += 1
            if not line.endswith("\n") and len(line) == MAX_CELL:
                raise TableUnreadable("line_too_long", line=place)
            if not line.strip() or line.lstrip().startswith(REMARK):
                continue
            try:
                told = json.loads(line, object_pairs_hook=_once)
            except (ValueError, RecursionError) as wrong:
                raise TableUnreadable("broken_json", line=place, why=str(wrong)) from wrong
            if not isinstance(told, dict):
                raise TableUnreadable("no_object", line=place)
            yield _row(place, told, heading)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("one name twice")
    return told


def _row(place: int, told: Mapping[str, Any], heading: Heading) -> Row:
    cells, faults = {}, {}
    for written, value in told.items():
        name = heading(_plain(written))
        if name in cells or name in faults:
            raise TableUnreadable("heading_twice", name=name)
        text = _text(value)
        if text is None:
            faults[name] = "no_text"
        elif text.strip():
            cells[name] = text.strip()
    return Row(place=place, cells=cells, faults=faults)


def _text(value: Any) -> str | None:
    """A value as a cell would hold it; a list as lines; None for what is neither."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(" ".join(each.split()) for each in value)
    return None
