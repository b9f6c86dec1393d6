"""Small archives for tests: tables as people save them, photos beside them, and looking at what came of it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from sqlalchemy import func, select

from portal.domain.progress import Report
from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.wiring import Portal

HEADINGS = ("编号", "项目", "日期", "形象进度", "做成了什么", "照片", "照片说明")
SOURCE = "2026 年督查简报"


def rows(project: str, count: int, *, photos: tuple[str, ...] = ()) -> list[list[str]]:
    """Notes of one project, one each day from 3 February 2026."""
    return [
        [
            f"简报-{n}",
            project,
            f"2026年{2 + n // 25}月{3 + n % 25}日",
            f"{min(n, 90)}%",
            f"第 {n} 期：加固挡墙 {n} 米。",
            "；".join(photos) if n == 0 else "",
            "；".join(f"照片 {place}" for place, _ in enumerate(photos)) if n == 0 else "",
        ]
        for n in range(count)
    ]


def table(
    path: Path, lines: list[list[str]], *, charset: str = "utf-8-sig", headings: tuple[str, ...] = HEADINGS
) -> Path:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([headings, *lines])
    path.write_bytes(text.getvalue().encode(charset))
    return path


def objects(path: Path, lines: list[list[str]]) -> Path:
    """The same as JSON Lines."""
    told = (json.dumps(dict(zip(HEADINGS, line, strict=True)), ensure_ascii=False) for line in lines)
    path.write_text("\n".join(told), encoding="utf-8")
    return path


def notes_of(portal: Portal) -> dict[str, dict]:
    """Documents of what was brought in, by their number in the archive."""
    with portal.database.reading() as session:
        shown = Shelf(session).items(Shelved.kind == "report", newest_first=False)
    sources = (each.document for each in shown if "source" in each.document)
    return {document["source"]["number"]: document for document in sources}


def reports_in(portal: Portal) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(func.count()).select_from(Report)).one()
