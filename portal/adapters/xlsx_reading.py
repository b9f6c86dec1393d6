"""The first sheet of an Excel file (.xlsx), row by row: our own small reader of what cells say.

It reads four kinds of parts of a zip and nothing else, streaming, each with a bound on what it may grow to. XML with a
DOCTYPE is refused, so there are no entities, inner or outer. Formulas are never computed: a cell that holds one is
named. Macros, links, pictures and other sheets are never looked at.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

from portal.adapters.xlsx_book import Book
from portal.text.rows import TableUnreadable

MAX_FILE = 256 << 20  # bytes of the file
MAX_PART = 1 << 30  # bytes that a part may grow to
MAX_SMALL = 16 << 20  # the same for parts that are no rows
MAX_STRINGS = 64 << 20  # characters of all shared strings, which have to be remembered
MAX_GROWTH = 250  # times that a part may be larger than it is in the file; tables in real life reach 40
MAX_PARTS = 2000
MAX_CELL = 32_767  # characters, Excel's own limit
MAX_ROW = 1 << 20  # characters
MAX_TAG = 4 << 20  # bytes
MAX_COLUMNS = 16_384  # Excel's own limit
CHUNK = 1 << 16
OLD = b"\xd0\xcf\x11\xe0"  # how an .xls begins, and an .xlsx with a password
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")

Line = tuple[int, list[str], Mapping[int, str]]
Start = Callable[[str, Mapping[str, str]], None]


def lines(path: Path) -> Iterator[Line]:
    """Number, texts and faults of every row that is there. Raises `TableUnreadable`."""
    if path.stat().st_size > MAX_FILE:
        raise TableUnreadable("too_large", most=MAX_FILE >> 20)
    with path.open("rb") as file:
        if file.read(4) == OLD:
            raise TableUnreadable("old_excel")
    try:
        with zipfile.ZipFile(path) as book:
            if len(book.infolist()) > MAX_PARTS:
                raise TableUnreadable("hostile_excel", why="parts")
            yield from _first_sheet(book)
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as no:
        raise TableUnreadable("broken_excel", why=str(no)) from no


def _first_sheet(book: zipfile.ZipFile) -> Iterator[Line]:
    about = Book()
    _read(book, "xl/workbook.xml", about.in_workbook)
    _read(book, "xl/_rels/workbook.xml.rels", about.in_relations)
    names = set(book.namelist())
    target = about.targets.get(about.first or "", "worksheets/sheet1.xml").removeprefix("/xl/")
    if "xl/styles.xml" in names:
        _read(book, "xl/styles.xml", about.in_styles)
    strings = _strings(book) if "xl/sharedStrings.xml" in names else []
    sheet = _Sheet(about, strings)
    for _piece in _parsed(sheet.parser, _chunks(book, f"xl/{target}", most=MAX_PART)):
        yield from sheet.done
        sheet.done.clear()


def _chunks(book: zipfile.ZipFile, name: str, *, most: int = MAX_SMALL) -> Generator[bytes, None, None]:
    """A part, never more of it than it may grow to, whatever the zip claims."""
    info, grown = book.getinfo(name), 0
    with book.open(info) as part:
        while data := part.read(CHUNK):
            grown += len(data)
            if grown > most or (grown > MAX_SMALL and grown > MAX_GROWTH * max(info.compress_size, 1)):
                raise TableUnreadable("hostile_excel", why="size")
            yield data


def _parser(start: Start, *, end: Any = None, text: Any = None) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def begun(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def refuse(*_what: object) -> None:
        raise TableUnreadable("hostile_excel", why="doctype")

    parser.StartElementHandler = begun
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    return parser


def _parsed(parser: expat.XMLParserType, data: Generator[bytes, None, None]) -> Iterator[None]:
    """Parse piece by piece. One tag may not grow without end, because expat keeps it until it is whole."""
    fed = 0
    try:
        for piece in data:
            fed += len(piece)
            parser.Parse(piece)
            if fed - parser.CurrentByteIndex > MAX_TAG:
                raise TableUnreadable("hostile_excel", why="tag")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise TableUnreadable("broken_excel", why=str(wrong)) from wrong
    finally:
        data.close()
    yield


def _read(book: zipfile.ZipFile, name: str, start: Start) -> None:
    for _piece in _parsed(_parser(start), _chunks(book, name)):
        pass


def _strings(book: zipfile.ZipFile) -> list[str]:
    """The shared strings. Readings beside Chinese or Japanese words (`rPh`) are no part of them."""
    found: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0, "all": 0}

    def start(name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name in ("t", "rPh"):
            depth[name] += 1

    def end(name: str) -> None:
        if name == "si":
            found.append("".join(pieces)[: MAX_CELL + 1])
        elif name in ("t", "rPh"):
            depth[name] -= 1

    def text(data: str) -> None:
        if depth["t"] and not depth["rPh"]:
            depth["all"] += len(data)
            if depth["all"] > MAX_STRINGS:
                raise TableUnreadable("too_much_text", most=MAX_STRINGS >> 20)
            pieces.append(data)

    parser = _parser(start, end=end, text=text)
    for _piece in _parsed(parser, _chunks(book, "xl/sharedStrings.xml", most=MAX_PART)):
        pass
    return found


class _Sheet:
    """A sheet as it is parsed; `done` fills with rows."""

    def __init__(self, about: Book, strings: list[str]) -> None:
        self._about, self._strings = about, strings
        self.done: list[Line] = []
        self._place = 0
        self._row: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._column, self._kind, self._style = -1, "n", ""
        self._text: list[str] = []
        self._inside = False
        self._formula = False
        self._length = 0  # characters of the row so far
        self.parser = _parser(self._start, end=self._end, text=self._said)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            told = attributes.get("r", "")
            self._place = int(told) if told.isdecimal() and len(told) < 8 else self._place + 1
            self._row, self._faults, self._column, self._length = {}, {}, -1, 0
        elif name == "c":
            self._column = _column(attributes.get("r", ""), self._column + 1)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._text, self._formula = [], False
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._inside = True

    def _said(self, data: str) -> None:
        if self._inside:
            self._length += len(data)
            if self._length > MAX_ROW:
                raise TableUnreadable("hostile_excel", why="row")
            self._text.append(data)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._inside = False
        elif name == "c":
            self._cell("".join(self._text))
        elif name == "row" and (self._row or self._faults):
            width = max([*self._row, *self._faults]) + 1
            self.done.append((self._place, [self._row.get(at, "") for at in range(width)], self._faults))

    def _cell(self, text: str) -> None:
        if self._formula:
            self._faults[self._column] = "formula"
        elif self._kind == "e":
            self._faults[self._column] = "excel_error"
        elif text:
            value = self._value(text)
            if len(value) > MAX_CELL:
                self._faults[self._column] = "cell_too_long"
            else:
                self._row[self._column] = value

    def _value(self, text: str) -> str:
        try:
            if self._kind == "s":
                return self._strings[int(text)]
            if self._kind == "n":
                return self._about.number(text, self._style)
        except (ValueError, IndexError, OverflowError) as wrong:
            raise TableUnreadable("broken_excel", why=f"row {self._place}: {text[:20]}") from wrong
        return text[:10] if self._kind == "d" else text


def _column(reference: str, otherwise: int) -> int:
    """`C7` → 2."""
    match = _REFERENCE.fullmatch(reference)
    place = otherwise
    if match:
        place = 0
        for letter in match[1]:
            place = place * 26 + ord(letter) - 64
        place -= 1
    if place >= MAX_COLUMNS:
        raise TableUnreadable("broken_excel", why=reference)
    return place
